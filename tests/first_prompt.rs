//! A prompt that an agent was started with, and that it has not taken: nobody waits for it, so the person is told.

use serde_json::json;

use crate::support::fake_agent::{spawn, start_with, write};
use crate::support::{DEADLINE, Editor, each_neovim, wait_until};

/// Shows its prompt, and takes nothing until it may.
const PROGRAM: &str = r"printf '> '
until [ -e go ]; do sleep 0.05; done
printf '\033[2J\033[Hat work'
sleep 1000
";

const PROFILE: &str = r#"
name = "deaf"
title = "An agent that takes nothing"
command = ["sh", "PROGRAM"]
[[screen]]
status = "working"
match = '^at work'
[[screen]]
status = "idle"
match = '^>'
"#;

each_neovim! {
    fn a_first_prompt_that_is_not_taken_is_told_to_the_person(version) {
        let (sandbox, client) = start_with(|sandbox| write(sandbox, "deaf", PROGRAM, PROFILE));
        let editor = Editor::with(version).size(120, 24).start(&sandbox);
        editor.command("Orchflow list");
        spawn(&sandbox, &client, json!({"profile": "deaf", "name": "mine", "prompt": "do it"}));
        let info = wait_until("the advice", DEADLINE, || {
            let info = client.expect("agent.get", json!({"id": "mine"}));
            info["advice"].is_object().then_some(info)
        });
        let text = "mine was not told its first prompt: the prompt was typed and submitted, and nothing has changed";
        assert_eq!(info["advice"], json!({"text": text, "hint": ":Orchflow attach mine"}));
        editor.wait_screen("the message", |grid| {
            grid.text().contains("mine: its first prompt was not taken")
        });
        // It works after all.
        sandbox.write("work/go", "");
        wait_until("no advice", DEADLINE, || {
            let info = client.expect("agent.get", json!({"id": "mine"}));
            info["advice"].is_null().then_some(())
        });
    }
}
