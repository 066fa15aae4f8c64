//! A real agent CLI whose turn ends while no daemon runs.

use rustix::process::Signal;
use serde_json::json;

use crate::support::process::{signal, wait_gone};
use crate::support::stage::LONG;
use crate::support::{Daemon, Stage, each_agent, wait_until};

each_agent! {
    fn a_turn_that_ends_while_no_daemon_runs_is_to_be_looked_at(stage: Stage::set, claude) {
        // A hook of the person's own tells us when its turn is over.
        let over = stage.sandbox.path("tmp/over");
        let hook = json!({"hooks": [{"type": "command", "command": format!("touch {}", over.display())}]});
        let settings = json!({"hooks": {"Stop": [hook]}}).to_string();
        stage.sandbox.write("home/.claude/settings.json", settings);
        stage.spawn();
        stage.reaches(&["idle"]);
        stage.prompt("please be slow #slow=6 #say=That_was_all_of_it.");
        stage.reaches(&["working"]);
        let daemon = stage.sandbox.daemon_pid().unwrap();
        signal(daemon, Signal::TERM);
        wait_gone("the daemon", daemon, LONG);
        wait_until("the end of its turn", LONG, || over.exists().then_some(()));
        stage.sandbox.start_daemon();
        stage.client = Daemon::connect(&stage.sandbox);
        stage.reaches(&["done"]);
        stage.shows("That was all of it.");
        stage.look_at();
    }
}
