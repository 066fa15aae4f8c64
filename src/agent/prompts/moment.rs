//! Whether an agent can be told something at a moment, and why not.

use crate::agent::input_box::Input;
use crate::fault::{Fault, Kind};
use crate::protocol::agent::Status;

/// Whether an agent can be told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// What is typed now becomes a prompt.
    Yes,
    /// Nothing ever tells whether its program is: it is told, and nobody can say whether it has understood.
    Blind,
    /// Not yet: it starts, works or asks.
    No,
    /// It does nothing, and shows something that is not known for its prompt: a menu, perhaps.
    Unsure,
}

/// An agent at one moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// What it does.
    pub status: Status,
    /// Whether it has told that itself, or that is presumed of what was submitted.
    pub told: bool,
    /// Whether it can be told something.
    pub ready: Ready,
    /// What its screen shows of its box, where a rule of its profile tells.
    pub input: Option<Input>,
}

impl Moment {
    /// Whether it can be told something: with a rule for its box, only where that is open and empty.
    pub(super) fn takes(&self) -> Ready {
        match (self.ready, &self.input) {
            (Ready::Yes | Ready::Blind, Some(Input::Holds(_) | Input::Hidden)) => Ready::Unsure,
            (ready, _) => ready,
        }
    }

    /// Whether a turn is under way.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.status, Status::Working | Status::Blocked)
    }

    /// Why it cannot, for who waits.
    pub(super) fn fault(&self) -> Fault {
        let (message, first) = match &self.input {
            Some(Input::Holds(text)) => {
                let words: String = text.lines().next().unwrap_or(text).chars().take(40).collect();
                let message = format!("the agent's box holds a text that was not sent: {words:?}");
                (message, "send or delete that in its terminal")
            }
            Some(Input::Hidden) => {
                let message =
                    "the agent does not show its box for prompts: a menu is open, perhaps";
                (message.to_owned(), "close that in its terminal")
            }
            _ => {
                let message = "the agent shows something other than its prompt";
                (message.to_owned(), "look at its terminal")
            }
        };
        let nevertheless = "to type it nevertheless: when = \"now\"";
        Fault::new(Kind::Conflict, message).hint(format!("{first}; {nevertheless}"))
    }
}
