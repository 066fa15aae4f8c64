//! Prompts and interrupts to real agent CLIs that a person uses at the same time; `support/stage.rs` keeps them from the network.

use serde_json::json;

use crate::support::{Stage, each_agent};

/// How a person opens a menu in it: what to type, what that shows, and another key; and what it shows then.
fn menu(program: &str) -> (&'static str, &'static str, &'static str, &'static str) {
    match program {
        "claude" => ("/model", "/model", "\r", "Select model"),
        "codex" => ("/model", "› /model", "\r", "enter select"),
        _ => ("", "", "\x10", "Commands"),
    }
}

/// It has started, and has answered.
fn answered(stage: &Stage) {
    stage.spawn();
    stage.reaches(&["idle"]);
    stage.prompt("hello there #say=Hello_yourself.");
    stage.reaches(&["done"]);
    stage.shows("Hello yourself.");
}

/// A prompt is not typed into what it shows now, which stays; the fault says why.
fn takes_no_prompt(stage: &Stage, shown: &str) -> String {
    let fault = stage.refused("please go on #say=This_must_not_be_said.");
    assert_eq!(fault["kind"], "conflict", "{fault}");
    assert!(stage.screen().contains(shown), "{}", stage.screen());
    fault["message"].as_str().expect("words").to_owned()
}

fn takes_the_next_prompt(stage: &Stage) {
    stage.prompt("please go on #say=All_is_well_here.");
    stage.reaches(&["done"]);
    stage.shows("All is well here.");
    assert!(!stage.screen().contains("This must"), "{}", stage.screen());
}

each_agent! {
    fn a_prompt_chooses_nothing_in_a_menu_and_the_next_one_is_taken(stage: Stage::set, claude codex opencode) {
        answered(stage);
        let (typed, shown, key, menu) = menu(stage.program);
        if !typed.is_empty() {
            stage.types(typed);
            stage.shows(shown);
        }
        stage.types(key);
        stage.shows(menu);
        let why = takes_no_prompt(stage, menu);
        // One that draws its menu late may be typed at, and then nothing is submitted.
        assert!(why.contains("a menu is open") || why.contains("not submitted"), "{why}");
        stage.types("\x1b");
        takes_the_next_prompt(stage);
    }

    fn a_prompt_is_not_added_to_a_draft_and_the_next_one_is_taken(stage: Stage::set, claude codex gemini opencode) {
        answered(stage);
        stage.types("half of a thought");
        stage.shows("half of a thought");
        let why = takes_no_prompt(stage, "half of a thought");
        assert!(why.contains("half of a thought"), "{why}");
        stage.types("\x03");
        takes_the_next_prompt(stage);
    }

    fn a_long_prompt_is_submitted_whole(stage: Stage::set, claude codex gemini opencode) {
        stage.spawn();
        stage.reaches(&["idle"]);
        for lines in [4, 12, 60] {
            let text: String = (0..lines).map(|n| format!("line {n} of it\n")).collect();
            stage.prompt(&format!("please read this\n{text}#say=That_was_{lines}."));
            stage.reaches(&["done"]);
            stage.shows(&format!("That was {lines}."));
        }
    }

    fn an_interrupt_of_what_rests_presses_nothing(stage: Stage::set, claude) {
        answered(stage);
        let fault = stage.client.call("agent.interrupt", json!({"id": "mine"})).unwrap_err();
        assert_eq!(fault["kind"], "conflict", "{fault}");
        stage.prompt("please be slow #slow=20");
        stage.reaches(&["working"]);
        stage.shows("step 2");
        for _ in 0..3 {
            stage.ask("agent.interrupt", json!({"id": "mine"}));
        }
        stage.shows("Interrupted");
        stage.reaches(&["idle", "done"]);
        takes_the_next_prompt(stage);
    }
}
