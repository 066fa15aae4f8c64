//! Owns what a daemon does while nothing happens: nothing.

use std::time::Duration;

use serde_json::json;

use crate::noise::pass;
use crate::ours;
use crate::scene;
use crate::spent::{self, Spent};
use crate::support::wait::is_within;
use crate::support::{DEADLINE, Daemon, Sandbox, Version};
use crate::table::{Bar, Beside, Figure, Table};

const TERMINALS: usize = 100;

/// The wait that is the measurement.
const IDLE: Duration = Duration::from_secs(10);

/// Who is not woken for so long has finished what was begun. Longer than any of our own delays.
const SETTLED: Duration = Duration::from_secs(3);

pub fn measure(table: &mut Table) {
    if !spent::COUNTED {
        return table.skip("idle", "only Linux tells how often a process was woken");
    }
    for version in Version::ALL {
        match version.path() {
            Some(_) => measure_with(version, table),
            None => table.skip(&format!("idle with Neovim {version}"), "it is not here"),
        }
    }
}

fn measure_with(version: Version, table: &mut Table) {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    for number in 0..TERMINALS {
        // A shell that waits at its prompt, and a program that sleeps.
        let command = ["echo at-rest; exec sh -i", "echo at-rest; exec sleep 1000"][number % 2];
        let params = json!({"command": command, "name": format!("idle{number}")});
        daemon.expect("terminal.open", params);
    }
    for number in 0..TERMINALS {
        let id = format!("idle{number}");
        daemon.expect("terminal.wait", json!({"id": id, "match": "at-rest", "timeout_ms": 10_000}));
    }
    let editor = scene::editor(version, &sandbox);
    scene::attach(&editor, "idle0", "at-rest");
    let counts = &daemon.expect("daemon.info", json!({}))["counts"];
    let wanted = json!([TERMINALS, 1]);
    assert_eq!(json!([counts["running"], counts["views"]]), wanted);
    drop(daemon);
    let processes = ours::processes(&sandbox);
    // One that never settles is measured all the same: that is the finding.
    is_within(DEADLINE, || {
        let before = spent::of_all(&processes);
        pass(SETTLED);
        spent::of_all(&processes) == before
    });
    let before = spent::of_all(&processes);
    pass(IDLE);
    report(version, spent::of_all(&processes) - &before, table);
}

fn report(version: Version, used: Spent, table: &mut Table) {
    let during = format!("over 10 s, {TERMINALS} idle terminals, Neovim {version} attached");
    let mut add = |what: &str, figure: Figure| {
        let beside = Beside { ours: Some(figure), ..Beside::default() };
        table.compare(format!("{what} {during}"), beside, figure, Bar::Never(0.0));
    };
    add("wake-ups", Figure::of(used.switches as f64, ""));
    add("CPU time", Figure::of(used.cpu.as_secs_f64() * 1e6, "µs"));
}
