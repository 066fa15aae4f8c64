//! Owns every wait of the tests: for a fact that someone announces (`Watched`) and for one that can only be asked for
//! (`wait_until`), always with a deadline and never for a fixed time.

use std::fmt::Display;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a fact may take before a test gives up. Generous, because the machine is shared and a healthy run never
/// comes near it; short enough that a hanging suite still says where it hangs.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The longest pause between two looks of `wait_until`. The first looks come closer together.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// Asks `look` until it answers, and panics naming `what` and the time when it does not within `timeout`.
#[track_caller]
pub fn wait_until<T>(what: &str, timeout: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    wait_until_shown(what, timeout, || look().ok_or("not yet"))
}

/// Like `wait_until`, for a `look` that says in its `Err` what it saw instead: the panic shows the last one.
#[track_caller]
pub fn wait_until_shown<T, S: Display>(
    what: &str,
    timeout: Duration,
    mut look: impl FnMut() -> Result<T, S>,
) -> T {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let seen = match look() {
            Ok(fact) => return fact,
            Err(seen) => seen,
        };
        let past = start.elapsed();
        assert!(past < timeout, "waited {past:.1?} in vain for {what}; last seen: {seen}");
        pause_for(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether `fact` becomes true within `timeout`.
pub fn is_within(timeout: Duration, fact: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !fact() {
        if start.elapsed() >= timeout {
            return false;
        }
        pause_for(LONGEST_PAUSE);
    }
    true
}

/// The one place that sleeps: a process's end or a file of someone else cannot announce itself to us.
#[allow(
    clippy::disallowed_methods,
    reason = "polling is the only way here, and it is bounded by a deadline"
)]
fn pause_for(time: Duration) {
    std::thread::sleep(time);
}

/// A value that one thread changes and others wait on: no polling.
#[derive(Debug, Default)]
pub struct Watched<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Watched<T> {
    /// Starts with this value.
    pub fn new(value: T) -> Self {
        Self { value: Mutex::new(value), changed: Condvar::new() }
    }

    /// Looks at the value, or changes it silently. A test that panicked elsewhere does not poison it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the value and wakes all who wait.
    pub fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until `look` answers; `None` when the deadline passed first.
    pub fn wait<R>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&mut T) -> Option<R>,
    ) -> Option<R> {
        let end = Instant::now() + timeout;
        let mut value = self.lock();
        loop {
            if let Some(fact) = look(&mut value) {
                return Some(fact);
            }
            let left = end.checked_duration_since(Instant::now())?;
            value =
                self.changed.wait_timeout(value, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
