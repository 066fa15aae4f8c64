//! The real agent CLIs through the plain protocol, from their start to their end; `support/stage.rs` keeps them from the network.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{Editor, Stage, Version, each_agent, process, skip};

/// What the model is asked for, by directives of `scripts/agents/model.py`: a command that a person must allow.
const TOUCH: &str = "please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.";

/// An answer that takes some seconds, and how many at least.
const SLOW: &str = "please be slow #slow=5 #say=That_was_all_of_it.";
const SLOWNESS: Duration = Duration::from_millis(4_500);

/// Whether that command ran.
fn touched(stage: &Stage) -> bool {
    stage.sandbox.path("work/made-by-agent.txt").exists()
}

/// The statuses from the first one of this name on.
fn since<'a>(statuses: &'a [String], status: &str) -> &'a [String] {
    let first = statuses.iter().position(|s| s == status).unwrap_or(statuses.len());
    &statuses[first..]
}

each_agent! {
    fn a_turn_with_a_permission_is_followed_from_its_start_to_its_end(stage: Stage::set, claude codex gemini opencode) {
        stage.spawn();
        stage.reaches(&["idle"]);
        stage.prompt(TOUCH);
        let question = stage.asked();
        assert!(!touched(stage), "it did not wait for the answer");
        stage.answer(&question);
        stage.reaches(&["done"]);
        assert!(touched(stage), "the command did not run");
        let statuses = stage.statuses();
        assert_eq!(since(&statuses, "working"), ["working", "blocked", "working", "done"], "{statuses:?}");
        stage.look_at();
    }

    fn an_api_that_fails_is_told_and_the_next_prompt_works(stage: Stage::set, claude opencode) {
        stage.spawn_impatient();
        stage.reaches(&["idle"]);
        for status in [429, 500] {
            stage.prompt(&format!("please fail #fail={status}"));
            // One gives up by itself, the other tries again until it is stopped.
            if stage.program == "opencode" {
                stage.explained(&format!("scripted failure {status}"));
                stage.ask("agent.interrupt", json!({"id": "mine"}));
                stage.reaches(&["done"]);
            } else {
                assert_eq!(stage.reaches(&["done"])["evidence"]["rule"], "hook StopFailure");
                stage.shows("API Error");
            }
            stage.prompt(&format!("please go on #say=All_is_well_after_{status}."));
            stage.reaches(&["done"]);
            stage.shows(&format!("All is well after {status}."));
            stage.look_at();
        }
    }

    fn a_long_turn_is_never_thought_done_and_a_killed_program_is_told(stage: Stage::set, claude codex opencode) {
        stage.spawn();
        stage.reaches(&["idle"]);
        let asked = Instant::now();
        stage.prompt(SLOW);
        stage.reaches(&["done"]);
        assert!(asked.elapsed() >= SLOWNESS, "done after {:?}\n{}", asked.elapsed(), stage.describe());
        let statuses = stage.statuses();
        assert_eq!(since(&statuses, "working"), ["working", "done"], "{statuses:?}");
        stage.prompt("please be slow #slow=60");
        process::kill(stage.pid());
        let exited = stage.reaches(&["exited"]);
        assert_eq!(exited["exit"], json!({"code": 137, "signal": "KILL"}));
        assert_eq!(exited["evidence"]["source"], "process");
        assert_eq!(stage.explain()["reason"], "its program has ended");
    }

    fn the_question_whether_a_folder_is_trusted_is_asked_and_answered(stage: Stage::set_distrusted, claude codex gemini) {
        stage.spawn();
        let question = stage.asked();
        let words = question.to_string();
        assert!(words.contains("trust") || words.contains("Trust") || words.contains("workspace"), "{words}");
        stage.answer(&question);
        stage.reaches(&["idle", "done"]);
        stage.prompt("please go on #say=All_is_well_here.");
        stage.reaches(&["working", "done"]);
    }

    fn a_daemon_that_is_killed_knows_again_what_the_agent_does(stage: Stage::set, claude opencode) {
        stage.spawn();
        stage.reaches(&["idle"]);
        stage.prompt("please be slow #slow=10 #say=That_was_all_of_it.");
        stage.kill_daemon();
        stage.reaches(&["working"]);
        stage.reaches(&["done"]);
        stage.shows("That was all of it.");
        stage.prompt(TOUCH);
        stage.reaches(&["blocked"]);
        stage.kill_daemon();
        let question = stage.asked();
        assert!(!touched(stage), "it did not wait for the answer");
        stage.answer(&question);
        stage.reaches(&["done"]);
        assert!(touched(stage), "the command did not run");
    }

    fn an_editor_that_starts_one_is_told_what_it_does(stage: Stage::set, opencode) {
        let Some(version) = Version::newest() else {
            return skip("real_agents::an_editor_that_starts_one", "no Neovim here");
        };
        let start = stage.env().into_iter().fold(Editor::with(version), |start, (name, value)| start.env(name, value));
        let editor = start.start(&stage.sandbox);
        editor.lua("seen = {}; require('orchflow.notices').on('agent.changed', function(agent) table.insert(seen, agent.status) end)", Json::Null);
        editor.command(&format!("Orchflow agent ++name=mine {} {TOUCH}", stage.program));
        stage.exists();
        let question = stage.asked();
        editor.wait_lua("the notice of the question", "return vim.tbl_contains(seen, 'blocked')", Json::Null);
        editor.wait_text("touch made-by-agent.txt");
        stage.answer(&question);
        // It is looked at all the time, so there is nothing left to look at.
        stage.reaches(&["idle"]);
        assert!(touched(stage), "the command did not run");
        editor.wait_lua("the notice of the end", "return seen[#seen] == 'idle'", Json::Null);
    }
}
