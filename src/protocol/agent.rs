//! Wire types of `agent.*`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod report;
mod words;

pub use report::{PAYLOAD, Process, ReportParams};
pub use words::{ComposeParams, Composed, Part, Place};

use super::terminal::{Exit, Size};
use crate::ids::{AgentId, TerminalId};

/// A new agent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.SpawnParams")]
#[serde(deny_unknown_fields)]
pub struct SpawnParams {
    /// The profile: which program, and how it is talked to.
    pub profile: String,
    /// What it is to do first.
    #[serde(default)]
    pub prompt: Option<String>,
    /// The directory to work in. Without it, the home directory.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// A unique name without blanks. Without it, a pronounceable one is made.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is in the swarm, in a few words: `reviewer`.
    #[serde(default)]
    pub role: Option<String>,
    /// What it is there for, in a sentence.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Arguments for the program, behind those of the profile.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables to set.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Start from an empty environment instead of the daemon's own.
    #[serde(default)]
    pub clear_env: bool,
    /// The size of its terminal. Without it, 24 rows of 80 columns.
    #[serde(default)]
    pub size: Option<Size>,
}

/// The programs that are known.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Profiles")]
pub struct Profiles {
    /// In the order of their names.
    pub profiles: Vec<Program>,
}

/// One program that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Program")]
pub struct Program {
    /// What `agent.spawn` takes.
    pub name: String,
    /// What it calls itself.
    pub title: String,
    /// The version that its profile was seen to work with; without one, the profile is not proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven: Option<String>,
    /// It tells by hooks what it does, for the launch only.
    pub hooks: bool,
    /// Hooks of its own can be had, where a person puts them into this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks_by_hand: Option<String>,
    /// `agent.resume` brings a conversation back.
    pub resumes: bool,
    /// `agent.resume` with `fork` goes on with a copy.
    pub forks: bool,
    /// The command that answers one prompt and ends, `{prompt}` in it; empty where it has none.
    pub once: Vec<String>,
    /// Where its answer tells what, by name: `text`, `conversation`, `cost`, `tokens_in`, `tokens_out`. Of all the objects of JSON that it
    /// prints (one, a list, or one on each line) the last one that has such a path counts; `*` in it is any name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub once_usage: BTreeMap<String, String>,
    /// The command that speaks the Agent Client Protocol; empty where it has none.
    pub acp: Vec<String>,
    /// The command that tells its version; empty where that is not known.
    pub version: Vec<String>,
    /// What to type where it is not installed.
    pub install: String,
    /// What to type where it is not logged in.
    pub login: String,
    /// What is wrong with its profile, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A conversation to go on with: an agent's own, or by the name that its program gives it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.ResumeParams")]
#[serde(default, deny_unknown_fields)]
pub struct ResumeParams {
    /// An agent's id or name, or its terminal's id. Its program must have ended, but with `fork`: it is started again in
    /// the same terminal, directory and environment, and the agent stays the same.
    pub id: Option<String>,
    /// Instead of `id`: the profile, for a new agent.
    pub profile: Option<String>,
    /// With `profile`: the program's own name of the conversation. Without it, the one that was last in the directory.
    pub conversation: Option<String>,
    /// Go on with a copy of it, in a new agent.
    pub fork: bool,
    /// What it is to do first.
    pub prompt: Option<String>,
    /// Of a new agent: the directory to work in. Without it, that of the one that is forked, or the home directory.
    pub cwd: Option<PathBuf>,
    /// Of a new agent: a unique name without blanks. Without it, a pronounceable one is made.
    pub name: Option<String>,
    /// Of a new agent: what it is in the swarm.
    pub role: Option<String>,
    /// Of a new agent: what it is there for.
    pub purpose: Option<String>,
    /// Of a new agent: environment variables to set.
    pub env: BTreeMap<String, String>,
    /// Of a new agent: start from an empty environment instead of the daemon's own.
    pub clear_env: bool,
    /// Of a new agent: the size of its terminal. Without it, 24 rows of 80 columns.
    pub size: Option<Size>,
}

/// A new name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.RenameParams")]
#[serde(deny_unknown_fields)]
pub struct RenameParams {
    /// An agent's id or name, or its terminal's id.
    pub id: String,
    /// A unique name without blanks, which is its terminal's too.
    pub name: String,
}

/// An agent that was started.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Spawned")]
pub struct Spawned {
    /// Its id, never used again.
    pub id: AgentId,
    /// Its unique name, which is its terminal's too.
    pub name: String,
    /// The terminal that it runs in.
    pub terminal: TerminalId,
}

/// Names an agent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.IdParams")]
#[serde(deny_unknown_fields)]
pub struct IdParams {
    /// An agent's id or name, or its terminal's id.
    pub id: String,
}

/// All agents.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Listing")]
pub struct Listing {
    /// Oldest first.
    pub agents: Vec<Info>,
}

/// What an agent is doing, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Status")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The program was started, and has shown nothing yet by which it is known.
    Starting,
    /// It thinks, writes or runs something.
    Working,
    /// It waits for an answer of its person.
    Blocked,
    /// It has finished, and nobody has looked at it since.
    Done,
    /// It waits for something to do.
    Idle,
    /// Its program has ended.
    Exited,
    /// None of its signs is known.
    Unknown,
}

