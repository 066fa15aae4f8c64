//! What becomes of prompts where an agent is no plain one: nothing known of it, closed, at work, or its daemon gone before it is ready.

use serde_json::{Value as Json, json};

use crate::support::fake_agent::{read, spawn, start, start_with, wait, write};
use crate::support::json::{to_json, to_msgpack};
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until};

/// Takes its time to start, then writes down what it reads.
const SLOW: &str = "until [ -e go ]; do sleep 0.02; done; echo ready; while read -r line; do echo \"$line\" >>heard; done";

#[test]
fn a_program_of_which_nothing_is_known_is_told_nevertheless() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    sandbox.write("work/go", "");
    let args = json!(["sh", "-c", SLOW]);
    let params = json!({"profile": "generic", "name": "any", "args": args, "prompt": "first", "cwd": sandbox.path("work")});
    client.expect("agent.spawn", params);
    client.expect("agent.prompt", json!({"id": "any", "text": "second"}));
    wait_until("both prompts", DEADLINE, || {
        (read(&sandbox, "heard") == "first\nsecond\n").then_some(())
    });
}

#[test]
fn whoever_waits_for_an_agent_is_told_when_its_terminal_is_closed() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine"}));
    wait(&client, "mine", &["idle"]);
    client.expect("agent.prompt", json!({"id": "mine", "text": "ask"}));
    wait(&client, "mine", &["blocked"]);
    let ask = |method: &str, params: Json| client.rpc().send(method, vec![to_msgpack(&params)]);
    let prompting = ask("agent.prompt", json!({"id": "mine", "text": "more"}));
    let waiting = json!({"id": "mine", "status": ["exited"], "timeout_ms": 60_000});
    let waiting = ask("agent.wait", waiting);
    client.expect("terminal.close", json!({"id": "mine"}));
    for ticket in [prompting, waiting] {
        let fault = to_json(&client.rpc().collect(ticket, DEADLINE).unwrap().unwrap_err());
        assert!(["not_found", "conflict"].contains(&fault["kind"].as_str().unwrap()), "{fault}");
    }
    let closed = client.wait_notice("the question's end", |method, closed| {
        (method == "inbox.closed").then(|| closed.clone())
    });
    assert_eq!(closed["name"], "mine");
}

#[test]
fn a_first_prompt_that_was_not_typed_yet_is_typed_after_the_daemon_was_killed() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let args = json!(["sh", "-c", SLOW]);
    let params = json!({"profile": "generic", "name": "any", "args": args, "prompt": "first", "cwd": sandbox.path("work")});
    client.expect("agent.spawn", params);
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    sandbox.write("work/go", "");
    wait_until("the prompt", DEADLINE, || (read(&sandbox, "heard") == "first\n").then_some(()));
    let fault = client.call("agent.prompt", json!({"id": "any", "text": " \n\u{7}"})).unwrap_err();
    assert_eq!(fault["kind"], "invalid_params");
}

/// Tells all the time that it works, until it may end, and reads what it is told next only then.
const BUSY: &str = r#"
tell() { echo '{}' | "$ORCHFLOW" hook busy "$1"; }
show() { printf '\033[2J\033[H%s' "$1"; }
show '> '
while read -r line; do
  tell Begin
  show 'at work'
  echo "$line" >>heard
  until [ -e "$line-go" ]; do tell Step; echo step >>steps; sleep 0.1; done
  tell End
  show '> '
done
"#;

const BUSY_PROFILE: &str = r#"
name = "busy"
title = "An agent that works"
command = ["sh", "PROGRAM"]
hooks.env = { ORCHFLOW = "{orchflow}" }
hooks.events = { Begin = { signal = "working"BEGINS }, Step = { signal = "working" }, End = { signal = "done" } }
[[screen]]
status = "working"
match = '^at work'
[[screen]]
status = "idle"
match = '^>'
"#;

#[test]
fn a_prompt_for_now_is_not_acknowledged_by_the_turn_that_goes_on_already() {
    for begins in ["", ", begins = true"] {
        let profile = BUSY_PROFILE.replace("BEGINS", begins);
        let (sandbox, client) = start_with(|sandbox| write(sandbox, "busy", BUSY, &profile));
        spawn(&sandbox, &client, json!({"profile": "busy", "name": "mine"}));
        client.expect("agent.prompt", json!({"id": "mine", "text": "one"}));
        client.wait_match("mine", "at work");
        let params = json!({"id": "mine", "text": "two", "when": "now"});
        let ticket = client.rpc().send("agent.prompt", vec![to_msgpack(&params)]);
        client.wait_match("mine", "two");
        let steps = || read(&sandbox, "steps").lines().count();
        std::thread::scope(|scope| {
            let answered = scope.spawn(|| client.rpc().collect(ticket, DEADLINE));
            // It was submitted a long time ago, and the turn has told of itself since.
            let enough = steps() + 20;
            wait_until("some steps", DEADLINE, || (steps() >= enough).then_some(()));
            assert!(!answered.is_finished(), "{:?}", answered.join());
            assert_eq!(read(&sandbox, "heard"), "one\n");
            sandbox.write("work/one-go", "");
            answered.join().unwrap().unwrap().unwrap();
        });
        wait_until("the second", DEADLINE, || {
            (read(&sandbox, "heard") == "one\ntwo\n").then_some(())
        });
        sandbox.write("work/two-go", "");
        wait(&client, "mine", &["done"]);
    }
}
