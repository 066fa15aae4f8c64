//! Real agent CLIs without an account: what a person has to do is said.

use serde_json::{Value as Json, json};

use crate::support::stage::LONG;
use crate::support::wait::wait_until_shown;
use crate::support::{Stage, each_agent};

/// Takes away what it is logged in with: what its files say of it, and its variables, which are given.
fn log_out(stage: &Stage) -> Json {
    match stage.program {
        "codex" => {
            let settings = "check_for_update_on_startup = false\n";
            stage.sandbox.write("home/.codex/config.toml", settings);
            json!({"OPENAI_API_KEY": ""})
        }
        "gemini" => {
            stage.sandbox.write("home/.gemini/settings.json", r#"{"ui": {"hideTips": true}}"#);
            json!({"GEMINI_API_KEY": ""})
        }
        "qwen" => {
            stage.sandbox.write("home/.qwen/settings.json", "{}");
            json!({"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "OPENAI_MODEL": ""})
        }
        "aider" => json!({"OPENAI_API_KEY": "", "AIDER_MODEL": ""}),
        _ => json!({"ANTHROPIC_API_KEY": ""}),
    }
}

each_agent! {
    // One starts with a model that wants no account.
    fn who_is_not_logged_in_is_said_with_what_to_type(stage: Stage::set, claude codex gemini qwen aider) {
        let env = log_out(stage);
        stage.spawn_with(json!({"env": env}));
        let advice = wait_until_shown("the advice", LONG, || {
            let known = stage.known();
            known.get("advice").cloned().ok_or_else(|| stage.describe())
        });
        assert!(advice["text"].as_str().unwrap().ends_with(" is not logged in"), "{advice}");
        let programs = stage.client.expect("agent.profiles", json!({}));
        let mut programs = programs["profiles"].as_array().unwrap().iter();
        let profile = programs.find(|known| known["name"] == stage.program).unwrap();
        assert_eq!(advice["hint"], profile["login"]);
    }
}
