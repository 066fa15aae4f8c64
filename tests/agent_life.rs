//! What happens to agents: they use tokens, end, are stopped, come back with their conversation, and are renamed.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value as Json, json};

use crate::support::fake_agent::wait;
use crate::support::process::{alive, signal, wait_gone};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, fake_agent, wait_until};

/// Remembers in a file what it was told in a conversation, and writes a transcript as the real programs do.
const PROGRAM: &str = r#"#!/bin/sh
show() { printf '\033[2J\033[H%s\n> ' "$1"; }
tell() { echo "{\"session\": \"$conversation\", \"file\": \"$PWD/$conversation.jsonl\"}" | "$ORCHFLOW" hook life "$1"; }
conversation=c-$$
case $1 in
  --resume) conversation=$2; shift 2 ;;
  --copy) conversation=copy-of-$2; cp "$2.log" "$conversation.log"; shift 2 ;;
  --broken) echo 'no such option: --broken'; exit 2 ;;
  --account) show 'Who are you?'; read -r who; shift ;;
esac
# A shell that it leaves behind, in a group of its own, and deaf.
[ -z "$CHILD" ] || { set -m; (trap '' HUP TERM; echo up >>children; exec sleep 1000) & echo $! >child; set +m; }
[ -z "$DEAF" ] || trap '' HUP TERM
tell Start
show "$MOOD goes on with: $(tr '\n' ' ' <"$conversation.log" 2>/dev/null)"
while :; do
  if [ -n "$1" ]; then line=$1; shift; else read -r line || exit 0; fi
  case $line in quit*) exit 0 ;; esac
  tell Begin
  echo "$line" >>"$conversation.log"
  echo "{\"type\": \"assistant\", \"id\": \"$line\", \"model\": \"m-1\", \"in\": 10, \"out\": 2, \"cost\": 0.25}" >>"$conversation.jsonl"
  show "did $line"
  tell End
done
"#;

const PROFILE: &str = r#"
name = "life"
title = "The living agent"
command = ["sh", "PROGRAM"]
login = "life login"
[prompt]
first = ["{prompt}"]
[conversation]
resume = ["--resume", "{conversation}"]
fork = ["--copy", "{conversation}"]
[hooks]
env = { ORCHFLOW = "{orchflow}" }
[hooks.events]
Start = { signal = "done", keep = { conversation = "session", transcript = "file" } }
Begin = { signal = "working" }
End = { signal = "done" }
[[screen]]
status = "blocked"
needs = "login"
match = 'Who are you\?'
[[screen]]
status = "idle"
match = '> ?$'
[usage.transcript]
when = { type = "assistant" }
message = "id"
model = "model"
cost = "cost"
tokens_in = "in"
tokens_out = "out"
"#;

/// A daemon that knows the living agent.
fn start() -> (Sandbox, Daemon) {
    let (head, rest) = PROFILE.split_once("[conversation]").unwrap();
    let (_, tail) = rest.split_once("[hooks]").unwrap();
    let mortal = format!("{head}[hooks]{tail}").replace("\"life\"", "\"mortal\"");
    fake_agent::start_with(|sandbox| {
        fake_agent::write(sandbox, "mortal", PROGRAM, &mortal);
        fake_agent::write(sandbox, "life", PROGRAM, PROFILE);
    })
}

fn spawn(sandbox: &Sandbox, client: &Daemon, more: Json) -> Json {
    let params = fake_agent::with(json!({"profile": "life", "name": "mine"}), more);
    fake_agent::spawn(sandbox, client, params)
}

fn get(client: &Daemon, id: &str) -> Json {
    client.expect("agent.get", json!({"id": id}))
}

/// Gives it something to do, and waits until that is done.
fn turn(client: &Daemon, id: &str, text: &str) {
    client.expect("agent.prompt", json!({"id": id, "text": text}));
    client.wait_match(id, &format!("did {text}"));
    wait(client, id, &["done", "idle"]);
}

/// Waits until it is told what it has used.
fn used(client: &Daemon, id: &str, tokens: u64) -> Json {
    wait_until("its usage", DEADLINE, || {
        let info = get(client, id);
        (info["usage"]["tokens_out"] == tokens).then_some(info)
    })
}

/// The daemon is killed, when the keeper has heard all that is to be kept: it answers in order.
fn after_a_crash(sandbox: &Sandbox, client: Daemon) -> Daemon {
    client.open("last", "exit 0");
    client.expect("terminal.close", json!({"id": "last"}));
    drop(client);
    Daemon::after(sandbox, sandbox.kill_daemon())
}

/// The daemon ends as an upgrade has it end, and nobody starts another one.
fn goes(sandbox: &Sandbox) {
    let daemon = sandbox.daemon_pid().unwrap();
    signal(daemon, Signal::TERM);
    wait_gone("the daemon", daemon, DEADLINE);
}

