//! The real agent CLIs through the plain protocol, from their start to their end; `support/stage.rs` keeps them from the network.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{DEADLINE, Editor, Stage, Version, each_agent, process, skip, wait_until};

/// What the model is asked for, by directives of `scripts/agents/model.py`: a command that a person must allow.
const TOUCH: &str = "please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.";

/// Words for which it takes some seconds, and how long at least.
const SLOW: &str = "please be slow #slow=5 #say=That_was_all_of_it.";
const SLOWNESS: Duration = Duration::from_millis(4_500);

/// Whether that command ran.
fn touched(stage: &Stage) -> bool {
    stage.sandbox.path("work/made-by-agent.txt").exists()
}

each_agent! {
    fn a_turn_with_a_permission_is_followed_from_its_start_to_its_end(stage: Stage::set, claude codex gemini opencode) {
        stage.spawn();
        stage.reaches("idle");
        stage.prompt(TOUCH);
        let question = stage.asked();
        assert!(question.contains("touch made-by-agent.txt") || question.contains('?'), "{question}");
        assert!(!touched(stage), "it did not wait for the answer");
        stage.answer();
        stage.reaches("done");
        assert!(touched(stage), "the command did not run");
        assert_eq!(stage.statuses(), ["starting", "idle", "working", "blocked", "working", "done"]);
        stage.look_at();
        stage.reaches("idle");
    }

    fn an_api_that_fails_is_told_and_the_next_prompt_works(stage: Stage::set, claude opencode) {
        stage.spawn_impatient();
        for status in [429, 500] {
            stage.reaches("idle");
            stage.prompt(&format!("please fail #fail={status}"));
            // One gives up by itself, the other tries again until it is stopped.
            if stage.program == "opencode" {
                stage.explained("scripted failure");
                stage.ask("agent.interrupt", json!({"id": "mine"}));
            }
            let over = stage.reaches("done");
            eprintln!("{status} {over:#} {:?}", stage.statuses());
            stage.prompt("please go on #say=All_is_well_again.");
            stage.reaches("done");
            assert!(stage.screen().contains("All is well again."), "{}", stage.describe());
            stage.look_at();
        }
    }

    fn a_long_turn_is_never_thought_done_and_a_killed_program_is_told(stage: Stage::set, claude codex gemini opencode) {
        stage.spawn();
        stage.reaches("idle");
        stage.prompt(SLOW);
        let asked = Instant::now();
        stage.statuses();
        stage.reaches("done");
        assert!(asked.elapsed() >= SLOWNESS, "done after {:?}\n{}", asked.elapsed(), stage.describe());
        let statuses = stage.statuses();
        assert!(statuses == ["working", "done"] || statuses == ["done"], "{statuses:?}");
        stage.prompt("please be slow #slow=60");
        process::kill(stage.pid());
        let exited = stage.reaches("exited");
        assert_eq!((&exited["exit"], &exited["evidence"]["source"]), (&json!({"code": 137}), &json!("process")));
        assert_eq!(stage.explain()["reason"], "its program has ended");
    }

    fn the_question_whether_a_folder_is_trusted_is_asked_and_answered(stage: Stage::set_distrusted, claude codex gemini) {
        stage.spawn();
        let question = stage.asked();
        assert!(question.to_lowercase().contains("trust") || question.contains("workspace"), "{question}");
        stage.answer();
        stage.reaches("idle");
        eprintln!("{:?}", stage.statuses());
    }

    fn a_daemon_that_is_killed_knows_again_what_the_agent_does(stage: Stage::set, claude opencode) {
        stage.spawn();
        stage.reaches("idle");
        stage.prompt("please be slow #slow=12 #say=That_was_all_of_it.");
        stage.kill_daemon();
        stage.reaches("working");
        stage.reaches("done");
        eprintln!("{:?}", stage.statuses());
        assert!(stage.screen().contains("That was all of it."), "{}", stage.describe());
        stage.prompt(TOUCH);
        stage.reaches("blocked");
        stage.kill_daemon();
        stage.asked();
        stage.answer();
        stage.reaches("done");
        eprintln!("{:?}", stage.statuses());
        assert!(touched(stage), "the command did not run");
    }
}
