//! What an agent is to be told, in order: typed when it is ready, submitted apart, and taken once it does something.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::input_box::Input;
use super::profile::Prompt as How;
use super::signs::Says;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// Prompts that may wait for one agent.
const MOST: usize = 100;

/// Some swallow what submits a prompt while they start, though they show the prompt: it is pressed again after so long, and so often at most.
const AGAIN: Duration = Duration::from_millis(1_500);
const TIMES: u32 = 3;

/// So long at most, if the screen does not show the text, or the box does not hold it.
const SHOWN: Duration = Duration::from_millis(1_000);

/// A program that was told something does something within this time, or has not taken it.
const TAKEN: Duration = Duration::from_secs(8);

/// So long a program may show something other than its empty box before those who wait for it are told.
const UNSURE: Duration = Duration::from_secs(10);

/// Marks what is pasted.
const PASTE: (&str, &str) = ("\x1b[200~", "\x1b[201~");

/// One prompt, and who is told what became of it.
struct Prompt {
    text: String,
    at_once: bool,
    /// Nobody waits for the one that an agent was started with.
    answer: Option<oneshot::Sender<Result<()>>>,
}

impl Prompt {
    /// Tells who waits for it, and gives what nobody was told.
    fn answer(mut self, result: Result<()>) -> Option<Fault> {
        match self.answer.take() {
            // The caller may have gone.
            Some(answer) => drop(answer.send(result)),
            None => return result.err(),
        }
        None
    }
}

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
    fn takes(&self) -> Ready {
        match (self.ready, &self.input) {
            (Ready::Yes | Ready::Blind, Some(Input::Holds(_) | Input::Hidden)) => Ready::Unsure,
            (ready, _) => ready,
        }
    }

    /// Whether a turn is under way.
    fn is_busy(&self) -> bool {
        matches!(self.status, Status::Working | Status::Blocked)
    }

    /// Why it cannot, for who waits.
    fn fault(&self) -> Fault {
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

/// How far the first of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Typed {
        since: Instant,
        shown: bool,
    },
    Submitted(Submitted),
}

/// What was submitted, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Submitted {
    since: Instant,
    times: u32,
    /// What its box held then, where that is known.
    held: Option<String>,
    /// A turn was under way then: that the program works says nothing of this.
    during: bool,
}

impl Submitted {
    /// Whether its box, which held it, is empty now.
    fn has_gone(&self, input: Option<&Input>) -> bool {
        self.held.is_some() && input == Some(&Input::Empty)
    }
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Type this.
    Write(Vec<u8>),
    /// Nothing before that moment, or before something happens.
    Wait(Option<Instant>),
}

/// The prompts of one agent.
pub struct Prompts {
    how: How,
    queue: VecDeque<Prompt>,
    stage: Stage,
    marks_paste: bool,
    /// It has told that it works since the first was submitted.
    taken: bool,
    /// It has told that it was given something to do since.
    begun: bool,
    /// The person was told that the one that it was started with waits.
    told_first: bool,
    /// Since when it is not known what it shows.
    unsure: Option<Instant>,
    /// Why the one that it was started with was not taken, until somebody asks.
    lost: Option<Fault>,
}

impl Prompts {
    /// With the first one, if it is to be typed.
    pub fn new(how: How, first: Option<String>) -> Self {
        let prompt = |text| Prompt { text, at_once: false, answer: None };
        let queue = first.map(prompt).into_iter().collect();
        Self {
            how,
            queue,
            stage: Stage::Waiting,
            marks_paste: false,
            taken: false,
            begun: false,
            told_first: false,
            unsure: None,
            lost: None,
        }
    }

    /// Whether the one that it was started with was not typed yet.
    pub fn has_first(&self) -> bool {
        let untold = self.queue.front().is_some_and(|prompt| prompt.answer.is_none());
        untold && self.stage == Stage::Waiting
    }

    /// Whether the one that it was started with was not taken yet, and nobody was told so.
    pub fn owes_first(&self) -> bool {
        !self.told_first && self.queue.front().is_some_and(|prompt| prompt.answer.is_none())
    }

    /// Why the one that it was started with was not taken, once.
    pub fn take_lost(&mut self) -> Option<Fault> {
        self.lost.take()
    }

