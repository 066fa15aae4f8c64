//! What an agent is to be told, in order: typed when it is ready, submitted apart, and taken once it does something.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

mod moment;
mod submitted;

pub use moment::{Moment, Ready};
use submitted::Submitted;

use super::input_box::Input;
use super::profile::Prompt as How;
use super::signs::Says;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// Prompts that may wait for one agent.
const MOST: usize = 100;

/// So long at most, if the screen does not show the text, or the box does not hold it.
const SHOWN: Duration = Duration::from_millis(1_000);

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

/// How far the first of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Typed { since: Instant, shown: bool },
    Submitted(Submitted),
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
        let mut text: String =
            text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(plain).collect();
        if is_open_ended(&text) {
            text.push(' ');
        }
        if self.marks_paste && self.how.paste == "bracketed" {
            let (begin, end) = PASTE;
            return format!("{begin}{text}{end}").into_bytes();
        }
        text.replace('\n', &self.how.newline).into_bytes()
    }
}

/// Whether an Enter after this would not submit it: many programs take it for a line's end behind a backslash, and for the choice
/// of a file while a reference is being typed.
fn is_open_ended(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    text.ends_with('\\') || last.contains('@')
}

#[cfg(test)]
mod tests;
