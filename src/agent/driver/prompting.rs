//! An agent's prompts: when it can be told something, and typing it.

use std::time::{Duration, Instant};

use super::Driver;
use crate::agent::input_box::{self, Input};
use crate::agent::prompts::{Moment, Ready, Step};
use crate::agent::signs::{self, Conclusion};
use crate::fault::Result;
use crate::protocol::agent::{Source, Status};

/// A program of which nothing is known has drawn its prompt after so long.
const FIRST: Duration = Duration::from_secs(1);

/// What somebody has typed is on the screen within this time, and was read from there: programs draw it in some tens of
/// milliseconds, and a screen is read every fifty.
const ECHO: Duration = Duration::from_millis(300);

/// What was typed by others than us, as far as was looked.
#[derive(Default)]
pub(super) struct Keys {
    /// How often anything was typed when that was looked at last.
    count: u64,
    /// When it was seen that others have.
    seen: Option<Instant>,
}

impl Keys {
    /// When the screen shows what they have typed.
    fn shown_at(&self) -> Option<Instant> {
        self.seen.map(|seen| seen + ECHO)
    }
}

impl Driver {
    /// Goes on with what it is to be told, and says when to look again.
    pub(super) async fn type_prompt(&mut self, concluded: &Conclusion) -> Option<Instant> {
        self.see_keys();
        let step = self.prompts.step(&self.moment(concluded), Instant::now());
        let ours = matches!(step, Step::Write(_));
        if self.state.borrow().memo.first.is_some() && !self.prompts.has_first() {
            self.remember(|memo| memo.first = None);
        }
        let due = self.take(step).await.unwrap_or_else(|fault| {
            self.prompts.fail(&fault);
            Some(Instant::now())
        });
        if ours {
            self.keys.count = self.terminal.typed();
        }
        let rests = Some(self.rests_at()).filter(|_| self.blind);
        let shown = self.keys.shown_at().filter(|_| !self.prompts.is_empty());
        let later = rests.into_iter().chain(shown).filter(|at| *at > Instant::now());
        due.into_iter().chain(later).min()
    }

    /// Whether somebody else has typed since.
    fn see_keys(&mut self) {
        let count = self.terminal.typed();
        if self.keys.count != count {
            self.keys = Keys { count, seen: Some(Instant::now()) };
        }
    }

    /// Takes a step, and says when to look again; or why it could not be typed.
    pub(super) async fn take(&self, step: Step) -> Result<Option<Instant>> {
        match step {
            Step::Wait(until) => Ok(until),
            Step::Write(keys) => {
                self.terminal.write(keys, None).await.map(|()| Some(Instant::now()))
            }
        }
    }

    fn moment(&self, concluded: &Conclusion) -> Moment {
        let status = concluded.status;
        let ready = match status {
            Status::Blocked | Status::Exited => Ready::No,
            // It is told as soon as it has drawn something and rests.
            _ if self.blind && self.has_drawn() && self.rests_at() <= Instant::now() => {
                Ready::Blind
            }
            _ if self.blind => Ready::No,
            // What somebody types may open a menu, or be a draft, that is not to be seen yet.
            _ if self.keys.shown_at().is_some_and(|at| at > Instant::now()) => Ready::No,
            Status::Idle => Ready::Yes,
            Status::Unknown => Ready::Unsure,
            Status::Starting | Status::Working | Status::Done => Ready::No,
        };
        let told = concluded.source != Some(Source::Prompt);
        Moment { status, told, ready, input: self.input() }
    }

    /// What its box shows, if anybody wants to know.
    fn input(&self) -> Option<Input> {
        let rule = self.profile.prompt.input.as_ref().filter(|_| !self.prompts.is_empty())?;
        let sight = self.sighting.borrow();
        let input = input_box::look(rule, &sight);
        let typing = self.prompts.typing().filter(|_| input == Input::Hidden);
        match typing.filter(|text| input_box::shows_end(rule, text, &sight)) {
            Some(text) => Some(Input::Holds(signs::cut(text))),
            None => Some(input),
        }
    }

    fn has_drawn(&self) -> bool {
        self.sighting.borrow().lines.iter().any(|line| !line.trim().is_empty())
    }

    fn rests_at(&self) -> Instant {
        self.began + FIRST
    }
}