    fn end(&mut self, prompt: Prompt, result: Result<()>) {
        self.lost = prompt.answer(result).or(self.lost.take());
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The one that was typed and not submitted yet.
    pub fn typing(&self) -> Option<&str> {
        let typed = matches!(self.stage, Stage::Typed { .. });
        self.queue.front().filter(|_| typed).map(|prompt| &*prompt.text)
    }

    /// Adds one: what is for now comes before what can wait, behind what is being typed. Too many are refused.
    pub fn push(&mut self, text: String, at_once: bool, answer: oneshot::Sender<Result<()>>) {
        let prompt = Prompt { text, at_once, answer: Some(answer) };
        if self.queue.len() >= MOST {
            let fault = Fault::new(Kind::Exhausted, format!("{MOST} prompts wait for this agent"));
            return self.end(prompt, Err(fault.hint("wait until it has taken some")));
        }
        let begun = usize::from(self.stage != Stage::Waiting);
        let waits = |prompt: &Prompt| !prompt.at_once;
        let first = self.queue.iter().skip(begun).position(waits).map(|place| place + begun);
        match first.filter(|_| at_once) {
            Some(place) => self.queue.insert(place, prompt),
            None => self.queue.push_back(prompt),
        }
    }

    /// The screen has changed.
    pub fn sighted(&mut self, marks_paste: bool) {
        self.marks_paste = marks_paste;
        if let Stage::Typed { shown, .. } = &mut self.stage {
            *shown = true;
        }
    }

    /// The program tells what it does; or that it was given something to do, which nothing else makes it tell.
    pub fn heard(&mut self, says: Says, begins: bool) {
        let submitted = matches!(self.stage, Stage::Submitted(_));
        self.taken |= says == Says::Working && submitted;
        self.begun |= begins && submitted;
    }

    /// It could not be typed.
    pub fn fail(&mut self, fault: &Fault) {
        self.stage = Stage::Waiting;
        if let Some(prompt) = self.queue.pop_front() {
            self.end(prompt, Err(fault.clone()));
        }
    }

    /// What to do next for an agent at this moment.
    pub fn step(&mut self, agent: &Moment, now: Instant) -> Step {
        if agent.status == Status::Exited {
            self.ended();
        }
        if agent.takes() != Ready::Unsure {
            self.unsure = None;
        }
        if self.queue.is_empty() {
            return Step::Wait(None);
        }
        match self.stage.clone() {
            // Whatever is typed at a question answers it.
            Stage::Waiting | Stage::Typed { .. } if agent.status == Status::Blocked => {
                Step::Wait(None)
            }
            Stage::Waiting => self.waiting(agent, now),
            Stage::Typed { since, shown } => self.typed(agent, (since, shown), now),
            Stage::Submitted(how) => self.submitted(agent, how, now),
        }
    }

    fn ended(&mut self) {
        // It may have ended because of what it was told.
        if matches!(self.stage, Stage::Submitted(_))
            && let Some(taken) = self.queue.pop_front()
        {
            self.end(taken, Ok(()));
        }
        let fault = Fault::new(Kind::Conflict, "the agent's program has ended")
            .hint("to bring it back with its conversation: :Orchflow resume");
        while let Some(prompt) = self.queue.pop_front() {
            self.end(prompt, Err(fault.clone()));
        }
        self.stage = Stage::Waiting;
    }

    fn waiting(&mut self, agent: &Moment, now: Instant) -> Step {
        let Some(first) = self.queue.front() else {
            return Step::Wait(None);
        };
        let ready = agent.takes();
        if matches!(ready, Ready::Yes | Ready::Blind) || first.at_once {
            let bytes = self.bytes(&first.text);
            self.stage = Stage::Typed { since: now, shown: false };
            return Step::Write(bytes);
        }
        if ready == Ready::No {
            return Step::Wait(None);
        }
        let due = *self.unsure.get_or_insert(now) + UNSURE;
        if now < due {
            return Step::Wait(Some(due));
        }
        // What it was started with goes on waiting, once the person was told; who waits for those behind it is told.
        if self.owes_first() {
            self.told_first = true;
            self.lost = Some(agent.fault());
        }
        let told = self.queue.iter().position(|prompt| prompt.answer.is_some());
        let Some(prompt) = told.and_then(|place| self.queue.remove(place)) else {
            return Step::Wait(None);
        };
        self.end(prompt, Err(agent.fault()));
        Step::Wait(Some(now))
    }

    /// It was typed: it is submitted once the box holds it. In the place of the box an Enter would choose something.
    fn typed(&mut self, agent: &Moment, (since, shown): (Instant, bool), now: Instant) -> Step {
        let pause = Duration::from_millis(self.how.pause_ms);
        let at_once = self.queue.front().is_some_and(|prompt| prompt.at_once);
        let (shown, hidden) = match &agent.input {
            None => (shown, false),
            Some(input) => (matches!(input, Input::Holds(_)), *input == Input::Hidden && !at_once),
        };
        let patience = if shown { pause } else { SHOWN.max(pause) };
        let due = since + if hidden { UNSURE } else { patience };
        if now < due {
            return Step::Wait(Some(due));
        }
        if hidden {
            let message = "the prompt was typed and not submitted: the agent's box is not shown";
            self.fail(&Fault::new(Kind::Conflict, message).hint("look at its terminal"));
            return Step::Wait(Some(now));
        }
        (self.taken, self.begun) = (false, false);
        let held = match &agent.input {
            Some(Input::Holds(text)) => Some(text.clone()),
            _ => None,
        };
        self.submit(Submitted { since: now, times: 1, held, during: agent.is_busy() })
    }

    fn submit(&mut self, how: Submitted) -> Step {
        self.stage = Stage::Submitted(how);
        Step::Write(self.how.submit.clone().into_bytes())
    }

    fn submitted(&mut self, agent: &Moment, how: Submitted, now: Instant) -> Step {
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
            return self.over(Err(unchanged("nothing has changed")), now);
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

    /// The first of them is through.
    fn over(&mut self, result: Result<()>, now: Instant) -> Step {
        self.stage = Stage::Waiting;
        if let Some(prompt) = self.queue.pop_front() {
            self.end(prompt, result);
        }
        Step::Wait(Some(now))
    }

    /// Control characters would be keys to the program, and the end of a paste would end it.
    fn bytes(&self, text: &str) -> Vec<u8> {
        let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        let text: String = text.replace("\r\n", "\n").chars().filter(plain).collect();
        if self.marks_paste && self.how.paste == "bracketed" {
            let (begin, end) = PASTE;
            return format!("{begin}{text}{end}").into_bytes();
        }
        text.replace('\n', &self.how.newline).into_bytes()
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

#[cfg(test)]
#[path = "prompts_tests.rs"]
mod tests;
