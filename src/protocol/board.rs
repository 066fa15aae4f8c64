//! Wire types of `board.*`: the swarm as rows of text, painted by the daemon.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, BoardId, TerminalId};

/// What is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Kind")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every session with its agents and terminals, a row each.
    #[default]
    List,
    /// One row: how many agents are in which status, and who waits longest. No row while no agent runs.
    Line,
    /// A row for each agent and terminal: what stands above its screen.
    Titles,
}

/// Which characters stand for a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Icons")]
#[serde(rename_all = "snake_case")]
pub enum Icons {
    /// Such as `⚑`, which most fonts have.
    #[default]
    Unicode,
    /// Such as `!`.
    Ascii,
}

/// A board to paint.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.OpenParams")]
#[serde(deny_unknown_fields)]
pub struct OpenParams {
    /// What is painted.
    #[serde(default)]
    pub kind: Kind,
    /// How wide, 1 to 1000 cells.
    pub cols: u16,
    /// How many of its rows can be seen, from the first on, 1 to 1000.
    pub rows: u16,
    /// Which characters stand for a status.
    #[serde(default)]
    pub icons: Icons,
    /// Whether what works turns.
    #[serde(default)]
    pub motion: bool,
    /// Whether a row may be told by the text that differs in it.
    #[serde(default)]
    pub edits: bool,
}

/// A board that was opened.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Opened")]
pub struct Opened {
    /// It. Its rows follow as notices.
    pub board: BoardId,
}

/// A board of this connection.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.IdParams")]
#[serde(deny_unknown_fields)]
pub struct IdParams {
    /// The board's id.
    pub board: BoardId,
}

/// What is to be painted from now on. What is not given stays.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.UpdateParams")]
#[serde(deny_unknown_fields)]
pub struct UpdateParams {
    /// The board's id.
    pub board: BoardId,
    /// How wide, 1 to 1000 cells.
    #[serde(default)]
    pub cols: Option<u16>,
    /// The first row that can be seen, from 0.
    #[serde(default)]
    pub first: Option<u32>,
    /// How many rows can be seen from there, 1 to 1000. Others are painted later.
    #[serde(default)]
    pub rows: Option<u16>,
    /// Nobody can see it: nothing is painted.
    #[serde(default)]
    pub hidden: Option<bool>,
    /// Only rows that have all these words.
    #[serde(default)]
    pub filter: Option<String>,
    /// These are marked, and no others.
    #[serde(default)]
    pub marked: Option<Vec<TerminalId>>,
}

/// A stretch of a row that looks different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Span")]
pub struct Span {
    /// The first byte, from 0.
    pub from: u32,
    /// The byte after the last.
    pub to: u32,
    /// A highlight group of the plugin's, such as `OrchflowBlocked`.
    pub group: String,
}

/// A row of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Row")]
pub struct Row {
    /// Its text.
    pub text: String,
    /// How it looks where it is not plain.
    pub spans: Vec<Span>,
    /// The terminal that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// The agent in that terminal, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The status as this row tells it, such as `blocked`; of a terminal `running` or `exited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Rows that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Piece")]
pub struct Piece {
    /// Where the first of them stands, from 0.
    pub at: u32,
    /// They.
    pub rows: Vec<Row>,
}

/// A row of which only text is different, and no longer or shorter: how it looks and what it is about stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Edit")]
pub struct Edit {
    /// Where it stands, from 0.
    pub at: u32,
    /// The first byte that is replaced, from 0.
    pub from: u32,
    /// The byte after the last.
    pub to: u32,
    /// What stands there now.
    pub text: String,
}

/// How many agents are in which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Counts")]
pub struct Counts {
    /// Wait for an answer.
    pub blocked: u32,
    /// Work, or are starting.
    pub working: u32,
    /// Have finished, and nobody has looked.
    pub done: u32,
    /// Wait for something to do.
    pub idle: u32,
    /// Nobody knows.
    pub unknown: u32,
    /// Have ended.
    pub exited: u32,
}

/// An agent that waits for its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Waiting")]
pub struct Waiting {
    /// It.
    pub agent: AgentId,
    /// The terminal that it runs in.
    pub terminal: TerminalId,
    /// Its name.
    pub name: String,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

/// Rows that look different now. All others stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "board.Painted")]
pub struct Painted {
    /// The board.
    pub board: BoardId,
    /// How many rows it has now.
    pub count: u32,
    /// Those that look different, top to bottom.
    pub pieces: Vec<Piece>,
    /// What differs in other rows, for a board that was opened for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// The agents.
    pub counts: Counts,
    /// The one that has waited longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}
