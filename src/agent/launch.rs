//! From a profile and a call's parameters to the terminal that is opened.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::profile::Profile;
use super::sharing::{self, Theirs};
use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::agent::SpawnParams;
use crate::protocol::terminal::{Command, OpenParams, Purpose};

/// Longest first prompt that is passed as an argument, in bytes: the system takes 128 KB for one.
const ARGUMENT: usize = 100 << 10;

/// Where this daemon's things are.
#[derive(Clone, Debug)]
pub struct Here {
    /// Our own program, which hooks call.
    pub orchflow: PathBuf,
    /// A folder for the temporary files of hooks.
    pub hooks: PathBuf,
}

/// What to open, and the first prompt if it is to be typed. `conversation` are arguments that go on with one, or name one.
pub fn terminal(
    profile: &Profile,
    params: &SpawnParams,
    conversation: &[String],
    name: String,
    here: &Here,
) -> Result<(OpenParams, Option<String>)> {
    let mut argv = profile.command.clone();
    let Theirs { args, value: theirs } = sharing::theirs(&profile.hooks, params)?;
    let file = hook_file(profile, theirs.as_ref(), here)?;
    let fill = |text: &String| filled(text, profile, file.as_deref(), here);
    argv.extend(profile.hooks.args.iter().map(fill));
    argv.extend(conversation.iter().cloned());
    argv.extend(args);
    let passed = |prompt: &&String| is_argument(&profile.prompt.first, prompt);
    let passed = params.prompt.as_ref().filter(passed);
    if let Some(prompt) = passed {
        argv.extend(profile.prompt.first.iter().map(|part| part.replace("{prompt}", prompt)));
    }
    if argv.is_empty() {
        let message = format!("{} is told what to run by its arguments", profile.title);
        let fault = Fault::new(Kind::InvalidParams, message);
        return Err(fault.hint("args = {\"program\", \"argument\"}"));
    }
    let mut env: std::collections::BTreeMap<_, _> =
        profile.hooks.env.iter().map(|(name, text)| (name.clone(), fill(text))).collect();
    let shared = profile.hooks.shared.as_ref().and_then(|shared| env.remove_entry(&shared.name));
    env.extend(params.env.clone());
    env.extend(shared.map(|(name, ours)| (name, joined(ours, theirs.as_ref()))));
    let typed = params.prompt.clone().filter(|_| passed.is_none());
    let open = OpenParams {
        command: Some(Command::Argv(argv)),
        cwd: params.cwd.clone(),
        env,
        clear_env: params.clear_env,
        name: Some(name),
        rows: params.size.map(|size| size.rows),
        cols: params.size.map(|size| size.cols),
        purpose: Some(Purpose::Agent),
        tags: Vec::new(),
    };
    Ok((open, typed))
}

/// Whether a first prompt can be passed so, and is not taken for something else: an option, or by itself a command of the program's.
fn is_argument(ways: &[String], prompt: &str) -> bool {
    let is_bare = matches!(ways, [way] if way == "{prompt}");
    let is_word = !prompt.trim().contains(char::is_whitespace);
    let is_mistaken = prompt.starts_with('-') || is_bare && is_word;
    !ways.is_empty() && prompt.len() <= ARGUMENT && !is_mistaken
}

