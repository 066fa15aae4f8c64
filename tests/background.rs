//! What an ended turn has left running: told by a hook, or drawn on the screen. Until it is over, the agent is not done.

use serde_json::json;

use crate::support::fake_agent::{start_with, write};

/// Ends its turn at once, and leaves something behind that it tells by a hook, or draws.
const PROGRAM: &str = r#"#!/bin/sh
stty -echo
show() { printf '\033[2J\033[H%s\n> ' "$1"; }
tell() { echo "$2" | "$ORCHFLOW" hook "$PROFILE" "$1"; }
show ready
while read -r line; do
  tell Begin '{}'
  show 'esc to interrupt'
  sleep 0.5 # who works for a moment only has not begun a turn
  case $line in
    told) tell End '{"tasks": ["sleep"]}'; show "$line" ;;
    drawn) tell End '{}'; show '1 shell still running' ;;
  esac
  until [ -e "$line-go" ]; do sleep 0.02; done
  tell End '{"tasks": []}'
  show 'all is over'
done
"#;

const PROFILE: &str = r#"
name = "NAME"
title = "An agent that leaves something behind"
command = ["sh", "PROGRAM"]
[hooks]
env = { ORCHFLOW = "{orchflow}", PROFILE = "NAME" }
[hooks.events]
Begin = { signal = "working" }
End = { signal = "done"KEEP }
DRAWN
[[screen]]
status = "working"
match = 'esc to interrupt'
[[screen]]
status = "idle"
match = '> ?$'
"#;

/// What the screen of the one shows, and that of the other does not.
const DRAWN: &str = r#"
[[screen]]
status = "done"
background = true
match = '(?m)^\d+ shells? still running$'
"#;

/// Longer than a screen has to say otherwise before it is believed, and than it may take to be drawn.
const LONG: u64 = 3_000;

#[test]
fn an_agent_is_not_done_while_something_of_its_turn_goes_on() {
    let tasks = ", keep = { background = \"tasks\" }";
    let (sandbox, client) = start_with(|sandbox| {
        for (name, keep, drawn) in [("told", tasks, ""), ("drawn", "", DRAWN)] {
            let profile = PROFILE.replace("NAME", name).replace("KEEP", keep);
            write(sandbox, name, PROGRAM, &profile.replace("DRAWN", drawn));
        }
    });
    for name in ["told", "drawn"] {
        let cwd = sandbox.path("work");
        client.expect("agent.spawn", json!({"profile": name, "name": name, "cwd": cwd}));
        let wait = |status: &[&str], timeout_ms| {
            let params = json!({"id": name, "status": status, "timeout_ms": timeout_ms});
            client.call("agent.wait", params)
        };
        wait(&["idle"], 20_000).unwrap();
        client.expect("agent.prompt", json!({"id": name, "text": name}));
        let fault = wait(&["done", "idle"], LONG).unwrap_err();
        assert_eq!(fault["kind"], "timeout", "{name}");
        assert_eq!(client.expect("agent.get", json!({"id": name}))["status"], "working", "{name}");
        sandbox.write(format!("work/{name}-go"), "");
        wait(&["done"], 20_000).unwrap();
    }
}
