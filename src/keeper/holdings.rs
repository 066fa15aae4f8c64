//! All that a keeper holds: per terminal a master side, a process, a note, and the exit once there is one.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use crate::fault::{Fault, Kind, Result};
use crate::ids::TerminalId;
use crate::process::start_of;
use crate::protocol::terminal::{Exit, Size};

use super::ends::{Stranger, UNKNOWN};
use super::wire::{Holding, Start};
use super::{Spawn, files, program, pty};

/// A daemon opens at most 1000, and forgets before it opens the next.
const MOST: usize = 1024;

/// Longest note: a command of a megabyte is none that a system starts.
const LONGEST_NOTE: usize = 1 << 20;

/// All notes together.
const ALL_NOTES: usize = 64 << 20;

/// One terminal.
pub(super) struct Entry {
    pub master: Arc<OwnedFd>,
    pub pid: u32,
    pub start: u64,
    note: String,
    pub exit: Option<Exit>,
    /// Set where the process is not our child and has not ended yet.
    pub stranger: Option<Stranger>,
}

/// The table.
#[derive(Default)]
pub(super) struct Holdings {
    entries: BTreeMap<TerminalId, Entry>,
    /// The highest number of a terminal ever held.
    pub highest: u64,
}

impl Holdings {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (TerminalId, &Entry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// As it is told to a daemon.
    pub fn holding(&self, id: TerminalId, entry: &Entry) -> Holding {
        let Entry { pid, start, note, exit, .. } = entry;
        Holding { id, pid: *pid, start: *start, note: note.clone(), exit: exit.clone() }
    }

    /// Starts a program that may open `limit` files and holds it, instead of one that has ended.
    pub fn spawn(&mut self, start: Start, limit: u64) -> Result<&Entry> {
        let Start { id, note, argv, cwd, env, rows, cols } = start;
        let ended = |entry: &Entry| entry.exit.is_some();
        if !self.entries.get(&id).is_some_and(ended) {
            self.check_free(id)?;
        }
        self.check_note(&note)?;
        let size = Size { rows, cols }.check()?;
        let spawn = Spawn { argv, cwd, env, size };
        let program = program::find(&spawn)?;
        let (master, pid) = pty::start(&program, &spawn, limit)?;
        let (master, start) = (Arc::new(master), start_of(pid));
        Ok(self.insert(id, Entry { master, pid, start, note, exit: None, stranger: None }))
    }

    /// Holds what another keeper has held. Its process is a stranger: of its end only the fact can be known.
    pub fn hold(&mut self, holding: Holding, master: OwnedFd) -> Result<&Entry> {
        let Holding { id, pid, start, note, exit } = holding;
        self.check_free(id)?;
        self.check_note(&note)?;
        let master = files::above_own(master)?;
        let stranger = if exit.is_none() { Stranger::watch(pid, start) } else { None };
        let exit = exit.or_else(|| stranger.is_none().then_some(UNKNOWN));
        let master = Arc::new(master);
        Ok(self.insert(id, Entry { master, pid, start, note, exit, stranger }))
    }

    fn check_free(&self, id: TerminalId) -> Result<()> {
        if self.entries.contains_key(&id) {
            return Err(Fault::new(Kind::Conflict, format!("the keeper holds {id} already")));
        }
        if self.entries.len() >= MOST {
            return Err(Fault::new(Kind::Exhausted, format!("the keeper holds {MOST} terminals"))
                .hint("close some: :Orchflow list"));
        }
        Ok(())
    }

    fn check_note(&self, note: &str) -> Result<()> {
        let all: usize = self.entries.values().map(|entry| entry.note.len()).sum();
        if note.len() <= LONGEST_NOTE && all + note.len() <= ALL_NOTES {
            return Ok(());
        }
        let message = format!("{} bytes about a terminal are too many to keep", note.len());
        Err(Fault::new(Kind::Exhausted, message)
            .hint("put long arguments into a file, or close some terminals"))
    }

    fn insert(&mut self, id: TerminalId, entry: Entry) -> &Entry {
        self.highest = self.highest.max(id.0);
        self.entries.remove(&id);
        self.entries.entry(id).or_insert(entry)
    }

    /// Keeps another note, where there is room for it.
    pub fn note(&mut self, id: TerminalId, note: String) -> Result<()> {
        self.check_note(&note)?;
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.note = note;
        }
        Ok(())
    }

    /// Lets go of a terminal.
    pub fn forget(&mut self, id: TerminalId) {
        self.entries.remove(&id);
    }

    /// A child has ended: which terminal's it was.
    pub fn reaped(&mut self, pid: u32, exit: &Exit) -> Option<TerminalId> {
        let ours =
            |entry: &Entry| entry.pid == pid && entry.exit.is_none() && entry.stranger.is_none();
        let (id, entry) = self.entries.iter_mut().find(|(_, entry)| ours(entry))?;
        entry.exit = Some(exit.clone());
        Some(*id)
    }

    /// A stranger has ended.
    pub fn ended(&mut self, id: TerminalId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            (entry.exit, entry.stranger) = (Some(UNKNOWN), None);
        }
    }
}
