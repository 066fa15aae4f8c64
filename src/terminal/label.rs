//! Whose journal a folder has: a small file in it, for those who look when daemon, keeper and program are gone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::protocol::terminal::Info;

/// The file's name.
const FILE: &str = "label";

/// Read by other builds too: what is added must have a default, and nothing is taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The terminal's name.
    pub name: String,
    /// What runs there.
    pub command: Vec<String>,
    /// Where it was started.
    pub cwd: PathBuf,
    /// In seconds since 1970.
    pub opened: u64,
}

impl Label {
    pub(super) fn of(info: Info) -> Self {
        let Info { name, command, cwd, opened, .. } = info;
        Self { name, command, cwd, opened }
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(FILE), serde_json::to_vec(self)?)
    }

    pub(super) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// That there is none is no error.
    pub(super) fn remove(folder: &Path) -> io::Result<()> {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}
