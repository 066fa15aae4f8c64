//! Who hears what: joins the rooms to one daemon.

use std::sync::Arc;

use crate::api::{Api, Facts, Pulse};
use crate::event::{Event, Tell};
use crate::keeper::{Adopted, Keeper};
use crate::protocol::Notice;
use crate::rpc::Hub;
use crate::terminal::{Settings, Terminals};

/// The joined rooms.
#[derive(Clone)]
pub struct App {
    /// The verbs.
    pub api: Arc<Api>,
    /// The clients.
    pub hub: Arc<Hub>,
}

impl App {
    /// A daemon's rooms, with what an earlier daemon has left in them. No id up to `highest` is given again. Must be
    /// called within the runtime.
    pub fn new(
        facts: Facts,
        keeper: Arc<dyn Keeper>,
        settings: Settings,
        adopted: Vec<Adopted>,
        highest: u64,
    ) -> Self {
        let (hub, pulse) = (Arc::<Hub>::default(), Arc::<Pulse>::default());
        let tell: Tell = {
            let (hub, pulse) = (hub.clone(), pulse.clone());
            Arc::new(move |event| {
                tracing::debug!(?event);
                hub.tell(&notice(event));
                pulse.changed.notify_one();
            })
        };
        let terminals = Terminals::new(keeper, tell, facts.socket.clone(), settings);
        terminals.adopt(adopted, highest);
        Self { api: Arc::new(Api::new(facts, terminals, pulse)), hub }
    }
}

/// The event as clients are told it.
fn notice(event: Event) -> Notice {
    match event {
        Event::TerminalOpened(info) => Notice::TerminalOpened(info),
        Event::TerminalTitled(titled) => Notice::TerminalTitled(titled),
        Event::TerminalRenamed(renamed) => Notice::TerminalRenamed(renamed),
        Event::TerminalUpdated(updated) => Notice::TerminalUpdated(updated),
        Event::TerminalCommandStarted(started) => Notice::TerminalCommandStarted(started),
        Event::TerminalCommandFinished(finished) => Notice::TerminalCommandFinished(finished),
        Event::TerminalNotified(notified) => Notice::TerminalNotified(notified),
        Event::TerminalBelled(belled) => Notice::TerminalBelled(belled),
        Event::TerminalExited(exited) => Notice::TerminalExited(exited),
        Event::TerminalClosed(closed) => Notice::TerminalClosed(closed),
    }
}
