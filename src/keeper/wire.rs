//! What daemon and keeper say to each other: JSON in frames with a length before them, some with a descriptor beside them.
//!
//! An old keeper under a new daemon is normal, since keepers outlive upgrades. So this hardly ever changes: another minor
//! adds, another major breaks. Even then `Hello`, `Held` and `Leave` stay as they are, by which a daemon takes over
//! everything that a keeper of another major holds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::ids::TerminalId;
use crate::protocol::Version;
use crate::protocol::terminal::Exit;

/// The version spoken here.
pub const VERSION: Version = Version { major: 1, minor: 1 };

/// Longest frame. A client's call is at most 1 MB; in JSON, with an environment and a note, it becomes a few.
pub const LONGEST: usize = 8 << 20;

/// Before each frame stands its length, in four bytes, the highest first.
const HEAD: usize = 4;

/// What the daemon wants of the keeper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Must be the first: this connection is the daemon's.
    Hello {
        /// What it speaks.
        protocol: Version,
        /// Where the keeper finds it when it must start it again.
        binary: PathBuf,
        /// No terminal up to this number is new.
        highest: u64,
        /// How many files programs may open: as many as whoever has started the daemon. Since 1.1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        files: Option<u64>,
    },
    /// Start a program on a new PTY.
    Spawn(Box<Start>),
    /// Take over a terminal that another keeper has held; its master side comes along.
    Hold(Holding),
    /// Keep this instead of the last note.
    #[allow(missing_docs)] // As in `Holding`; the same below.
    Note { id: TerminalId, note: String },
    /// Give up a terminal: the keeper's side of its PTY closes.
    #[allow(missing_docs)]
    Forget { id: TerminalId },
    /// The daemon ends because it was asked to: do not start it again.
    Goodbye,
    /// Somebody else holds all of it: end, and touch nothing.
    Leave,
}

/// What to start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The terminal, new.
    pub id: TerminalId,
    /// What the daemon wants to find again.
    pub note: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Where.
    pub cwd: PathBuf,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// Height of the PTY.
    pub rows: u16,
    /// Width of the PTY.
    pub cols: u16,
}

/// One terminal, as it passes from one process to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holding {
    /// Which.
    pub id: TerminalId,
    /// Its program's process.
    pub pid: u32,
    /// When that started, in the system's own unit, 0 where the system does not tell: a number given to another
    /// process meanwhile is told by this.
    pub start: u64,
    /// What the daemon has left.
    pub note: String,
    /// How it has ended, if it has.
    pub exit: Option<Exit>,
}

/// What the keeper tells the daemon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// The answer to `Hello`. So many `Held` follow.
    Hello {
        /// What the keeper speaks.
        protocol: Version,
        /// Its build.
        version: String,
        /// Its process.
        pid: u32,
        /// No terminal up to this number is new.
        highest: u64,
        /// How many `Held` follow.
        held: usize,
        /// How often it has started a daemon again.
        restarts: u64,
        /// When a daemon was last lost, in seconds since 1970.
        last_crash: Option<u64>,
        /// Whether it had given up starting daemons.
        braked: bool,
    },
    /// A terminal that it holds; a duplicate of the master side comes along.
    Held(Holding),
    /// The program runs; a duplicate of the master side comes along.
    #[allow(missing_docs)]
    Spawned { id: TerminalId, pid: u32, start: u64 },
    /// The program cannot be started.
    #[allow(missing_docs)]
    Refused { id: TerminalId, fault: Fault },
    /// A program has ended.
    #[allow(missing_docs)]
    Exited { id: TerminalId, exit: Exit },
}

/// A message that one of the two sides may get.
pub trait Message: DeserializeOwned {
    /// Whether a descriptor comes along.
    fn has_descriptor(&self) -> bool;
}

impl Message for Order {
    fn has_descriptor(&self) -> bool {
        matches!(self, Self::Hold(_))
    }
}

impl Message for News {
    fn has_descriptor(&self) -> bool {
        matches!(self, Self::Held(_) | Self::Spawned { .. })
    }
}

/// Why a connection is of no use any more.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// Longer than any frame.
    #[error("a frame of {0} bytes is longer than any")]
    TooLong(usize),
    /// Not what the protocol knows.
    #[error("a frame that says nothing known: {0}")]
    Unknown(#[from] serde_json::Error),
    /// One was promised and none came, or more came than were promised.
    #[error("descriptors and frames do not fit together")]
    Descriptors,
    /// The connection itself.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The frame of a message.
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, Broken> {
    let mut frame = vec![0; HEAD];
    serde_json::to_writer(&mut frame, message)?;
    let length = frame.len() - HEAD;
    match u32::try_from(length) {
        Ok(head) if length <= LONGEST => frame[..HEAD].copy_from_slice(&head.to_be_bytes()),
        _ => return Err(Broken::TooLong(length)),
    }
    Ok(frame)
}

/// The first message in these bytes and how many it took; None while it is not complete.
pub fn decode<M: Message>(bytes: &[u8]) -> Result<Option<(M, usize)>, Broken> {
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else {
        return Ok(None);
    };
    let length = u32::from_be_bytes(*head) as usize;
    if length > LONGEST {
        return Err(Broken::TooLong(length));
    }
    match rest.get(..length) {
        None => Ok(None),
        Some(body) => Ok(Some((serde_json::from_slice(body)?, HEAD + length))),
    }
}
