//! Owns what the kernel has counted for a process: its time on a core, how often it was woken, its memory. Looking does
//! not wake it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Sub;
use std::time::Duration;

/// What was used between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Time on a core.
    pub cpu: Duration,
    /// How often a thread left its core, and so was woken before.
    pub switches: u64,
}

/// What each thread has used so far. Threads come and go: one that has ended in between has used nothing that can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used(BTreeMap<u32, Spent>);

/// Whether this kernel counts.
pub const COUNTED: bool = cfg!(target_os = "linux");

/// What this process has used until now.
pub fn of(pid: u32) -> Used {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("a process that lives");
    let number = |name: std::ffi::OsString| name.to_str()?.parse().ok();
    let threads = tasks.flatten().filter_map(|task| {
        let read = |file| fs::read_to_string(task.path().join(file)).ok();
        Some((number(task.file_name())?, thread(&read("schedstat")?, &read("status")?)))
    });
    Used(threads.collect())
}

fn thread(schedstat: &str, status: &str) -> Spent {
    // In nanoseconds: what `stat` has as clock ticks would hide up to 10 ms.
    let cpu = schedstat.split(' ').next().and_then(|time| time.parse().ok());
    Spent {
        cpu: Duration::from_nanos(cpu.expect("a time")),
        switches: field(status, "voluntary_ctxt_switches")
            + field(status, "nonvoluntary_ctxt_switches"),
    }
}

/// What all these processes have used until now.
pub fn of_all(pids: &[u32]) -> Used {
    Used(pids.iter().flat_map(|pid| of(*pid).0).collect())
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

impl Sub<&Self> for Used {
    type Output = Spent;

    fn sub(self, before: &Self) -> Spent {
        let mut spent = Spent::default();
        for (thread, now) in self.0 {
            let then = before.0.get(&thread).copied().unwrap_or_default();
            spent.cpu += now.cpu.saturating_sub(then.cpu);
            spent.switches += now.switches.saturating_sub(then.switches);
        }
        spent
    }
}
