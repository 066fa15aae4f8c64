//! An agent's prompts: when it can be told something, and typing it.

use std::time::{Duration, Instant};

use super::Driver;
use crate::agent::prompts::{Moment, Ready, Step};
use crate::agent::signs::Conclusion;
use crate::fault::Result;
use crate::protocol::agent::{Source, Status};

/// A program of which nothing is known has drawn its prompt after so long.
const FIRST: Duration = Duration::from_secs(1);

impl Driver {
    /// Goes on with what it is to be told, and says when to look again.
    pub(super) async fn type_prompt(&mut self, concluded: &Conclusion) -> Option<Instant> {
        let step = self.prompts.step(self.moment(concluded), Instant::now());
        if self.state.borrow().memo.first.is_some() && !self.prompts.has_first() {
            self.remember(|memo| memo.first = None);
        }
        let due = self.take(step).await.unwrap_or_else(|fault| {
            self.prompts.fail(&fault);
            Some(Instant::now())
        });
        let rests = Some(self.rests_at()).filter(|at| self.blind && *at > Instant::now());
        due.into_iter().chain(rests).min()
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
            Status::Idle => Ready::Yes,
            Status::Unknown => Ready::Unsure,
            Status::Starting | Status::Working | Status::Done => Ready::No,
        };
        Moment { status, told: concluded.source != Some(Source::Prompt), ready }
    }

    fn has_drawn(&self) -> bool {
        self.sighting.borrow().lines.iter().any(|line| !line.trim().is_empty())
    }

    fn rests_at(&self) -> Instant {
        self.began + FIRST
    }
}
