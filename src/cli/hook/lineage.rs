//! Which processes a hook comes from, so that the daemon can tell an agent from a program of its kind that it has started.

use std::path::Path;

use crate::process::Stat;
use crate::protocol::agent::Process;

/// More stand between no program and its hook; the rest would not be looked at.
const LONGEST: usize = 64;

/// What runs a script, which then is the program. Names may have a version behind them.
const INTERPRETERS: [&str; 12] =
    ["node", "bun", "deno", "python", "ruby", "perl", "sh", "bash", "dash", "zsh", "ksh", "fish"];

/// Those that can be told, our parent first; none where the system has no such files.
pub(super) fn lineage() -> Vec<Process> {
    let known = |pid: u32| Stat::of(pid).map(|stat| (pid, stat));
    let parent = |stat: &Stat| Some(stat.parent).filter(|parent| *parent > 0).and_then(known);
    let own = Stat::of(std::process::id());
    let all = std::iter::successors(own.as_ref().and_then(parent), |(_, stat)| parent(stat));
    all.take(LONGEST).map(|(pid, stat)| process(pid, &stat)).collect()
}

fn process(pid: u32, stat: &Stat) -> Process {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line);
    let args: Vec<&str> = line.split('\0').collect();
    let file = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let (program, rest) = program(&file, &args);
    let call = crc32fast::hash(rest.join("\0").as_bytes());
    Process { pid, start: stat.start, group: stat.group, program, call }
}

/// The name of what is run, and its arguments. Where the system does not tell the file, the program's own name for it must do.
fn program<'a>(file: &Path, args: &'a [&'a str]) -> (String, &'a [&'a str]) {
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let (own, rest) = args.split_first().map_or(("", args), |(own, rest)| (*own, rest));
    // A program that was replaced while it runs is still the same.
    let file = base(file.to_string_lossy().trim_end_matches(" (deleted)"));
    let file = if file.is_empty() { base(own) } else { file };
    let name = file.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    if !INTERPRETERS.contains(&name) {
        return (file, rest);
    }
    let script = rest.iter().position(|arg| !arg.starts_with('-'));
    let options = &rest[..script.unwrap_or(rest.len())];
    let is_line = |arg: &&str| !arg.starts_with("--") && arg.contains('c');
    if name.ends_with("sh") && options.iter().any(is_line) {
        return (String::new(), rest);
    }
    match script {
        Some(at) if !rest[at].is_empty() => (format!("{name} {}", base(rest[at])), &rest[at + 1..]),
        // It may have given itself a name, over its arguments.
        _ => (format!("{name} {}", base(own)), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_by_its_script_and_a_shell_that_carries_out_a_line_not_at_all() {
        for (file, line, name, call) in [
            ("/opt/bin/opencode", "opencode run hi", "opencode", "run hi"),
            ("/opt/bin/opencode (deleted)", "opencode", "opencode", ""),
            ("/usr/bin/node", "node --max-old-space-size=9 /opt/qwen -i hi", "node qwen", "-i hi"),
            ("/usr/bin/node", "claude   ", "node claude", "  "),
            ("/usr/bin/python3.12", "python /bin/aider --x", "python aider", "--x"),
            ("/usr/bin/dash", "sh agent.sh", "dash agent.sh", ""),
            ("/usr/bin/bash", "bash -lc qwen", "", "-lc qwen"),
            ("", "/bin/thing x", "thing", "x"),
        ] {
            let args: Vec<&str> = line.split(' ').collect();
            let (found, rest) = program(Path::new(file), &args);
            assert_eq!((&*found, &*rest.join(" ")), (name, call), "{line}");
        }
        assert_eq!(program(Path::new(""), &[]).0, "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_knows_where_it_comes_from() {
        let all = lineage();
        let parent = std::os::unix::process::parent_id();
        assert_eq!(all.first().map(|process| process.pid), Some(parent));
        assert!(all.iter().all(|process| process.start < u64::MAX), "{all:?}");
    }
}
