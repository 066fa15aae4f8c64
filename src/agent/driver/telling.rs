//! What is told of an agent: to everybody when it changes, and why to whoever asks.

use std::time::Instant;

use super::state::{age, evidence};
use super::turn::UNWITNESSED;
use super::{Driver, info};
use crate::agent::signs::{Conclusion, Sign};
use crate::event::Event;
use crate::protocol::agent::{Evidence, Explained, Said, Source, Status};

impl Driver {
    /// What is told of it: until it was typed what it was started with, it starts.
    pub(super) fn shown(&self, concluded: Conclusion) -> Conclusion {
        if self.ended_unwitnessed(concluded.status) {
            return Conclusion { reason: UNWITNESSED, ..concluded };
        }
        if concluded.status != Status::Idle || !self.prompts.owes_first() {
            return concluded;
        }
        let reason = "it was started with a prompt, which is still to be typed";
        Conclusion { status: Status::Starting, reason, ..concluded }
    }

    /// Publishes what is told of it, to everybody if it is news.
    pub(super) fn publish(&mut self, status: Status, shown: &Conclusion) {
        let source = shown.source;
        let sign = source.and_then(|source| self.senses.signs.sign(source));
        let mut evidence = evidence(source, sign);
        if self.ended_unwitnessed(status) {
            evidence.text = UNWITNESSED.to_owned();
        }
        let seen = sign.map_or(self.began, |sign| self.instant(sign.at));
        let advice = self.advice(status);
        let news = std::mem::take(&mut self.untold);
        let changed = self.state.send_if_modified(|state| {
            // A hook tells of each thing that is done; words on a screen that count seconds are no news.
            let by_hook = evidence.source == Some(Source::Hook);
            let words = by_hook.then_some(&evidence.text);
            let known = by_hook.then_some(&state.evidence.text);
            let rule = (&state.evidence.source, &state.evidence.rule, known);
            let changed = news
                || state.status != status
                || rule != (&evidence.source, &evidence.rule, words)
                || state.advice != advice;
            if state.status != status {
                (state.status, state.since) = (status, Instant::now());
            }
            (state.evidence, state.seen, state.advice) = (evidence, seen, advice);
            changed
        });
        if changed {
            (self.tell)(Event::AgentChanged(info(&self.terminal, &self.state.borrow())));
        }
    }

    /// Why it is thought to do what it does.
    pub(super) fn explain(&self) -> Explained {
        let now = self.now();
        let concluded = self.shown(self.senses.signs.conclude(now));
        let aged = |source, sign: &Sign| Evidence {
            age_ms: now.saturating_sub(sign.at),
            ..evidence(Some(source), Some(sign))
        };
        let state = self.state.borrow();
        let said = self.senses.signs.all().map(|(source, sign)| Said {
            status: sign.says.status().unwrap_or(Status::Unknown),
            evidence: aged(source, sign),
        });
        Explained {
            name: self.terminal.info().name,
            status: state.status,
            evidence: Evidence { age_ms: age(state.seen), ..state.evidence.clone() },
            reason: concluded.reason.to_owned(),
            said: said.collect(),
        }
    }
}
