//! Waiting for something to happen in a terminal: the conditions of one `terminal.wait`, decided without a clock of its own.

use std::time::{Duration, Instant};

use regex::{Regex, RegexBuilder};
use tokio::sync::oneshot;

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
    /// What was read and matches, if anything.
    matched: Option<Happened>,
    answer: Option<oneshot::Sender<Happened>>,
}

impl Waiter {
    /// Waits from `since` on.
    pub fn new(conditions: Conditions, since: Instant, answer: oneshot::Sender<Happened>) -> Self {
        Self { conditions, since, matched: None, answer: Some(answer) }
    }

    /// Whether it wants to read anything.
    pub fn reads(&self) -> bool {
        self.conditions.pattern.is_some() && self.matched.is_none()
    }

    /// Takes notice of a line. The first that matches counts.
    pub fn read(&mut self, line: &str) {
        if let Some(pattern) = self.conditions.pattern.as_ref().filter(|_| self.matched.is_none()) {
            self.matched = matched(pattern, line);
        }
    }

    /// When silence will have lasted long enough.
    pub fn quiet_at(&self, last_output: Instant) -> Option<Instant> {
        Some(last_output.max(self.since) + self.conditions.quiet?)
    }

    /// Answers if something has happened. True when it is over, also because nobody waits any more.
    pub fn answer(&mut self, now: Instant, last_output: Instant, exit: Option<&Exit>) -> bool {
        if self.answer.as_ref().is_none_or(oneshot::Sender::is_closed) {
            return true;
        }
        let Some(happened) = self.decide(now, last_output, exit) else {
            return false;
        };
        if let Some(answer) = self.answer.take() {
            // The caller may have gone in this very moment.
            let _ = answer.send(happened);
        }
        true
    }

    fn decide(
        &mut self,
        now: Instant,
        last_output: Instant,
        exit: Option<&Exit>,
    ) -> Option<Happened> {
        if let Some(matched) = self.matched.take() {
            return Some(matched);
        }
        if let Some(exit) = exit {
            return Some(Happened::Exited { exit: exit.clone() });
        }
        let quiet = self.quiet_at(last_output)? <= now;
        quiet.then_some(Happened::Quiet)
    }
}

fn matched(pattern: &Regex, line: &str) -> Option<Happened> {
    // Groups cost much more, and most lines do not match.
    let captures = pattern.is_match(line).then(|| pattern.captures(line)).flatten()?;
    let own = |group: Option<regex::Match<'_>>| group.map(|m| m.as_str().to_owned());
    Some(Happened::Matched {
        line: line.to_owned(),
        text: own(captures.get(0)).unwrap_or_default(),
        groups: captures.iter().skip(1).map(own).collect(),
    })
}