#[test]
fn a_turn_that_ends_while_no_daemon_runs_is_to_be_looked_at() {
    for hooks in ["", "1"] {
        let (mut sandbox, client) = fake_agent::start();
        sandbox.set_patience(Duration::from_secs(20));
        fake_agent::spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": hooks}}));
        wait(&client, "mine", &["idle"]);
        client.expect("agent.prompt", json!({"id": "mine", "text": "go away"}));
        wait(&client, "mine", &["working"]);
        drop(client);
        goes(&sandbox);
        sandbox.write("work/go", "");
        wait_until("the end of its turn", DEADLINE, || {
            fake_agent::read(&sandbox, "drawn").contains("go away").then_some(())
        });
        sandbox.start_daemon();
        let client = Daemon::connect(&sandbox);
        let done = wait(&client, "mine", &["done", "idle"]);
        let why = "its turn ended while no daemon ran";
        assert_eq!((&done["status"], &done["evidence"]["text"]), (&json!("done"), &json!(why)));
        assert_eq!(client.expect("agent.explain", json!({"id": "mine"}))["reason"], why);
        // Until somebody looks, whatever becomes of the daemon.
        let client = after_a_crash(&sandbox, client);
        wait(&client, "mine", &["done"]);
        let view = json!({"terminal": "mine", "channel": 1, "rows": 24, "cols": 80});
        client.expect("view.open", view);
        let idle = wait(&client, "mine", &["idle"]);
        assert_ne!(idle["evidence"]["text"], why);
        let client = after_a_crash(&sandbox, client);
        assert_eq!(wait(&client, "mine", &["idle", "done"])["status"], "idle");
    }
}

#[test]
fn what_is_known_of_an_agent_is_told_and_survives_the_daemon() {
    let (sandbox, client) = start();
    let about =
        json!({"role": "reviewer", "purpose": "to read it all", "size": {"rows": 30, "cols": 90}});
    assert_eq!(
        spawn(&sandbox, &client, about),
        json!({"id": "a1", "name": "mine", "terminal": "t1"})
    );
    let size = client.expect("terminal.get", json!({"id": "mine"}));
    assert_eq!((&size["rows"], &size["cols"]), (&json!(30), &json!(90)));
    wait(&client, "mine", &["idle", "done"]);
    turn(&client, "mine", "one");
    let told = client.wait_notice("its usage", |method, info| {
        let used = &info["usage"]["tokens_out"];
        (method == "agent.changed" && used == &json!(2)).then(|| info.clone())
    });
    assert_eq!(told["usage"], json!({"cost": 0.25, "tokens_in": 10, "tokens_out": 2}));
    let before = used(&client, "mine", 2);
    wait(&client, "mine", &["done"]);
    let client = after_a_crash(&sandbox, client);
    // Nobody has looked, and the next daemon says so.
    wait(&client, "mine", &["done"]);
    let after = get(&client, "mine");
    for field in ["id", "role", "purpose", "cwd", "model", "usage", "conversation", "terminal"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!((&after["role"], &after["model"]), (&json!("reviewer"), &json!("m-1")));
    turn(&client, "mine", "two");
    let info = used(&client, "mine", 4);
    assert_eq!(info["usage"]["cost"], 0.5);
}

#[test]
fn an_agent_that_has_ended_comes_back_in_its_terminal_with_its_conversation() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"role": "writer", "env": {"MOOD": "cheerful"}}));
    wait(&client, "mine", &["idle", "done"]);
    let fault = client.call("agent.resume", json!({"id": "mine"})).unwrap_err();
    assert_eq!(
        (&fault["kind"], fault["hint"].as_str().unwrap().contains("stop mine")),
        (&json!("conflict"), true)
    );
    turn(&client, "mine", "one");
    let conversation = used(&client, "mine", 2)["conversation"].clone();
    client.expect("agent.stop", json!({"id": "mine"}));
    let ended = get(&client, "mine");
    assert_eq!(
        (&ended["status"], &ended["advice"]["hint"]),
        (&json!("exited"), &json!(":Orchflow resume mine"))
    );
    let resumed = client.expect("agent.resume", json!({"id": "mine"}));
    assert_eq!(resumed, json!({"id": "a1", "name": "mine", "terminal": "t1"}));
    client.wait_match("mine", "cheerful goes on with: one");
    let info = wait(&client, "mine", &["idle", "done"]);
    assert_eq!((&info["conversation"], &info["role"]), (&conversation, &json!("writer")));
    assert_eq!((info.get("exit"), info.get("advice")), (None, None));
    turn(&client, "mine", "two");
    used(&client, "mine", 4);
    // One that has ended by itself, under a daemon that is gone since.
    client.expect("terminal.write", json!({"id": "mine", "data": "quit\r"}));
    wait(&client, "mine", &["exited"]);
    let client = after_a_crash(&sandbox, client);
    wait(&client, "mine", &["exited"]);
    client.expect("agent.resume", json!({"id": "a1", "prompt": "three"}));
    client.wait_match("mine", "did three");
    let read = client.expect("terminal.read", json!({"id": "mine", "history": 100}));
    assert!(read.to_string().contains("did two"), "what was there stays above: {read}");
    let info = used(&client, "mine", 6);
    assert_eq!(info["conversation"], conversation);
    // And the daemon after knows the program that runs now.
    let client = after_a_crash(&sandbox, client);
    turn(&client, "mine", "four");
}

