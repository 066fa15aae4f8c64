//! Wire types of `agent.report`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest payload of a hook, in bytes: programs put whole answers into theirs.
pub const PAYLOAD: usize = 64 << 10;

/// What a hook tells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.ReportParams")]
#[serde(deny_unknown_fields)]
pub struct ReportParams {
    /// The agent's id, or its terminal's.
    pub id: String,
    /// The profile of the program that tells it: one that an agent has started is not the agent.
    pub profile: String,
    /// The event, by the name that its program gives it.
    pub event: String,
    /// What the program says of it, as JSON; at most 64 KB.
    #[serde(default)]
    pub payload: String,
    /// The processes that the hook comes from, its parent first: a program of the same kind that an agent has started is not the
    /// agent either. Without it, whoever speaks is heard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Process>,
}

/// A process that a hook comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Process")]
#[serde(default, deny_unknown_fields)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// When it was started, as the system counts: a number may pass to another process.
    pub start: u64,
    /// Its process group.
    pub group: u32,
    /// The name of what it runs; empty for a shell that only carries out a line.
    pub program: String,
    /// A number that is the same where its arguments are.
    pub call: u32,
}
