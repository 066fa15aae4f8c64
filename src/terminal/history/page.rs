//! Pages: lines that are kept together, copied out so that they can be read while the terminal goes on.

use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::term::color::Colors;

use crate::terminal::emulator::Emulator;
use crate::terminal::picture::{Row, shown};
use crate::terminal::scrollback::bytes::Reader;
use crate::terminal::scrollback::{Line, Scrollback, is_blank};

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

/// The page that has this line, or the one that is nearest to it.
pub fn page(emulator: &mut Emulator, line: u64) -> Page {
    let scrollback = emulator.scrollback();
    let (first_line, screen_line) = (scrollback.first_line(), scrollback.next_line());
    let block = (line < screen_line).then(|| scrollback.page(line)).flatten();
    let (first, lines, bytes) = block.unwrap_or_else(|| screen(emulator));
    let next = first + lines as u64;
    Page { first, next, first_line, screen_line, bytes, colors: *emulator.palette() }
}

/// The lines of the primary screen, up to the last that is not blank. The first may begin in the scrollback.
fn screen(emulator: &mut Emulator) -> (u64, usize, Vec<u8>) {
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
    let mut bytes = Vec::new();
    let mut lines = 0;
    while let Some((_, count, block)) =
        joined.page(lines as u64).filter(|(first, ..)| *first == lines as u64)
    {
        bytes.extend(block);
        lines += count;
    }
    (scrollback.next_line(), lines, bytes)
}
