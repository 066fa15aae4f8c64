//! Signals to the processes of one terminal, and only to those.

use rustix::process::{Pid, Signal, kill_process_group};

#[cfg(target_os = "linux")]
use crate::process::Stat;
use crate::protocol::terminal::Signal as Named;

/// Signals a whole process group. One that is gone already is as good as signalled.
pub(super) fn signal(group: Pid, signal: Signal) {
    if let Err(error) = kill_process_group(group, signal) {
        tracing::debug!(?group, ?signal, %error, "not signalled");
    }
}

/// The signal of that name.
pub(super) fn number(name: Named) -> Signal {
    match name {
        Named::Hup => Signal::HUP,
        Named::Int => Signal::INT,
        Named::Quit => Signal::QUIT,
        Named::Kill => Signal::KILL,
        Named::Usr1 => Signal::USR1,
        Named::Usr2 => Signal::USR2,
        Named::Term => Signal::TERM,
        Named::Cont => Signal::CONT,
        Named::Stop => Signal::STOP,
        Named::Tstp => Signal::TSTP,
        Named::Winch => Signal::WINCH,
    }
}

/// The process groups of the session that `leader` leads, its own included while it lives. A session's number
/// is not given to another process while the session has members, so none of these is a stranger.
#[cfg(target_os = "linux")]
pub(super) fn session_groups(leader: Pid) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let session = leader.as_raw_nonzero().get().unsigned_abs();
    let mut groups: Vec<Pid> = processes
        .filter_map(|entry| Stat::of(entry.ok()?.file_name().to_str()?.parse().ok()?))
        .filter(|stat| stat.lives && stat.session == session)
        .filter_map(|stat| Pid::from_raw(i32::try_from(stat.group).ok()?))
        .collect();
    groups.sort_by_key(|group| group.as_raw_nonzero());
    groups.dedup();
    groups
}

/// Elsewhere only the leader's own group can be told cheaply.
#[cfg(not(target_os = "linux"))]
pub(super) fn session_groups(leader: Pid) -> Vec<Pid> {
    let lives = rustix::process::test_kill_process_group(leader).is_ok();
    lives.then_some(leader).into_iter().collect()
}
