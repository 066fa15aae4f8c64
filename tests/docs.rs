//! What the documents say is so: their examples run, their tables are complete.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::support::{Daemon, Editor, Sandbox, each_neovim, environment, files_below, repository};

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// The fenced blocks of one language in a Markdown file.
fn blocks(path: &str, language: &str) -> Vec<String> {
    let text = read(path);
    let open = format!("```{language}\n");
    text.split(&open).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The code blocks of one language in the help: from `>language` to the first line that is not indented.
fn help_blocks(language: &str) -> Vec<String> {
    let text = read("doc/orchflow.txt");
    let open = format!(">{language}\n");
    let block = |rest: &str| {
        let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with(' '));
        lines.collect::<Vec<_>>().join("\n")
    };
    text.split(&open).skip(1).map(block).collect()
}

/// The verbs that there are files for.
fn verbs() -> BTreeSet<String> {
    let files = fs::read_dir(repository().join("lua/orchflow/command")).unwrap().flatten();
    let names = files.map(|f| f.file_name().into_string().unwrap());
    names
        .filter_map(|n| n.strip_suffix(".lua").map(|n| n.trim_end_matches('_').to_owned()))
        .filter(|n| n != "init")
        .collect()
}

#[test]
fn every_shell_example_that_calls_orchflow_runs() {
    let examples: Vec<String> = ["README.md", "doc/protocol.md"]
        .into_iter()
        .flat_map(|path| blocks(path, "sh"))
        .filter(|block| block.contains("orchflow "))
        .collect();
    assert_eq!(examples.len(), 2, "one in each");
    for example in examples {
        let sandbox = Sandbox::new();
        let binary = environment::orchflow_binary();
        let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
        let mut shell = sandbox.command("sh");
        let done =
            shell.args(["-euc", &example]).env("PATH", path).stdin(Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{example}\n{done:?}");
    }
}

#[test]
fn the_help_has_a_tag_for_every_verb() {
    let help = read("doc/orchflow.txt");
    for verb in verbs() {
        assert!(help.contains(&format!("*:Orchflow-{verb}*")), "{verb} has no tag in :help");
    }
}

#[test]
fn the_readmes_table_of_programs_is_what_their_profiles_say() {
    let (_sandbox, client) = Daemon::start();
    let yes = |is: bool| if is { "yes" } else { "no" };
    let row = |program: &Json| {
        let text = |field: &str| program[field].as_str().unwrap_or("unproven").to_owned();
        let is = |field: &str| program[field].as_bool().unwrap();
        let by_hand = program["hooks_by_hand"].is_string();
        let hooks = if by_hand { "by hand" } else { yes(is("hooks")) };
        let (name, title, proven) = (text("name"), text("title"), text("proven"));
        let (resumes, forks) = (yes(is("resumes")), yes(is("forks")));
        let has = |form: &str| yes(!program[form].as_array().unwrap().is_empty());
        let (once, acp) = (has("once"), has("acp"));
        format!(
            "| `{name}` | {title} | {proven} | {hooks} | {resumes} | {forks} | {once} | {acp} |"
        )
    };
    let profiles = client.expect("agent.profiles", json!({}));
    let wanted: Vec<String> = profiles["profiles"].as_array().unwrap().iter().map(row).collect();
    let readme = read("README.md");
    let (_, table) = readme.split_once("| profile | program | proven with |").unwrap();
    let present: Vec<&str> = table.lines().skip(2).take_while(|l| l.starts_with('|')).collect();
    assert_eq!(present, wanted);
}

#[test]
fn the_install_commands_of_the_readme_are_targets_of_the_makefile() {
    let makefile = read("Makefile");
    for command in blocks("README.md", "sh").iter().flat_map(|b| b.lines()) {
        if let Some(target) = command.strip_prefix("make ") {
            assert!(makefile.contains(&format!("\n{target}:")), "{command}");
        }
    }
}

#[test]
fn every_file_that_the_documents_link_to_exists() {
    let link = regex::Regex::new(r"\]\(([^)#]+)[^)]*\)").unwrap();
    let mut count = 0;
    for path in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        for found in link.captures_iter(&read(path)) {
            let to = &found[1];
            count += usize::from(!to.contains("://"));
            assert!(to.contains("://") || repository().join(to).exists(), "{path} links to {to}");
        }
    }
    assert!(count >= 3, "{count} links");
}