#[test]
fn a_copy_of_a_conversation_is_another_agent_and_what_cannot_be_resumed_is_said() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"role": "writer"}));
    wait(&client, "mine", &["idle", "done"]);
    turn(&client, "mine", "one");
    let conversation = get(&client, "mine")["conversation"].as_str().unwrap().to_owned();
    let copy = client.expect("agent.resume", json!({"id": "mine", "fork": true, "name": "copy"}));
    assert_eq!(copy, json!({"id": "a2", "name": "copy", "terminal": "t2"}));
    client.wait_match("copy", "goes on with: one");
    wait(&client, "copy", &["idle", "done"]);
    let info = get(&client, "copy");
    assert_eq!(
        (&info["conversation"], &info["role"]),
        (&json!(format!("copy-of-{conversation}")), &json!("writer"))
    );
    assert_eq!(get(&client, "mine")["conversation"], conversation);
    // By its name, as when nothing is left of the agent that had it.
    client.expect("terminal.close", json!({"id": "mine"}));
    let by_name = json!({"profile": "life", "conversation": conversation, "cwd": sandbox.path("work"), "name": "again"});
    client.expect("agent.resume", by_name);
    client.wait_match("again", "goes on with: one");
    client.expect(
        "agent.spawn",
        json!({"profile": "mortal", "name": "once", "cwd": sandbox.path("work")}),
    );
    wait(&client, "once", &["idle", "done"]);
    client.expect("agent.stop", json!({"id": "once"}));
    for (params, kind) in [
        (json!({"id": "once"}), "unsupported"),
        (json!({"id": "once", "fork": true}), "unsupported"),
        (json!({"profile": "mortal", "conversation": "c-1"}), "unsupported"),
        (json!({"profile": "life"}), "conflict"),
        (json!({"id": "nobody"}), "not_found"),
        (json!({}), "invalid_params"),
        (json!({"id": "once", "profile": "life"}), "invalid_params"),
    ] {
        let fault = client.call("agent.resume", params.clone()).unwrap_err();
        assert_eq!(
            (&fault["kind"], fault["hint"].is_string()),
            (&json!(kind), true),
            "{params} {fault}"
        );
    }
}

#[test]
fn a_stop_ends_all_that_an_agent_has_started_and_its_terminal_can_be_read() {
    let (sandbox, client) = start();
    for (name, env) in
        [("deaf", json!({"CHILD": "1", "DEAF": "1"})), ("gone", json!({"CHILD": "1"}))]
    {
        let folder = sandbox.path("work").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        spawn(&sandbox, &client, json!({"name": name, "env": env, "cwd": folder}));
        wait(&client, name, &["idle", "done"]);
        let child = wait_until("the child", DEADLINE, || {
            std::fs::read_to_string(folder.join("children")).ok()?;
            std::fs::read_to_string(folder.join("child")).ok()?.trim().parse::<u32>().ok()
        });
        let pid =
            client.expect("terminal.get", json!({"id": name}))["pid"].as_u64().unwrap() as u32;
        assert!(alive(child) && alive(pid));
        if name == "gone" {
            // It ends by itself, and leaves its child.
            client.expect("terminal.write", json!({"id": name, "data": "quit\r"}));
            wait(&client, name, &["exited"]);
            assert!(alive(child));
        }
        client.expect("agent.stop", json!({"id": name}));
        assert!(!alive(child) && !alive(pid), "{name}");
        assert_eq!(get(&client, name)["status"], "exited", "{name}");
        client.expect("agent.stop", json!({"id": name}));
        let read = client.expect("terminal.read", json!({"id": name}));
        assert!(read.to_string().contains("goes on with"), "{read}");
    }
}

#[test]
fn what_an_agent_has_left_does_not_outlive_its_terminal() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"env": {"CHILD": "1"}}));
    wait(&client, "mine", &["idle", "done"]);
    let child = wait_until("the child", DEADLINE, || {
        std::fs::read_to_string(sandbox.path("work/child")).ok()?.trim().parse::<u32>().ok()
    });
    client.expect("terminal.write", json!({"id": "mine", "data": "quit\r"}));
    wait(&client, "mine", &["exited"]);
    client.expect("terminal.close", json!({"id": "mine"}));
    assert!(!alive(child));
}

