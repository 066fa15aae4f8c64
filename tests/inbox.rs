//! The inbox: what agents ask, listed, answered, and gone once it was answered anywhere.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::fake_agent::{read, spawn, start_with, wait, write};
use crate::support::json::to_msgpack;
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, process, wait_until};

/// Asks as it is told, and writes down what it was answered.
const PROGRAM: &str = r#"#!/bin/sh
stty -echo
show() { printf '\033[2J\033[H%s\n' "$1"; }
tell() { echo "$2" | "$ORCHFLOW" hook asker "$1"; }
answered() { show 'esc to interrupt'; printf '%s\n' "$1" >>answers; }
may() { printf 'Shell: %s\n 1. not this\n 2. nor this\nMay I %s?\n 1. Yes\n 2. No, never' "$1" "$1"; }
show '> '
[ -z "$1" ] || { until [ -e begin ]; do sleep 0.02; done; show "$(may begin)"; read -r answer; show '> '; }
while read -r line; do
  show 'esc to interrupt'
  case $line in
    ask*) show "$(may "${line#ask }")"; read -r answer; answered "$answer" ;;
    twice*) show "$(may one)"; read -r answer; echo "one $answer" >>answers; show "$(may two)"; read -r answer; answered "two $answer" ;;
    same*) for time in 1 2; do tell Asked '{"question": "again"}'; show "$(may repeat)"; read -r answer; echo "$time $answer" >>answers; done; tell Went '{}'; show 'esc to interrupt' ;;
    deaf*) show "$(may hear)"; while read -r answer; do [ "$answer" = go ] && break; done; answered go ;;
    which*) show "Which way?
 Left   Right"; read -r answer; answered "$answer" ;;
    hook*) tell Asked '{"question": "Bash\u001b[2J 100% of %d \u0007rm"}'; read -r next; show "$(may rm)"; read -r answer; tell Went '{}'; answered "$answer" ;;
    *) echo "$line" >>prompts; until [ -e go ]; do sleep 0.02; done ;;
  esac
  show "did $line > "
done
"#;

const PROFILE: &str = r#"
name = "asker"
title = "An agent that asks"
command = ["sh", "PROGRAM"]
[hooks]
env = { ORCHFLOW = "{orchflow}" }
[hooks.events]
Asked = { signal = "blocked", keep = { question = "question" } }
Went = { signal = "working" }
[[screen]]
status = "blocked"
match = '(?m)^May I .*\?$'
question = '(?m)^(Shell: .*)\n(?:.*\n)*May I .*\?$'
choices = '(?m)^ (\d)\. (.+)$'
accept = ["{choice}", "\r"]
[[screen]]
status = "blocked"
match = 'Which way\?'
answers = [{ label = "Left", keys = ["\r"] }, { label = "Right", keys = ["\u001b[C", "\r"] }]
[[screen]]
status = "working"
match = 'esc to interrupt'
[[screen]]
status = "idle"
match = '> ?$'
"#;

fn start() -> (Sandbox, Daemon) {
    start_with(|sandbox| write(sandbox, "asker", PROGRAM, PROFILE))
}

/// An agent that asks by now.
fn ask(sandbox: &Sandbox, client: &Daemon, name: &str, what: &str) -> Json {
    spawn(sandbox, client, json!({"profile": "asker", "name": name}));
    wait(client, name, &["idle"]);
    client.expect("agent.prompt", json!({"id": name, "text": what}));
    wait(client, name, &["blocked"]);
    only(client, name)
}

fn list(client: &Daemon) -> Vec<Json> {
    client.expect("inbox.list", json!({}))["questions"].as_array().unwrap().clone()
}

/// The open question of an agent.
fn only(client: &Daemon, name: &str) -> Json {
    wait_until("a question", DEADLINE, || {
        list(client).into_iter().find(|open| open["name"] == name)
    })
}

fn answer(client: &Daemon, id: &Json, choice: &str) -> Result<Json, Json> {
    client.call("inbox.answer", json!({"id": id, "choice": choice}))
}

/// How a question ended.
fn closed(client: &Daemon, id: &Json) -> Json {
    client.wait_notice("inbox.closed", |method, closed| {
        (method == "inbox.closed" && closed["id"] == *id).then(|| closed.clone())
    })
}

