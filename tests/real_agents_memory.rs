//! What real agent CLIs remember, and what they have used: conversations brought back and copied, model, cost and tokens.

use serde_json::{Value as Json, json};

use crate::support::stage::LONG;
use crate::support::wait::wait_until_shown;
use crate::support::{Stage, each_agent};

/// What the scripted model says of itself with each answer. One program counts for itself.
const TOLD: (u64, u64) = (25, 8);

/// Waits until these figures of its use are told, for so many answers.
#[track_caller]
fn has_used(stage: &Stage, answers: u64) -> Json {
    let is = |used: &Json| {
        let tokens = (used["tokens_in"].as_u64(), used["tokens_out"].as_u64());
        match stage.program {
            "aider" => tokens.1 >= Some(answers) && used["cost"].as_f64() > Some(0.0),
            _ => tokens == (Some(TOLD.0 * answers), Some(TOLD.1 * answers)),
        }
    };
    wait_until_shown("its use to be told", LONG, || {
        let known = stage.known();
        if is(&known["usage"]) { Ok(known) } else { Err(format!("{known:#}")) }
    })
}

/// As each is told the name of its model here.
fn model(program: &str) -> &'static str {
    match program {
        "gemini" => "gemini-2.5-flash",
        "aider" => "openai/scripted",
        "claude" => "claude-",
        _ => "scripted",
    }
}

/// Asks whatever it is, and waits for the end of that.
#[track_caller]
fn turn(stage: &Stage, text: &str) {
    stage.prompt(text);
    stage.reaches(&["done"]);
    stage.look_at();
}

/// A copy goes its own way: what it is told the other one never hears.
fn copies(stage: &mut Stage) {
    let conversation = stage.known()["conversation"].clone();
    stage.ask("agent.resume", json!({"id": "mine", "fork": true, "name": "copy"}));
    stage.name = "copy";
    // One shows its box before it has the conversation.
    stage.shows("A heron it is.");
    stage.reaches(&["idle"]);
    turn(stage, "a copy asks about its river #say=A_river_it_is.");
    stage.hears(&["remember the heron", "A heron it is.", "a copy asks about its river"]);
    let of_copy = stage.known()["conversation"].clone();
    assert!(of_copy.is_string() && of_copy != conversation, "{of_copy} {conversation}");
    stage.name = "mine";
    assert_eq!(stage.known()["conversation"], conversation);
    turn(stage, "the first one asks again #say=So_it_is.");
    stage.hears(&["remember the heron", "the first one asks again"]);
    let last = |texts: &Vec<String>| texts.iter().any(|text| text.contains("the first one asks"));
    let mixed = |texts: &Vec<String>| texts.iter().any(|text| text.contains("about its river"));
    assert!(!stage.heard().iter().any(|texts| last(texts) && mixed(texts)));
}

each_agent! {
    fn a_conversation_comes_back_and_its_use_goes_on(stage: Stage::set, claude codex gemini opencode qwen aider) {
        stage.spawn_with(json!({"prompt": "remember the heron #say=A_heron_it_is."}));
        stage.hears(&["remember the heron"]);
        let before = has_used(stage, 1);
        assert!(before["model"].as_str().unwrap_or_default().starts_with(model(stage.program)), "{before}");
        stage.ask("agent.stop", json!({"id": "mine"}));
        stage.ask("agent.resume", json!({"id": "mine", "prompt": "what was it #say=It_was_a_heron."}));
        stage.hears(&["remember the heron", "A heron it is.", "what was it"]);
        let after = has_used(stage, 2);
        assert_eq!(after["conversation"], before["conversation"]);
        assert_eq!(after["conversation"].is_string(), stage.program != "aider");
        stage.kill_daemon();
        let kept = stage.known();
        for what in ["conversation", "model", "usage"] {
            assert_eq!(kept[what], after[what], "{what}");
        }
        let forks = stage.client.expect("agent.profiles", json!({}))["profiles"].as_array().unwrap().iter()
            .any(|known| known["name"] == stage.program && known["forks"] == true);
        assert_eq!(forks, matches!(stage.program, "claude" | "codex" | "opencode"));
        if forks {
            copies(stage);
        }
    }
}
