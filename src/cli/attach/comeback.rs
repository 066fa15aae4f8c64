//! What `orchflow attach` does once its daemon is gone: the keeper starts the next one, which has the same terminals.

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::reach;
use super::session::End;
use super::signals::{News, Signals};
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

/// Waits for the next daemon, and gives the terminal there; or why the view ends after all, as by `fault`.
pub(super) fn wait(
    places: &Places,
    terminal: &Info,
    fault: Fault,
    signals: &mut Signals,
) -> Result<(Link, Info), End> {
    let start = Instant::now();
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
        if let Some(news) = signals.take().into_iter().find(|news| matches!(news, News::End(_))) {
            return Err(End::Signalled(news));
        }
    }
}