#[test]
fn every_test_that_the_map_names_exists() {
    let map = read("ARCHITECTURE.md");
    let texts = |folder: &str| -> String {
        let files = files_below(&repository().join(folder), "rs");
        files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    };
    let tests = texts("tests") + &texts("src");
    let is_file = |path: String| repository().join(path).exists();
    let named =
        map.split('`').filter(|word| word.contains("::") && !word.contains(['.', '/', ' ']));
    for name in named.filter(|name| name.chars().next().is_some_and(char::is_lowercase)) {
        let (module, function) = name.rsplit_once("::").unwrap();
        // A test of a unit is named by its whole path.
        let (folder, unit) = match module.strip_suffix("::tests") {
            Some(unit) => ("src", unit.replace("::", "/")),
            None => ("tests", module.replace("::", "/")),
        };
        let ends: &[&str] = match folder {
            "src" => &[".rs", "_tests.rs", "/tests.rs", "/mod.rs"],
            _ => &[".rs", "/mod.rs"],
        };
        let is_there = ends.iter().any(|end| is_file(format!("{folder}/{unit}{end}")));
        assert!(is_there, "{name}");
        assert!(function == "*" || tests.contains(&format!("fn {function}(")), "{name}");
    }
}

/// The rows of the README's table of commands, made from the verbs themselves.
const ROWS: &str = "
return vim.iter(...):map(function(name)
  local verb = require('orchflow.command.' .. (name == 'health' and 'health_' or name))
  local usage = vim.trim(('%s %s'):format(name, verb.usage))
  return ('| `:Orchflow %s` | %s |'):format(usage:gsub('|', '\\\\|'), verb.desc)
end):totable()
";

each_neovim! {
    fn the_readmes_table_of_commands_is_what_the_verbs_say_of_themselves(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let names: Vec<String> = verbs().into_iter().collect();
        let wanted = editor.lua(ROWS, json!([names]));
        let readme = read("README.md");
        let present: Vec<&str> = readme.lines().filter(|l| l.starts_with("| `:Orchflow ")).collect();
        assert_eq!(json!(present), wanted);
    }

    fn the_lua_examples_of_the_readme_are_lua(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).bare().start(&sandbox);
        let examples = blocks("README.md", "lua");
        assert_eq!(examples.len(), 2);
        for example in examples {
            let example = if example.starts_with('{') { format!("return {example}") } else { example };
            let error = editor.lua("local _, error = loadstring(...) return error", json!([example]));
            assert_eq!(error, Json::Null);
        }
    }

    fn the_examples_of_the_help_are_commands_and_lua(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let (commands, lua) = (help_blocks("vim"), help_blocks("lua"));
        assert!(commands.len() >= 5 && lua.len() >= 5, "{} and {}", commands.len(), lua.len());
        for line in commands.iter().flat_map(|block| block.lines()).filter(|l| !l.trim().is_empty()) {
            let parsed = editor.try_lua("return vim.api.nvim_parse_cmd(..., {}).cmd", json!([line.trim()]));
            assert!(parsed.is_ok(), "{line}: {parsed:?}");
        }
        for block in lua {
            let is_table = block.trim_start().starts_with('{');
            let block = if is_table { format!("return {block}") } else { block };
            let error = editor.lua("local _, error = loadstring(...) return error", json!([block]));
            assert_eq!(error, Json::Null, "{block}");
        }
    }

    fn the_helps_tags_lead_somewhere(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        fs::create_dir_all(sandbox.path("work/rtp/doc")).unwrap();
        fs::copy(repository().join("doc/orchflow.txt"), sandbox.path("work/rtp/doc/orchflow.txt")).unwrap();
        editor.command(&format!("helptags {0}/doc | set rtp+={0}", sandbox.path("work/rtp").display()));
        for tag in ["orchflow", ":Orchflow", "orchflow-config-file", "orchflow.request()"] {
            editor.command(&format!("help {tag}"));
            let name = editor.lua("return vim.fn.expand('%:t')", Json::Null);
            assert_eq!(name, "orchflow.txt", "{tag}");
        }
    }
}
