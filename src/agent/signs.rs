//! What each source has said of an agent, and what follows from it: pure, the time comes with the question.
//!
//! One source is believed at a time, the most trustworthy that has spoken. Another takes over only where it must know
//! better: a question that stands on the screen is there, and what has looked otherwise for long has changed without a
//! word, as when a person interrupts a turn.

use std::collections::BTreeMap;

mod sign;

pub use sign::{Says, Sign, cut};

use super::first::First;
use crate::protocol::agent::{Source, Status};

/// A moment, in milliseconds since some other one.
pub type Millis = u64;

/// For so long a less trustworthy source must have said otherwise before it is believed: longer than programs take from
/// one step to the next, and short enough that nobody has gone for coffee meanwhile.
pub const STALE: Millis = 1_500;

/// A screen that waits for input does so for so long at least: between two steps some flash their prompt.
const SETTLED: Millis = 200;

/// A screen on which nothing is known is believed to be on its way to another for so long.
const BETWEEN: Millis = 1_000;

/// So long a program may take until its first sign.
const START: Millis = 20_000;

/// What was submitted is thought to be worked on for so long without a sign: programs that were not at work draw another
/// screen first, and load their tools, and some keep what comes while they start for later. As long as a prompt may take
/// until it is taken; 3.6 s is the longest in our recordings, more than 5 s was seen where much else was done.
const BEGIN: Millis = 8_000;

/// A program whose screen tells what goes on behind an ended turn has so long to draw that: 0.42 s is the longest in
/// our recordings.
const DRAWN: Millis = 500;

/// Who works for less, unasked, has only started: codex says so of itself before its first prompt.
pub const TURN: Millis = 300;

/// All that is known of an agent's doings.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    by: BTreeMap<Source, Sign>,
    /// What a source has said before.
    former: BTreeMap<Source, Says>,
    /// Since when the screen shows nothing that is known.
    lost: Option<Millis>,
    /// When the program ended, and how.
    ended: Option<Sign>,
    /// When it was last given something to do.
    submitted: Option<Sign>,
    /// Its screen, and nothing else, tells what goes on behind an ended turn.
    draws_background: bool,
    /// Its screen shows nothing of that: it is told by a better source, and only that one tells its end.
    hides_background: bool,
    /// Its hooks tell when a turn begins.
    tells_begin: bool,
    /// Since when a better source than the screen has said that it works, until one says otherwise.
    busy: Option<Millis>,
    /// What such a source has said last was the end of a turn.
    finished: bool,
    started: Millis,
    first: First,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// Starting, working, blocked, idle, exited or unknown: whether somebody has looked is not known here.
    pub status: Status,
    /// Whose sign that is; none without any.
    pub source: Option<Source>,
    /// Why this one.
    pub reason: &'static str,
    /// When time alone may change it.
    pub again: Option<Millis>,
}

impl Signs {
    /// Of a program that was started then. Whether only its screen tells what goes on behind an ended turn.
    pub fn new(started: Millis, draws_background: bool) -> Self {
        Self { started, draws_background, ..Self::default() }
    }

    /// Of a program whose screen shows nothing of what goes on behind an ended turn.
    pub fn hiding_background(self, hides_background: bool) -> Self {
        Self { hides_background, ..self }
    }

    /// Of a program whose hooks tell when a turn begins.
    pub fn telling_begin(self, tells_begin: bool) -> Self {
        Self { tells_begin, ..self }
    }

    /// Of a program that was started with a prompt, if it was.
    pub fn beginning_with(self, first: First) -> Self {
        Self { first, ..self }
    }

    /// A source says something. What it says again is as old as before.
    pub fn hear(&mut self, source: Source, sign: Sign) {
        let at = self.by.get(&source).filter(|before| before.says == sign.says).map(|b| b.at);
        // An event is news even if it says the same; a screen goes on saying it, and no turn ends twice: some tell a second
        // time that they wait, which may come when they were given something already.
        let ends_again = source == Source::Hook && self.tells_begin && sign.says == Says::Done;
        let at = at.filter(|_| source == Source::Screen || ends_again).unwrap_or(sign.at);
        let says = sign.says;
        let is_best = self.by.keys().all(|other| *other >= source);
        self.first.hear(source, &sign, is_best);
        if source != Source::Screen {
            self.follow(&sign);
        }
        let before = self.by.insert(source, Sign { at, ..sign });
        if let Some(before) = before.filter(|before| before.says != says) {
            self.former.insert(source, before.says);
        }
        if source == Source::Screen {
            self.lost = None;
        }
    }

