//! Who watches what: after each commit the watched values are compared with what was told last, by one task.

use std::collections::{BTreeMap, HashMap, hash_map::DefaultHasher};
use std::hash::Hasher;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::documents::find;
use super::past::is_within;
use super::path::Path;
use super::port::Snapshot;
use super::scope::Scope;
use super::shelf::Shelf;
use crate::fault::{Fault, Kind, Result};
use crate::ids::{ClientId, Counter, WatchId};
use crate::protocol::Notice;
use crate::protocol::state::Changed;

/// A client may watch so many paths. Each is compared after every commit of its document.
const MOST: usize = 64;

/// Longer values, in bytes of JSON, are not told: a client's outbox has room for a megabyte of notices.
const LONGEST: usize = 32 << 10;

/// How a notice reaches the client that watches. It never blocks.
pub type Teller = Box<dyn Fn(&Notice) + Send + Sync>;

/// All watches.
pub struct Watches {
    shelf: Arc<Shelf>,
    ids: Counter,
    table: Mutex<BTreeMap<WatchId, Watch>>,
}

struct Watch {
    client: ClientId,
    scope: Scope,
    /// None until what it selects at first is known.
    eye: Option<Arc<Eye>>,
}

/// What one watch looks at.
struct Eye {
    path: Arc<Path>,
    told: Mutex<Told>,
    tell: Teller,
}

/// Values as they were told.
#[derive(Clone, PartialEq)]
enum Told {
    Values(Vec<Value>),
    /// They are too long to be told or kept; this differs where they do.
    Long(u64),
}

impl Told {
    fn of(values: &[Value]) -> Self {
        if is_within(values, LONGEST) {
            return Self::Values(values.to_vec());
        }
        let mut sum = Sum(DefaultHasher::new());
        // Neither the sum nor a value can fail.
        let _ = serde_json::to_writer(&mut sum, values);
        Self::Long(sum.0.finish())
    }

    fn values(self) -> Option<Vec<Value>> {
        match self {
            Self::Values(values) => Some(values),
            Self::Long(_) => None,
        }
    }
}

struct Sum(DefaultHasher);

impl io::Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A watch that has begun. Dropped before it ends well, it is gone.
pub struct Place<'w> {
    watches: &'w Watches,
    id: WatchId,
    kept: bool,
}

impl Place<'_> {
    /// From now on the client is told; `values` are what it knows.
    pub fn end(mut self, path: Arc<Path>, values: &[Value], tell: Teller) -> WatchId {
        let eye = Arc::new(Eye { path, told: Mutex::new(Told::of(values)), tell });
        if let Some(watch) = self.watches.table().get_mut(&self.id) {
            watch.eye = Some(eye);
        }
        self.kept = true;
        self.id
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.watches.forget(|id, _| id == self.id);
        }
    }
}

impl Watches {
    /// No watches yet. Must be called within the runtime.
    pub fn start(shelf: Arc<Shelf>) -> Arc<Self> {
        let watches = Arc::new(Self { shelf, ids: Counter::default(), table: Mutex::default() });
        let own = Arc::downgrade(&watches);
        let shelf = watches.shelf.clone();
        tokio::spawn(async move {
            loop {
                let news = shelf.news().await;
                let Some(watches) = own.upgrade() else {
                    return;
                };
                watches.look(news).await;
            }
        });
        watches
    }

    /// The table is whole at every point where a panic could leave it.
    fn table(&self) -> MutexGuard<'_, BTreeMap<WatchId, Watch>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a watch: from now on what happens to the document is kept for it.
    pub fn begin(&self, client: ClientId, scope: &Scope) -> Result<Place<'_>> {
        let mut table = self.table();
        let own = table.values().filter(|watch| watch.client == client).count();
        if own >= MOST {
            let message = format!("this client watches {MOST} paths already");
            return Err(Fault::new(Kind::Exhausted, message).hint("end one: state.unwatch"));
        }
        let id = WatchId(self.ids.next());
        table.insert(id, Watch { client, scope: scope.clone(), eye: None });
        self.shelf.watch(scope);
        Ok(Place { watches: self, id, kept: false })
    }

    /// Ends a watch, which must be the client's own.
    pub fn remove(&self, client: ClientId, id: WatchId) -> Result<()> {
        if self.forget(|own, watch| own == id && watch.client == client) {
            return Ok(());
        }
        Err(Fault::new(Kind::NotFound, format!("this client has no watch {id}"))
            .hint("a watch is its own client's; begin one with state.watch"))
    }

    /// Ends all watches of a client.
    pub fn disconnected(&self, client: ClientId) {
        self.forget(|_, watch| watch.client == client);
    }

    /// Forgets those, and says whether there were any.
    fn forget(&self, which: impl Fn(WatchId, &Watch) -> bool) -> bool {
        let mut table = self.table();
        let gone: Vec<WatchId> =
            table.iter().filter(|(id, watch)| which(**id, watch)).map(|(id, _)| *id).collect();
        for id in &gone {
            if let Some(watch) = table.remove(id) {
                self.shelf.unwatch(&watch.scope);
            }
        }
        !gone.is_empty()
    }

    /// Tells everybody who watches one of these and sees something else than before.
    async fn look(&self, news: HashMap<Scope, Arc<Snapshot>>) {
        let eyes: Vec<(WatchId, Scope, Arc<Eye>)> = {
            let table = self.table();
            let on = table.iter().filter(|(_, watch)| news.contains_key(&watch.scope));
            on.filter_map(|(id, watch)| Some((*id, watch.scope.clone(), watch.eye.clone()?)))
                .collect()
        };
        for (id, scope, eye) in eyes {
            let Some(snapshot) = news.get(&scope) else {
                continue;
            };
            match find(snapshot, &eye.path, false).await {
                Ok(found) => eye.compare(id, &scope, snapshot.version, &found.values),
                Err(fault) => tracing::warn!(%fault, %id, "a watched path cannot be followed"),
            }
        }
    }
}

impl Eye {
    fn compare(&self, watch: WatchId, scope: &Scope, version: u64, values: &[Value]) {
        let new = Told::of(values);
        let old = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if *told == new {
                return;
            }
            std::mem::replace(&mut *told, new.clone())
        };
        let (old, new) = (old.values(), new.values());
        let cut = old.is_none() || new.is_none();
        (self.tell)(&Notice::StateChanged(Changed {
            watch,
            scope: scope.to_string(),
            path: self.path.text().into(),
            version,
            old,
            new,
            cut,
        }));
    }
}