/// By which way a sign came, the most trustworthy first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "agent.Source")]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The program has said so itself, by a hook.
    Hook,
    /// An escape sequence: title, progress, notification.
    Sequence,
    /// The operating system, of its process.
    Process,
    /// What its screen shows.
    Screen,
    /// It was given something to do, and has not said anything since.
    Prompt,
}

/// Why an agent is thought to be in a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Evidence")]
pub struct Evidence {
    /// By which way it came; none before anything was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The rule of the profile that was applied, such as `hook Stop` or `screen 2`.
    pub rule: String,
    /// What was seen: the event, or the words on the screen.
    pub text: String,
    /// How long ago, in milliseconds.
    pub age_ms: u64,
}

/// What one source has said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Said")]
pub struct Said {
    /// The status, were there no other source.
    pub status: Status,
    /// Why.
    pub evidence: Evidence,
}

/// A status with all that speaks for and against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Explained")]
pub struct Explained {
    /// The agent's name.
    pub name: String,
    /// What is concluded.
    pub status: Status,
    /// From what.
    pub evidence: Evidence,
    /// Why that and not another, in a sentence.
    pub reason: String,
    /// What each source has said last, the most trustworthy first.
    pub said: Vec<Said>,
}

/// What an agent has used, as far as its program tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Usage")]
#[serde(default)]
pub struct Usage {
    /// In US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Tokens that its model was sent, those from a cache too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_in: Option<u64>,
    /// Tokens that its model has answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_out: Option<u64>,
    /// Tokens of `tokens_in` that came from a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached: Option<u64>,
    /// Tokens that are in its context now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// Tokens that its context has room for yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_left: Option<u64>,
}

/// What a person can do about an agent that does not get on: it has ended, or is not logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Advice")]
pub struct Advice {
    /// What is the matter, with its last words where it has ended at once.
    pub text: String,
    /// What to type.
    pub hint: String,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Info")]
pub struct Info {
    /// Its id.
    pub id: AgentId,
    /// Its unique name.
    pub name: String,
    /// The terminal that it runs in.
    pub terminal: TerminalId,
    /// Its profile.
    pub profile: String,
    /// What it is in the swarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What it is there for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The directory that it was started in.
    pub cwd: PathBuf,
    /// What it is doing.
    pub status: Status,
    /// Why that is thought.
    pub evidence: Evidence,
    /// For how long, in milliseconds.
    pub for_ms: u64,
    /// The program's own name of the conversation, once it has told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The model that has answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it has used so far; told after each turn.
    #[serde(default)]
    pub usage: Usage,
    /// What to do where it does not get on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// How its program ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
}

/// Which status to wait for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.WaitParams")]
#[serde(deny_unknown_fields)]
pub struct WaitParams {
    /// An agent's id or name, or its terminal's id.
    pub id: String,
    /// Whichever of them comes first. One that is there already ends the wait at once. An agent that was started with a prompt
    /// is `starting` until it has begun with that.
    pub status: Vec<Status>,
    /// How long to wait, in milliseconds.
    pub timeout_ms: u64,
}

/// Something to do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.PromptParams")]
#[serde(deny_unknown_fields)]
pub struct PromptParams {
    /// An agent's id or name, or its terminal's id.
    pub id: String,
    /// What to do, in the person's words.
    pub text: String,
    /// When to tell it: after its turn, in an open and empty box, or `now`, typed and submitted whatever it does and shows.
    #[serde(default)]
    pub when: When,
}

/// When a prompt is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.When")]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// As soon as the agent waits for something to do and its box is open and empty, after those that were given before. If
    /// a menu or a draft stays there for ten seconds, it is refused.
    #[default]
    AfterTurn,
    /// Typed and submitted at once, whatever it does and shows: many programs take words meanwhile, but in an open menu they
    /// choose something, and behind a draft they are sent with it. Only what it asks is answered first. During a turn it is
    /// acknowledged once it has left the box, once a hook tells of it, or once the next turn begins.
    Now,
}
