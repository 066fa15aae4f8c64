//! All terminals: their ids and unique names, opening and closing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};

use super::handle::Terminal;
use super::household::Household;
use super::launch;
use super::note::Note;
use super::owner::Owner;
use super::pty::Pty;
use super::shared::Shared;
use super::shelf::Place as JournalPlace;
use crate::clock::seconds;
use crate::event::{Event, Tell};
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::{Counter, TerminalId};
use crate::keeper::{Adopted, Held, Keeper, Spawn, check_room};
use crate::protocol::daemon;
use crate::protocol::terminal::{Closed, Exit, Info, OpenParams, Renamed};

/// More terminals than anyone watches; a loop that opens them by mistake ends here.
const MOST: usize = 1000;

/// So many terminals whose program has ended are kept to be read; with each new terminal the oldest beyond that are
/// forgotten, which is told as if they were closed. The notices' docs and the manual name the number.
const MOST_EXITED: usize = 50;

/// Commands that may wait for a terminal's owner; whoever sends one more waits for room.
const COMMANDS: usize = 64;

/// What the configuration says of every terminal.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many lines that have scrolled off its screen each keeps.
    pub scrollback: usize,
    /// Where their journals are kept, and how large each may become.
    pub journal: JournalPlace,
}

/// The terminals of this daemon.
pub struct Terminals {
    settings: Settings,
    household: OnceLock<Household>,
    pub(super) keeper: Arc<dyn Keeper>,
    tell: Tell,
    pub(super) socket: PathBuf,
    ids: Counter,
    table: Mutex<Table>,
    /// No more are opened. Only changed while `table` is locked.
    pub(super) ending: AtomicBool,
    /// One that was being opened is there, or has failed.
    pub(super) opened: Notify,
}

/// Who has which id and name.
#[derive(Default)]
pub(super) struct Table {
    pub(super) open: BTreeMap<TerminalId, Terminal>,
    /// Names of those whose program is being started.
    pub(super) opening: BTreeMap<TerminalId, String>,
}

impl Terminals {
    /// No terminals yet.
    pub fn new(keeper: Arc<dyn Keeper>, tell: Tell, socket: PathBuf, settings: Settings) -> Self {
        Self {
            settings,
            household: OnceLock::new(),
            keeper,
            tell,
            socket,
            ids: Counter::default(),
            table: Mutex::default(),
            ending: AtomicBool::new(false),
            opened: Notify::new(),
        }
    }

    /// Whoever panicked with this lock has at worst left a terminal out or in.
    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the keeper process.
    pub fn keeper(&self) -> Option<daemon::Keeper> {
        self.keeper.info()
    }

    /// Starts a program in a new terminal. Must be called within the runtime.
    pub async fn open(self: &Arc<Self>, params: OpenParams) -> Result<Terminal> {
        self.open_with(params, None).await
    }

    /// The same, with what another room keeps with the terminal.
    pub async fn open_with(
        self: &Arc<Self>,
        params: OpenParams,
        memo: Option<String>,
    ) -> Result<Terminal> {
        let (id, note, spawn) = self.reserve(&params, memo)?;
        // A task of its own: whoever asks may go away meanwhile, and the terminal is there or is not.
        let this = self.clone();
        let opening = tokio::spawn(async move {
            let done = this.start(id, note, spawn).await;
            this.table().opening.remove(&id);
            this.opened.notify_waiters();
            done
        });
        opening.await.map_err(internal)?
    }

