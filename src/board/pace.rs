//! When a board is painted next: at once, but never too often, and for clocks and spinners only where they can be seen. Pure.

use std::time::{Duration, Instant};

/// No two paintings come closer: sixty in a second.
const PAINT: Duration = Duration::from_micros(16_700);

/// Where most of what is seen has other words in each painting, nobody reads them: half as many leave the editor alone. Anything
/// else, such as a status, does not wait for that.
const BLUR: Duration = Duration::from_millis(33);

/// Clocks move once a second at most, all together.
const TICK: Duration = Duration::from_secs(1);

/// What turns, turns so often.
const TURN: Duration = Duration::from_millis(125);

/// What moves by itself in the rows that can be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moving {
    /// In how many milliseconds a clock reads differently.
    pub clock: Option<u64>,
    /// Something turns.
    pub turns: bool,
    /// Rows that cannot be seen look different from what was sent of them.
    pub owes: bool,
}

/// The times of one board.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// When it was painted last.
    last: Option<Instant>,
    /// When its clocks were, and all rows that nobody sees.
    ticked: Option<Instant>,
    began: Instant,
    /// Something has changed since.
    stale: bool,
    /// Most of it had other words then, and nothing else was different.
    blurs: bool,
    /// It was looked at since: again there are only other words.
    held: bool,
    moving: Moving,
}

impl Pace {
    /// Nothing was painted yet.
    pub fn new(now: Instant) -> Self {
        let (last, moving) = (None, Moving::default());
        let (stale, blurs, held) = (true, false, false);
        Self { last, ticked: None, began: now, stale, blurs, held, moving }
    }

    /// Something has changed.
    pub fn changed(&mut self) {
        self.stale = true;
    }

    /// Whether something has changed that is not painted yet.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// When to paint next, if nothing else happens.
    pub fn due(&self) -> Option<Instant> {
        let Some(last) = self.last else {
            return Some(self.began);
        };
        let soonest = last + if self.held { BLUR } else { PAINT };
        if self.stale {
            return Some(soonest);
        }
        let clock = self
            .moving
            .clock
            .map(|ms| (last + Duration::from_millis(ms)).max(self.ticked.unwrap_or(last) + TICK));
        let turn = self.moving.turns.then(|| last + TURN);
        let whole = self.moving.owes.then(|| self.ticked.unwrap_or(last) + TICK);
        let next = [clock, turn, whole].into_iter().flatten().min();
        next.map(|next| next.max(soonest))
    }

    /// Whether a painting of other words alone can wait; if so, it is asked for again when it cannot.
    pub fn holds(&mut self, now: Instant) -> bool {
        self.held = self.blurs && self.last.is_some_and(|last| now < last + BLUR);
        self.held
    }

    /// Whether rows that nobody sees are to be painted too.
    pub fn is_whole_due(&self, now: Instant) -> bool {
        self.ticked.is_none_or(|ticked| now >= ticked + TICK)
    }

    /// It was painted; `blurs` where most of what is seen had other words, and nothing else was different.
    pub fn painted(&mut self, now: Instant, moving: Moving, blurs: bool) {
        if self.is_whole_due(now) {
            self.ticked = Some(now);
        }
        (self.last, self.stale, self.moving) = (Some(now), false, moving);
        (self.blurs, self.held) = (blurs, false);
    }

    /// How often what turns has turned.
    pub fn turn(&self, now: Instant) -> usize {
        let turns = now.duration_since(self.began).as_millis() / TURN.as_millis();
        usize::try_from(turns).unwrap_or(0) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Moving = Moving { clock: None, turns: false, owes: false };

    #[test]
    fn a_change_is_painted_at_once_and_the_next_ones_sixty_times_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.due(), Some(start));
        pace.painted(start, STILL, false);
        assert_eq!(pace.due(), None, "where nothing moves nobody is woken");
        pace.changed();
        assert_eq!(pace.due(), Some(start + PAINT));
        assert!(TICK.as_micros() / PAINT.as_micros() < 60);
    }

    #[test]
    fn clocks_move_together_once_a_second_and_seldom_where_they_read_minutes() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.painted(start, Moving { clock: Some(3), ..STILL }, false);
        assert_eq!(pace.due(), Some(start + TICK));
        pace.painted(start + TICK, Moving { clock: Some(40_000), ..STILL }, false);
        assert_eq!(pace.due(), Some(start + TICK + Duration::from_secs(40)));
    }

    #[test]
    fn what_turns_wakes_only_while_it_is_there_and_rows_that_are_owed_once() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.painted(start, Moving { turns: true, ..STILL }, false);
        assert_eq!(pace.due(), Some(start + TURN));
        pace.painted(start + TURN, Moving { owes: true, ..STILL }, false);
        assert!(!pace.is_whole_due(start + TURN));
        assert_eq!(pace.due(), Some(start + TICK));
        assert!(pace.is_whole_due(start + TICK));
        pace.painted(start + TICK, STILL, false);
        assert_eq!(pace.due(), None);
    }

    #[test]
    fn other_words_everywhere_are_painted_thirty_times_a_second_and_anything_else_at_once() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.painted(start, STILL, true);
        pace.changed();
        assert_eq!(pace.due(), Some(start + PAINT), "it is looked at, as it may be a status");
        assert!(pace.holds(start + PAINT));
        assert_eq!(pace.due(), Some(start + BLUR));
        assert!(!pace.holds(start + BLUR));
        pace.painted(start + BLUR, STILL, false);
        pace.changed();
        assert!(!pace.holds(start + BLUR + PAINT));
    }
}
