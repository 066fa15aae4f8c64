//! Owns what tests may know of processes: whether one lives, its end by force, and which belong to a folder.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::wait::wait_until_shown;

/// Whether this process runs. One that has ended and was not yet reaped by its parent does not.
pub fn alive(pid: u32) -> bool {
    let Some(id) = to_pid(pid) else { return false };
    // A process of another user lives too, hence only "no such process" counts.
    test_kill_process(id) != Err(rustix::io::Errno::SRCH) && !is_zombie(pid)
}

/// The process that listens on a socket; `None` when nobody does.
#[cfg(target_os = "linux")]
pub fn listening(socket: &Path) -> Option<u32> {
    let stream = std::os::unix::net::UnixStream::connect(socket).ok()?;
    let peer = rustix::net::sockopt::socket_peercred(&stream).ok()?;
    u32::try_from(peer.pid.as_raw_nonzero().get()).ok()
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

/// The processes, except ourselves, whose environment names `folder` or which work in it. Elsewhere than on Linux nobody
/// can be asked: none.
pub fn belonging_to(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let name = folder.as_os_str().as_bytes();
    let belongs = |pid: &u32| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        // A process can be given an empty environment, but hardly leaves its folder too.
        let works_in = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        environ.windows(name.len()).any(|part| part == name) || works_in.starts_with(folder)
    };
    pids.filter(|pid| *pid != std::process::id()).filter(belongs).collect()
}

/// How a process was started, for people.
pub fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ").trim_end().to_owned()
}

/// When a process started, in the system's own unit; 0 where it does not tell.
pub fn started(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let start = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(19)?.parse().ok());
    start.unwrap_or(0)
}

fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the name, which stands in parentheses and may itself contain some.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}

fn to_pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}
