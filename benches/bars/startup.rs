//! Owns how long a daemon takes to be there: from exec to the answered `hello`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::figures::ms;
use crate::support::{Daemon, Sandbox};
use crate::table::{Bar, Figure, Table};

const STARTS: usize = 40;

const BAR: Bar = Bar::AtMost(30.0);

pub fn measure(table: &mut Table) {
    let (mut alone, mut detached) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        alone.push(ms(start_alone()));
        detached.push(ms(start_detached()));
    }
    for (what, times) in [("daemon", alone), ("starter and daemon", detached)] {
        let what = format!("exec of the {what} → answered hello");
        table.add(what, Figure::median(&times, "ms"), BAR);
    }
}

/// The daemon itself.
fn start_alone() -> Duration {
    let sandbox = Sandbox::new();
    let mut command = sandbox.orchflow();
    command.args(["daemon", "--foreground"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().expect("a daemon that starts");
    // It says where it listens once it does: nothing is polled for.
    let mut said = BufReader::new(child.stdout.take().expect("its output"));
    said.read_line(&mut String::new()).expect("a line");
    drop(Daemon::connect(&sandbox));
    let took = start.elapsed();
    sandbox.stop_daemon();
    child.wait().expect("our child");
    took
}

/// As the first client starts it: a starter that ends once the daemon listens, apart from it.
fn start_detached() -> Duration {
    let sandbox = Sandbox::new();
    let mut command = sandbox.orchflow();
    command.arg("daemon").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("a program that starts");
    drop(Daemon::connect(&sandbox));
    let took = start.elapsed();
    assert!(status.success(), "{status}");
    took
}