fn filled(text: &str, profile: &Profile, file: Option<&Path>, here: &Here) -> String {
    let path = |path: &Path| path.display().to_string();
    let orchflow = path(&here.orchflow);
    let mut text = text
        .replace("{file}", &file.map(path).unwrap_or_default())
        .replace("{orchflow}", &orchflow);
    for (name, hashed) in &profile.hooks.hash {
        let place = format!("{{hash.{name}}}");
        if text.contains(&place) {
            let hash = Sha256::digest(hashed.replace("{orchflow}", &orchflow));
            text = text.replace(&place, &hex(&hash));
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Our text, with what a person gives in its place. What is no JSON is the path of a file, in which both are already.
fn joined(ours: String, theirs: Option<&Json>) -> String {
    match (serde_json::from_str(&ours), theirs) {
        (Ok(ours), Some(theirs)) => sharing::join(theirs.clone(), ours).to_string(),
        _ => ours,
    }
}

/// Writes the file that tells the program of our hooks. Agents of the same text share it.
fn hook_file(profile: &Profile, theirs: Option<&Json>, here: &Here) -> Result<Option<PathBuf>> {
    // What only a person may install is not ours to.
    let Some(text) = profile.hooks.file.as_ref().filter(|_| profile.hooks.by_hand.is_none()) else {
        return Ok(None);
    };
    let text = joined(filled(text, profile, None, here), theirs);
    let folder =
        here.hooks.join(format!("{}-{:08x}", profile.name, crc32fast::hash(text.as_bytes())));
    let file = folder.join(profile.hooks.name.as_deref().unwrap_or("hooks.json"));
    if std::fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(Some(file));
    }
    let parent = file.parent().unwrap_or(&folder);
    std::fs::create_dir_all(parent).map_err(internal)?;
    // Whole or not at all: another agent may be starting with it.
    let draft = parent.join(format!(".{}", std::process::id()));
    std::fs::write(&draft, &text)
        .and_then(|()| std::fs::rename(&draft, &file))
        .map_err(internal)?;
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::profiles::Profiles;

    /// What is opened for these parameters of an agent of that program, and what is typed there.
    fn launched(
        program: &str,
        folder: &Path,
        params: Json,
    ) -> Result<(OpenParams, Option<String>)> {
        let here = Here { orchflow: "/bin/orchflow".into(), hooks: folder.join("hooks") };
        let profile = Profiles::new("/nowhere".into()).find(program).unwrap();
        let params: SpawnParams = serde_json::from_value(params).unwrap();
        terminal(&profile, &params, &[], "mine".into(), &here)
    }

    fn opened(program: &str, folder: &Path, params: Json) -> Result<OpenParams> {
        launched(program, folder, params).map(|(open, _)| open)
    }

    #[test]
    fn a_first_prompt_that_would_be_taken_for_an_option_or_a_command_is_typed() {
        let folder = tempfile::tempdir().unwrap();
        for (program, prompt, is_passed) in [
            ("claude", "fix the bug", true),
            ("claude", "- fix the bug", false),
            ("claude", "--dangerously-skip-permissions", false),
            ("claude", "update", false),
            ("codex", " review ", false),
            ("qwen", "review", true),
            ("qwen", "-y", false),
            ("opencode", "--help me", false),
        ] {
            let params = json!({"profile": program, "prompt": prompt});
            let (open, typed) = launched(program, folder.path(), params).unwrap();
            let Some(Command::Argv(argv)) = open.command else { panic!("no words") };
            let wanted = (!is_passed).then(|| prompt.to_owned());
            assert_eq!(
                (argv.iter().any(|arg| arg == prompt), typed),
                (is_passed, wanted),
                "{prompt}"
            );
        }
    }

    fn settings(file: &str) -> Json {
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    }

    #[test]
    fn what_a_person_gives_where_our_hooks_go_is_kept_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = json!({"model": "opus", "hooks": {"Stop": ["theirs"]}}).to_string();
        let params = json!({"profile": "claude", "args": ["-v", "--settings", theirs]});
        let Some(Command::Argv(argv)) = opened("claude", folder.path(), params).unwrap().command
        else {
            panic!("no words")
        };
        assert_eq!((&*argv[1], &argv[3..]), ("--settings", &["-v".to_owned()][..]));
        let both = settings(&argv[2]);
        assert_eq!((&both["model"], &both["hooks"]["Stop"][0]), (&json!("opus"), &json!("theirs")));
        assert!(both["hooks"]["Stop"][1].to_string().contains("orchflow hook claude Stop"));

        let content = r#"{"theme": "x", "plugin": ["theirs"]}"#;
        let env = |name: &str, value: &str| json!({"profile": "x", "env": {name: value}});
        let open = opened("opencode", folder.path(), env("OPENCODE_CONFIG_CONTENT", content));
        let both: Json =
            serde_json::from_str(&open.unwrap().env["OPENCODE_CONFIG_CONTENT"]).unwrap();
        assert_eq!((&both["theme"], &both["plugin"][0]), (&json!("x"), &json!("theirs")));
        assert!(both["plugin"][1].as_str().unwrap().ends_with("orchflow.js"));

        let file = folder.path().join("theirs.json");
        std::fs::write(&file, r#"{"ui": 1}"#).unwrap();
        let name = "QWEN_CODE_SYSTEM_DEFAULTS_PATH";
        let open = opened("qwen", folder.path(), env(name, file.to_str().unwrap())).unwrap();
        let both = settings(&open.env[name]);
        assert!(both["ui"] == 1 && both["hooks"]["Stop"].is_array(), "{both}");
        let fault = opened("qwen", folder.path(), env(name, "/nowhere.json")).unwrap_err();
        assert!(fault.message.contains("there is no /nowhere.json"), "{fault}");
    }
}
