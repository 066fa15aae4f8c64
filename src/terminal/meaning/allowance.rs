//! How often something may be told: so many at once, then so many a second, and the rest is counted.

use std::time::{Duration, Instant};

/// A bounded flow.
#[derive(Debug)]
pub struct Allowance {
    most: u32,
    /// One more after so long.
    every: Duration,
    left: u32,
    /// When `left` was last right.
    since: Option<Instant>,
    missed: u64,
}

impl Allowance {
    /// `most` at once, and one more `every` so long.
    pub fn new(most: u32, every: Duration) -> Self {
        Self { most, every, left: most, since: None, missed: 0 }
    }

    /// Whether one more may be told now: then how many were not told before it.
    pub fn take(&mut self, now: Instant) -> Option<u64> {
        self.refill(now);
        if self.left == 0 {
            self.missed += 1;
            return None;
        }
        self.left -= 1;
        Some(std::mem::take(&mut self.missed))
    }

    fn refill(&mut self, now: Instant) {
        let since = *self.since.get_or_insert(now);
        let more = now.saturating_duration_since(since).as_nanos() / self.every.as_nanos().max(1);
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(more).min(self.most);
        if self.left == self.most {
            self.since = Some(now);
        } else {
            self.since = Some(since + self.every * more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_in_part_and_counted() {
        let (mut allowance, start) =
            (Allowance::new(3, Duration::from_millis(100)), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        let told = |allowance: &mut Allowance, ms, count: u32| -> Vec<u64> {
            (0..count).filter_map(|_| allowance.take(at(ms))).collect()
        };
        assert_eq!(told(&mut allowance, 0, 10), [0, 0, 0]);
        assert_eq!(told(&mut allowance, 99, 1), [0u64; 0]);
        assert_eq!(told(&mut allowance, 100, 2), [8]);
        assert_eq!(told(&mut allowance, 10_000, 4), [1, 0, 0], "no more than at first");
        assert_eq!(told(&mut allowance, 10_099, 1), [0u64; 0]);
        assert_eq!(told(&mut allowance, 10_100, 1), [2]);
    }
}
