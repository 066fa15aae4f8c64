//! What was submitted to an agent: whether it was taken, and when an Enter is pressed again.

use std::time::{Duration, Instant};

use super::{Moment, Prompts, Ready, Stage, Step};
use crate::agent::input_box::Input;
use crate::fault::{Fault, Kind};
use crate::protocol::agent::Status;

/// Some swallow what submits a prompt while they start, though they show the prompt: it is pressed again after so long, and so often at most.
pub const AGAIN: Duration = Duration::from_millis(1_500);
pub const TIMES: u32 = 3;

/// A program that was told something does something within this time, or has not taken it.
pub const TAKEN: Duration = Duration::from_secs(8);

/// What was submitted, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    pub since: Instant,
    pub times: u32,
    /// What its box held then, where that is known.
    pub held: Option<String>,
    /// A turn was under way then: that the program works says nothing of this.
    pub during: bool,
}

impl Submitted {
    /// Whether its box, which held it, is empty now.
    fn has_gone(&self, input: Option<&Input>) -> bool {
        self.held.is_some() && input == Some(&Input::Empty)
    }
}

impl Prompts {
    /// Submits what was typed.
    pub(super) fn submit(&mut self, how: Submitted) -> Step {
        self.stage = Stage::Submitted(how);
        Step::Write(self.how.submit.clone().into_bytes())
    }

    /// Whether it was taken, and what to do where it was not.
    pub(super) fn submitted(&mut self, agent: &Moment, how: Submitted, now: Instant) -> Step {
        match how.during {
            true if agent.is_busy() => self.queued(agent, how, now),
            // The turn before is over: from now on it is as if it had been submitted to one that waits.
            true => {
                let how = Submitted { since: now, during: false, ..how };
                (self.taken, self.stage) = (false, Stage::Submitted(how.clone()));
                self.awaited(agent, how, now)
            }
            false => self.awaited(agent, how, now),
        }
    }

    /// During a turn only its box tells that it was taken, or what nothing but a prompt makes a program tell. Without
    /// either, that is seen once the turn is over.
    fn queued(&mut self, agent: &Moment, how: Submitted, now: Instant) -> Step {
        let due = how.since + TAKEN;
        if self.begun || how.has_gone(agent.input.as_ref()) {
            return self.over(Ok(()), now);
        }
        if how.held.is_none() || !still_holds(agent.input.as_ref(), how.held.as_deref()) {
            return Step::Wait(None);
        }
        // It may have taken the Enter for a line of the text.
        let again = how.since + AGAIN * how.times;
        if how.times < TIMES && agent.status == Status::Working {
            return match now < again {
                true => Step::Wait(Some(again)),
                false => self.submit(Submitted { times: how.times + 1, ..how }),
            };
        }
        if now < due {
            return Step::Wait(Some(due));
        }
        self.over(Err(unchanged("it stands in the agent's box")), now)
    }

    fn awaited(&mut self, agent: &Moment, how: Submitted, now: Instant) -> Step {
        let Moment { status, told, ready, input } = agent;
        let does_something = *told && !matches!(status, Status::Idle | Status::Starting);
        let (since, times, again) = (how.since, how.times, how.since + AGAIN * how.times);
        // What was in the box is in it no more, though nothing tells of work: a command of its own, perhaps.
        let gone = now >= again && how.has_gone(input.as_ref());
        if self.taken || self.begun || does_something || *ready == Ready::Blind || gone {
            return self.over(Ok(()), now);
        }
        if now >= since + TAKEN {
            let held = how.held.is_some() && still_holds(input.as_ref(), how.held.as_deref());
            let why = if held { "it stands in the agent's box" } else { "nothing has changed" };
            return self.over(Err(unchanged(why)), now);
        }
        if times < TIMES && now < again {
            return Step::Wait(Some(again));
        }
        // Where it waits for a prompt, as far as it has told, no question stands that this could answer.
        let waits = *status == Status::Idle || !told;
        if times < TIMES && waits && still_holds(input.as_ref(), how.held.as_deref()) {
            return self.submit(Submitted { times: times + 1, ..how });
        }
        Step::Wait(Some(since + TAKEN))
    }
}

fn unchanged(why: &str) -> Fault {
    Fault::new(Kind::Timeout, format!("the prompt was typed and submitted, and {why}"))
        .hint("look at the agent's terminal")
}

/// Whether its box still has what was submitted, as far as that can be known.
fn still_holds(input: Option<&Input>, held: Option<&str>) -> bool {
    match input {
        None => true,
        Some(Input::Holds(text)) => held.is_none_or(|held| held == text),
        Some(Input::Empty | Input::Hidden) => false,
    }
}
