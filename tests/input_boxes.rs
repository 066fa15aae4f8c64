//! Prompts and interrupts beside a person who uses the same program: what is typed goes into its box, or nowhere.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::fake_agent::{install, read, spawn, wait};
use crate::support::json::{to_json, to_msgpack};
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until};

/// Its box is what stands below the last `>`; a key of its own counts its interrupts.
const BOX: &str = r#"
[prompt]
paste = "plain"
interrupt = "i"
[prompt.box]
match = '>\n?(?<held>[^\n]*)\z'
"#;

/// Who waits is told after ten seconds.
const TOLD: Duration = Duration::from_secs(30);

fn begin() -> (Sandbox, Daemon) {
    let sandbox = Sandbox::new();
    install(&sandbox, BOX);
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": "1"}}));
    wait(&client, "mine", &["idle"]);
    (sandbox, client)
}

fn types(client: &Daemon, keys: &str) {
    client.expect("terminal.write", json!({"id": "mine", "data": keys}));
}

fn shows(client: &Daemon, words: &str) {
    wait_until(words, DEADLINE, || {
        let screen = client.expect("terminal.read", json!({"id": "mine"}));
        screen["lines"].to_string().contains(words).then_some(())
    });
}

/// Why a prompt was not typed.
fn refused(client: &Daemon, text: &str) -> Json {
    let params = to_msgpack(&json!({"id": "mine", "text": text}));
    let ticket = client.rpc().send("agent.prompt", vec![params]);
    to_json(&client.rpc().collect(ticket, TOLD).unwrap().unwrap_err())
}

#[test]
fn a_prompt_chooses_nothing_in_a_menu_and_the_next_one_after_it_arrives() {
    let (sandbox, client) = begin();
    types(&client, "menu\n");
    shows(&client, "1. One");
    wait(&client, "mine", &["idle", "done"]);
    let fault = refused(&client, "at the menu");
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert!(fault["message"].as_str().unwrap().contains("a menu is open"), "{fault}");
    assert_eq!(read(&sandbox, "answers"), "");
    types(&client, "x\n");
    client.expect("agent.prompt", json!({"id": "mine", "text": "after it"}));
    assert_eq!(read(&sandbox, "answers"), "chose x\n");
    wait_until("the prompt", DEADLINE, || {
        (read(&sandbox, "prompts") == "menu\nafter it\n").then_some(())
    });
}

#[test]
fn a_prompt_is_not_sent_with_what_somebody_else_has_begun_to_write() {
    let (sandbox, client) = begin();
    types(&client, "half of a");
    shows(&client, "half of a");
    let fault = refused(&client, "and more");
    assert!(fault["message"].as_str().unwrap().contains("\"half of a\""), "{fault}");
    types(&client, " thought\n");
    client.expect("agent.prompt", json!({"id": "mine", "text": "after it"}));
    wait_until("both", DEADLINE, || {
        (read(&sandbox, "prompts") == "half of a thought\nafter it\n").then_some(())
    });
}

#[test]
fn only_what_does_something_is_interrupted_and_once() {
    let (sandbox, client) = begin();
    let interrupt = || client.call("agent.interrupt", json!({"id": "mine"}));
    let fault = interrupt().unwrap_err();
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains(":Orchflow stop mine"), "{fault}");
    client.expect("agent.prompt", json!({"id": "mine", "text": "wait"}));
    for _ in 0..3 {
        interrupt().unwrap();
    }
    types(&client, "\n");
    wait_until("the keys", DEADLINE, || (read(&sandbox, "answers") == "went i\n").then_some(()));
    // What it is told next is another thing, however soon.
    client.expect("agent.prompt", json!({"id": "mine", "text": "wait"}));
    interrupt().unwrap();
    types(&client, "\n");
    let twice = "went i\nwent i\n";
    wait_until("the keys", DEADLINE, || (read(&sandbox, "answers") == twice).then_some(()));
    client.expect("agent.stop", json!({"id": "mine"}));
    let fault = interrupt().unwrap_err();
    assert!(fault["hint"].as_str().unwrap().contains(":Orchflow resume mine"), "{fault}");
}
