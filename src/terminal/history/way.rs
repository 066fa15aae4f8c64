//! Which lines are read, and in which order: from some line on towards the newest, or back from one towards the oldest.

use super::moment::Page;
use crate::fault::{Fault, Kind, Result};
use crate::terminal::scrollback::Line;

/// A direction, and how far it has been gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The lines below this number, newest first.
    Back(u64),
    /// The lines from this number on, oldest first.
    Forth(u64),
}

impl Way {
    /// What a caller asks for; without a word, from the newest line back.
    pub fn new(from: Option<u64>, before: Option<u64>) -> Result<Self> {
        match (from, before) {
            (Some(_), Some(_)) => {
                let message = "from and before are two directions, and only one can be gone";
                Err(Fault::new(Kind::InvalidParams, message).hint("give one of them, or none"))
            }
            (Some(from), None) => Ok(Self::Forth(from)),
            (None, before) => Ok(Self::Back(before.unwrap_or(u64::MAX))),
        }
    }

    /// A line of the page that comes next.
    pub fn wanted(self) -> u64 {
        match self {
            Self::Back(before) => before.saturating_sub(1),
            Self::Forth(from) => from,
        }
    }

    /// What to ask for to go on.
    pub fn next(self) -> u64 {
        match self {
            Self::Back(number) | Self::Forth(number) => number,
        }
    }

    /// A page's lines that were not passed yet, in order.
    pub fn lines(self, page: &Page) -> Vec<(u64, Line<'_>)> {
        let mut lines = page.lines();
        match self {
            Self::Back(before) => {
                lines.retain(|(number, _)| *number < before);
                lines.reverse();
            }
            Self::Forth(from) => lines.retain(|(number, _)| *number >= from),
        }
        lines
    }

    /// A line is done with.
    pub fn pass(&mut self, line: u64) {
        *self = match *self {
            Self::Back(before) => Self::Back(before.min(line)),
            Self::Forth(from) => Self::Forth(from.max(line + 1)),
        };
    }

    /// A whole page is done with.
    pub fn pass_page(&mut self, page: &Page) {
        *self = match *self {
            Self::Back(before) => Self::Back(before.min(page.first)),
            Self::Forth(from) => Self::Forth(from.max(page.next)),
        };
    }

    /// Whether there are more lines, after a page of which some or all were passed.
    pub fn goes_on(self, page: &Page) -> bool {
        match self {
            Self::Back(before) => before > page.first_line,
            // The last page is the screen's.
            Self::Forth(from) => from < page.next || page.first < page.screen_line,
        }
    }
}
