//! How a program's output comes into the model: read no faster than it is taken in, and in pieces, because the other
//! terminals wait meanwhile.

use std::time::{Duration, Instant};

use super::{Owner, REST, hung_up};
use crate::event::Event;
use crate::protocol::terminal::Titled;
use crate::terminal::emulator::{Effect, SLICE};

/// A piece of output that takes longer is too long: the other terminals wait meanwhile.
const LONG: Duration = Duration::from_millis(2);

/// No shorter pieces than this: one sequence, more or less.
const SHORTEST: usize = 16;

/// So many reads follow each other before the other terminals have their turn: a fraction of a millisecond, as a key may
/// wait for a turn of each terminal that floods.
const READS: usize = 4;

/// How long a synchronised update may hold back what it does, if its end does not come.
const UPDATE: Duration = Duration::from_millis(150);

impl Owner {
    /// Reads what the program has printed.
    pub(super) fn receive(&mut self) {
        self.floods = false;
        for _ in 0..READS {
            let Some(pty) = self.pty.as_ref().filter(|_| !self.memory.is_due()) else {
                return;
            };
            match self.memory.read(pty) {
                Ok(None) => return,
                Ok(Some([])) => return self.hang_up(),
                Ok(Some(bytes)) => {
                    self.returned = bytes.ends_with(b"\r");
                    self.backlog.push(bytes);
                }
                Err(error) => {
                    hung_up(&self.shared, &error);
                    return self.hang_up();
                }
            }
            self.last_output = Instant::now();
            // A PTY holds little: while the program waits for room, neither of us gets on.
            let rest = self.backlog.rest();
            let portion = rest.len().min(self.lookout.portion());
            let skimmed = self.emulator.skim(&rest[..portion]);
            self.lookout.keep_up(&mut self.emulator);
            self.backlog.give(skimmed);
            self.backlog.look();
            // What is not just text may take the model any time.
            let enough = self.backlog.hurries() && self.backlog.rest().len() >= SLICE;
            if enough || self.backlog.is_full() {
                break;
            }
        }
        self.floods = true;
    }

    /// Reads the line feed that belongs to a carriage return, where it is there already. Were the size to change between the two, the
    /// line might get a second row, and the line feed would lead there instead of to the next line.
    pub(super) async fn finish_line(&mut self) {
        for _ in 0..READS {
            if !self.returned {
                return;
            }
            self.receive();
            self.catch_up().await;
        }
    }

    pub(super) fn hang_up(&mut self) {
        self.pty = None;
    }

    /// Gives the model all that was read, in pieces that take about a millisecond: a few bytes can ask for a
    /// million characters.
    pub(super) async fn catch_up(&mut self) {
        if !self.lags() {
            // Whoever types asks for this too: the echo is not to wait until patience ends.
            return;
        }
        if self.backlog.is_empty() {
            self.emulator.land();
            self.fed(Instant::now());
        }
        while !self.backlog.is_empty() {
            let start = Instant::now();
            let rest = self.backlog.rest();
            let portion = rest.len().min(self.lookout.portion());
            let count = self.emulator.feed(&rest[..portion], self.piece);
            self.backlog.give(count);
            let now = Instant::now();
            if count <= self.piece {
                self.piece = next_piece(self.piece, now - start);
            }
            self.fed(now);
            if now - start > LONG / 4 && !self.backlog.is_empty() {
                tokio::task::yield_now().await;
            }
        }
        self.patience = Instant::now() + self.painter.pace();
    }

    /// Whether the model lacks something, or has it elsewhere than on the screen.
    pub(super) fn lags(&self) -> bool {
        !self.backlog.is_empty() || self.emulator.is_skimming()
    }

    /// The model has changed.
    pub(super) fn fed(&mut self, now: Instant) {
        self.painter.output(now);
        self.lookout.changed();
        self.sights.changed();
        self.lookout.keep_up(&mut self.emulator);
        if let Some(command) = self.emulator.take_command() {
            self.hearing.osc(&command, &self.emulator);
        }
        self.effects();
        let title = self.titles.take(now);
        self.tell_title(title);
        self.rest = Some(self.last_output + REST);
        let ended = self.emulator.take_updated();
        self.update = match self.update.filter(|_| !ended) {
            _ if !self.emulator.is_updating() => None,
            None => Some(now + UPDATE),
            until => until,
        };
        if !self.backlog.is_empty() {
            self.paint(now);
        }
    }

    /// Carries out what the program asked its terminal for.
    fn effects(&mut self) {
        for effect in self.emulator.take_effects() {
            match effect {
                Effect::Bell => self.hearing.bell(),
                Effect::Reply(bytes) => self.input.reply(&bytes),
                Effect::Title(title) => {
                    if self.shared.set_title(&title) {
                        self.titles.set(title);
                    }
                }
            }
        }
    }

    pub(super) fn tell_title(&self, title: Option<String>) {
        if let Some(title) = title {
            (self.tell)(Event::TerminalTitled(Titled { id: self.shared.id, title }));
        }
    }
}

/// The next piece's length, after one of `piece` bytes took so long.
fn next_piece(piece: usize, took: Duration) -> usize {
    match took {
        long if long > LONG => (piece / 4).max(SHORTEST),
        short if short < LONG / 4 => (piece * 2).min(SLICE),
        _ => piece,
    }
}
