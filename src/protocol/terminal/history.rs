//! Wire types of reading back: history, search, and where the journal is.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::ReadingId;

/// Which lines to read: whole lines, however wide the terminal was. Their numbers are counted since the terminal's start.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.HistoryParams")]
#[serde(deny_unknown_fields)]
pub struct HistoryParams {
    /// A terminal's id or name.
    pub id: String,
    /// Read on from the line of this number. Without this and `before`: the newest lines.
    #[serde(default)]
    pub from: Option<u64>,
    /// Read the lines right before the one of this number.
    #[serde(default)]
    pub before: Option<u64>,
    /// At most so many lines; one answer holds at most 500, and fewer where they are long or colourful.
    #[serde(default)]
    pub count: Option<usize>,
    /// Keep the lines as they are now, to read on in them: while more of them are printed, the oldest fall out. The answer says as which `reading`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep: bool,
    /// Read on in lines that were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingId>,
}

/// Lines of the scrollback and, last, of the primary screen, which is there also while the alternate one is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.History")]
pub struct History {
    /// The terminal's name.
    pub name: String,
    /// The number of the first line given.
    pub first: u64,
    /// The text of each, oldest first.
    pub lines: Vec<String>,
    /// What does not look plain, in order. Each four numbers: which of `lines`, from 0, the first byte, the byte behind the last, which of `styles`, from 0.
    pub runs: Vec<[usize; 4]>,
    /// How the runs look.
    pub styles: Vec<Style>,
    /// Whether there are more lines in the direction asked for: from `first + #lines` on, or before `first`.
    pub more: bool,
    /// The number of the oldest line that is kept.
    pub first_line: u64,
    /// The number of the first line that is, or ends, on the screen. What comes before does not change any more.
    pub screen_line: u64,
    /// The lines are kept as this, for the next call; only where they are to be, and where there are more. At most 4 are kept for a client, and each until nobody has read on in it for 10 minutes; then it is not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingId>,
}

/// How text looks. Colours: `fg` for the text, `bg` for its ground, `sp` for the underline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Style")]
pub struct Style {
    /// `0xRRGGBB`. Absent for the default and for the colours 0 to 15 of the palette, which are the editor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fg: Option<u32>,
    /// The colour's number in the palette of 256, or that of the nearest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fg_index: Option<u8>,
    /// As `fg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bg: Option<u32>,
    /// As `fg_index`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bg_index: Option<u8>,
    /// As `fg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp: Option<u32>,
    /// As `fg_index`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp_index: Option<u8>,
    /// Bold.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bold: bool,
    /// Less bright.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dim: bool,
    /// Italic.
    #[serde(default, skip_serializing_if = "is_false")]
    pub italic: bool,
    /// Underlined.
    #[serde(default, skip_serializing_if = "is_false")]
    pub underline: bool,
    /// Underlined twice.
    #[serde(default, skip_serializing_if = "is_false")]
    pub underdouble: bool,
    /// Underlined with a wave.
    #[serde(default, skip_serializing_if = "is_false")]
    pub undercurl: bool,
    /// Underlined with dots.
    #[serde(default, skip_serializing_if = "is_false")]
    pub underdotted: bool,
    /// Underlined with dashes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub underdashed: bool,
    /// Text and ground have changed places.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reverse: bool,
    /// Struck out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub strikethrough: bool,
    /// Not to be seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Where it leads (OSC 8). Of more than 2 KiB none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What to look for in the whole lines of the scrollback and of the primary screen.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.SearchParams")]
#[serde(deny_unknown_fields)]
pub struct SearchParams {
    /// A terminal's id or name.
    pub id: String,
    /// A regular expression of at most 4 KiB. Of each line the first match is told.
    pub pattern: String,
    /// Let upper case match lower case, and the other way round.
    #[serde(default)]
    pub ignore_case: bool,
    /// At most so many matches, 100 if not given, and never more than 1000.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Look at the line of this number and those after it, oldest first.
    #[serde(default)]
    pub from: Option<u64>,
    /// Look at the lines before the one of this number, newest first. Without this and `from`: from the newest line back.
    #[serde(default)]
    pub before: Option<u64>,
    /// Keep the lines as they are now, to read on in them: while more of them are printed, the oldest fall out. The answer says as which `reading`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep: bool,
    /// Read on in lines that were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingId>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Found")]
pub struct Found {
    /// In the order in which the lines were looked at.
    pub matches: Vec<Match>,
    /// Where to go on, as `from` or `before`. Absent where all lines were looked at; there may be none even without a match, as a call ends after a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// The number of the oldest line that is kept.
    pub first_line: u64,
    /// The number of the first line that is, or ends, on the screen.
    pub screen_line: u64,
    /// The lines are kept as this, for the next call; only where they are to be, and where there are more. At most 4 are kept for a client, and each until nobody has read on in it for 10 minutes; then it is not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingId>,
}

/// The first match in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Match")]
pub struct Match {
    /// The line's number, as in `terminal.history`.
    pub line: u64,
    /// The first byte of it in the line's text, from 0, and the byte behind the last; the same where it is empty.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// How many cells of the line come before its first byte.
    pub start_col: usize,
    /// How many cells of the line come before its end.
    pub end_col: usize,
    /// What matched; its first 1 KiB where it is longer.
    pub text: String,
    /// The line's text; where that is longer than 1 KiB, the part with the beginning of the match.
    pub around: String,
    /// What the first 32 groups of the pattern caught.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Option<String>>,
}

/// Where a terminal's raw output is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "terminal.Journal")]
pub struct Journal {
    /// The folder with its journal; absent where none is kept (`terminal.journal = 0` in `config.toml`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
