//! Owns how late what an agent did was concluded, and how early that it is ready.

use super::play::LAG;
use super::recording::{Event, Recording, Truth};
use crate::agent::signs::Millis;
use crate::protocol::agent::Status;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It is called ready so long before its whole screen is there.
    Early,
    /// It is ready for a prompt, its first one mostly.
    Ready,
    /// It works.
    Working,
    /// It asks.
    Blocked,
    /// Its turn is over.
    Done,
}

/// In the order of the table.
pub const ALL: [What; 5] = [What::Early, What::Ready, What::Working, What::Blocked, What::Done];

impl What {
    /// The head of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Early => "ready, too early by",
            Self::Ready => "ready",
            Self::Working => "working",
            Self::Blocked => "blocked",
            Self::Done => "done",
        }
    }

    fn of(truth: Truth) -> Self {
        match truth {
            Truth::Starting => Self::Early,
            Truth::Working => Self::Working,
            Truth::Blocked => Self::Blocked,
            Truth::Done | Truth::Kept => Self::Done,
            Truth::Idle | Truth::Draft | Truth::Menu => Self::Ready,
        }
    }

    /// Whether that is not so yet. What asks while it works is told by a hook before it can be seen, and is right.
    fn is_amiss(self, status: Status) -> bool {
        match self {
            Self::Early => status == Status::Idle,
            Self::Working => matches!(status, Status::Idle | Status::Starting | Status::Unknown),
            Self::Blocked => status != Status::Blocked,
            Self::Ready | Self::Done => status != Status::Idle,
        }
    }
}

/// Of each time that the truth became another one, and stayed so long enough to be judged: how long it took until it was
/// concluded for good, or, before its start is over, how long it was thought to be.
pub fn all(recording: &Recording, changes: &[(Millis, Status)]) -> Vec<(What, Millis)> {
    let marks: Vec<_> = recording.events.iter().filter_map(mark).collect();
    let end = recording.events.last().map_or(0, |(at, _)| *at);
    let mut all = Vec::new();
    for (index, (since, truth)) in marks.iter().enumerate() {
        let until = marks.get(index + 1).map_or(end, |(at, _)| *at);
        let until = judged(recording, *since, until);
        if let Some(truth) = truth.filter(|_| *since < until) {
            let what = What::of(truth);
            all.push((what, amiss(what, *since, until, changes)));
        }
    }
    all
}

fn mark((at, event): &(Millis, Event)) -> Option<(Millis, Option<Truth>)> {
    match event {
        Event::Mark(truth) => Some((*at, *truth)),
        _ => None,
    }
}

/// Until when: the mark of what follows is made when that can be seen, but a key that brings it was typed before.
fn judged(recording: &Recording, since: Millis, until: Millis) -> Millis {
    let typed = recording.events.iter().rev().find_map(|(at, event)| {
        (matches!(event, Event::Input(_)) && *at > since && *at < until).then_some(*at)
    });
    typed.unwrap_or(until.saturating_sub(LAG))
}

fn amiss(what: What, since: Millis, until: Millis, changes: &[(Millis, Status)]) -> Millis {
    let ends = changes.iter().skip(1).map(|(at, _)| *at).chain([Millis::MAX]);
    let wrong = changes.iter().zip(ends).filter_map(|((from, status), to)| {
        let (from, to) = ((*from).max(since), to.min(until));
        (from < to && what.is_amiss(*status)).then_some((from, to))
    });
    match what {
        What::Early => wrong.map(|(from, to)| to - from).sum(),
        _ => wrong.last().map_or(0, |(_, to)| to - since),
    }
}

/// What 95 of 100 are not above; of few that is the longest.
pub fn p95(times: &[Millis]) -> Millis {
    let mut times = times.to_vec();
    times.sort_unstable();
    let index = (times.len() * 95).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::terminal::Size;

    #[test]
    fn what_is_late_and_what_is_early_is_counted() {
        let mark = |at, truth| (at, Event::Mark(Some(truth)));
        let events = vec![
            mark(0, Truth::Starting),
            mark(1_000, Truth::Idle),
            (1_900, Event::Input("x".into())),
            mark(2_000, Truth::Working),
            mark(3_000, Truth::Blocked),
            mark(4_000, Truth::Done),
            (5_000, Event::Output(String::new())),
        ];
        let (name, program, version) = <(String, String, String)>::default();
        let recording =
            Recording { name, program, version, size: Size::DEFAULT, passed: false, events };
        let changes = [
            (0, Status::Starting),
            (700, Status::Idle),
            (750, Status::Starting),
            (1_030, Status::Idle),
            (1_950, Status::Working),
            (2_800, Status::Blocked), // By a hook, before it is seen.
            (4_100, Status::Idle),
            (4_200, Status::Working),
            (4_300, Status::Idle),
        ];
        let wanted = [
            (What::Early, 50),
            (What::Ready, 30),
            (What::Working, 0),
            (What::Blocked, 0),
            (What::Done, 300),
        ];
        assert_eq!(all(&recording, &changes), wanted);
        assert_eq!(p95(&[5, 1, 9]), 9);
        assert_eq!(p95(&(1..=100).collect::<Vec<_>>()), 95);
        assert_eq!(p95(&[]), 0);
    }
}
