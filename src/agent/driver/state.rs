//! What is known of an agent at any time, without asking its owner.

use std::time::Instant;

use super::inbox::Asked;
use crate::agent::memo::Memo;
use crate::agent::signs::Sign;
use crate::protocol::agent::{Advice, Evidence, Info, Source, Status};
use crate::terminal::Terminal;

/// What anyone may know without asking.
#[derive(Clone, Debug)]
pub struct State {
    pub status: Status,
    pub evidence: Evidence,
    /// When the evidence was seen, and since when the status lasts.
    pub seen: Instant,
    pub since: Instant,
    pub memo: Memo,
    /// What to do where it does not get on.
    pub advice: Option<Advice>,
    /// What it asks.
    pub question: Option<Asked>,
}

/// Before anything was seen.
pub fn beginning(memo: Memo, began: Instant) -> State {
    State {
        status: Status::Starting,
        evidence: evidence(None, None),
        seen: began,
        since: began,
        memo,
        advice: None,
        question: None,
    }
}

/// A sign as evidence; its age is what it is when somebody asks.
pub fn evidence(source: Option<Source>, sign: Option<&Sign>) -> Evidence {
    let (rule, text) = sign.map(|sign| (sign.rule.clone(), sign.text.clone())).unwrap_or_default();
    Evidence { source, rule, text, age_ms: 0 }
}

/// In milliseconds.
pub fn age(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// All that anyone may know.
pub fn info(terminal: &Terminal, state: &State) -> Info {
    let about = terminal.info();
    Info {
        id: about.id.into(),
        name: about.name,
        terminal: about.id,
        profile: state.memo.profile.clone(),
        role: state.memo.role.clone(),
        purpose: state.memo.purpose.clone(),
        cwd: about.cwd,
        status: state.status,
        evidence: Evidence { age_ms: age(state.seen), ..state.evidence.clone() },
        for_ms: age(state.since),
        conversation: state.memo.conversation.clone(),
        model: state.memo.model.clone(),
        usage: state.memo.usage.told(),
        advice: state.advice.clone(),
        exit: about.exit,
    }
}
