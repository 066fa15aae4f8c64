//! What is kept of an agent with its terminal, so that the next daemon knows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::speaker::Speaker;
use super::usage::Tally;
use crate::protocol::agent::SpawnParams;
use crate::terminal::clean;

/// Longest role or purpose, in characters: a sentence that is read in a list.
const WORDS: usize = 200;

/// Read by other builds too: what is added must have a default, and nothing is taken away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    pub profile: String,
    pub role: Option<String>,
    pub purpose: Option<String>,
    pub conversation: Option<String>,
    pub model: Option<String>,
    /// The file that the program keeps of the conversation.
    pub transcript: Option<String>,
    pub usage: Tally,
    /// What it was started with, to be started again.
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub clear_env: bool,
    /// The prompt that it was started with, until it is typed.
    pub first: Option<String>,
    /// It was passed that prompt as an argument, and has not begun with it.
    pub passed: bool,
    /// It has finished, and nobody has looked since.
    pub unseen: bool,
    /// It was at a turn: what comes of that is to be looked at.
    pub turn: bool,
    /// How many questions it has asked: none gets the number of another.
    pub asked: u64,
    /// The process whose hooks are its own.
    pub speaker: Option<Speaker>,
}

impl Memo {
    /// About an agent to be started.
    pub fn new(params: &SpawnParams) -> Self {
        let SpawnParams { profile, role, purpose, args, env, clear_env, .. } = params.clone();
        let [role, purpose] = [role, purpose].map(|words| words.map(plain));
        Self { profile, role, purpose, args, env, clear_env, ..Self::default() }
    }

    /// Of a program that is started now, with the prompt that it is started with, and what of it is to be typed.
    pub fn beginning_with(self, prompt: Option<&str>, typed: Option<String>) -> Self {
        let has_words = prompt.is_some_and(|prompt| !prompt.trim().is_empty());
        let passed = has_words && typed.is_none();
        Self { passed, first: typed, turn: false, speaker: None, ..self }
    }

    /// Keeps what a program has told of itself.
    pub fn keep(&mut self, name: &str, text: String) {
        match name {
            "conversation" => self.conversation = Some(text),
            "model" => self.model = Some(text),
            "transcript" => self.transcript = Some(text),
            _ => {}
        }
    }

    /// Where a file lies that is named by the conversation: `~` is its home, `{start}` the first eight characters of the name.
    pub fn place(&self, pattern: &str) -> Option<String> {
        let home = self.env.get("HOME").cloned().or_else(|| std::env::var("HOME").ok())?;
        let conversation = self.conversation.as_ref()?;
        let start: String = conversation.chars().take(8).collect();
        let names = [&home, conversation, &start].map(|name| glob::Pattern::escape(name));
        let place = pattern.replace("{conversation}", &names[1]).replace("{start}", &names[2]);
        Some(place.replacen('~', &names[0], 1))
    }

    /// As it is kept.
    pub fn text(&self) -> String {
        // Nothing in it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What an earlier daemon has left; None where it is of something else.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|memo: &Self| !memo.profile.is_empty())
    }
}

/// Words that are shown to people in many places: one line, nothing that a terminal would take for more than text.
fn plain(words: String) -> String {
    clean(words.as_bytes(), WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_is_there_for_is_a_line_of_text() {
        let (role, purpose) =
            (Some("re\u{1b}[2Jviewer\u{202e}".into()), Some("to read\nit all".into()));
        let memo = Memo::new(&SpawnParams { role, purpose, ..SpawnParams::default() });
        assert_eq!(memo.role.as_deref(), Some("re[2Jviewer"));
        assert_eq!(memo.purpose.as_deref(), Some("to read it all"));
        let purpose = Some("x".repeat(1_000));
        let memo = Memo::new(&SpawnParams { purpose, ..SpawnParams::default() });
        assert_eq!(memo.purpose.unwrap().chars().count(), WORDS);
    }
}
