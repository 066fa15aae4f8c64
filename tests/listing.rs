//! `:Orchflow list` with agents among the terminals.

use serde_json::json;

use crate::support::fake_agent::{spawn, start, wait};
use crate::support::{Editor, each_neovim};

each_neovim! {
    fn the_list_shows_what_agents_do_since_when_and_what_they_ask(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, json!({"name": "mine"}));
        spawn(&sandbox, &client, json!({"name": "other", "purpose": "to read\nit all"}));
        spawn(&sandbox, &client, json!({"name": "ended", "cwd": "/"}));
        client.expect("terminal.open", json!({"command": ["cat"], "name": "web", "cwd": "/"}));
        for (name, prompt, status) in [("mine", "ask", "blocked"), ("ended", "fail", "exited")] {
            wait(&client, name, &["idle"]);
            client.call("agent.prompt", json!({"id": name, "text": prompt})).ok();
            wait(&client, name, &[status]);
        }
        wait(&client, "other", &["idle"]);
        let editor = Editor::with(version).size(200, 24).start(&sandbox);
        editor.command("Orchflow list");
        let cells = r"\s+\d+ s\s+fake\s+\S+/work ";
        let lines = [
            format!(r"t1 mine\s+blocked{cells}“May I run it\?"),
            format!(r"t2 other\s+idle{cells}to read it all"),
            r"t3 ended\s+exited 3\s+fake\s+/\s+The fake agent has ended with code 3.*\(:Orchflow close ended\)".to_owned(),
            r"t4 web\s+running\s+/\s+cat".to_owned(),
        ];
        let lines = lines.map(|line| regex::Regex::new(&line).unwrap());
        editor.wait_screen("the list", |grid| {
            lines.iter().all(|line| line.is_match(&grid.text()))
        });
    }
}