    /// Whether a turn ends with this sign, which is no screen's.
    fn follow(&mut self, sign: &Sign) {
        match sign.says {
            Says::Working => _ = self.busy.get_or_insert(sign.at),
            Says::Done | Says::Over => {
                let began = self.busy.take();
                self.finished |= began.is_some_and(|began| sign.at >= began + TURN);
                return;
            }
            _ => self.busy = None,
        }
        self.finished = false;
    }

    /// The screen shows nothing that is known.
    pub fn lose(&mut self, now: Millis) {
        self.lost.get_or_insert(now);
    }

    /// It was given something to do.
    pub fn submit(&mut self, at: Millis) {
        let (rule, text) = ("prompt".into(), "something was submitted to it".into());
        self.submitted = Some(Sign { says: Says::Working, rule, text, at });
    }

    /// The program has ended.
    pub fn end(&mut self, sign: Sign) {
        self.ended.get_or_insert(sign);
    }

    /// What a source has said last.
    pub fn sign(&self, source: Source) -> Option<&Sign> {
        match source {
            Source::Process => self.ended.as_ref(),
            Source::Prompt => self.first.sign().or(self.submitted.as_ref()),
            source => self.by.get(&source),
        }
    }

    /// It was given something to do since it started, or since we know it.
    pub fn was_given(&self) -> bool {
        self.submitted.is_some() || self.first.has_begun()
    }

    /// What it was started with.
    pub fn first(&mut self) -> &mut First {
        &mut self.first
    }

    /// All sources that have spoken, the most trustworthy first.
    pub fn all(&self) -> impl Iterator<Item = (Source, &Sign)> {
        let prompt = self.sign(Source::Prompt).into_iter().map(|sign| (Source::Prompt, sign));
        self.by.iter().map(|(source, sign)| (*source, sign)).chain(prompt)
    }

    /// What follows from all of it.
    pub fn conclude(&self, now: Millis) -> Conclusion {
        let certain = self.certain(now).map(|(status, source, reason)| {
            let source = Some(source);
            let again = self.lost.map(|lost| lost + SETTLED);
            Conclusion {
                status,
                source,
                reason,
                again: again.filter(|_| source == Some(Source::Screen)),
            }
        });
        let concluded = certain.unwrap_or_else(|| {
            let believed = self.believed(now);
            self.presumed(&believed, now).unwrap_or(believed)
        });
        let since = self.by.values().map(|sign| sign.at).max();
        self.first.awaited(concluded, since.unwrap_or(self.started), now)
    }

    /// What was submitted to a program that waited for it is worked on until the program has something to say.
    fn presumed(&self, believed: &Conclusion, now: Millis) -> Option<Conclusion> {
        let submitted = self.submitted.as_ref()?.at;
        let over = submitted + BEGIN;
        let hook = self.by.get(&Source::Hook).filter(|_| self.tells_begin);
        let ended_before = hook.is_some_and(|hook| hook.says == Says::Done && hook.at <= submitted);
        // That it works, or has started, is no word against it.
        let says_otherwise = |(source, sign): (&Source, &Sign)| {
            // Where a hook tells of a beginning, a screen may still be drawing the end before.
            let draws = *source == Source::Screen && ended_before && now < sign.at + STALE;
            !draws
                && sign.at > submitted
                && sign.says.contradicts(Says::Working)
                && sign.says != Says::Started
        };
        let waits = match believed.status {
            Status::Idle | Status::Unknown => true,
            Status::Starting => believed.source.is_some(),
            _ => false,
        };
        if !waits || now >= over || self.by.iter().any(says_otherwise) {
            return None;
        }
        let drawn = self.by.get(&Source::Screen).map(|sign| sign.at + STALE);
        let drawn = drawn.filter(|at| ended_before && *at > now);
        Some(Conclusion {
            status: Status::Working,
            source: Some(Source::Prompt),
            reason: "it was given something to do, and has said nothing else since",
            again: believed.again.into_iter().chain(drawn).chain([over]).min(),
        })
    }

    /// What holds whatever the others say: the program's end, and what stands on its screen.
    fn certain(&self, now: Millis) -> Option<(Status, Source, &'static str)> {
        if self.ended.is_some() {
            return Some((Status::Exited, Source::Process, "its program has ended"));
        }
        let screen = self.by.get(&Source::Screen)?;
        let goes_on = |sign: &Sign| matches!(sign.says, Says::Working | Says::Blocked);
        // Some clear their screen before they draw the same question again.
        let redraws = |lost| now < lost + SETTLED && self.by.values().all(|sign| sign.at < lost);
        if screen.says == Says::Blocked && self.lost.is_none_or(redraws) {
            return Some((Status::Blocked, Source::Screen, "the question stands on the screen"));
        }
        let stands = self.lost.is_none() && screen.says.stands() && !self.by.values().any(goes_on);
        let status = screen.says.status().filter(|_| stands)?;
        Some((status, Source::Screen, "its screen shows that it is not done yet"))
    }

