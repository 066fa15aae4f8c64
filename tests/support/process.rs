//! Owns what tests may know of processes: whether one lives, its end by force, and who carries a mark in its environment.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::wait::wait_until_shown;

/// Whether this process runs. One that has ended and was not yet reaped by its parent does not.
pub fn alive(pid: u32) -> bool {
    let Some(id) = to_pid(pid) else { return false };
    // A process of another user lives too, hence only "no such process" counts.
    test_kill_process(id) != Err(rustix::io::Errno::SRCH) && !is_zombie(pid)
}

/// SIGKILL. Only for processes that the test itself caused.
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// Any signal, for the same processes.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = to_pid(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// Waits until this process has ended.
#[track_caller]
pub fn wait_gone(what: &str, pid: u32, timeout: Duration) {
    wait_until_shown(&format!("{what} to end"), timeout, || {
        if alive(pid) { Err(format!("process {pid} lives: {}", command_line(pid))) } else { Ok(()) }
    });
}

/// The processes whose environment contains `mark`, except ourselves. Elsewhere than on Linux nobody can be asked: none.
pub fn carrying(mark: &str) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let carries = |pid: &u32| {
        let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environ.windows(mark.len()).any(|part| part == mark.as_bytes())
    };
    pids.filter(|pid| *pid != std::process::id()).filter(carries).collect()
}

/// How a process was started, for people.
pub fn command_line(pid: u32) -> String {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ").trim_end().to_owned()
}

fn is_zombie(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the name, which stands in parentheses and may itself contain some.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

fn to_pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}
