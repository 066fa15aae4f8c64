//! How processes are told apart and how they end: reaped children, and the children of a keeper that is gone.

use std::os::fd::OwnedFd;

use rustix::process::{Pid, WaitOptions, WaitStatus, wait};

use crate::process::start_of;
use crate::protocol::terminal::Exit;

use super::files;

/// What is said of a program whose exit code nobody could ask for.
pub(super) const UNKNOWN: Exit = Exit { code: -1, signal: None };

/// The next of our children that has ended; it is none any more.
pub(super) fn reap() -> Option<(u32, Exit)> {
    // An error says that there are no children at all.
    let (pid, status) = wait(WaitOptions::NOHANG).ok().flatten()?;
    Some((pid.as_raw_nonzero().get().unsigned_abs(), exit_of(status)))
}

fn exit_of(status: WaitStatus) -> Exit {
    match status.terminating_signal() {
        Some(number) => Exit { code: 128 + number, signal: Some(signal_name(number)) },
        None => Exit { code: status.exit_status().unwrap_or(-1), signal: None },
    }
}

fn signal_name(number: i32) -> String {
    rustix::process::Signal::from_named_raw(number)
        .map(|signal| {
            format!("{signal:?}").trim_matches('"').trim_start_matches("Signal::").to_owned()
        })
        .unwrap_or_else(|| number.to_string())
}

/// A process that is not our child.
#[derive(Debug)]
pub(super) struct Stranger {
    pid: Pid,
    /// Readable once it has ended; None where the system has none.
    pub handle: Option<OwnedFd>,
}

impl Stranger {
    /// Watches the process that has this number since `start`; None if it has ended.
    pub fn watch(pid: u32, start: u64) -> Option<Self> {
        let id = Pid::from_raw(i32::try_from(pid).ok().filter(|pid| *pid > 0)?)?;
        let stranger = Self { pid: id, handle: handle(id) };
        // Looked at after the handle was made: from then on the number cannot pass to another process unseen.
        (start_of(pid) == start && stranger.lives()).then_some(stranger)
    }

    /// Whether it is still there, for systems without handles. One that was not reaped yet counts.
    pub fn lives(&self) -> bool {
        rustix::process::test_kill_process(self.pid) != Err(rustix::io::Errno::SRCH)
    }
}

#[cfg(target_os = "linux")]
fn handle(pid: Pid) -> Option<OwnedFd> {
    let handle = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()?;
    files::above_own(handle).ok()
}

#[cfg(not(target_os = "linux"))]
fn handle(_: Pid) -> Option<OwnedFd> {
    None
}
