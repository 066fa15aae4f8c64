//! What sequences, modes and screens of a program mean, in its profile.

use serde::Deserialize;

use super::{Pattern, list};
use crate::agent::signs::Says;

/// A rule for a private mode of the terminal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mode {
    /// Its number. Only 2004, that pasted text is to be marked, is followed.
    pub number: u16,
    /// Set, or reset.
    pub set: bool,
    /// What that means.
    #[serde(rename = "status")]
    pub says: Says,
    /// Versions that it was made for.
    #[serde(default)]
    pub versions: String,
}

/// A rule for an escape sequence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Osc {
    /// The number it begins with; 0 is the title.
    #[serde(default)]
    pub code: u32,
    /// What it means.
    #[serde(rename = "status")]
    pub says: Says,
    /// What its text matches.
    #[serde(rename = "match")]
    pub pattern: Pattern,
    /// Versions that it was made for.
    #[serde(default)]
    pub versions: String,
}

/// One way to answer a question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Its words on the screen.
    pub label: String,
    /// The keys that choose it, each a write of its own.
    pub keys: Vec<String>,
}

/// A rule for the screen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// What it means.
    #[serde(rename = "status")]
    pub says: Says,
    /// Its turn is over, and something of it goes on.
    #[serde(default)]
    pub background: bool,
    /// It is believed before a better source that says this: `done`.
    #[serde(default)]
    pub instead_of: Option<Says>,
    /// What a person has to do first: `login`.
    #[serde(default)]
    pub needs: Option<String>,
    /// What is typed to answer, each a write of its own; `{choice}` in it is the key.
    #[serde(default, deserialize_with = "list")]
    pub accept: Vec<String>,
    /// Answers whose words are known, with the keys that lead to them from what is selected at first.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// So many of the last lines that are not blank are looked at.
    #[serde(default = "all")]
    pub rows: usize,
    /// What they match.
    #[serde(rename = "match")]
    pub pattern: Pattern,
    /// Where on the whole screen the question stands, as its first group; the last place counts.
    #[serde(default)]
    pub question: Option<Pattern>,
    /// Where choices stand below it: group 1 is the key, group 2 the words; without one, all that matches.
    #[serde(default)]
    pub choices: Option<Pattern>,
    /// Versions that it was made for.
    #[serde(default)]
    pub versions: String,
}

/// As many as there are.
fn all() -> usize {
    usize::MAX
}