    /// Takes an id and a name for a terminal to be.
    fn reserve(
        &self,
        params: &OpenParams,
        memo: Option<String>,
    ) -> Result<(TerminalId, Note, Spawn)> {
        let mut table = self.table();
        if self.ending.load(Ordering::Relaxed) {
            return Err(ending());
        }
        if table.open.len() + table.opening.len() >= MOST {
            return Err(Fault::new(Kind::Exhausted, format!("{MOST} terminals are open"))
                .hint("close some: :Orchflow list"));
        }
        check_room(table.open.len(), table.opening.len() + 1)?;
        if let Some(name) = &params.name {
            check_free(&table, launch::check_name(name)?)?;
        }
        let id = TerminalId(self.ids.next());
        let spawn = launch::spawn(params, own_environment(), id, &self.socket)?;
        let name = params.name.clone().unwrap_or_else(|| {
            free_name(&table, &launch::default_name(params.command.as_ref(), &spawn.argv))
        });
        let facts = launch::facts(params, &spawn)?;
        let note = Note::new(name.clone(), &spawn, seconds(), facts, memo);
        table.opening.insert(id, name);
        Ok((id, note, spawn))
    }

    async fn start(&self, id: TerminalId, note: Note, spawn: Spawn) -> Result<Terminal> {
        let held = self.keeper.spawn(id, note.text(), spawn).await?;
        let terminal = self.begin(id, &note, held, None, false);
        let terminal = terminal.inspect_err(|_| self.keeper.forget(id))?;
        let mut table = self.table();
        table.open.insert(id, terminal.clone());
        let stale = too_many_exited(&table.open);
        drop(table);
        (self.tell)(Event::TerminalOpened(terminal.info()));
        for old in stale {
            tracing::info!(id = %old.id(), name = old.info().name, "forgotten: {MOST_EXITED} that have ended are kept");
            // With its journal; nobody needs to wait for that.
            tokio::spawn({
                let old = old.clone();
                async move { old.close(oneshot::channel().0).await }
            });
            self.forget(&old);
        }
        Ok(terminal)
    }

    /// Takes over what an earlier daemon has opened. Must be called within the runtime.
    pub fn adopt(&self, adopted: Vec<Adopted>, highest: u64) {
        let in_use = |id| adopted.iter().any(|adopted| adopted.id == id);
        let journals = self.settings.journal.sweep(in_use);
        self.ids.skip_to(highest.max(journals));
        for Adopted { id, note, held, exit } in adopted {
            let begun = Note::read(&note).and_then(|note| self.begin(id, &note, held, exit, true));
            match begun {
                Ok(terminal) => drop(self.table().open.insert(id, terminal)),
                Err(fault) => {
                    tracing::error!(%id, %fault, "a terminal cannot be taken over");
                    self.keeper.forget(id);
                }
            }
        }
    }

    /// Makes the terminal of a program, a new one or an adopted one.
    fn begin(
        &self,
        id: TerminalId,
        note: &Note,
        held: Held,
        exit: Option<Exit>,
        adopted: bool,
    ) -> Result<Terminal> {
        let shared = Arc::new(Shared::new(
            id,
            note,
            (held.pid, held.start),
            exit.clone(),
            self.keeper.clone(),
        ));
        let pty = Pty::new(held.master).map_err(internal)?;
        let ending = exit.is_none().then_some(held.exit);
        let (commands, queue) = mpsc::channel(COMMANDS);
        let tell = self.tell.clone();
        let household = self.household.get_or_init(Household::start).clone();
        let owner =
            Owner::new(shared.clone(), tell, pty, ending, &self.settings, adopted, household);
        tokio::spawn(owner.run(queue));
        Ok(Terminal::new(shared, commands))
    }

    /// The terminal of that id or name.
    pub fn find(&self, key: &str) -> Result<Terminal> {
        let table = self.table();
        let found = match key.parse::<TerminalId>() {
            Ok(id) => table.open.get(&id),
            Err(_) => table.open.values().find(|terminal| terminal.has_name(key)),
        };
        found.cloned().ok_or_else(|| {
            Fault::new(Kind::NotFound, format!("there is no terminal {key:?}"))
                .hint("look at them: :Orchflow list")
        })
    }

