//! Owns what the kernel has counted for a process: its time on a core, how often it was woken, its memory. Looking does
//! not wake it.

use std::fs;
use std::ops::{Add, Sub};
use std::time::Duration;

/// What a process has used so far, all its threads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Time on a core.
    pub cpu: Duration,
    /// How often one of its threads left its core, and so was woken before.
    pub switches: u64,
}

/// Whether this kernel counts.
pub const COUNTED: bool = cfg!(target_os = "linux");

/// What this process has used until now.
pub fn of(pid: u32) -> Spent {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("a process that lives");
    let mut spent = Spent::default();
    for task in tasks.flatten() {
        let read = |file| fs::read_to_string(task.path().join(file)).expect("a thread that lives");
        // In nanoseconds: what `stat` has as clock ticks would hide up to 10 ms.
        let schedstat = read("schedstat");
        let cpu = schedstat.split(' ').next().and_then(|time| time.parse().ok());
        spent.cpu += Duration::from_nanos(cpu.expect("a time"));
        let status = read("status");
        spent.switches += field(&status, "voluntary_ctxt_switches")
            + field(&status, "nonvoluntary_ctxt_switches");
    }
    spent
}

/// What all these processes have used until now.
pub fn of_all(pids: &[u32]) -> Spent {
    pids.iter().map(|pid| of(*pid)).fold(Spent::default(), |all, one| all + one)
}

/// Memory of all these processes in megabytes. What they share, with each other or with others, counts as a share.
pub fn proportional(pids: &[u32]) -> f64 {
    let kilobytes = |pid: &u32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
        rollup
            .map_or_else(|_| resident(*pid).0 * 1e6 / 1024.0, |rollup| field(&rollup, "Pss") as f64)
    };
    pids.iter().map(kilobytes).sum::<f64>() * 1024.0 / 1e6
}

/// Resident memory in megabytes: all of it, and the part that is no file's.
pub fn resident(pid: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process that lives");
    let megabytes = |name| field(&status, name) as f64 * 1024.0 / 1e6;
    (megabytes("VmRSS"), megabytes("RssAnon"))
}

fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{name} is not in {status}"))
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { cpu: self.cpu + other.cpu, switches: self.switches + other.switches }
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { cpu: self.cpu - before.cpu, switches: self.switches - before.switches }
    }
}
