//! What a terminal is for, guessed from its command line by a table.

use std::sync::LazyLock;

use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use crate::fault::{Result, internal};
use crate::protocol::terminal::Purpose;

/// The table: a purpose and a pattern in each line.
const TABLE: &str = include_str!("purposes.txt");

/// The table, read.
struct Table {
    purposes: Vec<Purpose>,
    patterns: RegexSet,
}

/// Read at the first use, which takes about a millisecond; a test says that it can be.
static READ: LazyLock<Option<Table>> = LazyLock::new(|| {
    read().inspect_err(|fault| tracing::error!(%fault, "no purpose can be guessed")).ok()
});

fn read() -> Result<Table> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut purposes, mut patterns) = (Vec::new(), Vec::new());
    for line in lines {
        let (purpose, pattern) = line.split_once(' ').unwrap_or((line, ""));
        let purpose = StrDeserializer::<Error>::new(purpose);
        purposes.push(Purpose::deserialize(purpose).map_err(internal)?);
        patterns.push(format!(r"^(?:{})(?:\s|$)", pattern.trim()));
    }
    // Without Unicode's tables it is a tenth as large, and programs' names need none.
    let patterns = RegexSetBuilder::new(patterns).unicode(false).build().map_err(internal)?;
    Ok(Table { purposes, patterns })
}

/// Longer lines are scripts, and not read to their end.
const LONGEST: usize = 1000;

/// What a terminal that was started with this is for.
pub fn guess(argv: &[String]) -> Purpose {
    let Some(table) = READ.as_ref() else {
        return Purpose::Other;
    };
    let line: String = line(argv).chars().take(LONGEST).collect();
    let first = |command: &str| table.patterns.matches(simple(command).as_bytes()).iter().next();
    // `cd web && npm run dev`: what comes before says nothing.
    let found = line.split(['\n', ';', '|', '&']).find_map(first);
    found.map_or(Purpose::Other, |index| table.purposes[index])
}

/// A shell's line rather than the shell that gets it.
fn line(argv: &[String]) -> String {
    let shell = argv.first().is_some_and(|program| name(program).ends_with("sh"));
    match argv {
        [_, flags, line, ..] if shell && flags.starts_with('-') && flags.ends_with('c') => {
            line.clone()
        }
        [program, rest @ ..] => [std::slice::from_ref(program), rest].concat().join(" "),
        [] => String::new(),
    }
}

/// A command without what is put before it: assignments, wrappers, its program's path.
fn simple(command: &str) -> String {
    const WRAPPERS: [&str; 9] =
        ["exec", "env", "sudo", "doas", "time", "nohup", "nice", "command", "builtin"];
    let assigns = |word: &str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let mut words = command
        .split_whitespace()
        .map(|word| word.trim_matches(['(', ')', '"', '\'', '{', '}']))
        .skip_while(|word| word.is_empty() || assigns(word) || WRAPPERS.contains(word));
    let program = words.next().map(name).unwrap_or_default();
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Command lines, by what they say.
    const LINES: &[(Purpose, &str)] = &[
        (Purpose::Agent, "claude, /opt/bin/codex --full-auto, npx @openai/codex, aider x.py"),
        (Purpose::Agent, "npx -y @anthropic-ai/claude-code@latest, (cd x && claude)"),
        (
            Purpose::Test,
            "cargo test, cargo +nightly nextest run, cargo watch -q -x test, pytest -x",
        ),
        (Purpose::Test, "npm run test:unit, npm t, go test ./..., make -j4 test, ./gradlew test"),
        (Purpose::Test, "python3 -m pytest, cd web && RUST_LOG=debug cargo t"),
        (Purpose::Server, "npm run dev, npm start, yarn serve, python3 -m http.server 80, vite"),
        (Purpose::Server, "python manage.py runserver, flask --app x run, vite --host --port 1"),
        (Purpose::Server, "docker compose -f a.yml up, uvicorn a:b --reload, hugo server"),
        (Purpose::Build, "cargo build --release, make, make -j8, ninja -C out, go build ."),
        (Purpose::Build, "npm run build, vite build, tsc -w, docker build ., sudo make install"),
        (Purpose::Repl, "python, python3.12, node, lua5.1, ipython, irb, ghci, iex -S mix"),
        (Purpose::Shell, "bash, /bin/zsh, sh, -zsh, bash -l, fish, zsh --login, exec bash"),
        (Purpose::Editor, "nvim a b, vi, vim -u NONE, hx ., nano x"),
        (Purpose::Database, "psql -h x, sqlite3 a.db, redis-cli"),
        (Purpose::Log, "tail -f a.log, tail -n 5 -F x, journalctl -fu x, docker logs -f x"),
        (Purpose::Monitor, "htop, watch ls, btop"),
        (Purpose::Git, "git log, lazygit, jj st"),
        (Purpose::Remote, "ssh box, kubectl exec -it x -- sh"),
        (Purpose::Debugger, "gdb ./a, python -m pdb x.py, dlv debug"),
        (Purpose::Other, ", sleep 100, ./run, claudette, tail file, python3 script.py, %{x}"),
        (Purpose::Other, "bash script.sh, ls; pwd, echo test, \u{e9}t\u{e9}, cargo run"),
    ];

    #[test]
    fn common_command_lines_are_known() {
        for (wanted, lines) in LINES {
            for line in lines.split(", ") {
                let argv = ["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()];
                assert_eq!(guess(&argv), *wanted, "{line}");
                let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
                assert_eq!(guess(&argv), *wanted, "{argv:?}");
            }
        }
        assert_eq!(guess(&["bash", "-lc", "claude"].map(str::to_owned)), Purpose::Agent);
        assert_eq!(guess(&[]), Purpose::Other);
        assert_eq!(guess(&["x".repeat(1 << 20)]), Purpose::Other);
    }

    #[test]
    fn the_table_can_be_read() {
        let table = read().expect("a table");
        assert_eq!(table.purposes.len(), table.patterns.len());
    }
}
