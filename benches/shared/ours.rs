//! Owns which processes are ours, however many there are, and how long their memory takes to settle.

use std::fs;
use std::time::{Duration, Instant};

use super::noise::pass;
use super::spent;
use crate::support::Sandbox;
use crate::support::environment::orchflow_binary;

/// Memory that has stayed as it is for so long has settled: terminals that rest pack theirs after a second.
const STILL: Duration = Duration::from_secs(3);

/// How often it is looked at, and how long at most.
const LOOK: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(30);

/// What memory may change by though nothing happens, in megabytes.
const STEADY: f64 = 0.05;

/// Every process of the sandbox that runs our program: the daemon, and whoever helps it.
pub fn processes(sandbox: &Sandbox) -> Vec<u32> {
    let binary = fs::canonicalize(orchflow_binary()).expect("our program");
    let runs = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == binary);
    let found: Vec<u32> = sandbox.processes().into_iter().filter(runs).collect();
    assert!(!found.is_empty(), "no process of ours lives");
    found
}

/// The memory of these processes in megabytes, once it does not change any more.
pub fn settled(pids: &[u32]) -> f64 {
    let end = Instant::now() + PATIENCE;
    let (mut present, mut since) = (spent::proportional(pids), Instant::now());
    while since.elapsed() < STILL && Instant::now() < end {
        pass(LOOK);
        let now = spent::proportional(pids);
        if (now - present).abs() > STEADY {
            (present, since) = (now, Instant::now());
        }
    }
    present
}
