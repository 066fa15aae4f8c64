//! The real agent CLIs through the plain protocol, from their start to their end; `support/stage.rs` keeps them from the network.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::asks::{permission, trust};
use crate::support::stage::LONG;
use crate::support::{Editor, Stage, Version, each_agent, process, skip, wait_until};

/// What the model is asked for, by directives of `scripts/agents/model.py`: a command that a person must allow.
const TOUCH: &str = "please make a file #tool=touch made-by-agent.txt #say=The_work_is_over.";

/// An answer that takes some seconds, and how many at least.
const SLOW: &str = "please be slow #slow=5 #say=That_was_all_of_it.";
const SLOWNESS: Duration = Duration::from_millis(4_500);

/// Whether that command ran.
fn touched(stage: &Stage) -> bool {
    made(stage).exists()
}

/// What it makes.
fn made(stage: &Stage) -> PathBuf {
    stage.sandbox.path("work/made-by-agent.txt")
}

/// The statuses told since the scene began, from the first `working` on.
#[track_caller]
fn assert_told(stage: &mut Stage, wanted: &[&str]) {
    let (statuses, why) = stage.statuses();
    let first = statuses.iter().position(|status| status == "working").unwrap_or(statuses.len());
    assert_eq!(statuses[first..], *wanted, "{why}");
}

/// Started, and ready for its first prompt.
fn ready(stage: &mut Stage) {
    // Where it can be told to, it soon gives up on an API that fails.
    stage.spawn_impatient();
    stage.reaches(&["idle"]);
}

/// A turn from its prompt to its end: it works, asks, is answered from the inbox, runs the command, is done, and is looked at.
fn may_it(stage: &mut Stage) {
    stage.statuses();
    stage.prompt(TOUCH);
    let question = stage.asked(&permission(stage.program));
    assert!(!touched(stage), "it did not wait for the answer");
    stage.answer(&question);
    stage.reaches(&["done"]);
    assert!(touched(stage), "the command did not run");
    assert_told(stage, &["working", "blocked", "working", "done"]);
    stage.look_at();
}

/// What its API fails with. Two are only made to fail in a way that they give up at: what stops one ends it where it is pressed again, and
/// the other may lose the Enter that follows.
fn failures(program: &str) -> &'static [u16] {
    match program {
        "claude" | "codex" => &[429, 500, 400],
        "gemini" | "aider" => &[400],
        _ => &[429, 500],
    }
}

/// What each shows of a turn that an API has failed, and gives up by itself; others try again until they are stopped.
fn gives_up(program: &str, status: u16) -> Option<&'static str> {
    match (program, status) {
        ("codex", 429) => Some("exceeded retry limit"),
        ("codex", 500) => Some("experiencing high demand"),
        ("codex", _) => Some("■ "),
        ("claude", _) | ("gemini", 400) => Some("API Error"),
        (_, 400) => Some("scripted failure"),
        _ => None,
    }
}

/// Turns that fail, and those after them that do not.
fn api_fails(stage: &mut Stage) {
    for status in failures(stage.program) {
        stage.statuses();
        stage.prompt(&format!("please fail #fail={status}"));
        stage.hears(&[&format!("#fail={status}")]);
        if let Some(words) = gives_up(stage.program, *status) {
            let done = stage.reaches(&["done"]);
            assert!(stage.program != "claude" || done["evidence"]["rule"] == "hook StopFailure");
            stage.shows(words);
        } else {
            if stage.program == "opencode" {
                stage.explained(&format!("scripted failure {status}"));
            }
            stage.stops();
        }
        assert_told(stage, &["working", "done"]);
        stage.prompt(&format!("please go on #say=All_is_well_after_{status}."));
        stage.reaches(&["done"]);
        stage.shows(&format!("All is well after {status}."));
        stage.look_at();
    }
}

/// A turn that takes its time.
fn long_turn(stage: &mut Stage) {
    // The end of another turn stands on the screen, where the program leaves it there.
    stage.prompt("hello there #say=Hello_yourself.");
    stage.reaches(&["done"]);
    stage.look_at();
    stage.statuses();
    let asked = Instant::now();
    stage.prompt(SLOW);
    if stage.program == "claude" {
        // What is begun to be written stands where it says otherwise that it works.
        stage.types("half of a thought");
    }
    stage.reaches(&["done"]);
    assert!(asked.elapsed() >= SLOWNESS, "done after {:?}\n{}", asked.elapsed(), stage.describe());
    assert_told(stage, &["working", "done"]);
    stage.look_at();
    if stage.program == "claude" {
        stage.shows("half of a thought");
        stage.types("\x15");
    }
}

