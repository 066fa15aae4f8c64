//! What a source says of an agent, and what cannot be true if something else is.

use serde::Deserialize;

use super::Millis;
use crate::protocol::agent::Status;

/// What a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It is there.
    Started,
    /// It is on its way: its screen says so, whatever was told.
    Starting,
    /// It works.
    Working,
    /// It asks.
    Blocked,
    /// Its turn is over, and something of it goes on.
    Background,
    /// It waits, for something to do or for an answer.
    Waiting,
    /// It has finished, or waits for something to do.
    #[serde(alias = "idle")]
    Done,
    /// Its turn is over: that itself is said, and not only that it waits.
    Over,
    /// It ends.
    Ended,
    /// Its screen has changed, and says what.
    Look,
}

impl Says {
    /// The status that it means; none where it says nothing of that.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::Started | Self::Starting => Some(Status::Starting),
            Self::Working | Self::Background => Some(Status::Working),
            Self::Blocked => Some(Status::Blocked),
            Self::Waiting | Self::Done | Self::Over => Some(Status::Idle),
            // The program's own end is told by the system.
            Self::Ended | Self::Look => None,
        }
    }

    /// Whether it has nothing to do.
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Done | Self::Over)
    }

    /// Whether a screen that says so knows better than who says that all is done.
    pub(super) fn stands(self) -> bool {
        matches!(self, Self::Background | Self::Starting)
    }

    /// Whether one of them cannot be true if the other is.
    pub(super) fn contradicts(self, other: Self) -> bool {
        let unsure = self == Self::Waiting || other == Self::Waiting;
        let wait = self.waits() || self == Self::Blocked;
        let wait = wait && (other.waits() || other == Self::Blocked);
        self.status() != other.status() && !(unsure && wait)
    }
}

/// As much of what was seen as evidence has: enough for a question.
pub fn cut(text: &str) -> String {
    const WORDS: usize = 400;
    text.chars().take(WORDS).collect()
}

/// What a source has said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What it means: one that means nothing of a status is none.
    pub says: Says,
    /// The rule of the profile.
    pub rule: String,
    /// What was seen.
    pub text: String,
    /// Since when it says so.
    pub at: Millis,
}

impl Sign {
    /// Whether it came after a better one, and cannot be true if that is.
    pub(super) fn doubts(&self, better: &Self) -> bool {
        self.at > better.at && self.says.contradicts(better.says) && self.says != Says::Started
    }
}
