//! What `orchflow attach` does once its daemon is gone: the keeper starts the next one, which has the same terminals.

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::reach;
use super::session::End;
use super::signals::{News, Signals, stop};
use crate::cli::{keeps, print};
use crate::fault::{Fault, Kind};
use crate::places::Places;
use crate::protocol::terminal::Info;
use crate::rpc::Link;

/// A new daemon takes a tenth of a second; one that does not come so soon does not come by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two tries.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// About an upgrade or a crash that is mended sooner there is no word.
const WORD: Duration = Duration::from_secs(1);

/// A connection that is lost so soon was of no use.
const BRIEF: Duration = Duration::from_secs(2);

/// After so many of those in a row only the person tries again: a daemon that drops us each time would go on to. One that
/// crashes each time is started no more often by its keeper.
const MOST_BRIEF: u32 = 5;

/// The connections of one view, the first and those that followed it.
pub(super) struct Comeback {
    since: Instant,
    brief: u32,
}

impl Comeback {
    /// The first begins.
    pub fn new() -> Self {
        Self { since: Instant::now(), brief: 0 }
    }

    /// Another one begins.
    pub fn connected(&mut self) {
        self.since = Instant::now();
    }

    /// Waits for the next daemon, and gives the terminal there; or why the view ends after all, as by `fault`.
    pub fn wait(
        &mut self,
        places: &Places,
        terminal: &Info,
        fault: Fault,
        signals: &mut Signals,
    ) -> Result<(Link, Info), End> {
        self.brief = if self.since.elapsed() < BRIEF { self.brief + 1 } else { 0 };
        if self.brief >= MOST_BRIEF {
            return Err(End::Lost(dropped_again_and_again()));
        }
        let reached = next(places, terminal, fault, signals)?;
        self.connected();
        Ok(reached)
    }
}

fn dropped_again_and_again() -> Fault {
    let message = format!(
        "the daemon has dropped this view {MOST_BRIEF} times, each time within {} s",
        BRIEF.as_secs()
    );
    Fault::new(Kind::Exhausted, message).hint("its log may say why; where that is: orchflow status")
}

fn next(
    places: &Places,
    terminal: &Info,
    fault: Fault,
    signals: &mut Signals,
) -> Result<(Link, Info), End> {
    let mut start = Instant::now();
    let mut said = false;
    loop {
        match reach(places, &terminal.id.to_string()) {
            Ok(reached) => return Ok(reached),
            Err(fault) if fault.kind == Kind::NotFound => return Err(End::Closed),
            Err(_) => {}
        }
        // Without a keeper the programs are gone too.
        if start.elapsed() > PATIENCE || !keeps(places) {
            return Err(End::Lost(fault));
        }
        if !said && start.elapsed() > WORD {
            said = true;
            print(&format!("[{fault}; waiting for the next]"))?;
        }
        let wakes = &mut [PollFd::new(&*signals, PollFlags::IN)];
        // Only whether there are signals matters, and they are looked for in any case.
        let _ = poll(wakes, Some(&PAUSE));
        for news in signals.take() {
            match news {
                News::End(_) => return Err(End::Signalled(news)),
                News::Stop(signal) => {
                    stop(signal);
                    // Continued. As long as we were stopped nobody waited.
                    start = Instant::now();
                }
                // There is no view whose size it could be.
                News::Continued | News::Resized => {}
            }
        }
    }
}
