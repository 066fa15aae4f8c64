//! All terminals: their ids and unique names, opening and closing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot};

use super::handle::Terminal;
use super::launch;
use super::owner::Owner;
use super::pty::Pty;
use super::shared::Shared;
use crate::event::{Event, Tell};
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::{Counter, TerminalId};
use crate::keeper::Keeper;
use crate::protocol::terminal::{Closed, Info, OpenParams, Renamed};

/// More terminals than anyone watches; a loop that opens them by mistake ends here.
const MOST: usize = 1000;

/// So many terminals whose program has ended are kept to be read; then the oldest are forgotten.
const MOST_EXITED: usize = 50;

/// Commands that may wait for a terminal's owner; whoever sends one more waits for room.
const COMMANDS: usize = 64;

/// The terminals of this daemon.
pub struct Terminals {
    keeper: Box<dyn Keeper>,
    tell: Tell,
    socket: PathBuf,
    ids: Counter,
    open: Mutex<BTreeMap<TerminalId, Terminal>>,
    /// No more are opened. Only changed while `open` is locked.
    ending: AtomicBool,
}

impl Terminals {
    /// No terminals yet.
    pub fn new(keeper: Box<dyn Keeper>, tell: Tell, socket: PathBuf) -> Self {
        Self {
            keeper,
            tell,
            socket,
            ids: Counter::default(),
            open: Mutex::default(),
            ending: AtomicBool::new(false),
        }
    }

    /// Whoever panicked with this lock has at worst left a terminal out or in.
    fn table(&self) -> MutexGuard<'_, BTreeMap<TerminalId, Terminal>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a program in a new terminal. Must be called within the runtime.
    pub fn open(&self, params: &OpenParams) -> Result<Terminal> {
        let mut table = self.table();
        if self.ending.load(Ordering::Relaxed) {
            return Err(Fault::new(Kind::Unavailable, "the daemon is ending")
                .hint("try again in a moment: another one will be started"));
        }
        if table.len() >= MOST {
            return Err(Fault::new(Kind::Exhausted, format!("{MOST} terminals are open"))
                .hint("close some: :Orchflow list"));
        }
        if let Some(name) = &params.name {
            check_free(&table, launch::check_name(name)?)?;
        }
        let id = TerminalId(self.ids.next());
        let spawn = launch::spawn(params, own_environment(), id, &self.socket)?;
        let name = params.name.clone().unwrap_or_else(|| {
            free_name(&table, &launch::default_name(params.command.as_ref(), &spawn.argv))
        });
        let held = self.keeper.spawn(&spawn)?;
        let shared = Arc::new(Shared::new(id, name, held.pid, &spawn, now()));
        let pty = Pty::new(held.master).map_err(internal)?;
        let (commands, queue) = mpsc::channel(COMMANDS);
        tokio::spawn(Owner::new(shared.clone(), self.tell.clone(), pty, held.exit).run(queue));
        let terminal = Terminal::new(shared, commands);
        table.insert(id, terminal.clone());
        let stale = too_many_exited(&table);
        drop(table);
        (self.tell)(Event::TerminalOpened(terminal.info()));
        stale.into_iter().for_each(|old| self.forget(&old));
        Ok(terminal)
    }

    /// The terminal of that id or name.
    pub fn find(&self, key: &str) -> Result<Terminal> {
        let table = self.table();
        let found = match key.parse::<TerminalId>() {
            Ok(id) => table.get(&id),
            Err(_) => table.values().find(|terminal| terminal.has_name(key)),
        };
        found.cloned().ok_or_else(|| {
            Fault::new(Kind::NotFound, format!("there is no terminal {key:?}"))
                .hint("look at them: :Orchflow list")
        })
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<Info> {
        self.table().values().map(Terminal::info).collect()
    }

    /// Gives a terminal another name.
    pub fn rename(&self, key: &str, name: &str) -> Result<Info> {
        let terminal = self.find(key)?;
        let table = self.table();
        if !terminal.has_name(name) {
            check_free(&table, launch::check_name(name)?)?;
            terminal.set_name(name);
            drop(table);
            let renamed = Renamed { id: terminal.id(), name: name.to_owned() };
            (self.tell)(Event::TerminalRenamed(renamed));
        }
        Ok(terminal.info())
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

    /// Ends all of them at once, and opens no more.
    pub async fn close_all(&self) {
        let ids: Vec<String> = {
            let table = self.table();
            self.ending.store(true, Ordering::Relaxed);
            table.keys().map(ToString::to_string).collect()
        };
        futures::future::join_all(ids.iter().map(|id| self.close(id))).await;
    }

    fn forget(&self, terminal: &Terminal) {
        if self.table().remove(&terminal.id()).is_some() {
            let Info { id, name, .. } = terminal.info();
            (self.tell)(Event::TerminalClosed(Closed { id, name }));
        }
    }
}

fn check_free(table: &BTreeMap<TerminalId, Terminal>, name: &str) -> Result<()> {
    match table.values().find(|terminal| terminal.has_name(name)) {
        None => Ok(()),
        Some(taken) => {
            let message = format!("the name {name:?} is taken by {}", taken.id());
            Err(Fault::new(Kind::Conflict, message)
                .hint(format!("take another, or: :Orchflow attach {name}")))
        }
    }
}

/// The name, or the first of `name-2`, `name-3` … that is free.
fn free_name(table: &BTreeMap<TerminalId, Terminal>, name: &str) -> String {
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name}-{n}")));
    let free = names.find(|name| check_free(table, name).is_ok());
    free.unwrap_or_else(|| name.to_owned())
}

/// The daemon's environment, without what is no text: the protocol has no way to say it.
fn own_environment() -> BTreeMap<String, String> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// The oldest of the exited terminals that are one too many.
fn too_many_exited(table: &BTreeMap<TerminalId, Terminal>) -> Vec<Terminal> {
    let exited: Vec<&Terminal> = table.values().filter(|t| t.info().exit.is_some()).collect();
    let excess = exited.len().saturating_sub(MOST_EXITED);
    exited.into_iter().take(excess).cloned().collect()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
