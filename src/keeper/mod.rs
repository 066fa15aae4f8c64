//! The port to whatever holds PTYs and children: today this process, later the keeper process.

mod local;
mod program;
mod pty;

pub use local::Local;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use tokio::sync::oneshot;

use crate::fault::Result;
use crate::protocol::terminal::{Exit, Size};

/// What to start, complete: nothing is added from this process's environment.
#[derive(Clone, Debug)]
pub struct Spawn {
    /// Program and arguments; the program is looked up in `env`'s PATH.
    pub argv: Vec<String>,
    /// An existing directory.
    pub cwd: PathBuf,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// The PTY's size.
    pub size: Size,
}

/// A started program: its PTY and news of its end.
#[derive(Debug)]
pub struct Held {
    /// The master side, ours alone, non-blocking.
    pub master: OwnedFd,
    /// The program's process, which leads a session and a process group of its own.
    pub pid: u32,
    /// Answers once the process has ended and was reaped.
    pub exit: oneshot::Receiver<Exit>,
}

/// Starts programs on PTYs and reaps them.
pub trait Keeper: Send + Sync {
    /// Starts a program on a new PTY.
    fn spawn(&self, spawn: &Spawn) -> Result<Held>;
}
