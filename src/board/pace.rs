//! When a board is painted next: at once, but never too often, and for clocks and spinners only where they can be seen. Pure.

use std::time::{Duration, Instant};

/// No two paintings come closer: sixty in a second.
const PAINT: Duration = Duration::from_micros(16_700);

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
    moving: Moving,
}

impl Pace {
    /// Nothing was painted yet.
    pub fn new(now: Instant) -> Self {
        let (last, moving) = (None, Moving::default());
        Self { last, ticked: None, began: now, stale: true, moving }
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
        let soonest = last + PAINT;
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

    /// Whether rows that nobody sees are to be painted too.
    pub fn is_whole_due(&self, now: Instant) -> bool {
        self.ticked.is_none_or(|ticked| now >= ticked + TICK)
    }

    /// It was painted.
    pub fn painted(&mut self, now: Instant, moving: Moving) {
        if self.is_whole_due(now) {
            self.ticked = Some(now);
        }
        (self.last, self.stale, self.moving) = (Some(now), false, moving);
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
        pace.painted(start, STILL);
        assert_eq!(pace.due(), None, "where nothing moves nobody is woken");
        pace.changed();
        assert_eq!(pace.due(), Some(start + PAINT));
        assert!(TICK.as_micros() / PAINT.as_micros() < 60);
    }

    #[test]
    fn clocks_move_together_once_a_second_and_seldom_where_they_read_minutes() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.painted(start, Moving { clock: Some(3), ..STILL });
        assert_eq!(pace.due(), Some(start + TICK));
        pace.painted(start + TICK, Moving { clock: Some(40_000), ..STILL });
        assert_eq!(pace.due(), Some(start + TICK + Duration::from_secs(40)));
    }

    #[test]
    fn what_turns_wakes_only_while_it_is_there_and_rows_that_are_owed_once() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.painted(start, Moving { turns: true, ..STILL });
        assert_eq!(pace.due(), Some(start + TURN));
        pace.painted(start + TURN, Moving { owes: true, ..STILL });
        assert!(!pace.is_whole_due(start + TURN));
        assert_eq!(pace.due(), Some(start + TICK));
        assert!(pace.is_whole_due(start + TICK));
        pace.painted(start + TICK, STILL);
        assert_eq!(pace.due(), None);
    }
}
