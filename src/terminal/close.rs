//! How a terminal's program ends when the terminal is closed: asked first, then killed, with everything it started.

use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::process::{session_groups, signal};
use super::pty::Pty;
use crate::protocol::terminal::Exit;

/// After TERM so long alone, a hang-up: interactive shells ignore TERM and obey that.
const ALONE: Duration = Duration::from_millis(200);

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(3);

/// How often to look whether the program's own children are gone too. Only while a terminal is being closed.
const LOOK: Duration = Duration::from_millis(20);

/// How long the kernel may take to end what was killed.
const DEATH: Duration = Duration::from_secs(2);

/// Ends a running program and all of its session.
pub(super) async fn end(pid: u32, pty: Option<&Pty>, ending: oneshot::Receiver<Exit>) {
    let Some(leader) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    let mut groups = vec![leader];
    groups.extend(pty.and_then(Pty::foreground).filter(|group| *group != leader));
    let ask = |number| groups.iter().for_each(|&group| signal(group, number));
    let mut session = Session { leader, pty, ending, reaped: false };
    let start = Instant::now();
    ask(Signal::TERM);
    ask(Signal::CONT); // A stopped program hears nothing.
    if session.gone_by(start + ALONE).await {
        return;
    }
    ask(Signal::HUP);
    if session.gone_by(start + GRACE).await {
        return;
    }
    for group in session_groups(leader) {
        signal(group, Signal::KILL);
    }
    if !session.gone_by(Instant::now() + DEATH).await {
        tracing::warn!(pid, "a killed program has not ended");
    }
}

/// A program and whatever it started that is still of its session.
struct Session<'a> {
    leader: Pid,
    pty: Option<&'a Pty>,
    ending: oneshot::Receiver<Exit>,
    reaped: bool,
}

impl Session<'_> {
    /// Whether all of it has ended before the deadline. What is still printed is read and dropped, or a
    /// program that prints while it ends would block.
    async fn gone_by(&mut self, deadline: Instant) -> bool {
        let mut buffer = [0; 4096];
        loop {
            if self.reaped && session_groups(self.leader).is_empty() {
                return true;
            }
            let next = if self.reaped { deadline.min(Instant::now() + LOOK) } else { deadline };
            tokio::select! {
                _ = &mut self.ending, if !self.reaped => self.reaped = true,
                open = drain(self.pty, &mut buffer), if self.pty.is_some() => if !open { self.pty = None },
                () = sleep_until(next) => if Instant::now() >= deadline { return false },
            }
        }
    }
}

/// Reads and drops some output; false once there is no more to come.
async fn drain(pty: Option<&Pty>, buffer: &mut [u8]) -> bool {
    match pty {
        Some(pty) => matches!(pty.read(buffer).await, Ok(count) if count > 0),
        None => false,
    }
}
