//! What a program says of itself through its terminal, as facts: where it works, what it runs, how far it is, and what
//! its person shall notice. Pure: commands (OSC) and moments in, facts and news out.

mod allowance;
mod clean;
mod conversation;
mod mark;
mod notify;
mod place;
mod progress;
mod purpose;
mod tags;
mod updates;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use clean::{can_be_seen, text};
pub use conversation::{Now, Place, Screen};
pub use purpose::guess;
pub use tags::check as check_tags;

use self::allowance::Allowance;
use self::conversation::{Conversation, Turn};
use self::mark::Mark;
pub use self::notify::Note;
use self::notify::Pieces;
use self::updates::Updates;
use crate::protocol::terminal::{Fact, Facts, Finished, Purpose, Running};

/// Whether a command (OSC) is one that is understood here, by its number. Most are not: titles, colours, links.
pub fn concerns(text: &[u8]) -> bool {
    matches!(number(text), b"7" | b"9" | b"99" | b"133" | b"633" | b"777" | b"1337")
}

/// The number that a command begins with.
fn number(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b';').next().unwrap_or_default()
}

/// News of a terminal.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// These facts are others than when that was last told.
    Updated(Vec<Fact>),
    Started(Running),
    Finished(Finished),
    /// With how many before it were not told.
    Notified(Note, u64),
    /// With how many before it were not told.
    Belled(u64),
}

/// One that says the same as the last within this time is not told: programs ask for attention until they get it.
const SAME: Duration = Duration::from_secs(10);

/// One terminal's meaning.
#[derive(Debug)]
pub struct Meaning {
    facts: Facts,
    /// This machine's name.
    host: String,
    conversation: Conversation,
    pieces: Pieces,
    last: Option<(Note, Instant)>,
    updates: Updates,
    notes: Allowance,
    bells: Allowance,
    commands: Allowance,
}

impl Meaning {
    /// Of a terminal of which this is known.
    pub fn new(facts: Facts, host: String) -> Self {
        Self {
            updates: Updates::new(facts.clone()),
            facts,
            host,
            conversation: Conversation::default(),
            pieces: Pieces::default(),
            last: None,
            // A person reads three at once; more are a program in a loop.
            notes: Allowance::new(3, Duration::from_secs(1)),
            bells: Allowance::new(1, Duration::from_millis(250)),
            // A pasted script is told line by line; a program that prints marks in a loop is not.
            commands: Allowance::new(100, Duration::from_millis(50)),
        }
    }

    /// What is known now.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The program has sent a command (OSC).
    pub fn osc(&mut self, text: &[u8], at: Now, screen: &dyn Screen) -> Vec<News> {
        let number = number(text);
        let rest = text.get(number.len() + 1..).unwrap_or_default();
        let mut news = match number {
            b"7" => self.work_in(place::of_url(rest, &self.host)),
            b"9" => self.osc_9(rest, at.instant),
            b"99" => {
                let note = self.pieces.add(rest);
                self.notify(note, at.instant)
            }
            b"133" => self.mark(mark::of_133(rest), at, screen),
            b"633" => match mark::cwd_of_633(rest) {
                Some(path) => self.work_in(place::of_path(&path)),
                None => self.mark(mark::of_633(rest), at, screen),
            },
            b"777" => self.notify(notify::of_777(rest), at.instant),
            b"1337" => self.work_in(rest.strip_prefix(b"CurrentDir=").and_then(place::of_path)),
            _ => return Vec::new(),
        };
        news.extend(self.tick(at.instant));
        news
    }

    /// The program has rung the bell.
    pub fn bell(&mut self, now: Instant) -> Option<News> {
        self.bells.take(now).map(News::Belled)
    }

    /// The user says what the terminal is for.
    pub fn update(
        &mut self,
        purpose: Option<Purpose>,
        tags: Option<Vec<String>>,
        now: Instant,
    ) -> Option<News> {
        self.facts.purpose = purpose.unwrap_or(self.facts.purpose);
        if let Some(tags) = tags {
            self.facts.tags = tags;
        }
        self.tick(now)
    }

    /// The program has ended: nothing goes on any more.
    pub fn ended(&mut self, now: Instant) -> Option<News> {
        self.conversation.abandon();
        self.facts.running = None;
        self.facts.progress = None;
        self.tick(now)
    }

    /// When changes that came too fast are to be told.
    pub fn deadline(&self) -> Option<Instant> {
        self.updates.deadline(&self.facts)
    }

    /// Tells what has changed, unless something was told just before.
    pub fn tick(&mut self, now: Instant) -> Option<News> {
        self.updates.take(&self.facts, now).map(News::Updated)
    }

    fn work_in(&mut self, directory: Option<PathBuf>) -> Vec<News> {
        if let Some(directory) = directory {
            self.facts.directory = directory;
        }
        Vec::new()
    }

    /// ConEmu's commands, or iTerm2's notification.
    fn osc_9(&mut self, text: &[u8], now: Instant) -> Vec<News> {
        if let Some(rest) = text.strip_prefix(b"4;") {
            if let Some(progress) = progress::read(rest, self.facts.progress) {
                self.facts.progress = progress;
            }
            // What is no progress may be a text: "4;" begins none that anybody writes.
            return Vec::new();
        }
        if let Some(path) = text.strip_prefix(b"9;") {
            let bare = path.strip_prefix(b"\"").and_then(|path| path.strip_suffix(b"\""));
            return self.work_in(place::of_path(bare.unwrap_or(path)));
        }
        self.notify(notify::of_9(text), now)
    }

    fn notify(&mut self, note: Option<Note>, now: Instant) -> Vec<News> {
        let Some(note) = note else { return Vec::new() };
        let recent =
            self.last.as_ref().filter(|(_, when)| now.saturating_duration_since(*when) < SAME);
        if recent.is_some_and(|(last, _)| *last == note) {
            return Vec::new();
        }
        let Some(missed) = self.notes.take(now) else { return Vec::new() };
        self.last = Some((note.clone(), now));
        vec![News::Notified(note, missed)]
    }

    fn mark(&mut self, mark: Option<Mark>, at: Now, screen: &dyn Screen) -> Vec<News> {
        let Some(mark) = mark else { return Vec::new() };
        let turns = self.conversation.take(mark, at, &self.facts.directory, screen);
        turns.into_iter().filter_map(|turn| self.turn(turn, at.instant)).collect()
    }

    fn turn(&mut self, turn: Turn, now: Instant) -> Option<News> {
        let news = match turn {
            Turn::Started(running) => {
                self.facts.running = Some(running.clone());
                News::Started(running)
            }
            Turn::Finished(finished) => {
                self.facts.running = None;
                self.facts.progress = None; // Whatever said it has ended.
                self.facts.last_command = Some(finished.clone());
                News::Finished(finished)
            }
        };
        self.commands.take(now).map(|_| news)
    }
}

#[cfg(test)]
#[path = "meaning_tests.rs"]
mod tests;