#[test]
fn a_question_is_listed_with_its_choices_answered_and_gone() {
    let (sandbox, client) = start();
    let open = ask(&sandbox, &client, "mine", "ask touch it");
    let (id, question) = (&open["id"], &open["question"]);
    assert_eq!(
        (id, &open["agent"], &open["terminal"]),
        (&json!("a1.1"), &json!("a1"), &json!("t1"))
    );
    // The choices are those below what is asked, whatever else is numbered there.
    assert_eq!(question, "Shell: touch it");
    let choices = json!([{"key": "1", "label": "Yes"}, {"key": "2", "label": "No, never"}]);
    assert_eq!((&open["choices"], &open["answerable"]), (&choices, &json!(true)));
    assert_eq!(
        (&open["profile"], &open["evidence"]["source"]),
        (&json!("asker"), &json!("screen"))
    );
    let opened = client.wait_notice("inbox.opened", |method, opened| {
        (method == "inbox.opened").then(|| opened["id"].clone())
    });
    assert_eq!(opened, *id);
    let fault = answer(&client, id, "Perhaps").unwrap_err();
    assert_eq!(
        (&fault["kind"], &fault["hint"]),
        (&json!("invalid_params"), &json!("1 (Yes), 2 (No, never)"))
    );
    let after = answer(&client, id, "no, NEVER").unwrap();
    assert_ne!(after["status"], "blocked");
    let wanted =
        json!({"id": id, "agent": "a1", "name": "mine", "how": "answered", "choice": "No, never"});
    assert_eq!(closed(&client, id), wanted);
    assert_eq!(list(&client), [] as [Json; 0]);
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "2\n");
    let fault = answer(&client, id, "1").unwrap_err();
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert_eq!(answer(&client, &json!("a1.2"), "1").unwrap_err()["kind"], "not_found");
    assert_eq!(answer(&client, &json!("a9.1"), "1").unwrap_err()["kind"], "not_found");
    assert_eq!(answer(&client, &json!("q1"), "1").unwrap_err()["kind"], "invalid_params");
}

#[test]
fn the_same_words_asked_again_at_once_are_another_question() {
    let (sandbox, client) = start();
    let first = ask(&sandbox, &client, "mine", "same words");
    let readable = |id: &str| {
        wait_until("its dialog", DEADLINE, || {
            let open = only(&client, "mine");
            (open["id"] == id && open["answerable"] == true).then_some(open)
        })
    };
    readable("a1.1");
    answer(&client, &first["id"], "1").unwrap();
    let how = closed(&client, &first["id"]);
    assert_eq!((&how["how"], &how["choice"]), (&json!("answered"), &json!("Yes")));
    let second = readable("a1.2");
    assert_eq!(second["question"], "Shell: repeat");
    // Who answers the first one again does not answer the second one, which nobody has read yet.
    let fault = answer(&client, &first["id"], "1").unwrap_err();
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert_eq!(read(&sandbox, "answers"), "1 1\n");
    answer(&client, &second["id"], "2").unwrap();
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "1 1\n2 2\n");
}

#[test]
fn a_question_that_is_answered_in_its_terminal_is_gone() {
    let (sandbox, client) = start();
    let open = ask(&sandbox, &client, "mine", "ask x");
    client.expect("terminal.write", json!({"id": "mine", "data": "1\r"}));
    let ended = closed(&client, &open["id"]);
    assert_eq!((&ended["how"], ended.get("choice")), (&json!("answered"), None));
    wait(&client, "mine", &["done"]);
    assert_eq!(list(&client), [] as [Json; 0]);
}

#[test]
fn an_answer_goes_to_the_question_that_was_seen_or_nowhere() {
    let (sandbox, client) = start();
    let first = ask(&sandbox, &client, "mine", "twice");
    answer(&client, &first["id"], "1").unwrap();
    let second = only(&client, "mine");
    assert_ne!(first["id"], second["id"]);
    let fault = answer(&client, &first["id"], "1").unwrap_err();
    assert_eq!((&fault["kind"], &only(&client, "mine")["id"]), (&json!("conflict"), &second["id"]));
    answer(&client, &second["id"], "Yes").unwrap();
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "one 1\ntwo 1\n");
}

