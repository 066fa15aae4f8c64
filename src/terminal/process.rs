//! Signals to the processes of one terminal, and only to those.

use rustix::process::{Pid, Signal, kill_process_group};

use crate::keeper::start_of;
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

/// Whether the process that has this number since `start` is there still.
pub fn runs(pid: u32, start: u64) -> bool {
    start != 0 && start_of(pid) == start
}

/// The process groups of the session that `leader` leads, its own included while it lives. A session's number
/// is not given to another process while the session has members, so none of these is a stranger.
#[cfg(target_os = "linux")]
pub(super) fn session_groups(leader: Pid) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut groups: Vec<Pid> = processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok())
        .filter_map(|stat| member(&stat, leader))
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

/// The process group in a line of `/proc/PID/stat`, if that process lives and belongs to the session.
#[cfg(target_os = "linux")]
fn member(stat: &str, leader: Pid) -> Option<Pid> {
    // The program's name stands in brackets and may itself contain blanks and brackets.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    let session: i32 = fields.next()?.parse().ok()?;
    let lives = !matches!(state, "Z" | "X");
    (lives && session == leader.as_raw_nonzero().get()).then(|| Pid::from_raw(group))?
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_whose_name_holds_brackets_and_blanks_is_still_read_right() {
        let leader = Pid::from_raw(40).unwrap();
        assert_eq!(member("41 (a) S (b)) S 40 41 40 0 -1", leader), Pid::from_raw(41));
        assert_eq!(member("41 (x) Z 40 41 40 0 -1", leader), None, "a zombie has ended");
        assert_eq!(member("41 (x) S 40 41 39 0 -1", leader), None, "another session");
        assert_eq!(member("nonsense", leader), None);
    }
}
