//! What a person is told to do about an agent that does not get on.

use super::Driver;
use crate::agent::advice::{Case, advice};
use crate::agent::conversation::resuming;
use crate::agent::signs::Conclusion;
use crate::event::Event;
use crate::fault::{Fault, Kind};
use crate::protocol::agent::{Advice, Source, Status};
use crate::protocol::terminal::{self, Notified, Urgency};

impl Driver {
    /// Whether it has begun with what it was passed, or rests and never will.
    pub(super) fn begin_first(&mut self, concluded: &Conclusion) {
        // Of one that ran before this daemon nobody knows what it has done meanwhile.
        if self.senses.signs.first().give_up(concluded) && !self.adopted {
            let message = "it was passed to its program, which rests and has not begun with it";
            self.lost = Some(self.miss(Fault::new(Kind::Timeout, message)));
        }
        if self.state.borrow().memo.passed && !self.senses.signs.first().is_owed() {
            self.remember(|memo| memo.passed = false);
        }
    }

    /// Nobody waits for the prompt that an agent was started with: whoever looks is told that it was not taken.
    pub(super) fn miss_first(&mut self, concluded: &Conclusion) {
        if concluded.status == Status::Working && concluded.source != Some(Source::Prompt) {
            self.lost = None; // It was told something since, and has taken that.
        }
        // Of one that has ended it is told how.
        let ended = concluded.status == Status::Exited;
        let Some(fault) = self.prompts.take_lost().filter(|_| !ended) else {
            return;
        };
        self.lost = Some(self.miss(fault));
    }

    /// Tells the person why its first prompt was not taken.
    fn miss(&self, fault: Fault) -> Fault {
        let about = self.terminal.info();
        (self.tell)(Event::TerminalNotified(Notified {
            id: about.id,
            name: about.name,
            title: "its first prompt was not taken".into(),
            body: fault.message.clone(),
            urgency: Urgency::Critical,
            source: terminal::Source::Orchflow,
            missed: 0,
        }));
        fault
    }

    pub(super) fn advice(&self, status: Status) -> Option<Advice> {
        let needs = self.senses.needs.as_deref();
        let well = needs.is_none() && self.lost.is_none() && self.profile.broken.is_none();
        if status != Status::Exited && well {
            return None;
        }
        let (about, sight) = (self.terminal.info(), self.sighting.borrow());
        let memo = &self.state.borrow().memo;
        let ended = self.senses.signs.sign(Source::Process).map(|sign| sign.at);
        let case = Case {
            name: &about.name,
            status,
            lost: self.lost.as_ref(),
            needs,
            exit: about.exit.as_ref(),
            ran: ended.filter(|_| !self.adopted),
            lines: &sight.lines,
            resumes: resuming(&self.profile, memo.conversation.as_deref(), false).is_ok(),
        };
        advice(&self.profile, &case)
    }
}
