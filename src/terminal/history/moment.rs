//! A terminal's whole lines at one moment, and their pages: lines that are kept together. They are read while it goes on.

use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::term::color::Colors;

use crate::terminal::emulator::Emulator;
use crate::terminal::picture::{Row, shown};
use crate::terminal::scrollback::bytes::Reader;
use crate::terminal::scrollback::{Frozen, Line, Scrollback, is_blank};

/// Consecutive lines: a block of the scrollback, or all of the primary screen.
pub struct Page {
    /// The number of the first of them, and the number behind the last.
    pub first: u64,
    pub next: u64,
    /// The number of the oldest line that is kept.
    pub first_line: u64,
    /// The number of the first line that is, or ends, on the screen.
    pub screen_line: u64,
    bytes: Vec<u8>,
    /// Those that the program has redefined.
    colors: Colors,
}

impl Page {
    /// Its lines with their numbers.
    pub fn lines(&self) -> Vec<(u64, Line<'_>)> {
        let mut from = Reader(&self.bytes);
        (self.first..self.next).zip(std::iter::from_fn(|| Line::read(&mut from))).collect()
    }

    /// A cell as it is seen.
    pub fn shown(&self, mut cell: Cell) -> Cell {
        shown(&mut cell, &self.colors);
        cell
    }
}

/// All lines of a terminal as they are at one moment: nothing falls out of it while it is read.
pub struct Moment {
    scrolled: Frozen,
    /// How many lines the primary screen has, and themselves.
    screen: (usize, Vec<u8>),
    colors: Colors,
}

impl Moment {
    /// The lines as they are now.
    pub fn new(emulator: &mut Emulator) -> Self {
        let screen = screen(emulator);
        Self { scrolled: emulator.scrollback().freeze(), screen, colors: *emulator.palette() }
    }

    /// The page that has this line, or the one that is nearest to it.
    pub fn page(&self, line: u64) -> Page {
        let (first_line, screen_line) = (self.scrolled.first_line(), self.scrolled.next_line());
        let block = (line < screen_line).then(|| self.scrolled.page(line)).flatten();
        let (first, lines, bytes) = block.unwrap_or_else(|| {
            let (lines, bytes) = self.screen.clone();
            (screen_line, lines, bytes)
        });
        let next = first + lines as u64;
        Page { first, next, first_line, screen_line, bytes, colors: self.colors }
    }
}

/// The lines of the primary screen, up to the last that is not blank. The first may begin in the scrollback.
fn screen(emulator: &mut Emulator) -> (usize, Vec<u8>) {
    let rows = emulator.primary();
    let scrollback = emulator.scrollback();
    let cols = rows.first().map_or(2, |(row, _)| row.len());
    // Rows become lines as they do when they scroll off.
    let mut joined = Scrollback::new(usize::MAX, cols);
    let open = scrollback.open();
    if !open.is_empty() {
        joined.push_row(open, true);
    }
    let used = |(row, _): &(Row, bool)| !row.iter().all(is_blank);
    let last = rows.iter().rposition(used).map_or(0, |last| last + 1);
    let count = last.max(usize::from(!open.is_empty()));
    for (index, (row, continues)) in rows.iter().take(count).enumerate() {
        joined.push_row(row, *continues && index + 1 < count);
    }
    let joined = joined.freeze();
    let mut bytes = Vec::new();
    let mut lines = 0;
    while let Some((_, count, block)) =
        joined.page(lines as u64).filter(|(first, ..)| *first == lines as u64)
    {
        bytes.extend(block);
        lines += count;
    }
    (lines, bytes)
}
