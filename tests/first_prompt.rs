//! A prompt that an agent was started with: it is not idle before it has begun with that, and nobody waits for it, so the
//! person is told where it was not taken.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::fake_agent::{read, spawn, start, start_with, wait, write};
use crate::support::json::{to_json, to_msgpack};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, wait_until};

/// Shows its prompt, and begins with the one that it was passed as its last argument when it may.
const LATE: &str = r#"
for prompt; do :; done
tell() { echo '{}' | "$ORCHFLOW" hook late "$1"; }
show() { printf '\033[2J\033[H%s' "$1"; }
show '> '
until [ -e go ]; do sleep 0.02; done
tell Begin
show 'at work'
echo "$prompt" >>heard
tell End
show '> '
read -r more
"#;

const LATE_PROFILE: &str = r#"
name = "late"
title = "An agent that begins late"
command = ["sh", "PROGRAM"]
prompt.first = ["{prompt}"]
conversation.latest = ["--again"]
hooks.env = { ORCHFLOW = "{orchflow}" }
hooks.events = { Begin = { signal = "working" }, End = { signal = "done" } }
[[screen]]
status = "working"
match = '^at work'
[[screen]]
status = "idle"
match = '^>'
"#;

/// Longer than a screen must look otherwise until it is believed.
const LONG: u64 = 2_500;

fn start_late() -> (Sandbox, Daemon) {
    start_with(|sandbox| write(sandbox, "late", LATE, LATE_PROFILE))
}

/// It has shown that it waits, and is not called so: not before it may begin, and has heard this.
#[track_caller]
fn begins_when_it_may(sandbox: &Sandbox, client: &Daemon, heard: &str) {
    client.wait_match("mine", ">");
    let over = ["done", "idle"];
    let params = json!({"id": "mine", "status": over, "timeout_ms": LONG});
    let fault = client.call("agent.wait", params).unwrap_err();
    assert_eq!(fault["kind"], "timeout", "{fault}");
    let explained = client.expect("agent.explain", json!({"id": "mine"}));
    assert_eq!(explained["status"], "starting", "{explained}");
    assert_eq!(explained["evidence"]["rule"], "first prompt", "{explained}");
    assert!(explained["reason"].as_str().unwrap().contains("has not begun"), "{explained}");
    sandbox.write("work/go", "");
    assert_eq!(wait(client, "mine", &over)["status"], "done");
    assert_eq!(read(sandbox, "heard"), heard);
}

#[test]
fn an_agent_that_was_passed_a_prompt_is_not_idle_before_it_has_begun_with_it() {
    let (sandbox, client) = start_late();
    spawn(&sandbox, &client, json!({"profile": "late", "name": "mine", "prompt": "the first"}));
    begins_when_it_may(&sandbox, &client, "the first\n");
    client.expect("agent.stop", json!({"id": "mine"}));
    std::fs::remove_file(sandbox.path("work/go")).unwrap();
    client.expect("agent.resume", json!({"id": "mine", "prompt": "the second"}));
    begins_when_it_may(&sandbox, &client, "the first\nthe second\n");
}

#[test]
fn a_daemon_that_comes_after_a_killed_one_waits_for_a_prompt_that_was_passed() {
    let (sandbox, client) = start_late();
    spawn(&sandbox, &client, json!({"profile": "late", "name": "mine", "prompt": "the first"}));
    client.wait_match("mine", ">");
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    begins_when_it_may(&sandbox, &client, "the first\n");
}

#[test]
fn an_agent_whose_first_prompt_is_to_be_typed_is_not_idle_before_it_was() {
    let (sandbox, client) = start();
    let env = json!({"HOOKS": "1"});
    spawn(&sandbox, &client, json!({"name": "mine", "prompt": "first", "env": env}));
    assert_eq!(wait(&client, "mine", &["done", "idle"])["status"], "done");
    assert_eq!(read(&sandbox, "prompts"), "first\n");
}

#[test]
fn a_passed_prompt_that_is_not_begun_with_is_told_to_the_person() {
    let (sandbox, client) = start_late();
    spawn(&sandbox, &client, json!({"profile": "late", "name": "mine", "prompt": "the first"}));
    let told = |client: &Daemon| {
        let params = to_msgpack(&json!({"id": "mine", "status": ["idle"], "timeout_ms": 60_000}));
        let ticket = client.rpc().send("agent.wait", vec![params]);
        to_json(&client.rpc().collect(ticket, Duration::from_secs(60)).unwrap().unwrap())
    };
    let idle: Json = told(&client);
    assert_eq!(idle["advice"]["hint"], ":Orchflow attach mine", "{idle}");
    assert!(idle["advice"]["text"].as_str().unwrap().contains("has not begun with it"), "{idle}");
    let notice = client.wait_notice("a message", |method, notice| {
        (method == "terminal.notified").then(|| notice.clone())
    });
    assert_eq!(notice["title"], "its first prompt was not taken");
    // It does after all.
    sandbox.write("work/go", "");
    wait(&client, "mine", &["done"]);
    let info = client.expect("agent.get", json!({"id": "mine"}));
    assert_eq!(info["advice"], Json::Null);
}

/// Shows its prompt, and takes nothing until it may.
const PROGRAM: &str = r"printf '> '
until [ -e go ]; do sleep 0.05; done
printf '\033[2J\033[Hat work'
sleep 1000
";

const PROFILE: &str = r#"
name = "deaf"
title = "An agent that takes nothing"
command = ["sh", "PROGRAM"]
[[screen]]
status = "working"
match = '^at work'
[[screen]]
status = "idle"
match = '^>'
"#;

each_neovim! {
    fn a_first_prompt_that_is_not_taken_is_told_to_the_person(version) {
        let (sandbox, client) = start_with(|sandbox| write(sandbox, "deaf", PROGRAM, PROFILE));
        let editor = Editor::with(version).size(120, 24).start(&sandbox);
        editor.command("Orchflow list");
        spawn(&sandbox, &client, json!({"profile": "deaf", "name": "mine", "prompt": "do it"}));
        let info = wait_until("the advice", DEADLINE, || {
            let info = client.expect("agent.get", json!({"id": "mine"}));
            info["advice"].is_object().then_some(info)
        });
        let text = "mine was not told its first prompt: the prompt was typed and submitted, and nothing has changed";
        assert_eq!(info["advice"], json!({"text": text, "hint": ":Orchflow attach mine"}));
        editor.wait_screen("the message", |grid| {
            grid.text().contains("mine: its first prompt was not taken")
        });
        // It works after all.
        sandbox.write("work/go", "");
        wait_until("no advice", DEADLINE, || {
            let info = client.expect("agent.get", json!({"id": "mine"}));
            info["advice"].is_null().then_some(())
        });
    }
}