#[test]
fn who_does_not_get_on_is_said_with_what_to_type() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "broken", "args": ["--broken"]}));
    let info = wait(&client, "broken", &["exited"]);
    let advice = &info["advice"];
    let text = advice["text"].as_str().unwrap();
    assert!(
        text.contains("has ended with code 2") && text.contains("after its start: no such option"),
        "{text}"
    );
    assert_eq!(advice["hint"], ":Orchflow close broken");
    spawn(&sandbox, &client, json!({"args": ["--account"]}));
    let info = wait(&client, "mine", &["blocked"]);
    assert_eq!(
        info["advice"],
        json!({"text": "The living agent is not logged in", "hint": "life login"})
    );
    client.expect("terminal.write", json!({"id": "mine", "data": "me\r"}));
    client.wait_match("mine", "goes on with");
    let info = wait(&client, "mine", &["idle", "done"]);
    assert_eq!(info.get("advice"), None);
    for (params, kind) in [
        (json!({"profile": "life", "size": {"rows": 0, "cols": 80}}), "invalid_params"),
        (json!({"profile": "life", "size": {"rows": 24, "cols": 1001}}), "invalid_params"),
        (json!({"profile": "life", "size": {"rows": 24}}), "invalid_params"),
        (json!({"profile": "life", "name": "a7"}), "invalid_params"),
        (json!({"profile": "life", "name": "mine"}), "conflict"),
        (json!({"profile": "life", "name": "++x"}), "invalid_params"),
        (json!({"profile": "life", "name": "-x"}), "invalid_params"),
    ] {
        assert_eq!(
            client.call("agent.spawn", params.clone()).unwrap_err()["kind"],
            kind,
            "{params}"
        );
    }
}

#[test]
fn a_renamed_agent_is_found_by_its_new_name_only_and_no_two_have_the_same() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({}));
    spawn(&sandbox, &client, json!({"name": "other"}));
    let fault = client.call("agent.rename", json!({"id": "mine", "name": "other"})).unwrap_err();
    assert_eq!(fault["kind"], "conflict");
    let fault = client.call("agent.rename", json!({"id": "mine", "name": "-other"})).unwrap_err();
    assert!(fault["message"].as_str().unwrap().contains("a flag"), "{fault}");
    let report = json!({"id": "mine", "profile": "claude", "event": "Stop", "payload": "{}"});
    let fault = client.call("agent.report", report).unwrap_err();
    assert_eq!(fault["hint"], "orchflow hook life Stop");
    let renamed = client.expect("agent.rename", json!({"id": "a1", "name": "yours"}));
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!("a1"), &json!("yours")));
    client.wait_notice("its new name", |method, info| {
        (method == "agent.changed" && info["name"] == "yours").then_some(())
    });
    assert_eq!(client.call("agent.get", json!({"id": "mine"})).unwrap_err()["kind"], "not_found");
    client.expect("terminal.rename", json!({"id": "yours", "name": "mine"}));
    client.wait_notice("its terminal's name", |method, info| {
        (method == "agent.changed" && info["name"] == "mine").then_some(())
    });
    let client = after_a_crash(&sandbox, client);
    assert_eq!(get(&client, "mine")["id"], "a1");
}

each_neovim! {
    fn the_window_of_an_agent_follows_when_it_is_stopped_and_resumed(version) {
        let (sandbox, client) = start();
        let editor = Editor::start(version, &sandbox);
        editor.command(&format!("Orchflow agent ++name=mine ++cwd={} life", sandbox.path("work").display()));
        wait_until("the agent", DEADLINE, || client.call("agent.get", json!({"id": "mine"})).ok());
        wait(&client, "mine", &["idle", "done"]);
        turn(&client, "mine", "one");
        editor.wait_text("did one");
        editor.command("Orchflow stop");
        editor.wait_text("[Process exited");
        wait(&client, "mine", &["exited"]);
        editor.command("Orchflow resume");
        editor.wait_text("goes on with: one");
        wait(&client, "mine", &["idle", "done"]);
        let exit = editor.lua("return vim.b.orchflow.exit == nil", Json::Null);
        assert_eq!(exit, true);
        // What is typed reaches the program that runs now.
        editor.command("startinsert");
        editor.input("two<CR>");
        editor.wait_text("did two");
        editor.command("stopinsert | set cmdheight=6 | Orchflow resume mine");
        editor.wait_text("mine runs");
        editor.command("Orchflow! resume mine");
        wait_until("the copy", DEADLINE, || {
            let agents = client.expect("agent.list", json!({}));
            (agents["agents"].as_array().unwrap().len() == 2).then_some(())
        });
    }
}
