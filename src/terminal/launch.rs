//! From a call's parameters to what is started: the shell, the environment, the name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::meaning;
use super::registry::{Terminals, own_environment};
use crate::fault::{Fault, Kind, Result};
use crate::ids::{AgentId, TerminalId};
use crate::keeper::{Spawn, locate};
use crate::protocol::terminal::{Command, Facts, OpenParams, Size};

/// Variables that would lie to a program in a new terminal: they describe another terminal or another editor.
const FOREIGN: [&str; 12] = [
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TERMCAP",
    "COLUMNS",
    "LINES",
    "WINDOWID",
    "TMUX",
    "TMUX_PANE",
    "STY",
    "NVIM",
    "NVIM_LISTEN_ADDRESS",
    "VIMRUNTIME",
];

/// What `xterm-256color` promises is what the emulator does; every system knows it.
const TERM: &str = "xterm-256color";

/// Longest name of a terminal, in characters.
const NAME: usize = 64;

/// What to start for these parameters. `base` is the daemon's own environment.
pub(super) fn spawn(
    params: &OpenParams,
    base: BTreeMap<String, String>,
    id: TerminalId,
    socket: &Path,
) -> Result<Spawn> {
    let default = Size::DEFAULT;
    let size = Size {
        rows: params.rows.unwrap_or(default.rows),
        cols: params.cols.unwrap_or(default.cols),
    };
    let mut env = if params.clear_env { BTreeMap::new() } else { base };
    FOREIGN.iter().for_each(|name| drop(env.remove(*name)));
    env.insert("TERM".into(), TERM.into());
    env.insert("COLORTERM".into(), "truecolor".into());
    env.extend(params.env.clone());
    env.insert("ORCHFLOW_TERMINAL".into(), id.to_string());
    env.insert("ORCHFLOW_SOCKET".into(), socket.display().to_string());
    check_env(&env)?;
    let cwd = directory(params.cwd.clone(), &env)?;
    Ok(Spawn { argv: argv(params.command.as_ref(), &env), cwd, env, size: size.check()? })
}

impl Terminals {
    /// The program that could not be started because there is none of that name, were this opened now.
    pub fn missing(&self, params: &OpenParams) -> Option<String> {
        // Any id will do: it only comes into the environment. What else is wrong is said when it is opened.
        let spawn = spawn(params, own_environment(), TerminalId(0), &self.socket).ok()?;
        let program = spawn.argv.first().filter(|program| !program.is_empty())?;
        locate(program, &spawn).is_none().then(|| program.clone())
    }
}

/// What is known of a terminal before its program says anything.
pub(super) fn facts(params: &OpenParams, spawn: &Spawn) -> Result<Facts> {
    Ok(Facts {
        directory: spawn.cwd.clone(),
        progress: None,
        running: None,
        last_command: None,
        purpose: params.purpose.unwrap_or_else(|| meaning::guess(&spawn.argv)),
        tags: meaning::check_tags(&params.tags)?,
    })
}

fn check_env(env: &BTreeMap<String, String>) -> Result<()> {
    let bad = |(name, value): &(&String, &String)| {
        name.is_empty() || name.contains(['=', '\0']) || value.contains('\0')
    };
    env.iter().find(bad).map_or(Ok(()), |(name, _)| {
        Err(Fault::new(Kind::InvalidParams, format!("{name:?} cannot be an environment variable"))
            .hint("names are without = and values without NUL"))
    })
}

/// Without a directory, home. A relative one would depend on where the daemon was started.
fn directory(cwd: Option<PathBuf>, env: &BTreeMap<String, String>) -> Result<PathBuf> {
    match cwd {
        Some(cwd) if cwd.is_absolute() => Ok(cwd),
        Some(cwd) => {
            let message = format!("cwd must be an absolute path, not {}", cwd.display());
            Err(Fault::new(Kind::InvalidParams, message).hint("cwd = vim.fn.getcwd(), or $PWD"))
        }
        None => Ok(env.get("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from)),
    }
}

fn argv(command: Option<&Command>, env: &BTreeMap<String, String>) -> Vec<String> {
    let shell = || env.get("SHELL").filter(|s| !s.is_empty()).cloned().unwrap_or("/bin/sh".into());
    match command {
        Some(Command::Argv(argv)) => argv.clone(),
        Some(Command::Shell(line)) if line.trim().is_empty() => Vec::new(),
        Some(Command::Shell(line)) => vec![shell(), "-c".into(), line.clone()],
        None => vec![shell()],
    }
}

/// The name itself, or why it cannot be one: it must be one word, and never be taken for an id or a flag.
pub(super) fn check_name(name: &str) -> Result<&str> {
    if name.starts_with(['-', '+']) {
        let message =
            format!("{name:?} cannot be a terminal's name: a command would take it for a flag");
        return Err(Fault::new(Kind::InvalidParams, message)
            .hint("let it begin with something else than - and +"));
    }
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '/' || c == '\\';
    let fits = (1..=NAME).contains(&name.chars().count());
    if fits
        && !name.contains(bad)
        && name.parse::<TerminalId>().is_err()
        && name.parse::<AgentId>().is_err()
    {
        return Ok(name);
    }
    Err(Fault::new(Kind::InvalidParams, format!("{name:?} cannot be a terminal's name"))
        .hint("take one word without / and \\, up to 64 characters, not of the form t1 or a1"))
}

/// A name made from the command: the program's, or the first word of a shell line.
pub(super) fn default_name(command: Option<&Command>, argv: &[String]) -> String {
    let program = match command {
        Some(Command::Shell(line)) => line.split_whitespace().next().unwrap_or_default(),
        _ => argv.first().map_or("", String::as_str),
    };
    let base = program.rsplit('/').next().unwrap_or_default();
    let name: String = base
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_.+".contains(*c))
        .take(NAME - 8)
        .collect();
    if check_name(&name).is_ok() { name } else { "terminal".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_from_the_program() {
        let name = |line: &str| default_name(Some(&Command::Shell(line.into())), &["sh".into()]);
        assert_eq!(name("/usr/bin/cargo test"), "cargo");
        assert_eq!(name("  npm run dev"), "npm");
        assert_eq!(name("(cd x; y)"), "cd");
        assert_eq!(name("'"), "terminal");
        assert_eq!(name("-x"), "terminal", "never taken for a flag");
        assert_eq!(name("t7"), "terminal", "never taken for an id");
        assert_eq!(default_name(None, &["/bin/zsh".into()]), "zsh");
    }

    #[test]
    fn a_name_is_one_word_and_no_id() {
        for name in ["web", "web-2", "ünï", "a%{b}'\""] {
            assert_eq!(check_name(name), Ok(name));
        }
        for name in ["", "t1", "a1", "a b", "a\nb", "a\u{1b}", "a/b", "++x", "-x", &"x".repeat(65)]
        {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }
}
