//! Reading the scrollback: rows by their numbers, and places that outlast a change of width.

use alacritty_terminal::term::cell::Cell;

use super::bytes::Reader;
use super::line::{Line, wrap};
use super::{Place, Scrollback, within};
use crate::terminal::picture::Row;

/// The block last read, unpacked.
pub(super) struct Reading {
    first_row: u64,
    bytes: Vec<u8>,
    /// Where each of its lines begins: which row, which byte.
    starts: Vec<(usize, usize)>,
    /// The line last read, by its index: the rows of one line that is long are read one after the other.
    line: Option<(usize, Row)>,
}

impl Scrollback {
    /// A row by its number.
    pub fn row(&self, number: u64) -> Option<Row> {
        let ended = self.first_row + self.rows as u64;
        if number >= ended {
            let index = usize::try_from(number - ended).ok()?;
            let range = wrap(&self.open, self.cols).take(self.open_rows).nth(index)?;
            return Some(self.open[range].to_vec());
        }
        self.with_line(number, |_, cells, row| {
            let range = wrap(cells, self.cols).nth(row)?;
            Some(cells[range].to_vec())
        })?
    }

    /// The place at which a row begins.
    pub fn place(&self, number: u64) -> Option<Place> {
        let ended = self.first_row + self.rows as u64;
        if number >= ended {
            let index = usize::try_from(number - ended).ok()?;
            let range = wrap(&self.open, self.cols).nth(index)?;
            return Some(Place { line: self.next_line(), offset: range.start });
        }
        self.with_line(number, |number, cells, row| {
            let start = wrap(cells, self.cols).nth(row).map_or(0, |range| range.start);
            Place { line: number, offset: start }
        })
    }

    /// The row in which a place is, and how many cells of the row come before it.
    pub fn find(&self, place: Place) -> Option<(u64, usize)> {
        if place.line == self.next_line() && place.offset < self.open.len() {
            let (below, cut) = within(&self.open, self.cols, place.offset);
            return Some((self.first_row + (self.rows + below) as u64, cut));
        }
        let mut line = self.first_line;
        let mut row = self.first_row;
        let skip = self.blocks.iter().take_while(|block| {
            let within = place.line < line + block.lines() as u64;
            if !within {
                line += block.lines() as u64;
                row += block.rows() as u64;
            }
            !within
        });
        let block = self.blocks.get(skip.count())?;
        let bytes = block.bytes();
        let mut from = Reader(&bytes);
        let before = usize::try_from(place.line.checked_sub(line)?).ok()?;
        let mut lines = std::iter::from_fn(|| Line::read(&mut from));
        row += lines.by_ref().take(before).map(|line| line.rows(self.cols) as u64).sum::<u64>();
        let (below, cut) = within(&lines.next()?.to_cells(), self.cols, place.offset);
        Some((row + below as u64, cut))
    }

    /// Calls `read` with the line of a row: its number, its cells, and which of its rows it is.
    fn with_line<T>(&self, number: u64, read: impl FnOnce(u64, &[Cell], usize) -> T) -> Option<T> {
        let (mut line, mut row) = (self.first_line, self.first_row);
        let block = self.blocks.iter().find(|block| {
            let within = number < row + block.rows() as u64;
            if !within {
                line += block.lines() as u64;
                row += block.rows() as u64;
            }
            within
        })?;
        let mut reading = self.reading.borrow_mut();
        if reading.as_ref().is_none_or(|reading| reading.first_row != row) {
            *reading = Some(Reading::new(row, block.bytes().into_owned(), self.cols));
        }
        let reading = reading.as_mut()?;
        let row = usize::try_from(number.checked_sub(row)?).ok()?;
        let index = reading.starts.partition_point(|(start, _)| *start <= row).checked_sub(1)?;
        let (start, at) = reading.starts[index];
        let cells = match reading.line.take().filter(|(last, _)| *last == index) {
            Some((_, cells)) => cells,
            None => Line::read(&mut Reader(&reading.bytes[at..]))?.to_cells(),
        };
        let found = read(line + index as u64, &cells, row - start);
        reading.line = Some((index, cells));
        Some(found)
    }
}

impl Reading {
    fn new(first_row: u64, bytes: Vec<u8>, cols: usize) -> Self {
        let mut starts = Vec::new();
        let (mut from, mut row) = (Reader(&bytes), 0);
        loop {
            let at = bytes.len() - from.0.len();
            let Some(line) = Line::read(&mut from) else {
                break;
            };
            starts.push((row, at));
            row += line.rows(cols);
        }
        Self { first_row, bytes, starts, line: None }
    }
}
