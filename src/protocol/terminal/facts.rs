//! Wire types of what a terminal's program says of itself: where it works, what it runs, how far it is, what it is for.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::TerminalId;

/// What is known of a terminal's work, as its program has told it. It changes; `terminal.updated` says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Facts")]
pub struct Facts {
    /// Where the program works now (OSC 7), else where it was started.
    pub directory: PathBuf,
    /// How far it is (OSC 9;4), while it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The command that the shell runs now, where it marks its prompts (OSC 133).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// The command that the shell ran last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_command: Option<Finished>,
    /// What the terminal is for: guessed from its command line, unless it was set.
    pub purpose: Purpose,
    /// Words of its user's choice, in alphabetic order.
    pub tags: Vec<String>,
}

/// How far a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Progress")]
pub struct Progress {
    /// How it goes.
    pub state: ProgressState,
    /// 0 to 100, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
}

/// How it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.ProgressState")]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    /// On.
    Normal,
    /// Something has failed.
    Error,
    /// On, but nobody knows how far.
    Indeterminate,
    /// Not on, or with warnings.
    Paused,
}

/// A shell's command that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Running")]
pub struct Running {
    /// The line, without control characters; empty where the shell did not say it.
    pub command: String,
    /// Where it was started.
    pub directory: PathBuf,
    /// When it was started, in seconds since 1970.
    pub since: u64,
}

/// A shell's command that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Finished")]
pub struct Finished {
    /// The line, without control characters; empty where the shell did not say it.
    pub command: String,
    /// Where it was started.
    pub directory: PathBuf,
    /// Its exit code, where the shell said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// How long it ran, in milliseconds.
    pub duration_ms: u64,
    /// When it was started, in seconds since 1970.
    pub started: u64,
}

/// What a terminal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Purpose")]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // They say it themselves.
pub enum Purpose {
    Agent,
    Build,
    Database,
    Debugger,
    Editor,
    Git,
    Log,
    Monitor,
    Remote,
    Repl,
    Server,
    Shell,
    Test,
    Other,
}

/// What is to be known of a terminal. What is not given stays.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.UpdateParams")]
#[serde(deny_unknown_fields)]
pub struct UpdateParams {
    /// A terminal's id or name.
    pub id: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// All its tags: at most 16, each one word of at most 32 characters.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

/// One of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Fact")]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // They are the keys of `Facts`.
pub enum Fact {
    Directory,
    Progress,
    Running,
    LastCommand,
    Purpose,
    Tags,
}

/// Other facts than before.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Updated")]
pub struct Updated {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// Which of the facts have changed. One of them that is missing here is no more.
    pub changed: Vec<Fact>,
    /// All of them, as they are now.
    #[serde(flatten)]
    pub facts: Facts,
}

/// A shell's command has begun.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.CommandStarted")]
pub struct CommandStarted {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// The command.
    #[serde(flatten)]
    pub running: Running,
}

/// A shell's command has ended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.CommandFinished")]
pub struct CommandFinished {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// The command.
    #[serde(flatten)]
    pub finished: Finished,
}

/// A program wants its person's attention, or the daemon does because of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Notified")]
pub struct Notified {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// A headline, without control characters; may be empty.
    pub title: String,
    /// The text, without control characters; may be empty where there is a title.
    pub body: String,
    /// How much it matters, by the program's own word.
    pub urgency: Urgency,
    /// How it was said.
    pub source: Source,
    /// So many before this one were not told, because there were too many.
    pub missed: u64,
}

/// How much a notification matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Urgency")]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // They say it themselves.
pub enum Urgency {
    Low,
    #[default]
    Normal,
    Critical,
}

/// The sequence that a notification came by: iTerm2's, kitty's or urxvt's. Or it is the daemon's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Source")]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // They say it themselves.
pub enum Source {
    Osc9,
    Osc99,
    Osc777,
    Orchflow,
}

/// A program has rung the bell.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Belled")]
pub struct Belled {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// So many times before this one were not told, because there were too many.
    pub missed: u64,
}
