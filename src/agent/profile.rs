//! How one agent program is started, talked to and read: a TOML file, ours or the user's.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error as _};

mod prompt;
mod rules;

pub use prompt::{InputBox, Prompt};
pub use rules::{Answer, Mode, Osc, Screen};

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
        self.launch_tells(|event| event.signal == Some(Says::Working))
    }

    /// Whether a hook of the launch tells which conversation it is in.
    pub fn tells_conversation(&self) -> bool {
        self.launch_tells(|event| event.keep.contains_key("conversation"))
    }

    /// Whether an event does that, of hooks that come with the launch and not by a person's own settings.
    fn launch_tells(&self, does: impl Fn(&Event) -> bool) -> bool {
        self.hooks.by_hand.is_none() && self.hooks.events.values().flatten().any(does)
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
