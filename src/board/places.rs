//! Which session a directory belongs to, and what is checked out there: looked up beside everything else, kept for a while.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What was looked up is looked up again when somebody looks at it after so long.
const FRESH: Duration = Duration::from_secs(5);

/// Directories that are kept. Beyond, all are looked up anew.
const MOST: usize = 1000;

/// A directory's session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The root of the repository, or the directory itself where it is in none.
    pub root: PathBuf,
    /// The branch, or the beginning of the commit, that is checked out.
    pub branch: Option<String>,
}

/// What is known of directories.
pub struct Places {
    known: Mutex<HashMap<PathBuf, (Place, Instant)>>,
    /// One look at a time: a folder on a disk that does not answer keeps one thread waiting, and not many.
    looking: tokio::sync::Mutex<()>,
    happened: watch::Sender<u64>,
}

impl Places {
    /// Nothing yet; `happened` is told of news.
    pub fn new(happened: watch::Sender<u64>) -> Self {
        Self { known: Mutex::default(), looking: tokio::sync::Mutex::default(), happened }
    }

    /// A map is whole at every point where a panic could leave it.
    fn known(&self) -> MutexGuard<'_, HashMap<PathBuf, (Place, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a directory: itself, before somebody has looked.
    pub fn of(&self, directory: &Path) -> Place {
        let known = self.known().get(directory).map(|(place, _)| place.clone());
        known.unwrap_or_else(|| Place { root: directory.to_owned(), branch: None })
    }

    /// Whether one of these is to be looked up.
    pub fn is_stale<'a>(&self, mut directories: impl Iterator<Item = &'a Path>) -> bool {
        let known = self.known();
        directories.any(|one| known.get(one).is_none_or(|(_, at)| at.elapsed() >= FRESH))
    }

    /// Looks them up, without keeping anybody waiting. Nothing is done while somebody else looks.
    pub async fn look(&self, mut directories: Vec<PathBuf>) {
        let Ok(_looking) = self.looking.try_lock() else {
            return;
        };
        directories.sort();
        directories.dedup();
        let look = move || -> Vec<(PathBuf, Place)> {
            directories.into_iter().map(|one| (one.clone(), look(&one))).collect()
        };
        // An error means that the thread has panicked: then nothing is known.
        let found = tokio::task::spawn_blocking(look).await.unwrap_or_default();
        let now = Instant::now();
        let mut news = false;
        let mut known = self.known();
        if known.len() > MOST {
            known.clear();
        }
        for (directory, place) in found {
            let before = known.insert(directory, (place.clone(), now));
            news |= before.is_none_or(|(before, _)| before != place);
        }
        drop(known);
        if news {
            self.happened.send_modify(|count| *count += 1);
        }
    }
}

/// Reads what git keeps there.
fn look(directory: &Path) -> Place {
    for folder in directory.ancestors() {
        let git = folder.join(".git");
        let Ok(found) = std::fs::symlink_metadata(&git) else {
            continue;
        };
        // In a worktree `.git` is a file that says where.
        let real = if found.is_dir() { Some(git) } else { elsewhere(&git, folder) };
        let head = real.and_then(|git| read(&git.join("HEAD")));
        return Place { root: folder.to_owned(), branch: head.as_deref().and_then(branch) };
    }
    Place { root: directory.to_owned(), branch: None }
}

fn elsewhere(file: &Path, folder: &Path) -> Option<PathBuf> {
    let text = read(file)?;
    Some(folder.join(text.trim().strip_prefix("gitdir:")?.trim()))
}

/// A small file's text. Whatever is larger, or no file, is none of git's.
fn read(path: &Path) -> Option<String> {
    let about = std::fs::metadata(path).ok()?;
    (about.is_file() && about.len() < 4096).then(|| std::fs::read_to_string(path).ok())?
}

fn branch(head: &str) -> Option<String> {
    let head = head.trim();
    match head.strip_prefix("ref:") {
        Some(name) => {
            let name = name.trim();
            Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned())
        }
        None => Some(head.chars().take(7).collect()).filter(|commit: &String| !commit.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_belongs_to_its_repository_also_in_a_worktree() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("main/.git/worktrees/side")).unwrap();
        std::fs::create_dir_all(at("main/src/deep")).unwrap();
        std::fs::create_dir_all(at("side/src")).unwrap();
        std::fs::write(at("main/.git/HEAD"), "ref: refs/heads/feature/x\n").unwrap();
        std::fs::write(at("main/.git/worktrees/side/HEAD"), "0123456789abcdef\n").unwrap();
        std::fs::write(at("side/.git"), "gitdir: ../main/.git/worktrees/side\n").unwrap();
        let of = |path: &str| look(&at(path));
        let place = |root: &str, branch: Option<&str>| Place {
            root: at(root),
            branch: branch.map(str::to_owned),
        };
        assert_eq!(of("main/src/deep"), place("main", Some("feature/x")));
        assert_eq!(of("side/src"), place("side", Some("0123456")));
        assert_eq!(of("nowhere/else"), place("nowhere/else", None));
    }
}
