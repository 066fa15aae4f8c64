//! What a person has set up for a real agent CLI themselves goes on beside our hooks, and their files stay as they are.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::stage::LONG;
use crate::support::{Stage, each_agent, wait_until};

/// The file that shows that something of the person's ran.
fn sign(stage: &Stage, name: &str) -> PathBuf {
    stage.sandbox.path(format!("tmp/own-{name}"))
}

/// A command of theirs that leaves that file.
fn touch(stage: &Stage, name: &str) -> String {
    format!("touch {}", sign(stage, name).display())
}

/// A hook of theirs for the end of a turn, as claude and qwen have them.
fn stop_hook(stage: &Stage, name: &str) -> Json {
    let command = json!({"type": "command", "command": touch(stage, name)});
    json!({"hooks": {"Stop": [{"hooks": [command]}]}})
}

/// Adds to a file of theirs that is JSON.
fn add(stage: &Stage, below: &str, more: &Json) {
    let present = fs::read(stage.sandbox.path(below)).unwrap_or_else(|_| b"{}".to_vec());
    let mut settings: Json = serde_json::from_slice(&present).unwrap();
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    stage.sandbox.write(below, settings.to_string());
}

/// Sets up what a person may have: their file, what they start it with, and which signs that leaves.
fn set_up(stage: &Stage) -> (&'static str, Json, &'static [&'static str]) {
    let of_launch = stop_hook(stage, "launch");
    match stage.program {
        "claude" => {
            let file = "home/.claude/settings.json";
            add(stage, file, &stop_hook(stage, "file"));
            let args = json!(["--settings", of_launch.to_string()]);
            (file, json!({"args": args}), &["file", "launch"])
        }
        "qwen" => {
            let file = "home/.qwen/settings.json";
            add(stage, file, &stop_hook(stage, "file"));
            let path = stage.sandbox.write("tmp/defaults.json", of_launch.to_string());
            (file, json!({"env": {"QWEN_CODE_SYSTEM_DEFAULTS_PATH": path}}), &["file", "launch"])
        }
        "codex" => {
            let file = "home/.codex/config.toml";
            let present = fs::read_to_string(stage.sandbox.path(file)).unwrap();
            let notify = format!("notify = [\"touch\", {:?}]\n", sign(stage, "file"));
            stage.sandbox.write(file, notify + &present);
            (file, json!({}), &["file"])
        }
        "opencode" => {
            let plugin = |name: &str| {
                let text = format!(
                    "import {{ writeFileSync }} from 'node:fs'\n\
                     export const Own = async () => {{ writeFileSync({:?}, ''); return {{}} }}\n",
                    sign(stage, name)
                );
                let path = stage.sandbox.write(format!("tmp/{name}.js"), text);
                json!({"plugin": [format!("file://{}", path.display())]})
            };
            let file = "home/.config/opencode/opencode.json";
            add(stage, file, &plugin("file"));
            let env = json!({"OPENCODE_CONFIG_CONTENT": plugin("launch").to_string()});
            (file, json!({"env": env}), &["file", "launch"])
        }
        "aider" => {
            let command = touch(stage, "launch");
            let env =
                json!({"AIDER_NOTIFICATIONS": "true", "AIDER_NOTIFICATIONS_COMMAND": command});
            ("home/.gitconfig", json!({"env": env}), &["launch"])
        }
        other => panic!("nothing is known of {other}"),
    }
}

each_agent! {
    fn what_a_person_has_set_up_goes_on_beside_our_hooks(stage: Stage::set, claude codex opencode qwen aider) {
        let (file, more, signs) = set_up(stage);
        stage.spawn_with(more);
        stage.reaches(&["idle"]);
        stage.prompt("hello there #say=Hello_yourself.");
        stage.reaches(&["done"]);
        for name in signs {
            wait_until(&format!("what is theirs: {name}"), LONG, || sign(stage, name).exists().then_some(()));
        }
        // Ours is heard too.
        let explained = stage.explain();
        let said = explained["said"].as_array().unwrap();
        assert!(stage.program == "aider" || said.iter().any(|said| said["evidence"]["source"] == "hook"), "{explained:#}");
        // Some write into it themselves.
        let theirs = fs::read_to_string(stage.sandbox.path(file)).unwrap();
        assert!(!theirs.contains("orchflow"), "{theirs}");
    }
}