#[test]
fn an_answer_that_changes_nothing_is_a_fault_and_the_question_stays() {
    let (sandbox, client) = start();
    let open = ask(&sandbox, &client, "mine", "deaf");
    let fault = answer(&client, &open["id"], "1").unwrap_err();
    assert_eq!(fault["kind"], "timeout", "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains(":Orchflow attach mine"), "{fault}");
    assert_eq!(only(&client, "mine")["id"], open["id"]);
    client.expect("terminal.write", json!({"id": "mine", "data": "go\r"}));
    assert_eq!(closed(&client, &open["id"])["how"], "answered");
}

#[test]
fn the_one_that_waits_longest_comes_first_and_its_programs_end_ends_it() {
    let (sandbox, client) = start();
    let first = ask(&sandbox, &client, "zoe", "ask first");
    let second = ask(&sandbox, &client, "amy", "ask second");
    let order: Vec<Json> = list(&client).iter().map(|open| open["name"].clone()).collect();
    assert_eq!(order, ["zoe", "amy"]);
    let pid = client.expect("terminal.get", json!({"id": "zoe"}))["pid"].as_u64().unwrap();
    process::kill(u32::try_from(pid).unwrap());
    assert_eq!(closed(&client, &first["id"])["how"], "exited");
    client.expect("terminal.close", json!({"id": "amy"}));
    closed(&client, &second["id"]);
    assert_eq!(list(&client), [] as [Json; 0]);
}

#[test]
fn a_daemon_that_comes_after_a_killed_one_lists_what_is_open_under_a_new_id() {
    let (sandbox, client) = start();
    let before = ask(&sandbox, &client, "mine", "ask x");
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    let after = only(&client, "mine");
    assert_eq!((&after["question"], &after["choices"]), (&before["question"], &before["choices"]));
    assert_eq!(answer(&client, &before["id"], "1").unwrap_err()["kind"], "conflict");
    answer(&client, &after["id"], "1").unwrap();
    wait(&client, "mine", &["done", "idle"]);
    assert_eq!(read(&sandbox, "answers"), "1\n");
}

#[test]
fn what_a_hook_tells_is_one_question_with_the_dialog_that_follows() {
    let (mut sandbox, client) = start();
    sandbox.set_patience(Duration::from_secs(20));
    let told = ask(&sandbox, &client, "mine", "hook");
    assert_eq!(
        told["question"], "Bash[2J 100% of %d rm",
        "control characters are none of its words"
    );
    assert_eq!((&told["choices"], &told["answerable"]), (&json!([]), &json!(false)));
    assert_eq!(told["evidence"]["rule"], "hook Asked");
    assert_eq!(answer(&client, &told["id"], "1").unwrap_err()["kind"], "conflict");
    client.expect("terminal.write", json!({"id": "mine", "data": "next\r"}));
    let changed = client.wait_notice("inbox.changed", |method, changed| {
        (method == "inbox.changed" && changed["answerable"] == true).then(|| changed.clone())
    });
    assert_eq!((&changed["id"], &changed["question"]), (&told["id"], &json!("Shell: rm")));
    answer(&client, &told["id"], "2").unwrap();
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "2\n");
}

#[test]
fn keys_that_move_are_pressed_one_by_one_and_only_from_where_the_dialog_began() {
    let (sandbox, client) = start();
    let open = ask(&sandbox, &client, "mine", "which");
    assert_eq!(open["choices"], json!([{"label": "Left"}, {"label": "Right"}]));
    answer(&client, &open["id"], "right").unwrap();
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "\x1b[C\n");
    client.expect("agent.prompt", json!({"id": "mine", "text": "which"}));
    wait(&client, "mine", &["blocked"]);
    let open = only(&client, "mine");
    // Somebody looks, and moves what is selected.
    client.expect("terminal.write", json!({"id": "mine", "data": "\u{1b}[I"}));
    client.expect("terminal.write", json!({"id": "mine", "data": "\u{1b}[C"}));
    let fault = answer(&client, &open["id"], "Left").unwrap_err();
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert!(fault["message"].as_str().unwrap().contains("was typed"), "{fault}");
    client.expect("terminal.write", json!({"id": "mine", "data": "\r"}));
    closed(&client, &open["id"]);
}

#[test]
fn a_prompt_waits_until_the_question_is_answered() {
    let (sandbox, client) = start();
    let open = ask(&sandbox, &client, "mine", "ask x");
    let prompt = json!({"id": "mine", "text": "more work", "when": "now"});
    let sent = client.rpc().send("agent.prompt", vec![to_msgpack(&prompt)]);
    answer(&client, &open["id"], "1").unwrap();
    client.rpc().collect(sent, DEADLINE).unwrap().unwrap();
    sandbox.write("work/go", "");
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "1\n");
    assert_eq!(read(&sandbox, "prompts"), "more work\n");
}

