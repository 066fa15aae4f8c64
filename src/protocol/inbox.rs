//! Wire types of `inbox.*`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agent::Evidence;
use crate::ids::{AgentId, QuestionId, TerminalId};

/// What waits for an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.Listing")]
pub struct Listing {
    /// The one that waits longest first.
    pub questions: Vec<Question>,
}

/// A question of an agent that nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.Question")]
pub struct Question {
    /// Its id. It is never used again: an answer goes to the question that was seen, or nowhere.
    pub id: QuestionId,
    /// Who asks.
    pub agent: AgentId,
    /// Its unique name.
    pub name: String,
    /// The terminal that it asks in.
    pub terminal: TerminalId,
    /// Its profile.
    pub profile: String,
    /// For how long it has waited, in milliseconds.
    pub for_ms: u64,
    /// What it asks, line by line, as far as it can be read: at most its last 2000 characters.
    pub question: String,
    /// What can be answered, where it can be read.
    pub choices: Vec<Choice>,
    /// The profile knows how to press the choices, so `inbox.answer` can.
    pub answerable: bool,
    /// Why it is thought to ask.
    pub evidence: Evidence,
}

/// One of the answers that a question offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.Choice")]
pub struct Choice {
    /// What stands before it, where something does: `1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its words.
    pub label: String,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.AnswerParams")]
#[serde(deny_unknown_fields)]
pub struct AnswerParams {
    /// The question's id.
    pub id: QuestionId,
    /// One of its choices, by its key or its words; upper and lower case are one.
    pub choice: String,
}

/// A question that does not wait any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.Closed")]
pub struct Closed {
    /// Its id.
    pub id: QuestionId,
    /// Who asked.
    pub agent: AgentId,
    /// Its unique name.
    pub name: String,
    /// How it ended.
    pub how: Ending,
    /// What was chosen, if it was by `inbox.answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "inbox.Ending")]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Keys were typed, here or in the terminal, and it was gone.
    Answered,
    /// It was gone without a key: the program has answered it, or another way to it was taken.
    Withdrawn,
    /// The program has ended.
    Exited,
    /// The terminal was closed.
    Closed,
}
