//! Journals whose terminal is gone, as after a reboot: found by name, and read without a daemon.

use std::io;
use std::path::{Path, PathBuf};

use super::history;
use super::journal::Recovered;
use super::label::Label;
use super::memory;
use super::shelf;
use crate::fault::Result;
use crate::ids::TerminalId;
use crate::protocol::terminal::{History, HistoryParams, Size};

/// As many lines as a terminal can be configured to keep.
const LINES: usize = 1_000_000;

/// One such journal.
#[derive(Debug)]
pub struct Lost {
    /// The id that its terminal had.
    pub id: TerminalId,
    /// Where the files are.
    pub folder: PathBuf,
    /// None where an older build has left it, or the file is damaged.
    pub label: Option<Label>,
}

impl Lost {
    /// Whether somebody who names it so means it.
    pub fn is(&self, key: &str) -> bool {
        match key.parse::<TerminalId>() {
            Ok(id) => id == self.id,
            Err(_) => self.label.as_ref().is_some_and(|label| label.name == key),
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        self.label.as_ref().map_or_else(|| self.id.to_string(), |label| label.name.clone())
    }

    /// What is in it.
    ///
    /// Errors: the files cannot be read, or there are none.
    pub fn read(&self) -> io::Result<Recovered> {
        Recovered::read(&self.folder)
    }
}

/// The journals below `root`, those of the newest terminals first, but for those that live.
pub fn find(root: &Path, lives: impl Fn(TerminalId) -> bool) -> Vec<Lost> {
    let journals = shelf::journals(root).into_iter().rev();
    let lost = journals.filter(|(id, _)| !lives(*id));
    lost.map(|(id, folder)| Lost { id, label: Label::read(&folder), folder }).collect()
}

/// What a journal makes of its terminal: its lines at the end.
pub struct Past(history::Moment);

impl Past {
    /// Lets a model take in all that was kept.
    pub fn new(recovered: &Recovered) -> Self {
        let mut emulator = memory::base(recovered, Size::DEFAULT, LINES);
        recovered.records().for_each(|record| memory::take_in(&mut emulator, &record));
        Self(history::Moment::new(&mut emulator))
    }

    /// A page of its lines, as `terminal.history` gives them.
    pub fn history(&self, params: &HistoryParams) -> Result<History> {
        history::read(&self.0, params, params.id.clone())
    }
}
