//! Owns agents of the tests that do nothing by themselves: their status is what a test reports of them, so that a swarm of
//! any size stands still to be looked at.

use serde_json::{Value as Json, json};

use super::daemon::Daemon;
use super::sandbox::Sandbox;

/// What is known of it.
const PROFILE: &str = r#"
name = "still"
title = "An agent that stands still"
command = ["sh", "-c", "printf '\\033[2J\\033[H%s at work' \"$NAME\"; exec cat"]
[hooks.events]
Begin = { signal = "working", keep = { detail = "detail" } }
Ask = { signal = "blocked", keep = { question = "question" } }
End = { signal = "done" }
Wait = { signal = "idle" }
Start = { signal = "started" }
"#;

/// One whose screen soon shows what nobody knows.
const RIDDLE: &str = r#"
name = "riddle"
title = "An agent that nobody knows"
command = ["sh", "-c", "printf '>'; read _; printf '\\033[2J\\033[Hthe moon is full'; exec cat"]
[[screen]]
status = "idle"
match = '^>'
"#;

/// A daemon that knows it, and a home with two sessions.
pub fn start() -> (Sandbox, Daemon) {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/agents/still.toml", PROFILE);
    sandbox.write("config/orchflow/agents/riddle.toml", RIDDLE);
    sandbox.write("home/web/.git/HEAD", "ref: refs/heads/main\n");
    sandbox.write("home/api/.git/HEAD", "ref: refs/heads/feature/words\n");
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    (sandbox, client)
}

/// Starts one in a session.
pub fn spawn(sandbox: &Sandbox, client: &Daemon, name: &str, session: &str) -> Json {
    let cwd = sandbox.path("home").join(session);
    let params = json!({"profile": "still", "name": name, "cwd": cwd, "env": {"NAME": name}});
    client.expect("agent.spawn", params)
}

/// It works, and says at what.
pub fn works(client: &Daemon, id: &str, detail: &str) {
    report(client, id, "Begin", &json!({"detail": detail}));
}

/// It asks.
pub fn asks(client: &Daemon, id: &str, question: &str) {
    report(client, id, "Ask", &json!({"question": question}));
}

/// It has finished.
pub fn ends(client: &Daemon, id: &str) {
    report(client, id, "End", &json!({}));
}

fn report(client: &Daemon, id: &str, event: &str, payload: &Json) {
    let params =
        json!({"id": id, "profile": "still", "event": event, "payload": payload.to_string()});
    client.expect("agent.report", params);
}

/// Nobody knows what it does.
fn puzzles(sandbox: &Sandbox, client: &Daemon, name: &str, session: &str) {
    let cwd = sandbox.path("home").join(session);
    client.expect("agent.spawn", json!({"profile": "riddle", "name": name, "cwd": cwd}));
    becomes(client, name, "idle");
    client.expect("terminal.write", json!({"id": name, "data": "\r"}));
    becomes(client, name, "unknown");
}

fn becomes(client: &Daemon, name: &str, status: &str) {
    client.expect("agent.wait", json!({"id": name, "status": [status], "timeout_ms": 20_000}));
}

/// Names that are easy, long, wide, and read from the right.
const NAMES: [&str; 5] =
    ["fixer", "docs", "a-name-as-long-as-names-get-here", "漢字の名前", "שלום"];

/// A swarm of so many, in all statuses, in two sessions.
pub fn swarm(sandbox: &Sandbox, client: &Daemon, count: usize) {
    for number in 0..count {
        let session = if number % 3 == 2 { "api" } else { "web" };
        let base = NAMES[number % NAMES.len()];
        let name = if number < NAMES.len() { base.to_owned() } else { format!("{base}{number}") };
        if number == 8 {
            puzzles(sandbox, client, &name, session);
            continue;
        }
        spawn(sandbox, client, &name, session);
        match number % 7 {
            0 => works(client, &name, "Bash: cargo test --workspace --all-features"),
            1 => asks(client, &name, "Do you want to run `rm -rf target`?"),
            2 => {
                works(client, &name, "Edit");
                ends(client, &name);
            }
            3 => works(client, &name, "続けます %{system('x')} שלום עולם"),
            4 => {
                client.expect("agent.stop", json!({"id": name}));
                let ended = json!({"id": name, "exit": true, "timeout_ms": 20_000});
                client.expect("terminal.wait", ended);
            }
            5 => report(client, &name, "Wait", &json!({})),
            _ => report(client, &name, "Start", &json!({})),
        }
    }
}
