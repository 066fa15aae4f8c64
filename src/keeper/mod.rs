//! Whatever holds PTYs and children, so that they outlive the daemon: the keeper process, and the daemon's side of it.

mod brakes;
mod client;
mod desk;
mod driver;
mod ends;
mod files;
mod greeting;
mod holdings;
mod known;
mod link;
mod peers;
mod process;
mod program;
mod pty;
mod revival;
pub mod wire;
#[cfg(test)]
mod wire_tests;

pub use client::Remote;
pub use files::{check_room, raise};
pub use link::Link;
pub use process::run;
pub use program::locate;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::oneshot;

use crate::fault::Result;
use crate::ids::TerminalId;
use crate::protocol::daemon;
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

/// A held program: its PTY and news of its end.
#[derive(Debug)]
pub struct Held {
    /// The master side, non-blocking.
    pub master: Arc<OwnedFd>,
    /// The program's process, which leads a session and a process group of its own.
    pub pid: u32,
    /// When that started, in the system's own unit; 0 where the system does not tell.
    pub start: u64,
    /// Answers once the process has ended.
    pub exit: oneshot::Receiver<Exit>,
}

/// A program that an earlier daemon has started.
#[derive(Debug)]
pub struct Adopted {
    /// Its terminal.
    pub id: TerminalId,
    /// What that daemon has left about it.
    pub note: String,
    /// The program.
    pub held: Held,
    /// How it has ended, if it has.
    pub exit: Option<Exit>,
}

/// Holds programs on PTYs, whatever becomes of the daemon.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Starts a program on a new PTY. `note` is found again by the next daemon. A terminal whose program has ended can be
    /// given another one: until that runs, the keeper holds what was.
    async fn spawn(&self, id: TerminalId, note: String, spawn: Spawn) -> Result<Held>;
    /// Leaves another note.
    fn note(&self, id: TerminalId, note: String);
    /// Lets go of a terminal: its PTY hangs up once the daemon has let go of it too.
    fn forget(&self, id: TerminalId);
    /// What is known of the keeper process; None while none was needed.
    fn info(&self) -> Option<daemon::Keeper>;
}
