//! Whether an agent's turn has left something to look at, also where that ended while no daemon ran.

use std::time::Duration;

use super::Driver;
use crate::agent::memo::Memo;
use crate::agent::signs::{self, Conclusion, Millis, Says, Sign};
use crate::protocol::agent::{Source, Status};

/// Who works for less, and was not asked to, has done nothing to look at.
const TURN: Duration = Duration::from_millis(signs::TURN);

/// Why it is done, though nothing has told so.
pub(super) const UNWITNESSED: &str = "its turn ended while no daemon ran";

/// Where what the last daemon knew stands in for what hooks have said.
const KNOWN: &str = "the last daemon";

/// So long what a program shows may be what it showed when the last daemon ended: what it has printed since is read after that.
const READ: Millis = 1_000;

impl Driver {
    /// What follows of it for what is to be looked at.
    pub(super) fn follow_turn(&mut self, concluded: &Conclusion) {
        self.worked |= self.has_worked(concluded);
        match concluded.status {
            Status::Idle if std::mem::take(&mut self.worked) => {
                self.unseen = !self.sighting.borrow().watched;
            }
            Status::Working | Status::Blocked | Status::Exited if self.is_seen(concluded) => {
                self.unwitnessed = false;
            }
            _ => {}
        }
        self.keep_turn(concluded);
    }

    /// It was at a turn when the last daemon ended. Its hooks said so, and will say more; what they told was not to be seen on the
    /// screen, which may look as if it waited, between a question and the next step.
    pub(super) fn recall_turn(&mut self) {
        let memo = &self.state.borrow().memo;
        if memo.turn && !memo.passed && !self.profile.hooks.events.is_empty() {
            let (rule, text) = (KNOWN.to_owned(), "it was at a turn when that ended".to_owned());
            let sign = Sign { says: Says::Working, rule, text, at: 0 };
            self.senses.signs.hear(Source::Hook, sign);
        }
    }

    /// Whether this daemon has seen that itself, so that whatever ends now ends before its eyes.
    fn is_seen(&self, concluded: &Conclusion) -> bool {
        match concluded.source {
            Some(Source::Hook) => {
                self.senses.signs.sign(Source::Hook).is_some_and(|sign| sign.rule != KNOWN)
            }
            _ => self.now() >= READ,
        }
    }

    /// Whether it is done for no other reason than that the last daemon saw it work.
    pub(super) fn ended_unwitnessed(&self, status: Status) -> bool {
        self.unwitnessed && self.unseen && matches!(status, Status::Idle | Status::Done)
    }

    /// What is to be looked at still is when the next daemon begins. While it works or asks there is nothing yet, but there will be.
    fn keep_turn(&self, concluded: &Conclusion) {
        let (unseen, turn) = (self.unseen && concluded.status == Status::Idle, self.worked);
        let kept = |memo: &Memo| (memo.unseen, memo.turn);
        if kept(&self.state.borrow().memo) != (unseen, turn) {
            self.keep(|memo| (memo.unseen, memo.turn) = (unseen, turn));
        }
    }

    /// Whether there is something to look at, now or once its turn is over.
    fn has_worked(&self, concluded: &Conclusion) -> bool {
        let before = self.state.borrow();
        // A hook that says so knows, however short it was; others may have seen a start.
        let by_hook = concluded.source == Some(Source::Hook);
        let turned =
            before.status == Status::Working && (by_hook || before.since.elapsed() >= TURN);
        turned
            || match concluded.status {
                Status::Working => by_hook || self.senses.signs.was_given(),
                // Some ask about their start after they have shown that they are ready.
                Status::Blocked => self.senses.signs.was_given(),
                _ => false,
            }
    }
}
