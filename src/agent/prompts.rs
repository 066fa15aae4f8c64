//! What an agent is to be told, in order: typed when it is ready, submitted apart, and taken once it does something.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::profile::Prompt as How;
use super::signs::Says;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// Prompts that may wait for one agent.
const MOST: usize = 100;

/// Some swallow what submits a prompt while they start, though they show the prompt: it is pressed again after so long, and so often at most.
const AGAIN: Duration = Duration::from_millis(1_500);
const TIMES: u32 = 3;

/// So long at most, if the screen does not show the text.
const SHOWN: Duration = Duration::from_millis(1_000);

/// A program that was told something does something within this time, or has not taken it.
const TAKEN: Duration = Duration::from_secs(8);

/// So long a program may show something that nobody knows before those who wait for it are told.
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
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// What it does.
    pub status: Status,
    /// Whether it has told that itself, or that is presumed of what was submitted.
    pub told: bool,
    /// Whether it can be told something.
    pub ready: Ready,
}

/// How far the first of them is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Typed { since: Instant, shown: bool },
    Submitted { since: Instant, times: u32 },
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
            unsure: None,
            lost: None,
        }
    }

    /// Whether the one that it was started with was not typed yet.
    pub fn has_first(&self) -> bool {
        let untold = self.queue.front().is_some_and(|prompt| prompt.answer.is_none());
        untold && self.stage == Stage::Waiting
    }

    /// Why the one that it was started with was not taken, once.
    pub fn take_lost(&mut self) -> Option<Fault> {
        self.lost.take()
    }

    fn end(&mut self, prompt: Prompt, result: Result<()>) {
        self.lost = prompt.answer(result).or(self.lost.take());
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

    /// The program tells what it does.
    pub fn heard(&mut self, says: Says) {
        self.taken |= says == Says::Working && matches!(self.stage, Stage::Submitted { .. });
    }

    /// It could not be typed.
    pub fn fail(&mut self, fault: &Fault) {
        self.stage = Stage::Waiting;
        if let Some(prompt) = self.queue.pop_front() {
            self.end(prompt, Err(fault.clone()));
        }
    }

    /// What to do next for an agent at this moment.
    pub fn step(&mut self, agent: Moment, now: Instant) -> Step {
        if agent.status == Status::Exited {
            self.ended();
        }
        if agent.ready != Ready::Unsure {
            self.unsure = None;
        }
        if self.queue.is_empty() {
            return Step::Wait(None);
        }
        let pause = Duration::from_millis(self.how.pause_ms);
        match self.stage {
            // Whatever is typed at a question answers it.
            Stage::Waiting | Stage::Typed { .. } if agent.status == Status::Blocked => {
                Step::Wait(None)
            }
            Stage::Waiting => self.waiting(agent.ready, now),
            Stage::Typed { since, shown } => {
                let due = since + if shown { pause } else { SHOWN.max(pause) };
                if now < due {
                    return Step::Wait(Some(due));
                }
                self.taken = false;
                self.submit(now, 1)
            }
            Stage::Submitted { since, times } => self.submitted(agent, (since, times), now),
        }
    }

    fn ended(&mut self) {
        // It may have ended because of what it was told.
        if matches!(self.stage, Stage::Submitted { .. })
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

    fn waiting(&mut self, ready: Ready, now: Instant) -> Step {
        let Some(first) = self.queue.front() else {
            return Step::Wait(None);
        };
        if matches!(ready, Ready::Yes | Ready::Blind) || first.at_once {
            let bytes = self.typed(&first.text);
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
        let fault = Fault::new(Kind::Conflict, "the agent shows something other than its prompt");
        self.fail(&fault.hint("look at its terminal; to type it nevertheless: when = \"now\""));
        Step::Wait(Some(now))
    }

    fn submit(&mut self, since: Instant, times: u32) -> Step {
        self.stage = Stage::Submitted { since, times };
        Step::Write(self.how.submit.clone().into_bytes())
    }

    fn submitted(
        &mut self,
        Moment { status, told, ready }: Moment,
        (since, times): (Instant, u32),
        now: Instant,
    ) -> Step {
        let does_something = told && !matches!(status, Status::Idle | Status::Starting);
        let taken = self.taken || does_something || ready == Ready::Blind;
        let late = now >= since + TAKEN;
        let again = since + AGAIN * times;
        if !taken && !late {
            if times < TIMES && now < again {
                return Step::Wait(Some(again));
            }
            // Where it waits for a prompt, as far as it has told, no question stands that this could answer.
            if times < TIMES && (status == Status::Idle || !told) {
                return self.submit(since, times + 1);
            }
            return Step::Wait(Some(since + TAKEN));
        }
        self.stage = Stage::Waiting;
        if let Some(prompt) = self.queue.pop_front() {
            let fault = Fault::new(
                Kind::Timeout,
                "the prompt was typed and submitted, and nothing has changed",
            );
            let fault = fault.hint("look at the agent's terminal");
            self.end(prompt, if taken { Ok(()) } else { Err(fault) });
        }
        Step::Wait(Some(now))
    }

    /// Control characters would be keys to the program, and the end of a paste would end it.
    fn typed(&self, text: &str) -> Vec<u8> {
        let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        let text: String = text.replace("\r\n", "\n").chars().filter(plain).collect();
        if self.marks_paste && self.how.paste == "bracketed" {
            let (begin, end) = PASTE;
            return format!("{begin}{text}{end}").into_bytes();
        }
        text.replace('\n', &self.how.newline).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(60);

    /// One that tells all that it does.
    fn at(status: Status) -> Moment {
        let ready = if status == Status::Idle { Ready::Yes } else { Ready::No };
        Moment { status, told: true, ready }
    }

    #[test]
    fn a_first_one_that_is_lost_is_told_once_and_others_to_who_waits_for_them() {
        let mut prompts = Prompts::new(How::default(), Some("first".into()));
        let (answer, mut answered) = oneshot::channel();
        prompts.push("second".into(), false, answer);
        let fault = Fault::new(Kind::Conflict, "it cannot be typed");
        prompts.fail(&fault);
        assert_eq!(prompts.take_lost(), Some(fault.clone()));
        prompts.fail(&fault);
        assert_eq!(answered.try_recv().unwrap(), Err(fault));
        assert_eq!(prompts.take_lost(), None);
    }

    #[test]
    fn a_question_that_comes_while_a_prompt_is_typed_is_not_answered_by_it() {
        let mut prompts = Prompts::new(How::default(), Some("first".into()));
        let now = Instant::now();
        assert!(prompts.has_first());
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Write(b"first".into()));
        assert!(!prompts.has_first());
        prompts.sighted(true);
        for later in [PAUSE, SHOWN, TAKEN] {
            assert_eq!(prompts.step(at(Status::Blocked), now + later), Step::Wait(None));
        }
        assert_eq!(prompts.step(at(Status::Idle), now + TAKEN), Step::Write(b"\r".into()));
    }

    #[test]
    fn nothing_is_typed_at_what_is_no_prompt_and_who_waits_for_that_is_told() {
        let mut prompts = Prompts::new(How::default(), None);
        let (answer, mut answered) = oneshot::channel();
        prompts.push("at the menu".into(), false, answer);
        let menu = Moment { ready: Ready::Unsure, ..at(Status::Idle) };
        let now = Instant::now();
        assert_eq!(prompts.step(menu, now), Step::Wait(Some(now + UNSURE)));
        assert_eq!(prompts.step(menu, now + UNSURE), Step::Wait(Some(now + UNSURE)));
        assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Conflict);
        // What is for now is typed whatever it shows, and before what can wait.
        for (text, at_once) in [("one", false), ("two", true), ("three", true)] {
            prompts.push(text.into(), at_once, oneshot::channel().0);
        }
        let order: Vec<&str> = prompts.queue.iter().map(|prompt| &*prompt.text).collect();
        assert_eq!(order, ["two", "three", "one"]);
        assert_eq!(prompts.step(menu, now), Step::Write(b"two".into()));
        prompts.push("four".into(), true, oneshot::channel().0);
        let order: Vec<&str> = prompts.queue.iter().map(|prompt| &*prompt.text).collect();
        assert_eq!(order, ["two", "three", "four", "one"]);
    }

    #[test]
    fn a_prompt_is_typed_when_the_agent_is_ready_submitted_apart_and_taken_when_it_works() {
        let mut prompts = Prompts::new(How::default(), None);
        let (answer, mut answered) = oneshot::channel();
        let mut now = Instant::now();
        prompts.push("one\r\ntwo\x1b[201~".into(), false, answer);
        prompts.sighted(true);
        assert_eq!(prompts.step(at(Status::Working), now), Step::Wait(None));
        assert_eq!(
            prompts.step(at(Status::Idle), now),
            Step::Write(b"\x1b[200~one\ntwo[201~\x1b[201~".into())
        );
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Wait(Some(now + SHOWN)));
        prompts.sighted(true);
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Wait(Some(now + PAUSE)));
        now += PAUSE;
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Write(b"\r".into()));
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Wait(Some(now + AGAIN)));
        assert!(answered.try_recv().is_err());
        prompts.heard(Says::Working);
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Wait(Some(now)));
        assert_eq!(answered.try_recv().unwrap(), Ok(()));
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Wait(None));
    }

    #[test]
    fn a_prompt_that_changes_nothing_fails_and_so_do_all_when_the_program_ends() {
        let mut prompts = Prompts::new(How::default(), Some("first".into()));
        let now = Instant::now();
        assert_eq!(prompts.step(at(Status::Idle), now), Step::Write(b"first".into()));
        assert_eq!(prompts.step(at(Status::Idle), now + SHOWN), Step::Write(b"\r".into()));
        for times in 1..TIMES {
            let again = now + SHOWN + AGAIN * times;
            assert_eq!(prompts.step(at(Status::Idle), again), Step::Write(b"\r".into()));
        }
        let tired = now + SHOWN + AGAIN * TIMES;
        assert_eq!(prompts.step(at(Status::Idle), tired), Step::Wait(Some(now + SHOWN + TAKEN)));
        let (answer, mut answered) = oneshot::channel();
        prompts.push("second".into(), false, answer);
        assert_eq!(
            prompts.step(at(Status::Idle), now + SHOWN + TAKEN),
            Step::Wait(Some(now + SHOWN + TAKEN))
        );
        assert_eq!(prompts.step(at(Status::Exited), now), Step::Wait(None));
        assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Conflict);
        for _ in 0..MOST {
            prompts.push("more".into(), false, oneshot::channel().0);
        }
        let (answer, mut answered) = oneshot::channel();
        prompts.push("too much".into(), false, answer);
        assert_eq!(answered.try_recv().unwrap().unwrap_err().kind, Kind::Exhausted);
    }
}
