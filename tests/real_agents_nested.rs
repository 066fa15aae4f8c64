//! A real agent CLI that runs itself as a tool: what the nested run does is not what the agent does.

use serde_json::json;

use crate::support::environment::orchflow_binary;
use crate::support::stage::LONG;
use crate::support::{Stage, each_agent, wait_until};

/// How it is run for one prompt.
fn nested(program: &str) -> &'static str {
    match program {
        "claude" => "env -u CLAUDECODE claude -p hello",
        "qwen" => "qwen -p hello",
        "opencode" => "opencode run hello",
        other => panic!("it is not known how {other} runs once"),
    }
}

/// claude inherits no settings of ours: a person has put the hook for the end of a turn into their own.
fn add_hooks(stage: &Stage) {
    if stage.program == "claude" {
        let command = format!("{} hook claude Stop", orchflow_binary().display());
        let hook = json!({"hooks": [{"type": "command", "command": command}]});
        let settings = json!({"hooks": {"Stop": [hook]}}).to_string();
        stage.sandbox.write("home/.claude/settings.json", settings);
    }
}

each_agent! {
    fn a_nested_run_of_the_same_program_does_not_speak_for_its_agent(stage: Stage::set, claude opencode qwen) {
        add_hooks(stage);
        stage.spawn();
        stage.reaches(&["idle"]);
        stage.prompt("hello there #say=Hello_yourself.");
        let conversation = stage.reaches(&["done"])["conversation"].clone();
        assert!(conversation.is_string(), "{conversation}");
        stage.statuses();
        let run = nested(stage.program);
        stage.prompt(&format!("please run it #tool={run} >said; touch over; until [ -e go ]; do sleep 0.1; done #say=Both_are_over."));
        stage.reaches(&["blocked"]);
        let question = wait_until("its choices", LONG, || {
            let listed = stage.client.expect("inbox.list", json!({}));
            listed["questions"].get(0).filter(|open| open["answerable"] == true).cloned()
        });
        stage.answer(&question);
        let over = stage.sandbox.path("work/over");
        wait_until("the end of the nested run", LONG, || over.exists().then_some(()));
        let said = std::fs::read_to_string(stage.sandbox.path("work/said")).unwrap();
        assert!(said.contains("Hello from the scripted model."), "{said}\n{}", stage.describe());
        let known = stage.known();
        assert_eq!((&known["status"], &known["conversation"]), (&json!("working"), &conversation), "{}", stage.describe());
        stage.sandbox.write("work/go", "");
        assert_eq!(stage.reaches(&["done"])["conversation"], conversation);
        stage.shows("Both are over.");
        let (statuses, why) = stage.statuses();
        // That the turn before is done may be told late.
        let turn = statuses.iter().skip_while(|status| *status != "working");
        assert_eq!(turn.filter(|status| *status == "done").count(), 1, "{why}");
    }
}
