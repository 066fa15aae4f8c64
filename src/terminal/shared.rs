//! What anyone may know of a terminal without asking its owner; written by the owner, and the name by the registry.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::input::Room;
use super::note::Note;
use super::sight::Sight;
use crate::clock::milliseconds;
use crate::ids::TerminalId;
use crate::keeper::Keeper;
use crate::protocol::terminal::{Exit, Facts, Info, Size};

/// A terminal's facts. What of them the next daemon must know is left with the keeper.
pub(super) struct Shared {
    pub id: TerminalId,
    pub cwd: PathBuf,
    /// In seconds since 1970.
    pub opened: u64,
    pub room: Room,
    /// How often something was typed.
    pub typed: AtomicU64,
    /// How many views are open on it, hidden ones too.
    pub views: AtomicUsize,
    /// Being closed: nobody else is listened to any more.
    pub closing: AtomicBool,
    changing: Mutex<Changing>,
    /// What is on the screen, for those who follow it.
    pub sight: watch::Sender<Arc<Sight>>,
    keeper: Arc<dyn Keeper>,
}

/// What runs there.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub pid: u32,
    /// When it started: a number that was given to another process meanwhile is told by this.
    pub start: u64,
    pub command: Vec<String>,
}

#[derive(Debug)]
struct Changing {
    name: String,
    program: Program,
    title: String,
    size: Size,
    exit: Option<Exit>,
    /// When a daemon heard of that, in milliseconds since 1970.
    ended: Option<u64>,
    facts: Facts,
    memo: Option<String>,
}

impl Shared {
    pub fn new(
        id: TerminalId,
        note: &Note,
        (pid, start): (u32, u64),
        exit: Option<Exit>,
        keeper: Arc<dyn Keeper>,
    ) -> Self {
        let (name, size, facts) = (note.name.clone(), note.size(), note.facts());
        let memo = note.memo.clone();
        let program = Program { pid, start, command: note.command.clone() };
        let ended = exit.is_some().then(|| note.ended.unwrap_or_else(milliseconds));
        let title = String::new();
        let changing = Changing { name, program, title, size, exit, ended, facts, memo };
        Self {
            id,
            cwd: note.cwd.clone(),
            opened: note.opened,
            room: Room::default(),
            typed: AtomicU64::default(),
            views: AtomicUsize::default(),
            closing: AtomicBool::new(false),
            changing: Mutex::new(changing),
            sight: watch::Sender::default(),
            keeper,
        }
    }

    /// These fields have no invariant between them, so a panic elsewhere leaves nothing half done.
    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn name(&self) -> String {
        self.changing().name.clone()
    }

    pub fn set_name(&self, name: String) {
        self.changing().name = name;
        self.leave_note();
    }

    pub fn program(&self) -> Program {
        self.changing().program.clone()
    }

    /// Another program runs there from now on.
    pub fn begin_again(&self, program: Program) {
        let mut changing = self.changing();
        (changing.program, changing.exit, changing.ended) = (program, None, None);
        drop(changing);
        // What has changed while it was started.
        self.leave_note();
    }

    /// Not at every new title: some programs set one ten times a second.
    fn leave_note(&self) {
        let Info { name, command, cwd, rows, cols, opened, facts, .. } = self.info();
        let (facts, memo, ended) = (Some(facts), self.memo(), self.ended());
        let note = Note { name, command, cwd, opened, ended, rows, cols, facts, memo };
        self.keeper.note(self.id, note.text());
    }

    /// What another room keeps with the terminal.
    pub fn memo(&self) -> Option<String> {
        self.changing().memo.clone()
    }

    pub fn set_memo(&self, memo: String) {
        self.changing().memo = Some(memo);
        self.leave_note();
    }

    pub fn title(&self) -> String {
        self.changing().title.clone()
    }

    /// True if it is another one.
    pub fn set_title(&self, title: &str) -> bool {
        let mut changing = self.changing();
        let other = changing.title != title;
        if other {
            title.clone_into(&mut changing.title);
        }
        other
    }

    pub fn size(&self) -> Size {
        self.changing().size
    }

    pub fn set_size(&self, size: Size) {
        self.changing().size = size;
        self.leave_note();
    }

    pub fn exit(&self) -> Option<Exit> {
        self.changing().exit.clone()
    }

    pub fn set_exit(&self, exit: Exit) {
        let mut changing = self.changing();
        (changing.exit, changing.ended) = (Some(exit), Some(milliseconds()));
        drop(changing);
        self.leave_note();
    }

    /// When it ended, if it has, in milliseconds since 1970.
    pub fn ended(&self) -> Option<u64> {
        self.changing().ended
    }

    pub fn facts(&self) -> Facts {
        self.changing().facts.clone()
    }

    pub fn set_facts(&self, facts: &Facts) {
        let mut changing = self.changing();
        if changing.facts == *facts {
            return;
        }
        let progress = changing.facts.progress;
        let noted = Facts { progress, ..facts.clone() } != changing.facts;
        facts.clone_into(&mut changing.facts);
        drop(changing);
        if noted {
            self.leave_note();
        }
    }

    pub fn info(&self) -> Info {
        let changing = self.changing();
        Info {
            id: self.id,
            name: changing.name.clone(),
            command: changing.program.command.clone(),
            cwd: self.cwd.clone(),
            pid: changing.program.pid,
            title: changing.title.clone(),
            rows: changing.size.rows,
            cols: changing.size.cols,
            opened: self.opened,
            ended: changing.ended.map(|ended| ended / 1000),
            exit: changing.exit.clone(),
            facts: changing.facts.clone(),
        }
    }
}
