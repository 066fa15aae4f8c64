//! What is kept of an agent with its terminal, so that the next daemon knows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::usage::Tally;
use crate::protocol::agent::SpawnParams;

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
    /// How many questions it has asked: none gets the number of another.
    pub asked: u64,
}

impl Memo {
    /// About an agent to be started.
    pub fn new(params: &SpawnParams) -> Self {
        let SpawnParams { profile, role, purpose, args, env, clear_env, .. } = params.clone();
        Self { profile, role, purpose, args, env, clear_env, ..Self::default() }
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
