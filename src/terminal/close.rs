//! How a terminal's program ends when the terminal is closed: asked first, then killed, with everything it started.

use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::process::{session_groups, signal};
use super::pty::Pty;
use crate::protocol::terminal::Exit;

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(3);

/// How often to look whether the program's own children are gone too. Only while a terminal is being closed.
const LOOK: Duration = Duration::from_millis(20);

/// How long the kernel may take to end what was killed.
const DEATH: Duration = Duration::from_secs(2);

/// Ends a running program and all of its session. Hang-up is what shells obey, which ignore TERM when interactive.
pub(super) async fn end(pid: u32, pty: Option<&Pty>, ending: oneshot::Receiver<Exit>) {
    let Some(leader) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    let mut groups = vec![leader];
    groups.extend(
        pty.and_then(Pty::foreground)
            .filter(|group| *group != leader),
    );
    for group in groups {
        for number in [Signal::HUP, Signal::TERM, Signal::CONT] {
            signal(group, number);
        }
    }
    let mut ending = ending;
    let deadline = Instant::now() + GRACE;
    if gone(leader, pty, &mut ending, deadline).await {
        return;
    }
    for group in session_groups(leader) {
        signal(group, Signal::KILL);
    }
    if !gone(leader, pty, &mut ending, Instant::now() + DEATH).await {
        tracing::warn!(pid, "a killed program has not ended");
    }
}

/// Whether the program was reaped and its session is empty before the deadline. What is still printed is
/// read and dropped, or a program that prints while it ends would block.
async fn gone(
    leader: Pid,
    pty: Option<&Pty>,
    ending: &mut oneshot::Receiver<Exit>,
    deadline: Instant,
) -> bool {
    let mut reaped = false;
    let mut buffer = [0; 4096];
    let mut open = pty.is_some();
    loop {
        if reaped && session_groups(leader).is_empty() {
            return true;
        }
        let next = if reaped {
            deadline.min(Instant::now() + LOOK)
        } else {
            deadline
        };
        tokio::select! {
            _ = &mut *ending, if !reaped => reaped = true,
            read = async { match pty { Some(pty) => pty.read(&mut buffer).await, None => Ok(0) } }, if open => {
                open = matches!(read, Ok(count) if count > 0);
            }
            () = sleep_until(next) => if Instant::now() >= deadline { return false },
        }
    }
}
