//! What real agent CLIs are started with, and what they are told while they work; `support/stage.rs` keeps them from the network.

use serde_json::json;

use crate::support::{Stage, each_agent};

/// It is not thought done before it has said this, which it is started with, or brought back.
fn says_before_it_is_done(stage: &Stage, words: &str) {
    // Some take their time until they begin.
    let begun = stage.reaches(&["working", "done", "idle"]);
    assert_ne!(begun["status"], "idle", "{begun}\n{}", stage.describe());
    let over = stage.reaches(&["done", "idle"]);
    assert_eq!(over["status"], "done", "{over}\n{}", stage.describe());
    stage.shows(words);
}

each_agent! {
    fn one_that_is_started_with_a_prompt_is_done_when_that_is(stage: Stage::set, claude codex gemini opencode) {
        let first = "please be slow #slow=2 #say=First_over.";
        let cwd = stage.sandbox.path("work");
        let params = json!({"profile": stage.program, "name": "mine", "cwd": cwd, "prompt": first});
        stage.ask("agent.spawn", params);
        says_before_it_is_done(stage, "First over.");
        stage.ask("agent.stop", json!({"id": "mine"}));
        let second = "please go on #slow=2 #say=Second_over.";
        stage.ask("agent.resume", json!({"id": "mine", "prompt": second}));
        says_before_it_is_done(stage, "Second over.");
    }

    fn what_it_is_told_for_now_has_left_its_box_when_that_is_acknowledged(stage: Stage::set, claude codex gemini opencode) {
        stage.spawn();
        stage.reaches(&["idle"]);
        stage.prompt("please be slow #slow=5 #say=That_was_all_of_it.");
        stage.shows("step 2");
        let more = "please go on #say=Second_over.";
        stage.ask("agent.prompt", json!({"id": "mine", "text": more, "when": "now"}));
        stage.shows("Second over.");
        stage.reaches(&["done"]);
    }
}
