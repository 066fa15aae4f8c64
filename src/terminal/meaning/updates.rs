//! When a change of facts is told: at once, and then at most four times a second, and only what is another than was told.

use std::time::{Duration, Instant};

use crate::protocol::terminal::{Fact, Facts};

/// Faster nobody reads a percentage, and every editor is told.
const PAUSE: Duration = Duration::from_millis(250);

/// What was told last.
#[derive(Debug)]
pub struct Updates {
    told: Facts,
    when: Option<Instant>,
}

impl Updates {
    /// This is known already.
    pub fn new(told: Facts) -> Self {
        Self { told, when: None }
    }

    /// What to tell now.
    pub fn take(&mut self, facts: &Facts, now: Instant) -> Option<Vec<Fact>> {
        if *facts == self.told || self.when.is_some_and(|when| now < when + PAUSE) {
            return None;
        }
        let changed = changed(&self.told, facts);
        self.told = facts.clone();
        self.when = Some(now);
        Some(changed)
    }

    /// When to ask again, if there is something to tell.
    pub fn deadline(&self, facts: &Facts) -> Option<Instant> {
        if *facts == self.told { None } else { self.when.map(|when| when + PAUSE) }
    }
}

fn changed(old: &Facts, new: &Facts) -> Vec<Fact> {
    let facts = [
        (Fact::Directory, old.directory != new.directory),
        (Fact::Progress, old.progress != new.progress),
        (Fact::Running, old.running != new.running),
        (Fact::LastCommand, old.last_command != new.last_command),
        (Fact::Purpose, old.purpose != new.purpose),
        (Fact::Tags, old.tags != new.tags),
    ];
    facts.into_iter().filter(|(_, other)| *other).map(|(fact, _)| fact).collect()
}
