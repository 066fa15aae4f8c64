//! What the daemon knows of the terminals that the keeper holds: enough to hand all of them to another keeper.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::wire::{Holding, Order};
use super::{Adopted, Held};
use crate::ids::TerminalId;
use crate::protocol::daemon;
use crate::protocol::terminal::Exit;

/// One terminal.
struct Entry {
    master: Arc<OwnedFd>,
    holding: Holding,
    /// Who waits for its end.
    tell: Option<oneshot::Sender<Exit>>,
}

/// Everything, and what of it the keeper has not been told yet. Not a queue: only the last state of each counts.
#[derive(Default)]
pub(super) struct Known {
    entries: BTreeMap<TerminalId, Entry>,
    noted: BTreeSet<TerminalId>,
    forgotten: BTreeSet<TerminalId>,
    /// The highest number of a terminal ever.
    pub highest: u64,
    pub info: Option<daemon::Keeper>,
    /// The daemon ends: who waits until the keeper knows.
    pub goodbye: Option<oneshot::Sender<()>>,
}

impl Known {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A terminal that the keeper holds from now on.
    pub fn insert(&mut self, holding: Holding, master: OwnedFd) -> Held {
        let (tell, exit) = oneshot::channel();
        let master = Arc::new(master);
        let Holding { pid, start, .. } = holding;
        let held = Held { master: master.clone(), pid, start, exit };
        self.highest = self.highest.max(holding.id.0);
        self.entries.insert(holding.id, Entry { master, holding, tell: Some(tell) });
        held
    }

    /// A terminal that the keeper has held before this daemon came.
    pub fn adopt(&mut self, holding: Holding, master: OwnedFd) -> Adopted {
        let (id, note, exit) = (holding.id, holding.note.clone(), holding.exit.clone());
        Adopted { id, note, exit, held: self.insert(holding, master) }
    }

    pub fn holds(&self, id: TerminalId) -> bool {
        self.entries.contains_key(&id)
    }

    /// A program has ended. Told again, the first time counts.
    pub fn exited(&mut self, id: TerminalId, exit: Exit) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.holding.exit.get_or_insert_with(|| exit.clone());
        if let Some(tell) = entry.tell.take() {
            // Nobody listens any more where the terminal is being closed.
            let _ = tell.send(exit);
        }
    }

    pub fn note(&mut self, id: TerminalId, note: String) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.holding.note = note;
            self.noted.insert(id);
        }
    }

    pub fn forget(&mut self, id: TerminalId) {
        if self.entries.remove(&id).is_some() {
            self.noted.remove(&id);
            self.forgotten.insert(id);
        }
    }

    /// A program of which nobody knows whether the keeper has started it: it is not wanted any more.
    pub fn abandon(&mut self, id: TerminalId) {
        // One that was to follow another program leaves that one's terminal.
        if !self.holds(id) {
            self.forgotten.insert(id);
        }
    }

    /// What the keeper is to be told, now told.
    pub fn untold(&mut self) -> Vec<Order> {
        let forgotten = std::mem::take(&mut self.forgotten);
        let noted = std::mem::take(&mut self.noted);
        let note = |id: TerminalId| {
            let note = self.entries.get(&id)?.holding.note.clone();
            Some(Order::Note { id, note })
        };
        let forget = forgotten.into_iter().map(|id| Order::Forget { id });
        forget.chain(noted.into_iter().filter_map(note)).collect()
    }

    /// One of them, as a keeper takes it over.
    pub fn held(&self, id: TerminalId) -> Option<(Holding, Arc<OwnedFd>)> {
        self.entries.get(&id).map(|entry| (entry.holding.clone(), entry.master.clone()))
    }

    /// Everything but these, as another keeper takes it over.
    pub fn all_but(&self, held: &BTreeSet<TerminalId>) -> Vec<(Holding, Arc<OwnedFd>)> {
        let others = self.entries.iter().filter(|(id, _)| !held.contains(id));
        others.map(|(_, entry)| (entry.holding.clone(), entry.master.clone())).collect()
    }
}

/// The table, shared between whoever asks and the one task that talks to the keeper.
#[derive(Clone, Default)]
pub(super) struct Shared {
    known: Arc<Mutex<Known>>,
    /// There is something to tell.
    pub wake: Arc<Notify>,
}

impl Shared {
    /// A table is whole at every point where a panic could leave it.
    pub fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
