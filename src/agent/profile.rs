//! How one agent program is started, talked to and read: a TOML file, ours or the user's.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::compose::Quoting;
use super::input_box::HELD;
use super::signs::Says;
use super::usage::Usage;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Program;
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
    /// What its escape sequences say, the first that matches counts.
    #[serde(default)]
    pub osc: Vec<Osc>,
    /// What the modes say that it sets.
    #[serde(default)]
    pub mode: Vec<Mode>,
    /// What its screen shows, the first that matches counts.
    #[serde(default)]
    pub screen: Vec<Screen>,
    /// How it tells its version.
    #[serde(default)]
    pub version: Another,
    /// How it answers one prompt and ends.
    #[serde(default)]
    pub once: Another,
    /// How it speaks the Agent Client Protocol.
    #[serde(default)]
    pub acp: Another,
    /// Where model, cost and tokens are told.
    #[serde(default)]
    pub usage: Usage,
    /// Why it stands for another one, which cannot be used.
    #[serde(skip)]
    pub broken: Option<String>,
}

impl Profile {
    /// Whether anything tells that it waits for a prompt.
    pub fn tells_idle(&self) -> bool {
        let idle = |says: Says| says.status() == Some(Status::Idle);
        let mut events = self.hooks.events.values().flatten();
        self.screen.iter().any(|rule| idle(rule.says))
            || events.any(|event| event.signal.is_some_and(idle))
            || self.osc.iter().any(|rule| idle(rule.says))
            || self.mode.iter().any(|rule| idle(rule.says))
    }

    /// Whether a hook of the launch tells that it begins with something.
    pub fn tells_begin(&self) -> bool {
        let tells = |event: &Event| event.signal == Some(Says::Working);
        self.hooks.by_hand.is_none() && self.hooks.events.values().flatten().any(tells)
    }

    /// Whether its screen tells what goes on behind an ended turn, and no hook does.
    pub fn draws_background(&self) -> bool {
        let tells = |event: &Event| event.keep.contains_key("background");
        let told = self.hooks.events.values().flatten().any(tells);
        !told && self.screen.iter().any(|rule| rule.background)
    }
}

/// Another way to start it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Another {
    /// Another program; without it, the profile's command.
    pub command: Vec<String>,
    /// Behind the command.
    pub args: Vec<String>,
}

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

/// How prompts are given.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prompt {
    /// Arguments that pass the first one, `{prompt}` in them; without any it is typed.
    pub first: Vec<String>,
    /// How text is put in: `bracketed`, where the program has asked for it, or `plain`.
    pub paste: String,
    /// What submits what was typed, as a write of its own.
    pub submit: String,
    /// So long at least after the text: an Enter that comes too soon is taken for a part of it.
    pub pause_ms: u64,
    /// How its box for prompts looks; without it, a prompt is typed wherever its program is idle.
    #[serde(rename = "box")]
    pub input: Option<InputBox>,
    /// A line break in a prompt that is typed.
    pub newline: String,
    /// The keys that stop a turn, each a write of its own.
    #[serde(deserialize_with = "list")]
    pub interrupt: Vec<String>,
    /// How a file is referred to, `{path}` in it.
    pub reference: String,
    /// The same with lines, `{first}` and `{last}`.
    pub range: String,
    /// How a path is written in both that is not one plain word.
    pub quoting: Quoting,
}

impl Default for Prompt {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            paste: "bracketed".into(),
            submit: "\r".into(),
            pause_ms: 60,
            input: None,
            newline: "\n".into(),
            interrupt: vec!["\u{1b}".into()],
            reference: "{path}".into(),
            range: "{path}:{first}-{last}".into(),
            quoting: Quoting::None,
        }
    }
}

/// A rule for the box in which a program takes a prompt.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputBox {
    /// What the screen matches while it is open; its group `held` is what it holds.
    #[serde(rename = "match", deserialize_with = "holding")]
    pub pattern: Pattern,
    /// What it holds then is nothing: what it says by itself, where that is not drawn faint.
    #[serde(default)]
    pub empty: Option<Pattern>,
    /// What the screen shows where something lies over it.
    #[serde(default)]
    pub under: Option<Pattern>,
    /// Versions that it was made for.
    #[serde(default)]
    pub versions: String,
}

fn holding<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Pattern, D::Error> {
    let pattern = Pattern::deserialize(d)?;
    let has_group = pattern.0.capture_names().flatten().any(|name| name == HELD);
    let missing = || D::Error::custom("a rule for a box has a group (?<held>…)");
    has_group.then_some(pattern).ok_or_else(missing)
}

