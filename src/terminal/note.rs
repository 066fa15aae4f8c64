//! What a daemon leaves with the keeper about a terminal, so that the next daemon knows it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::meaning;
use crate::fault::{Result, internal};
use crate::keeper::Spawn;
use crate::protocol::terminal::{Facts, Size};

/// Read by other builds too: what is added must have a default, and nothing is taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    pub name: String,
    pub command: Vec<String>,
    pub cwd: PathBuf,
    /// In seconds since 1970.
    pub opened: u64,
    /// When a daemon heard that the program has ended, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u64>,
    pub rows: u16,
    pub cols: u16,
    /// None from builds that knew none.
    #[serde(default)]
    pub facts: Option<Facts>,
    /// What another room keeps with the terminal, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
}

impl Note {
    /// About a program to be started.
    pub fn new(
        name: String,
        spawn: &Spawn,
        opened: u64,
        facts: Facts,
        memo: Option<String>,
    ) -> Self {
        let (command, cwd) = (spawn.argv.clone(), spawn.cwd.clone());
        let Size { rows, cols } = spawn.size;
        Self { name, command, cwd, opened, ended: None, rows, cols, facts: Some(facts), memo }
    }

    /// As the keeper keeps it.
    pub fn text(&self) -> String {
        // Only a path that is no text could fail, and the protocol knows none.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What an earlier daemon has left.
    pub fn read(text: &str) -> Result<Self> {
        let note: Self = serde_json::from_str(text).map_err(internal)?;
        note.size().check()?;
        Ok(note)
    }

    /// What was known of the program's work, but for what changes all the time.
    pub fn facts(&self) -> Facts {
        let unknown = || Facts {
            directory: self.cwd.clone(),
            progress: None,
            running: None,
            last_command: None,
            purpose: meaning::guess(&self.command),
            tags: Vec::new(),
        };
        Facts { progress: None, ..self.facts.clone().unwrap_or_else(unknown) }
    }

    pub fn size(&self) -> Size {
        Size { rows: self.rows, cols: self.cols }
    }
}
