//! How a program is given prompts, in its profile.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{Pattern, list};
use crate::agent::compose::Quoting;
use crate::agent::input_box::HELD;

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
