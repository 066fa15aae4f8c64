//! Wire types of `hello`, `daemon.*` and the notices about calls.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::fault::Fault;
use crate::ids::ClientId;

/// Who connects.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.HelloParams")]
#[serde(deny_unknown_fields)]
pub struct HelloParams {
    /// The program that connects.
    pub client: ClientInfo,
    /// The protocol it speaks.
    pub protocol: Version,
    /// What it can do beyond the plain protocol: `reflow`, its terminals wrap rows anew when they become narrower;
    /// `erase_scrollback`, they obey `CSI 3 J`; `narrow_pictographs`, they give pictographs such as U+1F6E0 one cell, and the
    /// editor draws them in two; `numbered_frames`, it takes frames through Lua and heeds their numbers. Unknown ones are
    /// ignored.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// The editor's colours, with which the daemon answers programs that ask for them.
    #[serde(default)]
    pub colors: Option<Colors>,
}

/// A connecting program.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.ClientInfo")]
#[serde(deny_unknown_fields)]
pub struct ClientInfo {
    /// `nvim` gets its notices as calls of one Lua function; every other name gets plain notifications.
    pub name: String,
    /// Its version, for the log.
    #[serde(default)]
    pub version: String,
}

/// Default colours as 24-bit numbers, `0xRRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Colors")]
#[serde(deny_unknown_fields)]
pub struct Colors {
    /// Default text colour.
    pub fg: u32,
    /// Default background colour.
    pub bg: u32,
}

/// The daemon's side of `hello`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Hello")]
pub struct Hello {
    /// The daemon's version.
    pub version: String,
    /// The protocol it speaks. With another major only `daemon.info` and `daemon.stop` can be called.
    pub protocol: Version,
    /// The daemon's process.
    pub pid: u32,
    /// This connection.
    pub client: ClientId,
    /// What the daemon can do beyond the plain protocol.
    pub capabilities: Vec<String>,
}

/// Whom to follow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.FollowParams")]
#[serde(deny_unknown_fields)]
pub struct FollowParams {
    /// The client, as `hello` has named it.
    pub client: ClientId,
}

/// The daemon.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Info")]
pub struct Info {
    /// Its version.
    pub version: String,
    /// The protocol it speaks.
    pub protocol: Version,
    /// Its process.
    pub pid: u32,
    /// When it started, in seconds since 1970.
    pub started: u64,
    /// Where it listens.
    pub socket: PathBuf,
    /// Where it keeps its log and state.
    pub state_dir: PathBuf,
    /// The log file now written to.
    pub log: PathBuf,
    /// The program file it runs from.
    pub binary: PathBuf,
    /// How much it holds.
    pub counts: Counts,
    /// The process that holds the programs; none before the first is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper: Option<Keeper>,
    /// Where documents are kept; older daemons keep none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// Resident memory in bytes, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rss: Option<u64>,
}

/// The database, which keeps documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Database")]
pub struct Database {
    /// Its file.
    pub path: PathBuf,
    /// A database that could not be used and was set aside, as long as it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostDatabase>,
    /// Why nothing could be written when it was last tried, if that is so. It is tried again with the next change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Fault>,
}

impl Database {
    /// One of which nothing bad is known.
    pub fn of(path: PathBuf) -> Self {
        Self { path, lost: None, trouble: None }
    }
}

/// A database that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.LostDatabase")]
pub struct LostDatabase {
    /// When it was set aside, in seconds since 1970. What was kept until then is in it alone.
    pub at: u64,
    /// What is wrong with it.
    pub why: String,
    /// Where it is now.
    pub kept: PathBuf,
}

/// The process that holds PTYs and programs, so that they outlive the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Keeper")]
pub struct Keeper {
    /// Its process.
    pub pid: u32,
    /// Its version; it may be older than the daemon's.
    pub version: String,
    /// How often it has started a daemon again.
    pub restarts: u64,
    /// When a daemon was last lost, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_crash: Option<u64>,
    /// Whether it had given up, after 5 starts in a minute, when this daemon came.
    pub braked: bool,
}

/// How much a daemon holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Counts")]
pub struct Counts {
    /// Connections that have said `hello`.
    pub clients: usize,
    /// Terminals, the exited ones included.
    pub terminals: usize,
    /// Terminals whose program runs.
    pub running: usize,
    /// Views of terminals.
    pub views: usize,
}

/// How to stop.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.StopParams")]
#[serde(deny_unknown_fields)]
pub struct StopParams {
    /// End running programs too.
    #[serde(default)]
    pub force: bool,
    /// End the daemon only: every terminal lives on, and the next daemon has it.
    #[serde(default)]
    pub keep: bool,
}

/// What a stop ends.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Stopped")]
pub struct Stopped {
    /// How many running programs end with it.
    pub ended: usize,
}

/// The answer to a call that carried a token.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Answered")]
pub struct Answered<R = serde_json::Value> {
    /// The caller's token.
    pub token: u64,
    /// The result, unless the call failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<R>,
    /// Why the call failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Fault>,
}

/// A one-way call that failed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Failed")]
pub struct Failed {
    /// The method that was called.
    pub method: String,
    /// Why it failed.
    pub error: Fault,
}

/// Notices that could not be kept for a slow client.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "daemon.Lost")]
pub struct Lost {
    /// How many.
    pub count: u64,
}
