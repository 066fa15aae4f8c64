//! Readings: the lines of a terminal at one moment, kept for a client that reads on in them, page by page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::moment::Moment;
use super::{prepare, read};
use crate::fault::{Fault, Kind, Result};
use crate::ids::{ClientId, Counter, ReadingId, TerminalId};
use crate::protocol::terminal::{Found, History, HistoryParams, SearchParams};
use crate::terminal::handle::Terminal;

/// So many has one client, at most: an editor needs one for each history that it is loading. Its oldest goes.
const OWN: usize = 4;

/// So many are there in all: each may keep as much as a scrollback, once that has other lines. The oldest goes.
const ALL: usize = 16;

/// One in which nobody has read on for so long is dropped: longer than most people look at one page of a pager.
const UNUSED: Duration = Duration::from_secs(600);

/// All readings.
#[derive(Default)]
pub struct Readings {
    ids: Counter,
    shelf: Mutex<Shelf>,
}

/// Whose reading, of what.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Owner(ClientId, TerminalId);

struct Held {
    id: ReadingId,
    owner: Owner,
    moment: Arc<Moment>,
    used: Instant,
}

/// What is held, the one used last at the end.
#[derive(Default)]
struct Shelf {
    held: VecDeque<Held>,
    /// Somebody looks after what is not used.
    swept: bool,
}

impl Readings {
    /// A page of a terminal's lines, with their colours.
    pub async fn history(
        self: &Arc<Self>,
        client: ClientId,
        terminal: &Terminal,
        params: &HistoryParams,
    ) -> Result<History> {
        let owner = Owner(client, terminal.id());
        let moment = self.moment(owner, terminal, params.reading).await?;
        let mut history = read(&moment, params, terminal.info().name)?;
        let keep = history.more && (params.keep || params.reading.is_some());
        history.reading = self.after(owner, moment, params.reading, keep);
        Ok(history)
    }

    /// Where a pattern matches a terminal's lines.
    pub async fn search(
        self: &Arc<Self>,
        client: ClientId,
        terminal: &Terminal,
        params: &SearchParams,
    ) -> Result<Found> {
        let owner = Owner(client, terminal.id());
        let search = prepare(params).await?;
        let moment = self.moment(owner, terminal, params.reading).await?;
        let mut found = search.look(moment.clone()).await?;
        let keep = found.next.is_some() && (params.keep || params.reading.is_some());
        found.reading = self.after(owner, moment, params.reading, keep);
        Ok(found)
    }

    /// A client is gone.
    pub fn disconnected(&self, client: ClientId) {
        self.shelf().held.retain(|held| held.owner.0 != client);
    }

    /// The lines as they are now, or as they were when this reading began.
    async fn moment(
        &self,
        owner: Owner,
        terminal: &Terminal,
        reading: Option<ReadingId>,
    ) -> Result<Arc<Moment>> {
        let Some(id) = reading else {
            return terminal.moment().await.map(Arc::new);
        };
        let found = self.shelf().find(id, owner, Instant::now());
        found.ok_or_else(|| {
            let name = terminal.info().name;
            let hint = format!("begin anew: :Orchflow history {name}, or orchflow export {name}");
            Fault::new(Kind::NotFound, format!("reading {id} of {name} is not kept any more"))
                .hint(hint)
        })
    }

    /// An answer was read: what is kept for the next one.
    fn after(
        self: &Arc<Self>,
        owner: Owner,
        moment: Arc<Moment>,
        reading: Option<ReadingId>,
        keep: bool,
    ) -> Option<ReadingId> {
        let mut shelf = self.shelf();
        if let Some(id) = reading {
            if !keep {
                shelf.held.retain(|held| held.id != id);
            }
            return reading.filter(|_| keep);
        }
        let id = keep.then(|| ReadingId(self.ids.next()))?;
        shelf.put(Held { id, owner, moment, used: Instant::now() });
        if !std::mem::replace(&mut shelf.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
        Some(id)
    }

    /// A shelf is whole at every point where a panic could leave it.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops what nobody uses, until there is nothing left to drop.
async fn sweep(readings: Weak<Readings>) {
    while let Some(readings) = readings.upgrade() {
        let next = readings.shelf().drop_unused(Instant::now());
        drop(readings);
        match next {
            Some(next) => sleep_until(next.into()).await,
            None => return,
        }
    }
}

impl Shelf {
    fn find(&mut self, id: ReadingId, owner: Owner, now: Instant) -> Option<Arc<Moment>> {
        let own = |held: &Held| held.id == id && held.owner == owner;
        let index = self.held.iter().position(own)?;
        let mut held = self.held.remove(index)?;
        held.used = now;
        let moment = held.moment.clone();
        self.held.push_back(held);
        Some(moment)
    }

    fn put(&mut self, held: Held) {
        let own = |other: &&Held| other.owner.0 == held.owner.0;
        if self.held.iter().filter(own).count() >= OWN
            && let Some(oldest) = self.held.iter().position(|other| own(&other))
        {
            self.held.remove(oldest);
        }
        if self.held.len() >= ALL {
            self.held.pop_front();
        }
        self.held.push_back(held);
    }

    /// Says when to look again; None if nothing is left.
    fn drop_unused(&mut self, now: Instant) -> Option<Instant> {
        while self.held.front().is_some_and(|held| now >= held.used + UNUSED) {
            self.held.pop_front();
        }
        let next = self.held.front().map(|held| held.used + UNUSED);
        self.swept = next.is_some();
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::terminal::Size;
    use crate::terminal::emulator::Emulator;

    #[test]
    fn readings_are_bounded_for_each_client_for_all_and_in_time() {
        let moment = Arc::new(Moment::new(&mut Emulator::new(Size::DEFAULT, 100)));
        let start = Instant::now();
        let owner = |client| Owner(ClientId(client), TerminalId(1));
        let mut shelf = Shelf::default();
        let ids = |shelf: &Shelf| shelf.held.iter().map(|held| held.id.0).collect::<Vec<_>>();
        let put = |shelf: &mut Shelf, id, client, used| {
            let (id, owner, moment) = (ReadingId(id), owner(client), moment.clone());
            shelf.put(Held { id, owner, moment, used });
        };
        put(&mut shelf, 100, 9, start);
        (0..6).for_each(|id| put(&mut shelf, id, 1, start));
        assert_eq!(ids(&shelf), [100, 2, 3, 4, 5]);
        let later = start + Duration::from_secs(9);
        assert!(shelf.find(ReadingId(3), owner(1), later).is_some());
        for (id, other) in [(3, owner(2)), (0, owner(1)), (3, Owner(ClientId(1), TerminalId(2)))] {
            assert!(shelf.find(ReadingId(id), other, later).is_none());
        }
        assert_eq!(ids(&shelf), [100, 2, 4, 5, 3]);
        assert_eq!(shelf.drop_unused(start + UNUSED), Some(later + UNUSED));
        assert_eq!(ids(&shelf), [3]);
        (10..30).for_each(|id| put(&mut shelf, id, id, later));
        assert_eq!(ids(&shelf), (14..30).collect::<Vec<_>>());
        assert_eq!(shelf.drop_unused(later + UNUSED), None);
        assert!(shelf.held.is_empty() && !shelf.swept);
    }
}
