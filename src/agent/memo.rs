//! What is kept of an agent with its terminal, so that the next daemon knows it.

use serde::{Deserialize, Serialize};

/// Read by other builds too: what is added must have a default, and nothing is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memo {
    pub profile: String,
    pub role: Option<String>,
    pub purpose: Option<String>,
    pub conversation: Option<String>,
    pub model: Option<String>,
}

impl Memo {
    /// Keeps what a program has told of itself.
    pub fn keep(&mut self, name: &str, text: String) {
        match name {
            "conversation" => self.conversation = Some(text),
            "model" => self.model = Some(text),
            _ => tracing::debug!(name, "a profile keeps what nobody knows"),
        }
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