    /// Those that another room keeps something with, oldest first.
    pub fn with_memo(&self) -> Vec<Terminal> {
        self.table().open.values().filter(|terminal| terminal.memo().is_some()).cloned().collect()
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<Info> {
        self.table().open.values().map(Terminal::info).collect()
    }

    /// Gives a terminal another name.
    pub async fn rename(&self, key: &str, name: &str) -> Result<Info> {
        let terminal = self.find(key)?;
        if self.set_name(&terminal, name)? {
            let renamed = Renamed { id: terminal.id(), name: name.to_owned() };
            (self.tell)(Event::TerminalRenamed(renamed));
            terminal.relabel().await;
        }
        Ok(terminal.info())
    }

    /// True if it had another name.
    fn set_name(&self, terminal: &Terminal, name: &str) -> Result<bool> {
        let table = self.table();
        if terminal.has_name(name) {
            return Ok(false);
        }
        check_free(&table, launch::check_name(name)?)?;
        terminal.set_name(name);
        Ok(true)
    }

    /// Ends a terminal's program and forgets the terminal, when both is done.
    pub async fn close(&self, key: &str) -> Result<()> {
        let terminal = self.find(key)?;
        let (answer, closed) = oneshot::channel();
        terminal.close(answer).await;
        // An error means that another call closes it at this moment: then it is gone as well.
        let _ = closed.await;
        self.forget(&terminal);
        Ok(())
    }

    /// Opens no more, and waits for those being opened.
    pub async fn open_no_more(&self) {
        loop {
            let opened = self.opened.notified();
            {
                let table = self.table();
                self.ending.store(true, Ordering::Relaxed);
                if table.opening.is_empty() {
                    return;
                }
            }
            opened.await;
        }
    }

    /// Ends all of them at once.
    pub async fn close_all(&self) {
        let ids: Vec<String> = self.table().open.keys().map(ToString::to_string).collect();
        futures::future::join_all(ids.iter().map(|id| self.close(id))).await;
    }

    fn forget(&self, terminal: &Terminal) {
        if self.table().open.remove(&terminal.id()).is_some() {
            self.keeper.forget(terminal.id());
            let Info { id, name, .. } = terminal.info();
            (self.tell)(Event::TerminalClosed(Closed { id, name }));
        }
    }
}

pub(super) fn ending() -> Fault {
    Fault::new(Kind::Unavailable, "the daemon is ending")
        .hint("try again in a moment: another one will be started")
}

fn check_free(table: &Table, name: &str) -> Result<()> {
    let open = table.open.values().find(|terminal| terminal.has_name(name)).map(Terminal::id);
    let opening = table.opening.iter().find(|(_, taken)| *taken == name).map(|(id, _)| *id);
    match open.or(opening) {
        None => Ok(()),
        Some(taken) => {
            let message = format!("the name {name:?} is taken by {taken}");
            Err(Fault::new(Kind::Conflict, message)
                .hint(format!("take another, or: :Orchflow attach {name}")))
        }
    }
}

/// The name, or the first of `name-2`, `name-3` … that is free.
fn free_name(table: &Table, name: &str) -> String {
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name}-{n}")));
    let free = names.find(|name| check_free(table, name).is_ok());
    free.unwrap_or_else(|| name.to_owned())
}

/// The daemon's environment, without what is no text: the protocol has no way to say it.
pub(super) fn own_environment() -> BTreeMap<String, String> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// Of the terminals that have ended one too many, those that did so first and that nobody has open.
fn too_many_exited(table: &BTreeMap<TerminalId, Terminal>) -> Vec<Terminal> {
    let ended = |terminal: &Terminal| terminal.ended().map(|at| (at, terminal.clone()));
    let mut ended: Vec<_> = table.values().filter_map(ended).collect();
    let excess = ended.len().saturating_sub(MOST_EXITED);
    ended.retain(|(_, terminal)| !terminal.is_viewed());
    ended.sort_by_key(|(at, _)| *at);
    ended.into_iter().take(excess).map(|(_, terminal)| terminal).collect()
}
