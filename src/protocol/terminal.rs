//! Wire types of `terminal.*`.

mod facts;
mod history;

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use facts::{
    Belled, CommandFinished, CommandStarted, Fact, Facts, Finished, Notified, Progress,
    ProgressState, Purpose, Running, Source, UpdateParams, Updated, Urgency,
};
pub use history::{Found, History, HistoryParams, Journal, Match, SearchParams, Style};

use crate::fault::{Fault, Kind, Result};
use crate::ids::{TerminalId, ViewId};

/// What to start. A list is run as it is; a text is handed to the user's shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Command")]
#[serde(
    untagged,
    expecting = "a command must be a list of strings (a program and its arguments) or one string (a shell line)"
)]
pub enum Command {
    /// Program and arguments.
    Argv(Vec<String>),
    /// A line for `$SHELL -c`.
    Shell(String),
}

/// A new terminal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.OpenParams")]
#[serde(deny_unknown_fields)]
pub struct OpenParams {
    /// What to start. Without it, the user's shell.
    #[serde(default)]
    pub command: Option<Command>,
    /// The directory to start in. Without it, the home directory.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// Environment variables to set.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Start from an empty environment instead of the daemon's own.
    #[serde(default)]
    pub clear_env: bool,
    /// A unique name without blanks. Without it, one is made from the command.
    #[serde(default)]
    pub name: Option<String>,
    /// Height in rows, 1 to 1000, 24 if not given.
    #[serde(default)]
    pub rows: Option<u16>,
    /// Width in columns, 1 to 1000, 80 if not given.
    #[serde(default)]
    pub cols: Option<u16>,
    /// What it is for. Without it, that is guessed from the command.
    #[serde(default)]
    pub purpose: Option<Purpose>,
    /// At most 16 tags, each one word of at most 32 characters.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A terminal that was opened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Opened")]
pub struct Opened {
    /// Its id, never used again.
    pub id: TerminalId,
    /// The process started in it.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

/// All terminals.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Listing")]
pub struct Listing {
    /// Oldest first.
    pub terminals: Vec<Info>,
}

/// One terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Info")]
pub struct Info {
    /// Its id.
    pub id: TerminalId,
    /// Its unique name.
    pub name: String,
    /// What was started.
    pub command: Vec<String>,
    /// Where it was started.
    pub cwd: PathBuf,
    /// The process started in it.
    pub pid: u32,
    /// The title the program set, without control characters.
    pub title: String,
    /// Height in rows.
    pub rows: u16,
    /// Width in columns.
    pub cols: u16,
    /// When it was opened, in seconds since 1970.
    pub opened: u64,
    /// When a daemon heard that its program had ended, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u64>,
    /// How it ended, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
    /// What its program has told.
    #[serde(flatten)]
    pub facts: Facts,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Exit")]
pub struct Exit {
    /// Its exit code; 128 + the signal's number where a signal ended it.
    pub code: i32,
    /// The signal that ended it, by name where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

/// Names a terminal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.IdParams")]
#[serde(deny_unknown_fields)]
pub struct IdParams {
    /// A terminal's id or name.
    pub id: String,
}

/// What to type.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.WriteParams")]
#[serde(deny_unknown_fields)]
pub struct WriteParams {
    /// A terminal's id or name.
    pub id: String,
    /// The bytes, exactly as the program shall read them.
    #[schemars(with = "String")]
    pub data: serde_bytes::ByteBuf,
    /// The view typed in, whose size the terminal then takes.
    #[serde(default)]
    pub view: Option<ViewId>,
}

/// A terminal's new size.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.ResizeParams")]
#[serde(deny_unknown_fields)]
pub struct ResizeParams {
    /// A terminal's id or name.
    pub id: String,
    /// Height in rows, 1 to 1000.
    pub rows: u16,
    /// Width in columns, 1 to 1000.
    pub cols: u16,
}

/// A signal to send.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.SignalParams")]
#[serde(deny_unknown_fields)]
pub struct SignalParams {
    /// A terminal's id or name.
    pub id: String,
    /// Which one.
    pub signal: Signal,
}

/// The signals a person sends to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Signal")]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)] // They are POSIX's own names.
pub enum Signal {
    Hup,
    Int,
    Quit,
    Kill,
    Usr1,
    Usr2,
    Term,
    Cont,
    Stop,
    Tstp,
    Winch,
}

/// A new name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.RenameParams")]
#[serde(deny_unknown_fields)]
pub struct RenameParams {
    /// A terminal's id or name.
    pub id: String,
    /// The new name: unique, without blanks, not of the form `t1`.
    pub name: String,
}

/// What to read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.ReadParams")]
#[serde(deny_unknown_fields)]
pub struct ReadParams {
    /// A terminal's id or name.
    pub id: String,
    /// How many of the last scrollback lines to give too.
    #[serde(default)]
    pub history: Option<usize>,
}

/// A terminal's screen as a person sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Screen")]
pub struct Screen {
    /// The rows of the screen, top to bottom, without trailing blanks.
    pub lines: Vec<String>,
    /// The last scrollback lines, oldest first, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_lines: Option<Vec<String>>,
    /// Where the cursor stands.
    pub cursor: Cursor,
    /// Height in rows.
    pub rows: u16,
    /// Width in columns.
    pub cols: u16,
    /// The title the program set.
    pub title: String,
    /// Whether the program uses the alternate screen.
    pub alt_screen: bool,
    /// How the program ended, once it has.
    pub exit: Option<Exit>,
}

/// A place on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Cursor")]
pub struct Cursor {
    /// Row, from 0.
    pub row: u16,
    /// Column, from 0.
    pub col: u16,
}

/// What to wait for: whichever of them comes first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.WaitParams")]
#[serde(deny_unknown_fields)]
pub struct WaitParams {
    /// A terminal's id or name.
    pub id: String,
    /// Wait for the end of the program. (Its end ends every wait.)
    #[serde(default)]
    pub exit: Option<bool>,
    /// A regular expression, looked for in each line of the screen and each line that scrolls by. A line that is
    /// wrapped is looked at whole; on the alternate screen each row is.
    #[serde(default)]
    pub r#match: Option<String>,
    /// Wait until nothing was printed for so many milliseconds.
    #[serde(default)]
    pub quiet_ms: Option<u64>,
    /// How long to wait, in milliseconds.
    pub timeout_ms: u64,
}

/// What a wait ended with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Happened")]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happened {
    /// The program ended.
    Exited {
        /// How.
        exit: Exit,
    },
    /// The pattern was seen.
    Matched {
        /// The whole line.
        line: String,
        /// The part that matched.
        text: String,
        /// What its groups caught, the unnamed ones in their order.
        groups: Vec<Option<String>>,
    },
    /// Nothing was printed for the time asked.
    Quiet,
}

/// A new title.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Titled")]
pub struct Titled {
    /// The terminal.
    pub id: TerminalId,
    /// Its title, without control characters.
    pub title: String,
}

/// A new name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Renamed")]
pub struct Renamed {
    /// The terminal.
    pub id: TerminalId,
    /// Its name now.
    pub name: String,
}

/// A program's end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Exited")]
pub struct Exited {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// How the program ended.
    pub exit: Exit,
}

/// A terminal's end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Closed")]
pub struct Closed {
    /// The terminal.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
}

/// A size in character cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Size")]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Height in rows, 1 to 1000.
    pub rows: u16,
    /// Width in columns, 1 to 1000.
    pub cols: u16,
}

impl Size {
    /// What a terminal gets that nobody gave a size.
    pub const DEFAULT: Size = Size { rows: 24, cols: 80 };
    /// Far beyond any screen; keeps one terminal's grid below 24 MB.
    pub const MAX: u16 = 1000;

    /// The size, or why it is none.
    pub fn check(self) -> Result<Self> {
        let fits = |n: u16| (1..=Self::MAX).contains(&n);
        if fits(self.rows) && fits(self.cols) {
            return Ok(self);
        }
        let message =
            format!("a terminal of {} rows and {} columns cannot be", self.rows, self.cols);
        Err(Fault::new(Kind::InvalidParams, message).hint("rows and cols go from 1 to 1000"))
    }
}
