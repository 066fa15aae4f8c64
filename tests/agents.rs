//! Agents through the plain protocol, with small programs that look and tell as agent CLIs do.

use serde_json::json;

use crate::support::{
    DEADLINE, Daemon, Editor, each_neovim,
    fake_agent::{self, read, spawn, start, wait},
    json::to_json,
    wait_until,
};

#[test]
fn an_agent_goes_through_its_statuses_by_what_its_screen_shows() {
    let (sandbox, client) = start();
    let spawned = spawn(&sandbox, &client, json!({"name": "mine", "role": "tester"}));
    assert_eq!(spawned, json!({"id": "a1", "name": "mine", "terminal": "t1"}));
    wait(&client, "mine", &["idle"]);
    client.expect("agent.prompt", json!({"id": "mine", "text": "ask me"}));
    let blocked = wait(&client, "mine", &["blocked"]);
    assert_eq!(blocked["evidence"]["source"], "screen");
    assert_eq!(blocked["evidence"]["text"], "May I run it?");
    assert_eq!(blocked["role"], "tester");
    let explained = client.expect("agent.explain", json!({"id": "a1"}));
    assert_eq!((&explained["status"], &explained["name"]), (&json!("blocked"), &json!("mine")));
    assert_eq!(explained["said"][0]["evidence"]["rule"], "screen 1");
    client.expect("terminal.write", json!({"id": "t1", "data": "y\r"}));
    wait(&client, "mine", &["done"]);
    assert_eq!(read(&sandbox, "answers"), "answer y\n");
    client.expect("agent.prompt", json!({"id": "mine", "text": "fail"}));
    let exited = wait(&client, "mine", &["exited"]);
    assert_eq!(exited["exit"], json!({"code": 3}));
    let fault = client.call("agent.prompt", json!({"id": "mine", "text": "more"})).unwrap_err();
    assert_eq!(fault["kind"], "conflict");
}

#[test]
fn what_a_person_submits_is_worked_on_before_the_program_says_so() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine"}));
    wait(&client, "mine", &["idle"]);
    let keys = |keys: &str| client.expect("terminal.write", json!({"id": "mine", "data": keys}));
    // It draws nothing until it is let go on.
    keys("be still");
    client.wait_match("mine", "be still");
    assert_ne!(client.expect("agent.get", json!({"id": "mine"}))["status"], "working");
    keys("\r");
    let working = wait(&client, "mine", &["working"]);
    assert_eq!(working["evidence"]["source"], "prompt", "{working}");
    sandbox.write("work/go", "");
    let done = wait(&client, "mine", &["done"]);
    assert_eq!(done["evidence"]["source"], "screen", "{done}");
}

#[test]
fn hooks_are_believed_before_the_screen_and_what_they_tell_is_kept() {
    let (mut sandbox, client) = start();
    sandbox.set_patience(std::time::Duration::from_secs(20));
    spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": "1"}}));
    wait(&client, "mine", &["idle"]);
    client.expect("agent.prompt", json!({"id": "mine", "text": "wait"}));
    let state = client.wait_notice("a hook's word", |method, info| {
        let told = info["status"] == "working" && info["evidence"]["source"] == "hook";
        (method == "agent.changed" && told).then(|| info.clone())
    });
    assert_eq!((&state["name"], &state["conversation"]), (&json!("mine"), &json!("s-1")));
    // A daemon that comes after knows the same.
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    let again = client.expect("agent.get", json!({"id": "mine"}));
    assert_eq!((&again["conversation"], &again["profile"]), (&json!("s-1"), &json!("fake")));
    wait(&client, "mine", &["working"]);
    client.expect("terminal.write", json!({"id": "mine", "data": "go\r"}));
    let done = wait(&client, "mine", &["done"]);
    assert_eq!(done["evidence"]["rule"], "hook End");
}

#[test]
fn prompts_arrive_once_each_whole_and_in_order() {
    let (sandbox, client) = start();
    for n in 0..3 {
        spawn(
            &sandbox,
            &client,
            json!({"name": format!("m{n}"), "env": {"HOOKS": "1"}, "cwd": sandbox.path("home")}),
        );
    }
    let texts: Vec<String> = (0..30).map(|n| format!("prompt {n} of many, äöü 漢字")).collect();
    for text in &texts {
        for n in 0..3 {
            client.expect("agent.prompt", json!({"id": format!("m{n}"), "text": text}));
        }
    }
    (0..3).for_each(|n| drop(wait(&client, &format!("m{n}"), &["done"])));
    let arrived = std::fs::read_to_string(sandbox.path("home/prompts")).unwrap();
    for text in &texts {
        assert_eq!(arrived.lines().filter(|line| line == text).count(), 3, "{text}\n{arrived}");
    }
}

