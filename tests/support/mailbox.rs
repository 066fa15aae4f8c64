//! Owns what a peer has said on a connection and no test has taken yet: answers, notifications, the end.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::time::Duration;

use rmpv::Value;

/// How many notifications are kept for tests that look later. A flood must not fill the memory: the oldest go first.
const KEPT_NOTIFICATIONS: usize = 10_000;

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// The deadline passed.
    Late(Duration),
    /// The connection ended first, for this reason.
    Ended(String),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(time) => write!(f, "nothing within {time:?}"),
            Self::Ended(why) => write!(f, "the connection ended: {why}"),
        }
    }
}

/// A request that was sent, and whose answer can be collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub u32);

/// What has arrived.
#[derive(Debug, Default)]
pub struct Mailbox {
    answers: HashMap<u32, Result<Value, Value>>,
    given_up: HashSet<u32>,
    notifications: VecDeque<(String, Vec<Value>)>,
    forgotten: usize,
    /// Why nothing more will arrive.
    pub ended: Option<String>,
}

impl Mailbox {
    /// The answer of this request, or that it can come no more.
    pub fn take_answer(&mut self, ticket: Ticket) -> Option<Result<Result<Value, Value>, Lost>> {
        let answer = self.answers.remove(&ticket.0).map(Ok);
        answer.or_else(|| self.lost())
    }

    /// That nothing more can come.
    pub fn lost<T>(&self) -> Option<Result<T, Lost>> {
        self.ended.clone().map(|why| Err(Lost::Ended(why)))
    }

    /// Nobody waits for this answer any more.
    pub fn give_up(&mut self, ticket: Ticket) {
        if self.answers.remove(&ticket.0).is_none() {
            self.given_up.insert(ticket.0);
        }
    }

    /// An answer came.
    pub fn answer(&mut self, id: u32, result: Result<Value, Value>) {
        if !self.given_up.remove(&id) {
            self.answers.insert(id, result);
        }
    }

    /// A notification came.
    pub fn keep(&mut self, method: String, params: Vec<Value>) {
        if self.notifications.len() == KEPT_NOTIFICATIONS {
            self.notifications.pop_front();
            self.forgotten += 1;
        }
        self.notifications.push_back((method, params));
    }

    /// Takes the first notification for which `look` answers.
    pub fn take<T>(&mut self, look: &mut impl FnMut(&str, &[Value]) -> Option<T>) -> Option<T> {
        let mut kept = self.notifications.iter().enumerate();
        let (index, fact) =
            kept.find_map(|(index, (method, params))| Some((index, look(method, params)?)))?;
        self.notifications.remove(index);
        Some(fact)
    }

    /// Takes all notifications.
    pub fn take_all(&mut self) -> Vec<(String, Vec<Value>)> {
        self.notifications.drain(..).collect()
    }

    /// What is here, for a panic.
    pub fn describe(&self) -> String {
        let last: Vec<_> =
            self.notifications.iter().rev().take(10).map(|(method, _)| method).collect();
        format!(
            "{} notifications kept, {} forgotten, last {last:?}",
            self.notifications.len(),
            self.forgotten
        )
    }
}
