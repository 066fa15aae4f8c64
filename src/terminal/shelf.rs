//! The folder that has all journals: which there are, and how many of those that nobody comes back to.

use std::path::{Path, PathBuf};

use crate::ids::TerminalId;

/// Where journals are kept, and how large each may become.
#[derive(Clone, Debug)]
pub struct Place {
    /// One folder in it for each terminal.
    pub root: PathBuf,
    /// In bytes; none is kept where it is 0.
    pub limit: u64,
}

/// So many journals are kept of terminals that ended with a system's end, not by anybody's wish; then the oldest are
/// deleted.
const LEFT: usize = 20;

impl Place {
    /// Deletes the journals that nobody will come back to, but for the newest, and gives the highest id that any had.
    pub fn sweep(&self, in_use: impl Fn(TerminalId) -> bool) -> u64 {
        let mut journals = journals(&self.root);
        let highest = journals.last().map_or(0, |(id, _)| id.0);
        journals.retain(|(id, _)| !in_use(*id));
        for (_, folder) in journals.iter().rev().skip(LEFT) {
            if let Err(error) = std::fs::remove_dir_all(folder) {
                tracing::warn!(folder = %folder.display(), %error, "an old journal cannot be deleted");
            }
        }
        highest
    }
}

/// The folders of journals, oldest terminal first.
pub(super) fn journals(root: &Path) -> Vec<(TerminalId, PathBuf)> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let journals = entries.filter_map(|entry| {
        let id: TerminalId = entry.file_name().to_str()?.parse().ok()?;
        Some((id, entry.path()))
    });
    let mut journals: Vec<_> = journals.collect();
    journals.sort_by_key(|(id, _)| id.0);
    journals
}
