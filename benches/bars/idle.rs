//! Owns what a daemon does while nothing happens: nothing.

use std::time::Duration;

use serde_json::json;

use crate::noise::pass;
use crate::scene;
use crate::spent::{self, Spent};
use crate::support::wait::is_within;
use crate::support::{DEADLINE, Daemon, Sandbox, Version};
use crate::table::{Bar, Figure, Table};

const TERMINALS: usize = 20;

/// The wait that is the measurement.
const IDLE: Duration = Duration::from_secs(10);

/// Who is not woken for so long has finished what was begun.
const SETTLED: Duration = Duration::from_millis(500);

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
    let pid = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    for number in 0..TERMINALS {
        let params = json!({"command": "echo at-rest; exec cat", "name": format!("idle{number}")});
        daemon.expect("terminal.open", params);
    }
    let editor = scene::editor(version, &sandbox);
    scene::attach(&editor, "idle0", "at-rest");
    let counts = &daemon.expect("daemon.info", json!({}))["counts"];
    let wanted = json!([TERMINALS, 1]);
    assert_eq!(json!([counts["running"], counts["views"]]), wanted);
    drop(daemon);
    // One that never settles is measured all the same: that is the finding.
    is_within(DEADLINE, || {
        let before = spent::of(pid);
        pass(SETTLED);
        spent::of(pid) == before
    });
    let before = spent::of(pid);
    pass(IDLE);
    report(version, spent::of(pid) - before, table);
}

fn report(version: Version, used: Spent, table: &mut Table) {
    let during = format!("over 10 s, {TERMINALS} idle terminals, Neovim {version} attached");
    let wakeups = Figure::of(used.switches as f64, "");
    table.add(format!("wake-ups {during}"), wakeups, Bar::Never(0.0));
    let cpu = Figure::of(used.cpu.as_secs_f64() * 1e6, "µs");
    table.add(format!("CPU time {during}"), cpu, Bar::Never(0.0));
}