    /// What the most trustworthy source says, or one that must know better by now.
    fn believed(&self, now: Millis) -> Conclusion {
        let mut told: Vec<_> = self.by.iter().collect();
        told.retain(|(source, _)| **source != Source::Screen || !self.is_lost(now));
        // That it has started is the least that can be said.
        told.sort_by_key(|(_, sign)| sign.says == Says::Started);
        let Some(((source, best), others)) = told.split_first() else {
            return self.without_signs(now);
        };
        let mut again = self.lost.map(|lost| lost + BETWEEN).filter(|at| *at > now);
        let hidden = self.hides_background && best.says == Says::Background;
        let doubts = |sign: &Sign| sign.doubts(best) && !(hidden && sign.says.waits());
        // One between the two that has spoken since knows better: a spinner that turns.
        let overruled =
            |index: usize, later: &Sign| others[..index].iter().any(|(_, sign)| sign.doubts(later));
        let doubting = others.iter().enumerate().filter(|(_, (_, later))| doubts(later));
        for (_, (other, later)) in doubting.filter(|(index, (_, later))| !overruled(*index, later))
        {
            let answered = best.says == Says::Blocked && later.says == Says::Working;
            let sure = answered || later.says == Says::Over;
            let due = later.at + if sure { SETTLED } else { STALE };
            if now >= due {
                let reason = "it has looked so for long, though nothing better has told of it";
                return self.settled(now, **other, later, reason, again);
            }
            again = again.into_iter().chain([due]).min();
        }
        self.settled(now, **source, best, "no source that is more trustworthy has spoken", again)
    }

    /// Between two steps a screen may look as if all was done.
    fn settled(
        &self,
        now: Millis,
        source: Source,
        sign: &Sign,
        reason: &'static str,
        again: Option<Millis>,
    ) -> Conclusion {
        let drawn = sign.at + DRAWN;
        let over = matches!(sign.says, Says::Done | Says::Over);
        if source != Source::Screen && over && now < drawn && self.may_go_on() {
            let again = again.into_iter().chain([drawn]).min();
            let reason = "its screen may show yet that something of its turn goes on";
            return Conclusion { status: Status::Working, source: Some(source), reason, again };
        }
        let former = self.former.get(&source);
        let idled = source == Source::Sequence && former.is_some_and(|says| says.waits());
        let began = self.busy.unwrap_or(sign.at) + TURN;
        if idled && sign.says == Says::Working && now < began && !self.was_given() {
            let again = again.into_iter().chain([began]).min();
            let reason = "nobody has given it anything to do: it may only start";
            return Conclusion { status: Status::Idle, source: Some(source), reason, again };
        }
        let settled = sign.at + SETTLED;
        if self.is_unsure(source, sign) && now < settled {
            let status = former.and_then(|says| says.status()).unwrap_or(Status::Starting);
            let reason = "its prompt may be there for a moment only";
            return Conclusion { status, source: Some(source), reason, again: Some(settled) };
        }
        let status = sign.says.status().unwrap_or(Status::Unknown);
        Conclusion { status, source: Some(source), reason, again }
    }

    /// Whether that is to be seen for some time: a screen, or that it waits, while no screen shows for what.
    fn is_unsure(&self, source: Source, sign: &Sign) -> bool {
        let seen = self.lost.is_none_or(|lost| lost > sign.at);
        let drawn = |screen: &Sign| seen && screen.says.waits();
        match source {
            Source::Screen => sign.says == Says::Done,
            _ => sign.says == Says::Waiting && !self.by.get(&Source::Screen).is_some_and(drawn),
        }
    }

    /// Whether the screen has not followed the end of a turn, and would show what it has left behind.
    fn may_go_on(&self) -> bool {
        let goes_on = |sign: &Sign| matches!(sign.says, Says::Working | Says::Background);
        let screen = self.by.get(&Source::Screen);
        self.draws_background && self.finished && screen.is_none_or(goes_on)
    }

    fn is_lost(&self, now: Millis) -> bool {
        self.lost.is_some_and(|lost| now >= lost + BETWEEN)
    }

    fn without_signs(&self, now: Millis) -> Conclusion {
        let limit = self.started + START;
        if now < limit && self.by.is_empty() {
            let (status, reason) = (Status::Starting, "it has given no sign yet");
            return Conclusion { status, source: None, reason, again: Some(limit) };
        }
        let reason = "its screen shows nothing that the profile knows";
        Conclusion { status: Status::Unknown, source: None, reason, again: None }
    }
}

#[cfg(test)]
mod tests;
