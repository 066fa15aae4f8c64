//! What a board shows: sessions with their agents and terminals, in the order in which a person wants to see them. Pure.

use std::cmp::Reverse;

use crate::ids::{AgentId, TerminalId};
use crate::protocol::agent::Status;
use crate::protocol::board::Counts;

/// What an agent or a terminal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they say it themselves")]
pub enum State {
    Blocked,
    Done,
    Working,
    Starting,
    Idle,
    Unknown,
    /// A terminal without an agent.
    Running,
    Exited(i32),
}

/// One agent or terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The terminal.
    pub terminal: TerminalId,
    /// The agent in it, if there is one.
    pub agent: Option<AgentId>,
    /// Its name.
    pub name: String,
    /// The profile of an agent, what a terminal is for.
    pub kind: String,
    /// What it does.
    pub state: State,
    /// That in words: what it asks, its last action, its title or its command.
    pub doing: String,
    /// For how long, in milliseconds.
    pub since_ms: u64,
    /// The directory of its session, as a person writes it.
    pub session: String,
    /// What is checked out there.
    pub branch: Option<String>,
    /// Where in the session it works; empty at its root.
    pub within: String,
    /// What it has cost, in US dollars.
    pub cost: Option<f64>,
    /// How many tokens it was sent and has answered with.
    pub tokens: Option<u64>,
}

/// A session: a directory in which work is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The directory.
    pub place: String,
    /// What is checked out there.
    pub branch: Option<String>,
    /// Who works there, whoever waits for the person first.
    pub items: Vec<Item>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swarm {
    /// The ones in which somebody waits first, else the oldest first.
    pub sessions: Vec<Session>,
}

impl State {
    /// Of an agent.
    pub fn of(status: Status, exit: Option<i32>) -> Self {
        match status {
            Status::Starting => Self::Starting,
            Status::Working => Self::Working,
            Status::Blocked => Self::Blocked,
            Status::Done => Self::Done,
            Status::Idle => Self::Idle,
            Status::Exited => Self::Exited(exit.unwrap_or(-1)),
            Status::Unknown => Self::Unknown,
        }
    }

    /// What a person looks at first comes first. Whatever comes and goes by itself shares a rank: rows that jump cannot be
    /// read.
    fn rank(self, is_agent: bool) -> u8 {
        match self {
            Self::Blocked => 0,
            Self::Done => 1,
            Self::Exited(_) if is_agent => 3,
            Self::Exited(_) => 5,
            Self::Running => 4,
            _ => 2,
        }
    }
}

impl Item {
    fn key(&self) -> (u8, Reverse<u64>, TerminalId) {
        let rank = self.state.rank(self.agent.is_some());
        // Of those that wait the one that has waited longest comes first; seconds are enough to tell.
        let waited = if rank < 2 { self.since_ms / 1000 } else { 0 };
        (rank, Reverse(waited), self.terminal)
    }

    /// Whether a row about it has this word, which is in lower case.
    fn has(&self, word: &str) -> bool {
        let state = self.state.word();
        let texts = [&self.name, &self.kind, &state, &self.doing, &self.session, &self.within];
        let branch = self.branch.as_ref();
        texts.into_iter().chain(branch).any(|text| text.to_lowercase().contains(word))
    }
}

impl Swarm {
    /// Puts items, which come oldest first, into their sessions.
    pub fn of(items: Vec<Item>) -> Self {
        let mut sessions: Vec<Session> = Vec::new();
        for item in items {
            match sessions.iter_mut().find(|session| session.place == item.session) {
                Some(session) => session.items.push(item),
                None => sessions.push(Session {
                    place: item.session.clone(),
                    branch: item.branch.clone(),
                    items: vec![item],
                }),
            }
        }
        for session in &mut sessions {
            session.items.sort_by_key(Item::key);
        }
        sessions.sort_by_key(|session| session.items.first().map(|first| first.key().0.min(2)));
        Self { sessions }
    }

    /// All items, top to bottom.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sessions.iter().flat_map(|session| &session.items)
    }

    /// Only those that have all words of the filter.
    pub fn filtered(&self, filter: &str) -> Self {
        let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
        let fits = |item: &&Item| words.iter().all(|word| item.has(word));
        let session = |session: &Session| Session {
            items: session.items.iter().filter(fits).cloned().collect(),
            ..session.clone()
        };
        let sessions = self.sessions.iter().map(session).filter(|s| !s.items.is_empty());
        Self { sessions: sessions.collect() }
    }

    /// How many agents are in which status.
    pub fn counts(&self) -> Counts {
        count(self.items())
    }

    /// The agent that has waited longest for its person.
    pub fn waiting(&self) -> Option<&Item> {
        let blocked = self.items().filter(|item| item.state == State::Blocked);
        blocked.max_by_key(|item| (item.since_ms, Reverse(item.terminal)))
    }
}

/// How many of these agents are in which status.
pub fn count<'a>(items: impl Iterator<Item = &'a Item>) -> Counts {
    let mut counts = Counts::default();
    for item in items.filter(|item| item.agent.is_some()) {
        let count = match item.state {
            State::Blocked => &mut counts.blocked,
            State::Done => &mut counts.done,
            State::Working | State::Starting => &mut counts.working,
            State::Idle => &mut counts.idle,
            State::Unknown | State::Running => &mut counts.unknown,
            State::Exited(_) => &mut counts.exited,
        };
        *count += 1;
    }
    counts
}
