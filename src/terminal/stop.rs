//! How a terminal's program is ended while the terminal stays to be read: asked, then killed, with all that is left of its
//! session. What has made a session of its own is not ours to know.

use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep};

use super::handle::Terminal;
use super::process::{session_groups, signal};
use super::shared::Program;
use crate::fault::{Fault, Kind, Result, internal};
use crate::process::start_of;

/// After TERM so long alone, a hang-up: interactive shells ignore TERM and obey that.
const ALONE: Duration = Duration::from_millis(500);

/// How long a program may take to end after it was asked to: some save a conversation first.
const GRACE: Duration = Duration::from_secs(3);

/// How long what it has left behind may take, which has been told of the end by then.
const LEFT: Duration = Duration::from_millis(500);

/// How long the kernel may take to end what was killed.
const DEATH: Duration = Duration::from_secs(2);

/// How often to look, only while something is being stopped.
const LOOK: Duration = Duration::from_millis(20);

impl Terminal {
    /// Ends its program and whatever that has left in its session. One that has ended already is no failure.
    pub async fn stop(&self) -> Result<()> {
        // A task of its own: whoever asks may go away, and what was asked to end is to end.
        let terminal = self.clone();
        tokio::spawn(async move { terminal.end().await }).await.map_err(internal)?
    }

    async fn end(&self) -> Result<()> {
        let session = Session::of(self.program());
        let runs = || !self.has_ended();
        session.ask(Signal::TERM);
        session.ask(Signal::CONT); // A stopped program hears nothing.
        let start = Instant::now();
        if !by(start + ALONE, || !runs()).await {
            session.ask(Signal::HUP);
            by(start + GRACE, || !runs()).await;
        }
        if !runs() {
            session.each(Signal::HUP);
            session.each(Signal::TERM);
            by(Instant::now() + LEFT, || session.groups().is_empty()).await;
        }
        session.each(Signal::KILL);
        let gone = || !runs() && session.groups().is_empty();
        if by(Instant::now() + DEATH, gone).await {
            return Ok(());
        }
        let name = self.info().name;
        let fault = Fault::new(Kind::Timeout, format!("{name} was killed, and has not ended yet"));
        Err(fault.hint(format!("look again: orchflow call agent.get '{{\"id\": \"{name}\"}}'")))
    }
}

/// Whether something is so before the deadline.
async fn by(deadline: Instant, is_so: impl Fn() -> bool) -> bool {
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(LOOK).await;
    }
}

/// A program and whatever it has started that is still of its session.
struct Session {
    leader: Option<Pid>,
    start: u64,
}

impl Session {
    fn of(Program { pid, start, .. }: Program) -> Self {
        Self { leader: i32::try_from(pid).ok().and_then(Pid::from_raw), start }
    }

    /// Its groups. Its number is another process's only once none of the session is left, and that one is told by its start.
    fn groups(&self) -> Vec<Pid> {
        let ours = |leader: &Pid| {
            let now = start_of(leader.as_raw_nonzero().get().unsigned_abs());
            now == 0 || self.start == 0 || now == self.start
        };
        self.leader.filter(ours).map(session_groups).unwrap_or_default()
    }

    /// Signals the program with its own group, while that is there.
    fn ask(&self, number: Signal) {
        let groups = self.groups();
        self.leader
            .into_iter()
            .filter(|leader| groups.contains(leader))
            .for_each(|g| signal(g, number));
    }

    /// Signals all of them.
    fn each(&self, number: Signal) {
        self.groups().into_iter().for_each(|group| signal(group, number));
    }
}
