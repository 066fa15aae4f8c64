//! Doors to the engine's private parts for the measurements in `benches/parts.rs`: nothing else may come in here.

use super::emulator::{Emulator, SCROLLBACK, SLICE};
use super::frame::Shown;
use super::lexer::{Found, Lexer};
use super::scrollback::Scrollback;
use crate::protocol::terminal::Size;

/// Of everything that is measured.
const SIZE: Size = Size { rows: 40, cols: 100 };

/// A terminal's model of 40 rows and 100 columns.
pub struct Model(Emulator);

/// What a view of that size shows.
pub struct View(Shown);

/// A scrollback of that width.
pub struct Lines(Scrollback);

impl Model {
    /// A blank one.
    pub fn blank() -> Self {
        Self(Emulator::new(SIZE, SCROLLBACK))
    }

    /// Reads a program's output as its owner has it read.
    pub fn feed(&mut self, mut output: &[u8]) {
        while !output.is_empty() {
            output = &output[self.0.feed(output, SLICE)..];
            drop(self.0.take_command());
            drop(self.0.take_effects());
        }
    }

    /// As bytes, whole.
    pub fn save(&mut self) -> Vec<u8> {
        self.0.save(usize::MAX)
    }

    /// From such bytes.
    pub fn load(bytes: &[u8]) -> Option<Self> {
        Emulator::load(bytes, SCROLLBACK).map(Self)
    }
}

impl View {
    /// A blank one.
    pub fn blank() -> Self {
        Self(Shown::blank(SIZE, 0, true))
    }

    /// The frame that makes it show what the model is now, with so many of the lines that it lacks.
    pub fn frame(&mut self, model: &Model, lines: u64) -> Vec<u8> {
        self.0.frame(&model.0.picture(""), lines, |number| model.0.line(number))
    }
}

impl Lines {
    /// None.
    pub fn none() -> Self {
        Self(Scrollback::new(SCROLLBACK, usize::from(SIZE.cols)))
    }

    /// Adds the rows of a model's screen.
    pub fn push(&mut self, model: &Model) {
        model.0.picture("").rows.iter().for_each(|row| self.0.push_row(row, false));
    }

    /// How many cells its last so many rows have.
    pub fn cells(&self, last: u64) -> usize {
        let end = self.0.next_row();
        let rows = (end.saturating_sub(last)..end).filter_map(|number| self.0.row(number));
        rows.map(|row| row.len()).sum()
    }

    /// Packs all of it.
    pub fn pack(&mut self) {
        while self.0.pack() {}
    }
}

/// How many commands (OSC) are in some output.
pub fn commands(output: &[u8]) -> usize {
    let (mut lexer, mut at, mut count) = (Lexer::new(), 0, 0);
    while at < output.len() {
        let (read, found) = lexer.next(&output[at..]);
        count += usize::from(matches!(found, Found::Osc(_)));
        at += read;
    }
    count
}
