//! Profiles of a person's own: what is wrong with them is said, and costs no agent that runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::support::fake_agent::{PROFILE, PROGRAM, spawn, start_with, wait, write};
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until};

/// Each way to break a profile, and what is said of it behind the path.
const BROKEN: [(&str, &str); 7] = [
    ("untrue", ":2: "),
    ("colourful", ":3: unknown field `colour`"),
    ("foreign", ":2: it is not UTF-8"),
    ("waiting", ": it is no file"),
    ("folder", ": it is no file"),
    ("gone", "there is no agent profile \"gone\""),
    // Of that name one comes with the program.
    ("claude", ":1: "),
];

fn break_it(name: &str, file: &Path) {
    fs::remove_file(file).unwrap();
    match name {
        "untrue" => fs::write(file, "name = 'untrue'\ntitle: it").unwrap(),
        "colourful" => fs::write(file, "name = 'colourful'\ntitle = 'it'\ncolour = 1\n").unwrap(),
        "foreign" => fs::write(file, b"name = 'foreign'\ntitle = '\xff'").unwrap(),
        "waiting" => assert!(Command::new("mkfifo").arg(file).status().unwrap().success()),
        "folder" => fs::create_dir(file).unwrap(),
        "gone" => {}
        _ => fs::write(file, "x = 1").unwrap(),
    }
}

/// The fake agent under that name.
fn mend_it(sandbox: &Sandbox, name: &str) {
    write(sandbox, name, PROGRAM, &PROFILE.replace("\"fake\"", &format!("{name:?}")));
}

/// A sandbox with the fake agent under each of the names.
fn start() -> (Sandbox, Daemon) {
    start_with(|sandbox| BROKEN.iter().for_each(|(name, _)| mend_it(sandbox, name)))
}

#[test]
fn agents_whose_profile_is_broken_stay_and_say_so_after_a_restart() {
    let (sandbox, client) = start();
    for (name, _) in BROKEN {
        spawn(&sandbox, &client, json!({"profile": name, "name": name, "role": "reviewer"}));
        wait(&client, name, &["idle"]);
    }
    for (name, _) in BROKEN {
        break_it(name, &sandbox.path(format!("config/orchflow/agents/{name}.toml")));
    }
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    for (name, wrong) in BROKEN {
        let info = wait_until("the advice", DEADLINE, || {
            let info = client.expect("agent.get", json!({"id": name}));
            info["advice"].is_object().then_some(info)
        });
        assert_eq!((&info["profile"], &info["role"]), (&json!(name), &json!("reviewer")));
        let said = info["advice"]["text"].as_str().unwrap();
        let instead = if name == "claude" { "\"claude\"" } else { "\"generic\"" };
        assert!(said.contains(wrong) && said.contains(instead), "{name}: {said}");
        assert!(name == "gone" || said.contains(&format!("agents/{name}.toml{wrong}")), "{said}");
        assert!(info["advice"]["hint"].as_str().unwrap().contains(":Orchflow restart"));
        // It is an agent still, and not only a line in a list.
        client.expect("agent.explain", json!({"id": name}));
        client.expect("agent.compose", json!({"id": name, "parts": []}));
    }
    assert_eq!(
        client.expect("agent.list", json!({}))["agents"].as_array().unwrap().len(),
        BROKEN.len()
    );
    client.expect("agent.prompt", json!({"id": "waiting", "text": "this"}));
    client.wait_match("waiting", "did this");
    // Who mends it has it back.
    mend_it(&sandbox, "untrue");
    drop(client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    wait(&client, "untrue", &["idle"]);
    assert_eq!(client.expect("agent.get", json!({"id": "untrue"})).get("advice"), None);
}

#[test]
fn a_profile_that_cannot_be_used_starts_nothing_and_is_listed_with_its_fault() {
    let sandbox = Sandbox::new();
    for (name, _) in BROKEN {
        let file = sandbox.write(format!("config/orchflow/agents/{name}.toml"), "");
        break_it(name, &file);
    }
    let hidden = sandbox.write("config/orchflow/agents/hidden.toml", "");
    fs::set_permissions(&hidden, fs::Permissions::from_mode(0o000)).unwrap();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let programs = client.expect("agent.profiles", json!({}));
    let listed = |name: &str| -> Json {
        let all = programs["profiles"].as_array().unwrap();
        all.iter().find(|program| program["name"] == name).cloned().unwrap_or_default()
    };
    for (name, wrong) in BROKEN.into_iter().filter(|(name, _)| *name != "gone") {
        let fault = client.call("agent.spawn", json!({"profile": name})).unwrap_err();
        assert!(fault["message"].as_str().unwrap().contains(wrong), "{fault}");
        assert_eq!(fault["hint"], "the fields of a profile: :help orchflow-profiles");
        assert_eq!(listed(name)["fault"], fault["message"], "{name}");
    }
    // Root reads everything.
    let fault = client.call("agent.spawn", json!({"profile": "hidden"})).unwrap_err();
    let readable = fs::read(&hidden).is_ok();
    let wrong = if readable { "hidden.toml:1: missing field" } else { "cannot be read" };
    assert!(fault["message"].as_str().unwrap().contains(wrong), "{fault}");
    for name in ["../../etc/passwd", "", "a b"] {
        let fault = client.call("agent.spawn", json!({"profile": name})).unwrap_err();
        assert_eq!(fault["kind"], "invalid_params", "{fault}");
        assert!(!fault["hint"].as_str().unwrap().contains("etc"), "{fault}");
    }
}
