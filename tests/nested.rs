//! A program of the agent's own kind that the agent starts as a tool is not the agent, though both find it by the same variable.

use serde_json::json;

use crate::support::fake_agent::{self, read, spawn, start_with, wait};
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until};

/// It runs itself in a shell when it is asked to, behind which it works on until it is told to go. With a name it only does one
/// turn of that conversation.
const PROGRAM: &str = r#"#!/bin/sh
tell() { echo "{\"session\": \"${name:-outer}\"}" | "$ORCHFLOW" hook fake "$1"; }
show() { printf '\033[2J\033[H%s\n' "$1"; }
name=$1
[ -z "$name" ] || { tell Begin; tell End; exit; }
show '> '
while read -r line; do
  tell Begin
  show 'esc to interrupt'
  case $line in *nested*)
    sh -c "sh $0 inner; echo over >>nested"
    read -r go ;;
  esac
  (tell Began)
  tell End
  show '> '
done
"#;

fn began() -> (Sandbox, Daemon) {
    let (mut sandbox, client) = start_with(|sandbox| {
        fake_agent::write(sandbox, "fake", PROGRAM, fake_agent::PROFILE);
    });
    sandbox.set_patience(std::time::Duration::from_secs(20));
    spawn(&sandbox, &client, json!({"name": "mine"}));
    wait(&client, "mine", &["idle"]);
    (sandbox, client)
}

/// Asks it to run itself, waits until that has said all it has to say, and looks what is thought of the agent.
#[track_caller]
fn runs_itself(sandbox: &Sandbox, client: &Daemon, times: usize) {
    client.expect("agent.prompt", json!({"id": "mine", "text": "a nested one, please"}));
    wait_until("the end of the nested one", DEADLINE, || {
        (read(sandbox, "nested").lines().count() == times).then_some(())
    });
    let known = client.expect("agent.get", json!({"id": "mine"}));
    assert_eq!((&known["status"], &known["conversation"]), (&json!("working"), &json!("outer")));
    assert_eq!(known["evidence"]["rule"], "hook Begin", "{known}");
    client.expect("terminal.write", json!({"id": "mine", "data": "go\r"}));
    let done = wait(client, "mine", &["done"]);
    assert_eq!(done["evidence"]["rule"], "hook End", "{done}");
}

#[test]
fn a_nested_run_of_the_agents_program_does_not_speak_for_it() {
    let (sandbox, client) = began();
    runs_itself(&sandbox, &client, 1);
    runs_itself(&sandbox, &client, 2);
}

#[test]
fn the_next_daemon_knows_too_which_of_them_is_the_agent() {
    let (sandbox, client) = began();
    runs_itself(&sandbox, &client, 1);
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    wait(&client, "mine", &["idle", "done"]);
    runs_itself(&sandbox, &client, 2);
}

#[test]
fn a_nested_run_is_told_that_it_is_not_the_agent() {
    let (_sandbox, client) = began();
    client.expect("agent.prompt", json!({"id": "mine", "text": "anything"}));
    wait(&client, "mine", &["done"]);
    let agent = |pid: u32| json!({"pid": pid, "start": 1, "group": pid, "program": "dash fake.sh"});
    let report = json!({"id": "mine", "profile": "fake", "event": "Begin", "by": [agent(1)]});
    let fault = client.call("agent.report", report).unwrap_err();
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains(":Orchflow explain mine"), "{fault}");
}