#[test]
fn whoever_waits_after_a_prompt_waits_for_the_end_of_its_turn() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": "1"}}));
    wait(&client, "mine", &["idle"]);
    for turn in 1..=20 {
        client.expect("agent.prompt", json!({"id": "mine", "text": format!("turn {turn}")}));
        wait(&client, "mine", &["done", "idle"]);
        assert_eq!(read(&sandbox, "prompts").lines().count(), turn);
    }
}

#[test]
fn what_cannot_be_started_is_said_with_what_to_do() {
    let (sandbox, client) = start();
    let missing = fake_agent::PROFILE
        .replace("\"sh\", \"PROGRAM\"", "\"no-such-program\"")
        .replace("\"fake\"", "\"gone\"");
    sandbox.write("config/orchflow/agents/gone.toml", missing);
    for (params, kind, hint) in [
        (json!({"profile": "gone"}), "not_found", "it comes with the tests"),
        (json!({"profile": "nobody"}), "not_found", "generic"),
        (json!({"profile": "fake", "name": "two words"}), "invalid_params", "one word"),
    ] {
        let fault = client.call("agent.spawn", params.clone()).unwrap_err();
        assert_eq!(fault["kind"], kind, "{params} {fault}");
        assert!(fault["hint"].as_str().unwrap().contains(hint), "{params} {fault}");
    }
    let unnamed = spawn(&sandbox, &client, json!({}));
    let name = unnamed["name"].as_str().unwrap();
    assert!(name.len() == 4 && name.chars().all(|c| c.is_ascii_lowercase()), "{name}");
    client.expect("terminal.close", json!({"id": name}));
    assert_eq!(client.expect("agent.list", json!({})), json!({"agents": []}));
    assert_eq!(client.call("agent.get", json!({"id": name})).unwrap_err()["kind"], "not_found");
}

#[test]
fn a_hook_harms_nobody_daemon_or_no_daemon() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine"}));
    let hook = |terminal: &str, event: &str| {
        let mut command = sandbox.orchflow();
        command.args(["hook", "fake", event, "{}"]).env("ORCHFLOW_TERMINAL", terminal);
        let done = command.output().unwrap();
        assert!(
            done.status.success() && done.stdout.is_empty() && done.stderr.is_empty(),
            "{done:?}"
        );
    };
    hook("t1", "Begin");
    assert_eq!(wait(&client, "mine", &["working"])["evidence"]["rule"], "hook Begin");
    hook("t99", "Begin");
    hook("t1", "Unheard");
    client.expect("terminal.close", json!({"id": "mine"}));
    drop(client);
    sandbox.stop_daemon();
    hook("t1", "Begin");
    assert!(sandbox.daemon_pid().is_none(), "a hook starts no daemon");
}

each_neovim! {
    fn every_change_is_told_in_order_and_looking_at_what_is_done_makes_it_idle(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": "1"}}));
        wait(&client, "mine", &["idle"]);
        client.expect("agent.prompt", json!({"id": "mine", "text": "ask me"}));
        wait(&client, "mine", &["blocked"]);
        client.expect("terminal.write", json!({"id": "mine", "data": "y\r"}));
        wait(&client, "mine", &["done"]);
        let editor = Editor::start(version, &sandbox);
        editor.command("Orchflow attach mine");
        wait(&client, "mine", &["idle"]);
        client.expect("agent.stop", json!({"id": "mine"}));
        wait(&client, "mine", &["exited"]);
        let told = client.rpc().take_notifications();
        let changes = told.iter().filter(|(method, _)| method == "agent.changed");
        let mut statuses: Vec<_> =
            changes.map(|(_, params)| to_json(&params[0])["status"].as_str().unwrap().to_owned()).collect();
        statuses.dedup();
        // What it does before its first prompt, and after the answer, may be over before anybody has seen it.
        let told = statuses.join(" ").replace("blocked working done", "blocked done");
        let told = told.trim_start_matches("starting ");
        assert_eq!(told, "idle working blocked done idle exited");
    }

    fn the_editor_starts_an_agent_and_says_why_it_is_thought_to_ask(version) {
        let (sandbox, client) = start();
        let editor = Editor::start(version, &sandbox);
        editor.command("Orchflow agent ++name=mine ++role=tester fake");
        wait_until("the agent", DEADLINE, || client.call("agent.get", json!({"id": "mine"})).ok());
        wait(&client, "mine", &["idle"]);
        editor.wait_text(">");
        client.expect("agent.prompt", json!({"id": "mine", "text": "ask me"}));
        wait(&client, "mine", &["blocked"]);
        editor.wait_text("May I run it?");
        editor.command("set cmdheight=12 | Orchflow explain");
        editor.wait_text("mine is blocked");
        editor.wait_text("screen: screen 1");
        editor.command("Orchflow agent nobody");
        editor.wait_text("there is no agent profile");
    }
}