/// The daemon is killed while it works, and while it asks: the next one knows both.
fn daemon_dies(stage: &mut Stage) {
    stage.prompt("please be slow #slow=10 #say=That_was_all_of_it.");
    stage.kill_daemon();
    stage.reaches(&["working"]);
    stage.reaches(&["done"]);
    stage.shows("That was all of it.");
    // An earlier scene may have made it.
    let _ = std::fs::remove_file(made(stage));
    stage.prompt(TOUCH);
    stage.reaches(&["blocked"]);
    stage.kill_daemon();
    let question = stage.asked(&permission(stage.program));
    assert!(!touched(stage), "it did not wait for the answer");
    stage.answer(&question);
    stage.reaches(&["done"]);
    assert!(touched(stage), "the command did not run");
}

/// The program is killed while it works.
fn program_dies(stage: &mut Stage) {
    stage.prompt("please be slow #slow=60");
    process::kill(stage.pid());
    let exited = stage.reaches(&["exited"]);
    assert_eq!(exited["exit"], json!({"code": 137, "signal": "KILL"}));
    assert_eq!(exited["evidence"]["source"], "process");
    assert_eq!(stage.explain()["reason"], "its program has ended");
}

each_agent! {
    fn a_turn_with_a_permission_is_followed_from_its_start_to_its_end(stage: Stage::set, claude codex gemini qwen aider) {
        ready(stage);
        may_it(stage);
    }

    fn an_api_that_fails_is_told_and_the_next_prompt_works(stage: Stage::set, claude codex gemini qwen aider) {
        ready(stage);
        api_fails(stage);
    }

    fn a_long_turn_is_never_thought_done_and_a_killed_program_is_told(stage: Stage::set, claude codex gemini qwen aider) {
        ready(stage);
        long_turn(stage);
        program_dies(stage);
    }

    fn a_daemon_that_is_killed_knows_again_what_the_agent_does(stage: Stage::set, claude) {
        ready(stage);
        daemon_dies(stage);
    }

    // Its start alone is most of the time of each scene.
    fn all_of_that_is_true_of_one_conversation(stage: Stage::set, opencode) {
        ready(stage);
        may_it(stage);
        api_fails(stage);
        long_turn(stage);
        daemon_dies(stage);
        program_dies(stage);
    }

    fn the_question_whether_a_folder_is_trusted_is_asked_and_answered(stage: Stage::set_distrusted, claude codex gemini qwen) {
        stage.spawn();
        let question = stage.asked(&trust(stage.program));
        stage.answer(&question);
        stage.reaches(&["idle", "done"]);
        // It has done nothing yet that could be looked at.
        let (statuses, why) = stage.statuses();
        assert!(!statuses.contains(&"done".to_owned()), "{why}");
        stage.prompt("please go on #say=All_is_well_here.");
        stage.reaches(&["done"]);
        stage.shows("All is well here.");
    }

    fn what_it_asks_at_its_start_about_its_project_and_its_modes_stands_in_the_inbox(stage: Stage::set, claude) {
        stage.sandbox.write("work/.mcp.json", r#"{"mcpServers": {"nothing": {"command": "true"}}}"#);
        stage.spawn_with(json!({"args": ["--dangerously-skip-permissions"], "env": {"IS_SANDBOX": "1"}}));
        // Each of them by the words that it has, in any order, and what says yes to it.
        let asked = [("New MCP server found", "Use this"), ("Bypass Permissions mode", "Yes, I accept")];
        for _ in asked {
            stage.reaches(&["blocked"]);
            let question = wait_until("its question", LONG, || {
                let listed = stage.client.expect("inbox.list", json!({}));
                let first = listed["questions"].get(0)?;
                first["choices"].as_array().is_some_and(|choices| choices.len() > 1).then(|| first.clone())
            });
            let words = question["question"].as_str().unwrap();
            let (_, yes) = asked.iter().find(|(asked, _)| words.contains(asked)).unwrap_or_else(|| panic!("{question}"));
            let choices = question["choices"].as_array().unwrap();
            let choice = choices.iter().find(|choice| choice["label"].as_str().unwrap().starts_with(yes)).unwrap_or_else(|| panic!("{question}"));
            stage.client.expect("inbox.answer", json!({"id": question["id"], "choice": choice["key"]}));
        }
        stage.reaches(&["idle"]);
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
        let question = stage.asked(&permission(stage.program));
        editor.wait_lua("the notice of the question", "return vim.tbl_contains(seen, 'blocked')", Json::Null);
        editor.wait_text("touch made-by-agent.txt");
        stage.answer(&question);
        // It is looked at all the time, so there is nothing left to look at.
        stage.reaches(&["idle"]);
        assert!(touched(stage), "the command did not run");
        editor.wait_lua("the notice of the end", "return seen[#seen] == 'idle'", Json::Null);
    }
}
