//! How often something that keeps dying is started again: pure, told the time by whoever asks.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So many starts …
const STARTS: usize = 5;

/// … in so long, then no more. What dies faster dies of itself, and starting it only heats the machine.
const WINDOW: Duration = Duration::from_secs(60);

/// Each start within the window waits so much longer than the one before: what it needs may come back meanwhile.
const STEP: Duration = Duration::from_millis(100);

/// Remembers the last starts.
#[derive(Debug, Default)]
pub(super) struct Brakes {
    recent: VecDeque<Instant>,
}

impl Brakes {
    /// When the next start may be, counted as one; or the moment at which the brakes come off.
    pub fn release(&mut self, now: Instant) -> Result<Instant, Instant> {
        self.recent.retain(|start| *start + WINDOW > now);
        match self.recent.front() {
            Some(first) if self.recent.len() >= STARTS => Err(*first + WINDOW),
            _ => {
                let pause = STEP * u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
                self.recent.push_back(now + pause);
                Ok(now + pause)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_starts_in_a_minute_are_allowed_and_the_sixth_waits_for_the_first_to_be_a_minute_ago() {
        let (mut brakes, start) = (Brakes::default(), Instant::now());
        for number in 0..5 {
            assert_eq!(brakes.release(start), Ok(start + STEP * number));
        }
        assert_eq!(brakes.release(start), Err(start + WINDOW));
        assert_eq!(brakes.release(start + WINDOW / 2), Err(start + WINDOW));
        let later = start + WINDOW;
        assert_eq!(brakes.release(later), Ok(later + STEP * 4), "four of them are younger");
    }
}
