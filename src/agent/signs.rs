//! What each source has said of an agent, and what follows from it: pure, the time comes with the question.
//!
//! One source is believed at a time, the most trustworthy that has spoken. Another takes over only where it must know
//! better: a question that stands on the screen is there, and what has looked otherwise for long has changed without a
//! word, as when a person interrupts a turn.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::protocol::agent::{Source, Status};

/// A moment, in milliseconds since some other one.
pub type Millis = u64;

/// For so long a less trustworthy source must have said otherwise before it is believed: longer than programs take from
/// one step to the next, and short enough that nobody has gone for coffee meanwhile.
const STALE: Millis = 1_500;

/// A screen that waits for input does so for so long at least: between two steps some flash their prompt.
const SETTLED: Millis = 200;

/// A screen on which nothing is known is believed to be on its way to another for so long.
const BETWEEN: Millis = 1_000;

/// So long a program may take until its first sign.
const START: Millis = 20_000;

/// What a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It is there.
    Started,
    /// It is on its way: its screen says so, whatever was told.
    Starting,
    /// It works.
    Working,
    /// It asks.
    Blocked,
    /// Its turn is over, and something of it goes on.
    Background,
    /// It waits, for something to do or for an answer.
    Waiting,
    /// It has finished, or waits for something to do.
    #[serde(alias = "idle")]
    Done,
    /// It ends.
    Ended,
    /// Its screen has changed, and says what.
    Look,
}

impl Says {
    /// The status that it means; none where it says nothing of that.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::Started | Self::Starting => Some(Status::Starting),
            Self::Working | Self::Background => Some(Status::Working),
            Self::Blocked => Some(Status::Blocked),
            Self::Waiting | Self::Done => Some(Status::Idle),
            // The program's own end is told by the system.
            Self::Ended | Self::Look => None,
        }
    }

    /// Whether a screen that says so knows better than who says that all is done.
    fn stands(self) -> bool {
        matches!(self, Self::Background | Self::Starting)
    }

    /// Whether one of them cannot be true if the other is.
    fn contradicts(self, other: Self) -> bool {
        let waits = |says| matches!(says, Self::Waiting | Self::Blocked | Self::Done);
        let unsure = self == Self::Waiting || other == Self::Waiting;
        self.status() != other.status() && !(unsure && waits(self) && waits(other))
    }
}

/// As much of what was seen as evidence has: enough for a question.
pub fn cut(text: &str) -> String {
    const WORDS: usize = 400;
    text.chars().take(WORDS).collect()
}

/// What a source has said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What it means: one that means nothing of a status is none.
    pub says: Says,
    /// The rule of the profile.
    pub rule: String,
    /// What was seen.
    pub text: String,
    /// Since when it says so.
    pub at: Millis,
}

impl Sign {
    /// Whether it came after a better one, and cannot be true if that is.
    fn doubts(&self, better: &Self) -> bool {
        self.at > better.at && self.says.contradicts(better.says) && self.says != Says::Started
    }
}

