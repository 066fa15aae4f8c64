//! What is on a terminal's screen, for rooms that follow it: given when it has changed, at a bounded rate, and only while
//! somebody follows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::emulator::Emulator;
use super::entry::Entry;
use super::shared::Shared;
use crate::protocol::terminal::Exit;

/// The screen is read no more often than this, however often it changes: fifty agents that flood cost little then, and
/// nobody notices what came so late.
pub const PACE: Duration = Duration::from_millis(50);

/// A screen at one moment.
#[derive(Debug, Default)]
pub struct Sight {
    /// Its lines, from the top, without trailing blanks; one that is wrapped is whole, but on the alternate screen.
    pub lines: Vec<String>,
    /// Those of them again, by their index, in which something is drawn faint: with blanks for each byte of that.
    pub bright: BTreeMap<usize, String>,
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
    /// When text was submitted last, by whomever: typed or pasted, with an Enter behind it.
    pub submitted: Option<Instant>,
}

impl Sight {
    /// What a model shows.
    fn of(emulator: &Emulator) -> Self {
        let (mut lines, mut bright) = (Vec::new(), BTreeMap::new());
        emulator.read_bright(|line, without_faint| {
            bright.extend(without_faint.map(|text| (lines.len(), text.to_owned())));
            lines.push(line.to_owned());
        });
        Self {
            lines,
            bright,
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
    entry: Entry,
    submitted: Option<Instant>,
}

impl Sights {
    pub fn new(now: Instant) -> Self {
        Self { changed: false, next: now, entry: Entry::default(), submitted: None }
    }

    /// The screen is another one, or somebody begins to follow it or to look at it.
    pub fn changed(&mut self) {
        self.changed = true;
    }

    /// Something is typed.
    pub fn typed(&mut self, data: &[u8], now: Instant) {
        if self.entry.typed(data) {
            self.submitted = Some(now);
            self.changed = true;
        }
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
        let (exit, submitted) = (shared.exit(), self.submitted);
        let sight = Sight { watched, exit, submitted, ..Sight::of(emulator) };
        shared.sight.send_replace(Arc::new(sight));
        self.changed = false;
        self.next = now + PACE;
    }
}

/// What follows a terminal's screen gets.
pub type Sighting = watch::Receiver<Arc<Sight>>;

/// Plays what a program has printed, for tests of what is made of it.
#[cfg(test)]
pub struct Player(Emulator, Entry);

#[cfg(test)]
impl Player {
    /// On a blank screen.
    pub fn new(size: crate::protocol::terminal::Size) -> Self {
        Self(Emulator::new(size, 100), Entry::default())
    }

    /// The program prints this.
    pub fn play(&mut self, mut output: &[u8]) {
        while !output.is_empty() {
            output = &output[self.0.feed(output, super::emulator::SLICE)..];
        }
    }

    /// This is typed. Whether it submits text.
    pub fn typed(&mut self, data: &[u8]) -> bool {
        self.1.typed(data)
    }

    /// What is on the screen now.
    pub fn sight(&self) -> Sight {
        Sight::of(&self.0)
    }
}
