//! The newest committed documents, for whoever reads them on whatever thread. Only the store's thread puts them here, in the
//! order of its commits, so that what stands here is never older than what was answered.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use tokio::sync::Notify;

use super::bounded::Bounded;
use super::port::Snapshot;
use super::scope::Scope;

/// How many bytes of documents are kept in memory: some hundred of a usual size, so that what is read often is there.
const MOST: usize = 4 << 20;

/// Of so many documents the version is known without their content, about a hundred bytes each: enough to answer from
/// results that are kept.
const VERSIONS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// The documents.
pub struct Shelf {
    inner: Mutex<Inner>,
    /// Somebody watches a document that has changed.
    changed: Notify,
}

struct Inner {
    documents: Bounded<Scope, Arc<Snapshot>>,
    versions: LruCache<Scope, u64>,
    /// How often another database has begun, in which versions count from 0 again.
    epoch: u64,
    /// Who is watched, by how many.
    watched: HashMap<Scope, usize>,
    /// The newest state of those that are watched and have changed: one for each, so this needs no bound of its own.
    news: HashMap<Scope, Arc<Snapshot>>,
}

impl Default for Shelf {
    fn default() -> Self {
        let inner = Inner {
            documents: Bounded::new(MOST),
            versions: LruCache::new(VERSIONS),
            epoch: 0,
            watched: HashMap::new(),
            news: HashMap::new(),
        };
        Self { inner: Mutex::new(inner), changed: Notify::new() }
    }
}

impl Shelf {
    /// The tables are whole at every point where a panic could leave them.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document, if it is here.
    pub fn get(&self, scope: &Scope) -> Option<Arc<Snapshot>> {
        self.inner().documents.get(scope).cloned()
    }

    /// The document's version, if it is known here, with a number that tells it from those of another database.
    pub fn version(&self, scope: &Scope) -> Option<(u64, u64)> {
        let mut inner = self.inner();
        let version = inner.versions.get(scope).copied()?;
        Some((inner.epoch, version))
    }

    /// The number of the present database.
    pub fn epoch(&self) -> u64 {
        self.inner().epoch
    }

    /// Forgets all: another database has begun. For the store's thread alone.
    pub fn clear(&self) {
        let mut inner = self.inner();
        inner.documents = Bounded::new(MOST);
        inner.versions.clear();
        inner.epoch += 1;
    }

    /// Puts what was read from the storage here. For the store's thread alone.
    pub fn loaded(&self, scope: &Scope, snapshot: &Arc<Snapshot>) {
        let weight = snapshot.weight();
        let mut inner = self.inner();
        inner.versions.put(scope.clone(), snapshot.version);
        inner.documents.put(scope.clone(), snapshot.clone(), weight);
    }

    /// Puts what was just committed here. For the store's thread alone.
    pub fn committed(&self, scope: &Scope, snapshot: &Arc<Snapshot>) {
        self.loaded(scope, snapshot);
        self.ring(scope, snapshot);
    }

    /// Tells who watches that this is the newest state.
    pub fn ring(&self, scope: &Scope, snapshot: &Arc<Snapshot>) {
        let mut inner = self.inner();
        if inner.watched.contains_key(scope) {
            inner.news.insert(scope.clone(), snapshot.clone());
            drop(inner);
            self.changed.notify_one();
        }
    }

    /// One more watches.
    pub fn watch(&self, scope: &Scope) {
        *self.inner().watched.entry(scope.clone()).or_default() += 1;
    }

    /// One less watches.
    pub fn unwatch(&self, scope: &Scope) {
        let mut inner = self.inner();
        let left = inner.watched.get(scope).map_or(0, |count| count.saturating_sub(1));
        if left > 0 {
            inner.watched.insert(scope.clone(), left);
        } else {
            inner.watched.remove(scope);
            inner.news.remove(scope);
        }
    }

    /// Waits until watched documents have changed, and takes their newest states.
    pub async fn news(&self) -> HashMap<Scope, Arc<Snapshot>> {
        loop {
            let news = std::mem::take(&mut self.inner().news);
            if !news.is_empty() {
                return news;
            }
            self.changed.notified().await;
        }
    }
}
