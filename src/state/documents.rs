//! The verbs of documents: what is read from the shelf, and what is asked of the storage.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::answers::{Answers, Found};
use super::bounds::{MOST_ANSWER, MOST_OPS};
use super::past::KEPT;
use super::path::Path;
use super::port::{Op, Request, Snapshot, Storage};
use super::reading::{Export, Reading};
use super::scope::Scope;
use super::shelf::Shelf;
use super::watches::{Teller, Watches};
use super::{change, measure};
use crate::clock::seconds;
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::{ClientId, WatchId};
use crate::protocol::state::{self, Batched, History, Listing, Watched, Written};

/// A document of more bytes is searched on a thread of its own, as that takes more than a few hundred µs.
const LONG: usize = 64 << 10;

/// So many of these searches run at once; others wait. More would only take memory and the processor from the daemon.
static TURNS: Semaphore = Semaphore::const_new(2);

/// All documents.
pub struct Documents {
    storage: Arc<dyn Storage>,
    shelf: Arc<Shelf>,
    answers: Answers,
    watches: Arc<Watches>,
}

impl Documents {
    /// The documents of a storage that puts them on that shelf. Must be called within the runtime.
    pub fn new(storage: Arc<dyn Storage>, shelf: Arc<Shelf>) -> Self {
        let watches = Watches::start(shelf.clone());
        Self { storage, shelf, answers: Answers::default(), watches }
    }

    /// `state.get`
    pub async fn get(&self, params: &state::GetParams) -> Result<Reading> {
        let scope = Scope::resolve(&params.scope)?;
        let path = self.answers.path(&params.path)?;
        let paths = params.paths;
        if path.singular().is_some() {
            return Ok(Reading::One { snapshot: self.snapshot(&scope).await?, path, paths });
        }
        // What was found of a version is known for longer than the document is here.
        let known = self.shelf.version(&scope).and_then(|version| {
            self.answers.get(&scope, &path, paths, version).map(|found| (found, version.1))
        });
        if let Some((found, version)) = known {
            return Ok(Reading::Many { found, version });
        }
        let snapshot = self.snapshot(&scope).await?;
        let epoch = self.shelf.epoch();
        let found = Arc::new(find(&snapshot, &path, paths).await?);
        self.answers.put(&scope, &path, (epoch, snapshot.version), &found);
        Ok(Reading::Many { found, version: snapshot.version })
    }

    /// `state.export`
    pub async fn export(&self, params: &state::ScopeParams) -> Result<Export> {
        let scope = Scope::resolve(&params.scope)?;
        Ok(Export { snapshot: self.snapshot(&scope).await?, scope })
    }

    /// `state.list`
    pub async fn list(&self) -> Result<Listing> {
        Ok(Listing { documents: self.storage.list().await? })
    }

    /// `state.history`
    pub async fn history(&self, params: &state::HistoryParams) -> Result<History> {
        let scope = Scope::resolve(&params.scope)?;
        let wanted = params.limit.and_then(|limit| usize::try_from(limit).ok());
        let limit = wanted.unwrap_or(KEPT).min(KEPT);
        Ok(History { changes: self.storage.history(&scope, limit).await? })
    }

    /// Each verb that makes one change.
    pub async fn change(&self, op: state::Op, who: String) -> Result<Written> {
        let ops = vec![self.op(op)?];
        let request = Request { ops, batch: false, who, at: seconds() };
        let written = self.storage.write(request).await?;
        written.first().copied().ok_or_else(|| internal("a change was made and not told"))
    }

    /// `state.batch`
    pub async fn batch(&self, params: state::BatchParams, who: String) -> Result<Batched> {
        let count = params.ops.len();
        if count == 0 || count > MOST_OPS {
            let message = format!("a batch has 1 to {MOST_OPS} ops, not {count}");
            return Err(Fault::new(Kind::InvalidParams, message).hint("make several batches of it"));
        }
        let read = |(index, op)| self.op(op).map_err(|fault| change::named(fault, index));
        let ops: Result<Vec<Op>> = params.ops.into_iter().enumerate().map(read).collect();
        let request = Request { ops: ops?, batch: true, who, at: seconds() };
        Ok(Batched { results: self.storage.write(request).await? })
    }

    /// `state.watch`
    pub async fn watch(
        &self,
        client: ClientId,
        params: state::WatchParams,
        tell: Teller,
    ) -> Result<Watched> {
        let scope = Scope::resolve(&params.scope)?;
        let path = self.answers.path(&params.path)?;
        let place = self.watches.begin(client, &scope)?;
        let snapshot = self.snapshot(&scope).await?;
        let values = find(&snapshot, &path, false).await?.values;
        let watch = place.end(path, &values, tell);
        let version = snapshot.version;
        // It may have changed before it was watched, which nobody has rung for.
        let now = self.snapshot(&scope).await?;
        if now.version != version {
            self.shelf.ring(&scope, &now);
        }
        Ok(Watched { watch, values, version })
    }

    /// `state.unwatch`
    pub fn unwatch(&self, client: ClientId, watch: WatchId) -> Result<()> {
        self.watches.remove(client, watch)
    }

    /// A client is gone.
    pub fn disconnected(&self, client: ClientId) {
        self.watches.disconnected(client);
    }

    fn op(&self, op: state::Op) -> Result<Op> {
        change::read(op, |path| self.answers.path(path))
    }

    /// The newest committed state.
    async fn snapshot(&self, scope: &Scope) -> Result<Arc<Snapshot>> {
        match self.shelf.get(scope) {
            Some(snapshot) => Ok(snapshot),
            None => self.storage.load(scope).await,
        }
    }
}

/// What a path selects of a document.
pub(super) async fn find(snapshot: &Arc<Snapshot>, path: &Arc<Path>, paths: bool) -> Result<Found> {
    if snapshot.size <= LONG || path.singular().is_some() {
        return select(snapshot, path, paths);
    }
    let turn = TURNS.acquire().await.map_err(internal)?;
    let (snapshot, path) = (snapshot.clone(), path.clone());
    let found = spawn_blocking(move || select(&snapshot, &path, paths)).await.map_err(internal)?;
    drop(turn);
    found
}

fn select(snapshot: &Snapshot, path: &Path, paths: bool) -> Result<Found> {
    let Some(root) = &snapshot.value else {
        return Ok(Found { values: Vec::new(), paths: paths.then(Vec::new) });
    };
    let located = if paths { path.located(root) } else { Vec::new() };
    let values: Vec<&Value> = match paths {
        true => located.iter().map(|(_, value)| *value).collect(),
        false => path.values(root),
    };
    let (mut size, mut copies) = (0, Vec::with_capacity(values.len()));
    for value in values {
        // Two bytes for what stands between them.
        size += measure::size(value) + 2;
        if size > MOST_ANSWER {
            let message = format!("the path selects more than {MOST_ANSWER} bytes");
            return Err(Fault::new(Kind::Exhausted, message).hint("ask for less with each path"));
        }
        copies.push(value.clone());
    }
    let places = || located.iter().map(|(place, _)| place.to_string()).collect();
    Ok(Found { values: copies, paths: paths.then(places) })
}