/// Arguments that go on with a conversation, `{conversation}` in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conversation {
    /// Begins one under a name of ours.
    pub name: Vec<String>,
    /// With this one.
    pub resume: Vec<String>,
    /// With a copy of it.
    pub fork: Vec<String>,
    /// With the one that was last in the directory.
    pub latest: Vec<String>,
    /// A first prompt is to be typed then, as the program drops one that is an argument.
    pub typed: bool,
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
    /// What the file is called.
    pub name: Option<String>,
    /// Texts whose SHA-256 the program wants: `{hash.NAME}` stands for it.
    pub hash: BTreeMap<String, String>,
    /// Where ours are given a person may give something of their own.
    pub shared: Option<Shared>,
    /// Where a person may put the file's text, as there is no way to give it for one launch.
    pub by_hand: Option<String>,
    /// What each event says: the first that holds.
    #[serde(deserialize_with = "lists")]
    pub events: BTreeMap<String, Vec<Event>>,
}

/// A place for JSON, or for the path of a file of it, in which ours are given: what a person gives there is joined with them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// The argument, or the variable.
    pub name: String,
    /// The file that the program reads where nothing is given.
    #[serde(default)]
    pub otherwise: Option<String>,
}

/// What an event says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The status that it tells; none where it only brings something to keep.
    #[serde(default)]
    pub signal: Option<Says>,
    /// Only if this is so: paths in the payload, each with its text.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// It comes with each prompt that is taken, and with nothing else.
    #[serde(default)]
    pub begins: bool,
    /// What to keep of its payload: names with paths such as `info.tokens.0`.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
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

/// One of them, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(all: OneOrMany<T>) -> Self {
        match all {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}

pub(super) fn list<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Vec<String>, D::Error> {
    OneOrMany::deserialize(d).map(Vec::from)
}

fn lists<'de, D: Deserializer<'de>>(
    d: D,
) -> std::result::Result<BTreeMap<String, Vec<Event>>, D::Error> {
    let all = BTreeMap::<String, OneOrMany<Event>>::deserialize(d)?;
    Ok(all.into_iter().map(|(name, events)| (name, events.into())).collect())
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
    /// What anyone may know of it.
    pub fn about(self) -> Program {
        let form = |another: Another| match (another.command, another.args) {
            (command, args) if command.is_empty() && args.is_empty() => Vec::new(),
            (command, args) if command.is_empty() => [self.command.clone(), args].concat(),
            (command, args) => [command, args].concat(),
        };
        let by_hand = self.hooks.by_hand;
        let ways = &self.conversation;
        Program {
            hooks: !self.hooks.events.is_empty() && by_hand.is_none(),
            hooks_by_hand: by_hand,
            resumes: !(ways.resume.is_empty() && ways.latest.is_empty()),
            forks: !ways.fork.is_empty(),
            once: form(self.once),
            once_usage: self.usage.once,
            acp: form(self.acp),
            version: form(self.version),
            name: self.name,
            title: self.title,
            proven: self.proven,
            install: self.install,
            login: self.login,
            fault: None,
        }
    }

    /// A profile as it is written. `file` is for the message.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let profile: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.as_bytes().get(..span.start));
            wrong(file, before, error.message())
        })?;
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if profile.name != stem {
            let what = format!("name = {:?}, which is not the file's", profile.name);
            return Err(wrong(file, None, &what));
        }
        if profile.command.iter().any(String::is_empty) {
            return Err(wrong(file, None, "command has an empty word"));
        }
        let strays = |name: &String| name.contains('/') || matches!(name.as_str(), "" | "." | "..");
        if let Some(name) = profile.hooks.name.as_ref().filter(|name| strays(name)) {
            let what = format!("hooks.name = {name:?} leads out of its folder");
            return Err(wrong(file, None, &what));
        }
        Ok(profile)
    }
}

/// A profile that cannot be used: why, in one line, and in which line of the file, behind the text that is right.
pub fn wrong(file: &Path, before: Option<&[u8]>, what: &str) -> Fault {
    let line = |before: &[u8]| 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let line = before.map(|before| format!(":{}", line(before))).unwrap_or_default();
    let words: Vec<&str> = what.split_whitespace().collect();
    let message = format!("{}{line}: {}", file.display(), words.join(" "));
    Fault::new(Kind::InvalidParams, message)
        .hint("the fields of a profile: :help orchflow-profiles")
}
