//! What goes wrong, as told to a caller: a kind from a closed list, a sentence, and a hint that can be typed.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The closed list of error kinds. Programs match on these; people read the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The parameters do not fit the method: unknown key, wrong type, value out of range.
    InvalidParams,
    /// There is no such method.
    UnknownMethod,
    /// What the call names does not exist.
    NotFound,
    /// The call does not fit the present state: a name that is taken, a program that has exited.
    Conflict,
    /// The program that this is about cannot do it.
    Unsupported,
    /// What is needed is not there now: no daemon, a program that cannot be started.
    Unavailable,
    /// It is there, but this user may not.
    Permission,
    /// The time given with the call ran out.
    Timeout,
    /// A limit is reached.
    Exhausted,
    /// The two sides speak different protocol versions, or `hello` is missing.
    Protocol,
    /// A defect in orchflow itself.
    Internal,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// An error as it stands on the wire and before a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{message}{}", hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
pub struct Fault {
    /// What sort of error this is.
    pub kind: Kind,
    /// One sentence for a person.
    pub message: String,
    /// What to type or do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Fault {
    /// A fault without a hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// The same fault with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A defect of ours that a caller should hear of rather than hang on.
pub fn internal(what: impl fmt::Display) -> Fault {
    Fault::new(Kind::Internal, format!("orchflow failed inside: {what}"))
        .hint("please report it, with the log: :Orchflow log")
}

/// What fallible calls answer with.
pub type Result<T> = std::result::Result<T, Fault>;
