//! Waiting for something to happen in a terminal: the conditions of one `terminal.wait`, decided without a clock of its own.

use std::time::{Duration, Instant};

use regex::{Regex, RegexBuilder};
use tokio::sync::oneshot;

use super::picture::{Row, text};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::{Exit, Happened, WaitParams};

/// A compiled pattern may not take more memory than this.
const PATTERN_BYTES: usize = 1 << 20;

/// What a call waits for.
#[derive(Debug)]
pub struct Conditions {
    pattern: Option<Regex>,
    quiet: Option<Duration>,
}

impl Conditions {
    /// The conditions of a call, or what is wrong with them.
    pub fn new(params: &WaitParams) -> Result<Self> {
        if params.exit != Some(true) && params.r#match.is_none() && params.quiet_ms.is_none() {
            return Err(Fault::new(Kind::InvalidParams, "there is nothing to wait for")
                .hint("give one of exit = true, match = \"regex\", quiet_ms = 500"));
        }
        let pattern = params.r#match.as_deref().map(compile).transpose()?;
        Ok(Self { pattern, quiet: params.quiet_ms.map(Duration::from_millis) })
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build().map_err(|error| {
        Fault::new(Kind::InvalidParams, format!("match is not a regular expression: {error}"))
            .hint("the syntax: https://docs.rs/regex#syntax")
    })
}

/// One waiting call.
pub(super) struct Waiter {
    conditions: Conditions,
    since: Instant,
    /// The first line that was not yet looked at when it had scrolled by.
    seen: u64,
    answer: Option<oneshot::Sender<Happened>>,
}

/// What a waiter looks at.
pub(super) struct Scene<'a> {
    pub now: Instant,
    pub last_output: Instant,
    pub exit: Option<&'a Exit>,
    /// The number of the first line of the screen.
    pub top: u64,
    /// Whether the alternate screen is shown.
    pub alt: bool,
    /// The screen, and any line by its number.
    pub rows: &'a [Row],
    pub line: &'a dyn Fn(u64) -> Option<Row>,
}

impl Waiter {
    /// Waits from `since` on; lines before `seen` have scrolled by earlier.
    pub fn new(
        conditions: Conditions,
        since: Instant,
        seen: u64,
        answer: oneshot::Sender<Happened>,
    ) -> Self {
        Self { conditions, since, seen, answer: Some(answer) }
    }

    /// Whether it looks at the screen at all.
    pub fn reads(&self) -> bool {
        self.conditions.pattern.is_some()
    }

    /// When silence will have lasted long enough.
    pub fn quiet_at(&self, last_output: Instant) -> Option<Instant> {
        Some(last_output.max(self.since) + self.conditions.quiet?)
    }

    /// Answers if something has happened. True when it is over, also because nobody waits any more.
    pub fn look(&mut self, scene: &Scene<'_>) -> bool {
        if self.answer.as_ref().is_none_or(oneshot::Sender::is_closed) {
            return true;
        }
        let Some(happened) = self.decide(scene) else {
            return false;
        };
        if let Some(answer) = self.answer.take() {
            // The caller may have gone in this very moment.
            let _ = answer.send(happened);
        }
        true
    }

    fn decide(&mut self, scene: &Scene<'_>) -> Option<Happened> {
        if let Some(matched) = self.find(scene) {
            return Some(matched);
        }
        if let Some(exit) = scene.exit {
            return Some(Happened::Exited { exit: exit.clone() });
        }
        let quiet = self.quiet_at(scene.last_output)? <= scene.now;
        quiet.then_some(Happened::Quiet)
    }

    fn find(&mut self, scene: &Scene<'_>) -> Option<Happened> {
        let pattern = self.conditions.pattern.as_ref()?;
        let scrolled = (self.seen.min(scene.top)..scene.top).filter_map(scene.line);
        let found = scrolled
            .chain(scene.rows.iter().cloned())
            .find_map(|row| matched(pattern, &text(&row)));
        if !scene.alt {
            self.seen = scene.top; // Meanwhile the primary screen's lines cannot be looked at.
        }
        found
    }
}

fn matched(pattern: &Regex, line: &str) -> Option<Happened> {
    let captures = pattern.captures(line)?;
    let own = |group: Option<regex::Match<'_>>| group.map(|m| m.as_str().to_owned());
    Some(Happened::Matched {
        line: line.to_owned(),
        text: own(captures.get(0)).unwrap_or_default(),
        groups: captures.iter().skip(1).map(own).collect(),
    })
}