/// All that is known of an agent's doings.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    by: BTreeMap<Source, Sign>,
    /// What the screen has said before.
    former: Option<Says>,
    /// Since when the screen shows nothing that is known.
    lost: Option<Millis>,
    /// When the program ended, and how.
    ended: Option<Sign>,
    started: Millis,
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
    /// Of a program that was started then.
    pub fn new(started: Millis) -> Self {
        Self { started, ..Self::default() }
    }

    /// A source says something. What it says again is as old as before.
    pub fn hear(&mut self, source: Source, sign: Sign) {
        let at = self.by.get(&source).filter(|before| before.says == sign.says).map(|b| b.at);
        // An event is news even if it says the same; a screen goes on saying it.
        let at = at.filter(|_| source == Source::Screen).unwrap_or(sign.at);
        let says = sign.says;
        let before = self.by.insert(source, Sign { at, ..sign });
        if source == Source::Screen {
            self.lost = None;
            self.former = before.map(|b| b.says).filter(|b| *b != says).or(self.former);
        }
    }

    /// The screen shows nothing that is known.
    pub fn lose(&mut self, now: Millis) {
        self.lost.get_or_insert(now);
    }

    /// The program has ended.
    pub fn end(&mut self, sign: Sign) {
        self.ended.get_or_insert(sign);
    }

    /// What a source has said last.
    pub fn sign(&self, source: Source) -> Option<&Sign> {
        self.by.get(&source)
    }

    /// The program's end.
    pub fn ended(&self) -> Option<&Sign> {
        self.ended.as_ref()
    }

    /// All sources that have spoken, the most trustworthy first.
    pub fn all(&self) -> impl Iterator<Item = (Source, &Sign)> {
        self.by.iter().map(|(source, sign)| (*source, sign))
    }

    /// What follows from all of it.
    pub fn conclude(&self, now: Millis) -> Conclusion {
        let certain = self.certain().map(|(status, source, reason)| {
            let source = Some(source);
            Conclusion { status, source, reason, again: None }
        });
        certain.unwrap_or_else(|| self.believed(now))
    }

    /// What holds whatever the others say: the program's end, and what stands on its screen.
    fn certain(&self) -> Option<(Status, Source, &'static str)> {
        if self.ended.is_some() {
            return Some((Status::Exited, Source::Process, "its program has ended"));
        }
        let screen = self.by.get(&Source::Screen).filter(|_| self.lost.is_none())?;
        let goes_on = |sign: &Sign| matches!(sign.says, Says::Working | Says::Blocked);
        if screen.says == Says::Blocked {
            return Some((Status::Blocked, Source::Screen, "the question stands on the screen"));
        }
        let stands = screen.says.stands() && !self.by.values().any(goes_on);
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
        for (other, later) in others.iter().filter(|(_, later)| later.doubts(best)) {
            let answered = best.says == Says::Blocked && later.says == Says::Working;
            let due = later.at + if answered { SETTLED } else { STALE };
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
        let settled = sign.at + SETTLED;
        if source == Source::Screen && sign.says == Says::Done && now < settled {
            let status = self.former.and_then(Says::status).unwrap_or(Status::Starting);
            let reason = "its prompt may be there for a moment only";
            return Conclusion { status, source: Some(source), reason, again: Some(settled) };
        }
        let status = sign.says.status().unwrap_or(Status::Unknown);
        Conclusion { status, source: Some(source), reason, again }
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
mod tests {
    use super::*;

    fn sign(says: Says, at: Millis) -> Sign {
        Sign { says, rule: String::new(), text: String::new(), at }
    }

    fn heard(signs: &[(Source, Says, Millis)]) -> Signs {
        let mut all = Signs::new(0);
        signs.iter().for_each(|&(source, says, at)| all.hear(source, sign(says, at)));
        all
    }

    use Says::{Background, Blocked, Done, Started, Waiting, Working};
    use Source::{Hook, Screen, Sequence};

    #[test]
    fn the_most_trustworthy_that_has_spoken_is_believed() {
        for (signs, now, wanted) in [
            (&[][..], 0, Status::Starting),
            (&[], START, Status::Unknown),
            (&[(Screen, Working, 0)], 0, Status::Working),
            (&[(Screen, Done, 0), (Hook, Working, 10)], 5_000, Status::Working),
            // A question that stands there is one, whatever was told.
            (&[(Hook, Working, 0), (Screen, Blocked, 5)], 5, Status::Blocked),
            (&[(Screen, Blocked, 5), (Hook, Working, 10)], 10, Status::Blocked),
            // It was answered: no hook tells of that.
            (&[(Hook, Blocked, 0), (Screen, Working, 100)], 100 + SETTLED, Status::Working),
            // A turn that was interrupted: no hook tells of that either.
            (&[(Hook, Working, 0), (Screen, Done, 100)], 100 + STALE - 1, Status::Working),
            (&[(Hook, Working, 0), (Screen, Done, 100)], 100 + STALE, Status::Idle),
            // A title that says no more than that it waits.
            (&[(Hook, Blocked, 0), (Sequence, Waiting, 10)], 60_000, Status::Blocked),
            (&[(Hook, Working, 0), (Sequence, Waiting, 10)], 10 + STALE, Status::Idle),
            (&[(Screen, Done, 0), (Hook, Started, 10)], 10 + SETTLED, Status::Idle),
            // The turn is over, and a shell of it goes on.
            (&[(Screen, Background, 0), (Hook, Done, 10)], 60_000, Status::Working),
            (&[(Hook, Done, 0), (Screen, Background, 10)], 10, Status::Working),
            // Only the screen: its prompt may flash between two steps.
            (&[(Screen, Working, 0), (Screen, Done, 50)], 60, Status::Working),
            (&[(Screen, Working, 0), (Screen, Done, 50)], 50 + SETTLED, Status::Idle),
        ] {
            let concluded = heard(signs).conclude(now);
            assert_eq!(concluded.status, wanted, "{signs:?} at {now}: {concluded:?}");
        }
    }

    #[test]
    fn time_alone_changes_a_conclusion_only_when_it_was_said_that_it_may() {
        let cases: &[&[(Source, Says, Millis)]] = &[
            &[],
            &[(Hook, Working, 0), (Screen, Done, 100)],
            &[(Screen, Working, 0), (Screen, Done, 50)],
            &[(Hook, Blocked, 0), (Screen, Working, 100)],
        ];
        for signs in cases {
            let signs = heard(signs);
            let mut now = 200;
            let mut concluded = signs.conclude(now);
            while let Some(again) = concluded.again {
                assert!(again > now, "{concluded:?}");
                let before = signs.conclude(again - 1);
                assert_eq!((before.status, before.source), (concluded.status, concluded.source));
                (now, concluded) = (again, signs.conclude(again));
            }
            assert_eq!(signs.conclude(now + 1_000_000).status, concluded.status);
        }
    }

    #[test]
    fn a_screen_between_two_others_changes_nothing_and_one_that_stays_unknown_is() {
        let mut signs = heard(&[(Screen, Working, 0)]);
        signs.lose(10);
        signs.lose(500);
        assert_eq!(signs.conclude(10 + BETWEEN - 1).status, Status::Working);
        assert_eq!(signs.conclude(10 + BETWEEN).status, Status::Unknown);
        signs.hear(Screen, sign(Working, 5_000));
        assert_eq!(signs.conclude(5_000).status, Status::Working);
        signs.end(sign(Says::Ended, 6_000));
        signs.hear(Hook, sign(Working, 7_000));
        assert_eq!(signs.conclude(8_000).status, Status::Exited);
    }
}
