//! Who hears what: joins the rooms to one daemon.

use std::sync::{Arc, OnceLock};

use crate::agent::{Agents, Here, Profiles};
use crate::api::{Api, Condition, Facts, Pulse, Rooms};
use crate::board::Boards;
use crate::event::{Event, Tell};
use crate::fault::Result;
use crate::keeper::{Adopted, Keeper};
use crate::protocol::Notice;
use crate::rpc::Hub;
use crate::state::{Documents, Shelf};
use crate::store::{self, Store};
use crate::terminal::{Settings, Terminals};

/// The joined rooms.
#[derive(Clone)]
pub struct App {
    /// The verbs.
    pub api: Arc<Api>,
    /// The clients.
    pub hub: Arc<Hub>,
    /// The database.
    pub store: Store,
}

impl App {
    /// A daemon's rooms, with what an earlier daemon has left in them. No id up to `highest` is given again. Must be
    /// called within the runtime.
    pub fn new(
        facts: Facts,
        keeper: Arc<dyn Keeper>,
        settings: Settings,
        profiles: Profiles,
        (adopted, highest): (Vec<Adopted>, u64),
        database: store::Settings,
    ) -> Result<Self> {
        let (hub, pulse) = (Arc::<Hub>::default(), Arc::<Pulse>::default());
        let agents = Arc::<OnceLock<Arc<Agents>>>::default();
        let boards = Arc::<OnceLock<Arc<Boards>>>::default();
        let tell: Tell = {
            let (hub, pulse, agents) = (hub.clone(), pulse.clone(), agents.clone());
            let boards = boards.clone();
            Arc::new(move |event| {
                tracing::debug!(?event);
                if let (Event::TerminalClosed(closed), Some(agents)) = (&event, agents.get()) {
                    agents.forget(closed.id);
                }
                let renamed = match &event {
                    Event::TerminalRenamed(renamed) => Some(renamed.id),
                    _ => None,
                };
                hub.tell(&notice(event));
                if let (Some(id), Some(agents)) = (renamed, agents.get()) {
                    agents.renamed(id);
                }
                if let Some(boards) = boards.get() {
                    boards.happened();
                }
                pulse.changed.notify_one();
            })
        };
        let terminals =
            Arc::new(Terminals::new(keeper, tell.clone(), facts.socket.clone(), settings));
        terminals.adopt(adopted, highest);
        let here = Here { orchflow: facts.binary.clone(), hooks: facts.state_dir.join("hooks") };
        let agents =
            agents.get_or_init(|| Arc::new(Agents::new(terminals.clone(), profiles, here, tell)));
        let boards =
            boards.get_or_init(|| Arc::new(Boards::new(terminals.clone(), agents.clone())));
        let shelf = Arc::<Shelf>::default();
        let store = Store::start(database, shelf.clone())?;
        let documents = Documents::new(Arc::new(store.clone()), shelf);
        let condition: Condition = {
            let store = store.clone();
            Box::new(move || store.condition())
        };
        let rooms = Rooms { terminals, agents: agents.clone(), boards: boards.clone(), documents };
        let api = Api::new(facts, rooms, pulse, condition);
        Ok(Self { api: Arc::new(api), hub, store })
    }
}

/// The event as clients are told it.
fn notice(event: Event) -> Notice {
    match event {
        Event::TerminalOpened(info) => Notice::TerminalOpened(info),
        Event::TerminalTitled(titled) => Notice::TerminalTitled(titled),
        Event::TerminalRestarted(info) => Notice::TerminalRestarted(info),
        Event::TerminalRenamed(renamed) => Notice::TerminalRenamed(renamed),
        Event::TerminalUpdated(updated) => Notice::TerminalUpdated(updated),
        Event::TerminalCommandStarted(started) => Notice::TerminalCommandStarted(started),
        Event::TerminalCommandFinished(finished) => Notice::TerminalCommandFinished(finished),
        Event::TerminalNotified(notified) => Notice::TerminalNotified(notified),
        Event::TerminalBelled(belled) => Notice::TerminalBelled(belled),
        Event::TerminalExited(exited) => Notice::TerminalExited(exited),
        Event::TerminalClosed(closed) => Notice::TerminalClosed(closed),
        Event::AgentSpawned(info) => Notice::AgentSpawned(info),
        Event::AgentChanged(info) => Notice::AgentChanged(info),
        Event::InboxOpened(question) => Notice::InboxOpened(question),
        Event::InboxChanged(question) => Notice::InboxChanged(question),
        Event::InboxClosed(closed) => Notice::InboxClosed(closed),
    }
}
