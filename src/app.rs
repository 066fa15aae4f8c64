//! Who hears what: joins the rooms to one daemon.

use std::sync::Arc;

use crate::api::{Api, Facts, Pulse};
use crate::event::{Event, Tell};
use crate::keeper::Keeper;
use crate::protocol::Notice;
use crate::rpc::Hub;
use crate::terminal::Terminals;

/// The joined rooms.
#[derive(Clone)]
pub struct App {
    /// The verbs.
    pub api: Arc<Api>,
    /// The clients.
    pub hub: Arc<Hub>,
}

impl App {
    /// A daemon's rooms, empty.
    pub fn new(facts: Facts, keeper: Box<dyn Keeper>) -> Self {
        let (hub, pulse) = (Arc::<Hub>::default(), Arc::<Pulse>::default());
        let tell: Tell = {
            let (hub, pulse) = (hub.clone(), pulse.clone());
            Arc::new(move |event| {
                tracing::debug!(?event);
                hub.tell(&notice(event));
                pulse.changed.notify_one();
            })
        };
        let terminals = Terminals::new(keeper, tell, facts.socket.clone());
        Self { api: Arc::new(Api::new(facts, terminals, pulse)), hub }
    }
}

/// The event as clients are told it.
fn notice(event: Event) -> Notice {
    match event {
        Event::TerminalOpened(info) => Notice::TerminalOpened(info),
        Event::TerminalTitled(titled) => Notice::TerminalTitled(titled),
        Event::TerminalRenamed(renamed) => Notice::TerminalRenamed(renamed),
        Event::TerminalExited(exited) => Notice::TerminalExited(exited),
        Event::TerminalClosed(closed) => Notice::TerminalClosed(closed),
    }
}
