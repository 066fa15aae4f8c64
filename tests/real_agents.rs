//! The real agent CLIs through the plain protocol, from their start to their end; `support/stage.rs` keeps them from the network.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Editor, Stage, Version, each_agent, process, wait_until};

/// What the model is asked for, by directives of `scripts/agents/model.py`: a command that a person must allow.
const TOUCH: &str = "please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.";

/// Whether that command ran.
fn touched(stage: &Stage) -> bool {
    stage.sandbox.path("work/made-by-agent.txt").exists()
}

each_agent! {
    fn a_turn_with_a_permission_is_followed_from_its_start_to_its_end(stage: Stage::set, claude codex gemini opencode) {
        let t = Instant::now();
        stage.spawn();
        stage.reaches("idle");
        eprintln!("idle {:?}", t.elapsed());
        stage.prompt(TOUCH);
        eprintln!("prompted {:?}", t.elapsed());
        let blocked = stage.reaches("blocked");
        eprintln!("blocked {:?} {blocked:#}", t.elapsed());
        assert!(!touched(stage));
        stage.answer(if matches!(stage.program, "opencode") { "\r" } else if stage.program == "codex" { "y" } else { "1" });
        stage.reaches("done");
        eprintln!("done {:?}", t.elapsed());
        assert!(touched(stage));
        eprintln!("{:?}", stage.statuses());
    }
}
