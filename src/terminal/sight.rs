//! What is on a terminal's screen, for rooms that follow it: given when it has changed, at a bounded rate, and only while
//! somebody follows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::emulator::Emulator;
use super::shared::Shared;
use crate::protocol::terminal::Exit;

/// The screen is read no more often than this, however often it changes: fifty agents that flood cost little then, and
/// nobody notices what came so late.
const PACE: Duration = Duration::from_millis(50);

/// A screen at one moment.
#[derive(Debug, Default)]
pub struct Sight {
    /// Its lines, from the top, without trailing blanks; one that is wrapped is whole, but on the alternate screen.
    pub lines: Vec<String>,
    /// A person sees it: some view is on a screen.
    pub watched: bool,
    /// The title that the program has set.
    pub title: String,
    /// What was said last by each sequence (OSC) that no standard knows, by its number.
    pub said: BTreeMap<u32, String>,
    /// How the program ended, once it has.
    pub exit: Option<Exit>,
    /// The program wants pasted text marked as such.
    pub marks_paste: bool,
}

impl Sight {
    /// What a model shows.
    fn of(emulator: &Emulator) -> Self {
        let mut lines = Vec::new();
        emulator.read_screen(|line| lines.push(line.to_owned()));
        Self {
            lines,
            title: emulator.title(),
            said: emulator.said().clone(),
            marks_paste: emulator.marks_paste(),
            ..Self::default()
        }
    }
}

/// When the screen is to be read.
pub(super) struct Sights {
    changed: bool,
    next: Instant,
}

impl Sights {
    pub fn new(now: Instant) -> Self {
        Self { changed: false, next: now }
    }

    /// The screen is another one, or somebody begins to follow it or to look at it.
    pub fn changed(&mut self) {
        self.changed = true;
    }

    /// When to read the screen.
    pub fn deadline(&self, shared: &Shared) -> Option<Instant> {
        (self.changed && shared.sight.receiver_count() > 0).then_some(self.next)
    }

    /// Reads the screen, if it is time. The model has all output.
    pub fn look(&mut self, now: Instant, shared: &Shared, emulator: &Emulator, watched: bool) {
        if self.deadline(shared).is_none_or(|due| due > now) {
            return;
        }
        let sight = Sight { watched, exit: shared.exit(), ..Sight::of(emulator) };
        shared.sight.send_replace(Arc::new(sight));
        self.changed = false;
        self.next = now + PACE;
    }
}

/// What follows a terminal's screen gets.
pub type Sighting = watch::Receiver<Arc<Sight>>;

/// Plays what a program has printed, for tests of what is made of it.
#[cfg(test)]
pub struct Player(Emulator);

#[cfg(test)]
impl Player {
    /// On a blank screen.
    pub fn new(size: crate::protocol::terminal::Size) -> Self {
        Self(Emulator::new(size, 100))
    }

    /// What is on the screen after this.
    pub fn play(&mut self, mut output: &[u8]) -> Sight {
        while !output.is_empty() {
            output = &output[self.0.feed(output, super::emulator::SLICE)..];
        }
        Sight::of(&self.0)
    }
}
