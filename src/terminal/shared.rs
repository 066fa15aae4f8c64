//! What anyone may know of a terminal without asking its owner; written by the owner, and the name by the registry.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::input::Room;
use crate::ids::TerminalId;
use crate::protocol::terminal::{Exit, Info, Size};

/// A terminal's facts.
#[derive(Debug)]
pub(super) struct Shared {
    pub id: TerminalId,
    pub pid: u32,
    pub command: Vec<String>,
    pub cwd: PathBuf,
    /// In seconds since 1970.
    pub opened: u64,
    pub room: Room,
    /// Being closed: nobody else is listened to any more.
    pub closing: AtomicBool,
    changing: Mutex<Changing>,
}

#[derive(Debug)]
struct Changing {
    name: String,
    title: String,
    size: Size,
    exit: Option<Exit>,
}

impl Shared {
    pub fn new(
        id: TerminalId,
        name: String,
        pid: u32,
        spawn: &crate::keeper::Spawn,
        opened: u64,
    ) -> Self {
        let changing = Changing { name, title: String::new(), size: spawn.size, exit: None };
        Self {
            id,
            pid,
            command: spawn.argv.clone(),
            cwd: spawn.cwd.clone(),
            opened,
            room: Room::default(),
            closing: AtomicBool::new(false),
            changing: Mutex::new(changing),
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
    }

    pub fn exit(&self) -> Option<Exit> {
        self.changing().exit.clone()
    }

    pub fn set_exit(&self, exit: Exit) {
        self.changing().exit = Some(exit);
    }

    pub fn info(&self) -> Info {
        let changing = self.changing();
        Info {
            id: self.id,
            name: changing.name.clone(),
            command: self.command.clone(),
            cwd: self.cwd.clone(),
            pid: self.pid,
            title: changing.title.clone(),
            rows: changing.size.rows,
            cols: changing.size.cols,
            opened: self.opened,
            exit: changing.exit.clone(),
        }
    }
}
