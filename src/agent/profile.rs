//! How one agent program is started, talked to and read: a TOML file, ours or the user's.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// One program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What a person calls it: `claude`.
    pub name: String,
    /// What it calls itself: `Claude Code`.
    pub title: String,
    /// The program and the arguments that are always given.
    pub command: Vec<String>,
    /// The version that all of this was seen to work with.
    #[serde(default)]
    pub proven: Option<String>,
    /// What to type where it is not installed.
    #[serde(default)]
    pub install: String,
    /// What to type where it is not logged in.
    #[serde(default)]
    pub login: String,
    /// How prompts are given.
    #[serde(default)]
    pub prompt: Prompt,
    /// How it goes on with an earlier conversation.
    #[serde(default)]
    pub conversation: Conversation,
    /// How it tells what it does.
    #[serde(default)]
    pub hooks: Hooks,
    /// What its screen shows, the first that matches counts.
    #[serde(default)]
    pub screen: Vec<Screen>,
}

/// How prompts are given.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prompt {
    /// Arguments that pass the first one, `{prompt}` in them; without any it is typed.
    pub first: Vec<String>,
    /// What submits what was typed, as a write of its own.
    pub submit: String,
    /// What stops a turn.
    pub interrupt: String,
    /// How a file is referred to, `{path}` in it.
    pub reference: String,
    /// The same with lines, `{first}` and `{last}`.
    pub range: String,
}

impl Default for Prompt {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            submit: "\r".into(),
            interrupt: "\u{1b}".into(),
            reference: "{path}".into(),
            range: "{path}:{first}-{last}".into(),
        }
    }
}

/// Arguments that go on with a conversation, `{conversation}` in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conversation {
    /// With this one.
    pub resume: Vec<String>,
    /// With a copy of it.
    pub fork: Vec<String>,
    /// With the one that was last in the directory.
    pub latest: Vec<String>,
}

/// Hooks, for one launch only: none of the user's own files is touched.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hooks {
    /// Arguments to add; `{file}` is the path of `file`, `{orchflow}` of our own program.
    pub args: Vec<String>,
    /// Variables to set, with the same.
    pub env: BTreeMap<String, String>,
    /// A temporary file's text, with `{orchflow}` in it.
    pub file: Option<String>,
    /// What the file is called, if that matters.
    pub file_name: Option<String>,
    /// What each event says.
    pub events: BTreeMap<String, Event>,
}

/// What an event says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The status that it tells; none where it only brings something to keep.
    #[serde(default)]
    pub signal: Option<Says>,
    /// Only if this is so: JSON pointers with regular expressions.
    #[serde(default)]
    pub when: BTreeMap<String, Pattern>,
    /// What to keep of its payload: names with JSON pointers or names of fields.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// Where in the payload the words are that a person is asked.
    #[serde(default)]
    pub question: Option<String>,
}

/// What a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It is there.
    Started,
    /// It works.
    Working,
    /// It asks.
    Blocked,
    /// It has finished, or waits for something to do.
    Done,
}

/// A rule for the screen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// What it means.
    pub status: Status,
    /// So many of the last lines that are not blank are looked at.
    #[serde(default = "all")]
    pub rows: usize,
    /// What they match.
    #[serde(rename = "match")]
    pub pattern: Pattern,
    /// Where the question stands, as its first group.
    #[serde(default)]
    pub question: Option<Pattern>,
    /// Where choices stand: group 1 is the key, group 2 the words.
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

/// A regular expression that was written in a profile.
#[derive(Clone, Debug)]
pub struct Pattern(pub Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Regex::new(&text).map(Self).map_err(D::Error::custom)
    }
}

impl Profile {
    /// A profile as it is written. `file` is for the message.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let wrong = |what: String| {
            Fault::new(Kind::InvalidParams, format!("{}: {what}", file.display()))
                .hint("the fields of a profile: :help orchflow-profiles")
        };
        let profile: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if profile.name != stem {
            return Err(wrong(format!("name = {:?}, which is not the file's", profile.name)));
        }
        if profile.command.first().is_none_or(String::is_empty) {
            return Err(wrong("command is empty".into()));
        }
        Ok(profile)
    }
}
