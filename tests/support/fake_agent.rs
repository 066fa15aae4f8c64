//! Owns an agent program of the tests: it looks and tells as agent CLIs do, and writes down what it was told.

use serde_json::{Value as Json, json};

use super::daemon::Daemon;
use super::sandbox::Sandbox;

/// Reads a line, works, asks or ends, as the line says, and redraws its screen for each.
pub const PROGRAM: &str = r#"#!/bin/sh
show() { printf '\033[2J\033[H%s\n' "$1"; }
tell() { [ -z "$HOOKS" ] || echo "$2" | "$ORCHFLOW" hook fake "$1"; }
show "${1:+first: $1 }> "
while read -r line; do
  case $line in *still*) until [ -e go ]; do sleep 0.02; done ;; esac
  tell Begin '{"session": "s-1"}'
  show 'esc to interrupt'
  case $line in
    *ask*) show 'May I run it? (y/n)'; read -r answer; tell Began '{}'; show 'esc to interrupt'; echo "answer $answer" >>answers ;;
    *fail*) exit 3 ;;
    *wait*) read -r go; echo "went $go" >>answers ;;
    *away*) until [ -e go ]; do sleep 0.02; done ;;
    *menu*) tell End '{}'; show '1. One'; read -r choice; echo "chose $choice" >>answers ;;
  esac
  printf '%s\n' "$line" >>prompts
  tell End '{}'
  show "did $line > "
  echo "$line" >>drawn
done
"#;

/// What is known of it.
pub const PROFILE: &str = r#"
name = "fake"
title = "The fake agent"
command = ["sh", "PROGRAM"]
install = "it comes with the tests"
[hooks]
env = { ORCHFLOW = "{orchflow}" }
[hooks.events]
Begin = { signal = "working", keep = { conversation = "session" } }
Began = { signal = "working" }
End = { signal = "done" }
[[screen]]
status = "blocked"
match = '(?m)^May I .*\?'
[[screen]]
status = "working"
match = 'esc to interrupt'
[[screen]]
status = "idle"
match = '> ?$'
"#;

/// Writes the program, and the profile with more lines behind it.
pub fn install(sandbox: &Sandbox, more: &str) {
    write(sandbox, "fake", PROGRAM, &format!("{PROFILE}{more}"));
}

/// Writes another program, and the profile of that name, in which `PROGRAM` stands for it.
pub fn write(sandbox: &Sandbox, name: &str, program: &str, profile: &str) {
    let program = sandbox.write(format!("home/{name}.sh"), program).display().to_string();
    let profile = profile.replace("PROGRAM", &program);
    sandbox.write(format!("config/orchflow/agents/{name}.toml"), profile);
}

/// A daemon that knows the fake agent.
pub fn start() -> (Sandbox, Daemon) {
    start_with(|sandbox| install(sandbox, ""))
}

/// A daemon that knows what was written before it starts.
pub fn start_with(write: impl FnOnce(&Sandbox)) -> (Sandbox, Daemon) {
    let sandbox = Sandbox::new();
    write(&sandbox);
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    (sandbox, client)
}

/// Starts one in `work`, unless told otherwise.
pub fn spawn(sandbox: &Sandbox, client: &Daemon, more: Json) -> Json {
    let params = json!({"profile": "fake", "cwd": sandbox.path("work")});
    client.expect("agent.spawn", with(params, more))
}

/// Parameters with others, which count.
pub fn with(mut params: Json, more: Json) -> Json {
    let more = more.as_object().unwrap().clone();
    params.as_object_mut().unwrap().extend(more);
    params
}

/// Waits for a status.
pub fn wait(client: &Daemon, id: &str, status: &[&str]) -> Json {
    client.expect("agent.wait", json!({"id": id, "status": status, "timeout_ms": 20_000}))
}

/// A file in `work`, or nothing.
pub fn read(sandbox: &Sandbox, file: &str) -> String {
    std::fs::read_to_string(sandbox.path("work").join(file)).unwrap_or_default()
}