/// Where the cursor is: the buffer, the mode, and how many windows there are.
const WHERE: &str = "return { vim.api.nvim_buf_get_name(0), vim.api.nvim_get_mode().mode, #vim.api.nvim_list_wins() }";

fn wait_at(editor: &Editor, name: &str, windows: usize) {
    let wanted = json!([format!("orchflow://{name}"), "t", windows]);
    wait_until("the terminal", DEADLINE, || (editor.lua(WHERE, json!([])) == wanted).then_some(()));
}

#[test]
fn a_question_before_it_was_given_anything_ends_with_nothing_to_look_at() {
    let (sandbox, client) = start();
    let params = json!({"profile": "asker", "name": "mine", "args": ["asks"]});
    spawn(&sandbox, &client, params);
    // It looks as if it was ready, and then it asks whether it may begin.
    wait(&client, "mine", &["idle"]);
    sandbox.write("work/begin", "");
    wait(&client, "mine", &["blocked"]);
    // The keys of the answer, a word and an Enter, are no prompt.
    answer(&client, &only(&client, "mine")["id"], "yes").unwrap();
    assert_eq!(wait(&client, "mine", &["idle", "done"])["status"], "idle");
    client.expect("agent.prompt", json!({"id": "mine", "text": "ask touch it"}));
    wait(&client, "mine", &["blocked"]);
    answer(&client, &only(&client, "mine")["id"], "yes").unwrap();
    wait(&client, "mine", &["done"]);
}

each_neovim! {
    fn the_inbox_answers_without_going_anywhere(version) {
        let (sandbox, client) = start();
        let editor = Editor::start(version, &sandbox);
        editor.command("Orchflow inbox");
        editor.wait_text("no agent asks anything");
        ask(&sandbox, &client, "mine", "ask touch it");
        editor.wait_text("mine asks: Shell: touch it (:Orchflow next)");
        editor.command("Orchflow inbox");
        editor.wait_text("1: mine ");
        editor.input("1<CR>");
        editor.wait_text("2: No, never");
        editor.wait_text("3: Open its terminal");
        editor.input("2<CR>");
        editor.wait_text("mine (a1) was answered: No, never");
        wait(&client, "mine", &["done"]);
        assert_eq!(read(&sandbox, "answers"), "2\n");
        let names = || {
            let found = editor.lua("return vim.fn.getcompletion('Orchflow inbox m', 'cmdline')", json!([]));
            found.as_array().is_some_and(|names| names.contains(&json!("mine"))).then_some(())
        };
        wait_until("its name to be completed", DEADLINE, names);
        editor.command("Orchflow inbox mine");
        editor.wait_text("mine asks nothing");
    }

    fn next_goes_to_the_one_that_waits_longest_ready_to_type(version) {
        let (sandbox, client) = start();
        let editor = Editor::start(version, &sandbox);
        editor.command("Orchflow next");
        editor.wait_text("no agent asks anything");
        ask(&sandbox, &client, "zoe", "ask first");
        ask(&sandbox, &client, "amy", "ask second");
        editor.command("Orchflow next");
        wait_at(&editor, "zoe", 2);
        editor.wait_text("May I first?");
        editor.input("1<CR>");
        wait(&client, "zoe", &["done", "idle"]);
        editor.command("Orchflow next");
        wait_at(&editor, "amy", 3);
        // From elsewhere to the window that is there.
        editor.command("stopinsert");
        editor.command("wincmd t");
        editor.command("Orchflow next");
        wait_at(&editor, "amy", 3);
        editor.input("2<CR>");
        wait(&client, "amy", &["done", "idle"]);
        assert_eq!(read(&sandbox, "answers"), "1\n2\n");
    }

    fn a_question_of_odd_characters_is_text_in_the_editor(version) {
        let (mut sandbox, client) = start();
        sandbox.set_patience(Duration::from_secs(20));
        let editor = Editor::start(version, &sandbox);
        editor.command("Orchflow inbox");
        editor.wait_text("no agent asks anything");
        ask(&sandbox, &client, "mine", "hook");
        editor.wait_text("mine asks: Bash[2J 100% of %d rm (:Orchflow next)");
        editor.command("Orchflow inbox");
        editor.wait_text("1: mine ");
        // Its choices are not known yet: there is only its terminal.
        editor.input("1<CR>");
        wait_at(&editor, "mine", 2);
    }
}
