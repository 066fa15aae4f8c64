//! The lines that have scrolled off the primary screen: whole lines, compact, whatever the width they were printed at.

mod block;
pub mod bytes;
mod colors;
mod frozen;
mod line;
mod plain;
mod rows;
mod save;
pub mod style;
#[cfg(test)]
mod tests;
mod unread;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use alacritty_terminal::term::cell::{Cell, Flags};

pub use self::frozen::Frozen;
pub use self::line::{Line, Writer, takes_mark, wrap};
pub use self::plain::{Lines, Measure, Piece, character};
pub use self::style::is_blank;

use self::block::{Block, FULL};
use self::rows::Reading;
use super::picture::Row;
use crate::protocol::terminal::Size;

/// A line of more cells is kept as several: only a program that never ends its line prints such.
pub const LONGEST: usize = 1 << 14;

/// So many lines are kept in any case, though none of them is shown beyond the limit: a screen that was skipped in a flood
/// is taken back from here, and who waits for words looks a moment later. The highest screen has as many rows.
const LEAST: usize = Size::MAX as usize;

/// So many bytes a line on the average; beyond that the oldest lines are dropped, though they are few.
const LINE_SIZE: usize = 1 << 10;

/// A place in the scrollback that outlasts a change of width: a line, and so many of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line's number, counted since the terminal's start.
    pub line: u64,
    /// So many cells of it come before.
    pub offset: usize,
}

/// The scrollback of one terminal. Its lines and its rows are numbered; the numbers of what was dropped are not used again.
pub struct Scrollback {
    /// Oldest first; the last one is being filled. Each is copied before it changes while a `Frozen` has it too.
    blocks: VecDeque<Arc<Block>>,
    /// The most lines that it keeps.
    limit: usize,
    cols: usize,
    first_line: u64,
    first_row: u64,
    /// How many bytes, lines and rows the blocks have.
    size: usize,
    lines: usize,
    rows: usize,
    /// The rows, joined, of a line that goes on on the screen.
    open: Row,
    open_rows: usize,
    writer: Writer,
    /// Lines before this number were looked at, see `unread`.
    read: u64,
    reading: RefCell<Option<Reading>>,
}

impl Scrollback {
    /// An empty one.
    pub fn new(limit: usize, cols: usize) -> Self {
        Self {
            blocks: VecDeque::new(),
            limit,
            cols,
            first_line: 0,
            first_row: 0,
            size: 0,
            lines: 0,
            rows: 0,
            open: Row::new(),
            open_rows: 0,
            writer: Writer::default(),
            read: 0,
            reading: RefCell::default(),
        }
    }

    /// How many lines it keeps.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The number of the oldest line. Some before it may still be there: they go by the block.
    pub fn first_line(&self) -> u64 {
        self.first_line.max(self.next_line().saturating_sub(self.limit as u64))
    }

    /// The number of the line that comes next, or goes on on the screen.
    pub fn next_line(&self) -> u64 {
        self.first_line + self.lines as u64
    }

    /// The number of the oldest row.
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The number of the row that comes next, the first on the screen.
    pub fn next_row(&self) -> u64 {
        self.first_row + (self.rows + self.open_rows) as u64
    }

    /// How many cells of the line that goes on on the screen are here.
    pub fn open_cells(&self) -> usize {
        self.open.len()
    }

    /// Those cells.
    pub fn open(&self) -> &[Cell] {
        &self.open
    }

    /// Takes them back.
    pub fn pop_open(&mut self) {
        self.open.clear();
        self.open_rows = 0;
    }

    /// A row has scrolled off the screen; `continues` if its line goes on in the row below.
    pub fn push_row(&mut self, cells: &[Cell], continues: bool) {
        let mut used = cells.len();
        if !continues {
            used = self::used(cells);
            if self.open.is_empty() {
                self.writer.cells(&cells[..used]);
                return self.push_written();
            }
            used = used.max(1); // It has taken a row, and shall go on to take one.
        }
        drop_gap(&mut self.open, cells);
        self.open.extend_from_slice(&cells[..used]);
        self.open_rows += 1;
        if !continues || self.open.len() >= LONGEST {
            self.end_open();
        }
    }

    fn end_open(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.open_rows = 0;
        self.writer.cells(&open);
        self.push_written();
    }

    /// How many bytes of lines as they are printed are best pushed next.
    pub fn room(&self) -> usize {
        let last = self.blocks.back().filter(|block| block.is_printed());
        last.map(|block| FULL.saturating_sub(block.size())).filter(|room| *room > 0).unwrap_or(FULL)
    }

    /// Adds lines that never stood on the screen.
    pub fn push_printed(&mut self, piece: &Piece<'_>) {
        if !self.open.is_empty() {
            self.end_open();
        }
        let cols = self.cols;
        let last = self.blocks.back_mut().filter(|block| block.size() < FULL);
        if !last.is_some_and(|block| Arc::make_mut(block).append(piece, cols)) {
            self.make_room();
            let mut block = Block::printed(&piece.style, cols);
            block.append(piece, cols);
            self.blocks.push_back(Arc::new(block));
        }
        self.size += piece.bytes.len();
        self.lines += piece.lines;
        self.rows += piece.rows;
        // The block last read may have grown.
        self.reading.take();
    }

    fn push_written(&mut self) {
        let mut writer = std::mem::take(&mut self.writer);
        self.push_writer(&mut writer);
        self.writer = writer;
    }

    fn push_writer(&mut self, line: &mut Writer) {
        if self.blocks.back().is_none_or(|block| block.size() >= FULL || block.is_printed()) {
            self.make_room();
            self.blocks.push_back(Arc::new(Block::new()));
        }
        if let Some(block) = self.blocks.back_mut().map(Arc::make_mut) {
            let (size, rows) = (block.size(), block.rows());
            block.push(line, self.cols);
            self.size += block.size() - size;
            self.rows += block.rows() - rows;
            self.lines += 1;
        }
        // The block last read may have grown.
        self.reading.take();
    }

    /// Drops the oldest blocks while the others have lines enough, or there is too much of them.
    fn make_room(&mut self) {
        let limit = self.limit.max(LEAST);
        while let Some(block) = self.blocks.front() {
            let (lines, rows, size) = (block.lines(), block.rows(), block.size());
            let enough = self.lines - lines >= limit;
            if !enough && self.size <= limit.saturating_mul(LINE_SIZE) {
                return;
            }
            if !enough && self.write_one() {
                continue;
            }
            self.first_line += lines as u64;
            self.first_row += rows as u64;
            self.lines -= lines;
            self.rows -= rows;
            self.size -= size;
            self.blocks.pop_front();
        }
    }

    /// Writes the oldest lines that are as they were printed, which mostly makes them smaller; false if there are none.
    fn write_one(&mut self) -> bool {
        let Some(block) = self.blocks.iter_mut().find(|block| block.is_printed()) else {
            return false;
        };
        let size = block.size();
        let block = Arc::make_mut(block);
        block.write();
        self.size = self.size - size + block.size();
        true
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.first_row = self.next_row();
        self.first_line = self.next_line();
        self.blocks.clear();
        self.reading.take();
        self.open.clear();
        (self.size, self.lines, self.rows, self.open_rows) = (0, 0, 0, 0);
    }

    /// Takes back the last line, or what there is of the one that goes on on the screen.
    pub fn pop(&mut self) -> Option<Row> {
        self.reading.take();
        if !self.open.is_empty() {
            self.open_rows = 0;
            return Some(std::mem::take(&mut self.open));
        }
        while self.blocks.back().is_some_and(|block| block.lines() == 0) {
            self.blocks.pop_back();
        }
        let block = Arc::make_mut(self.blocks.back_mut()?);
        let (size, rows, printed) = (block.size(), block.rows(), block.is_printed());
        let cells = block.pop(self.cols, |line| line.to_cells())?;
        self.size = self.size - size + block.size();
        self.rows -= rows - block.rows();
        self.lines -= 1;
        self.read = self.read.min(self.next_line());
        if printed {
            self.join_last();
        }
        Some(cells)
    }

    /// Each time that printed lines are looked at the last block ends, full or not: small ones become one.
    fn join_last(&mut self) {
        if let Some(last) = self.blocks.pop_back()
            && !self.blocks.back_mut().is_some_and(|block| Arc::make_mut(block).join(&last))
        {
            self.blocks.push_back(last);
        }
    }

    /// Wraps everything at another width. The line that goes on on the screen was taken back before.
    pub fn set_cols(&mut self, cols: usize) {
        debug_assert!(self.open.is_empty());
        if self.cols == cols {
            return;
        }
        self.cols = cols;
        self.reading.take();
        self.blocks.iter_mut().for_each(|block| Arc::make_mut(block).rewrap(cols));
        self.rows = self.blocks.iter().map(|block| block.rows()).sum();
    }

    /// Packs one block, and says whether there may be more to pack. To be called while nothing is printed.
    pub fn pack(&mut self) -> bool {
        self.reading.take();
        self.open.shrink_to_fit();
        // The last one is still being filled.
        let full = self.blocks.len().saturating_sub(1);
        let mut unpacked = self.blocks.iter_mut().take(full).filter(|block| !block.is_packed());
        let packed = unpacked.next().is_some_and(|block| Arc::make_mut(block).pack());
        // Lines that were kept as they were printed have another size now.
        self.size = self.blocks.iter().map(|block| block.size()).sum();
        packed
    }
}

/// A blank before a wide character that did not fit any more is none of the line's, unless what comes is
/// another character by now.
pub fn drop_gap(line: &mut Row, next: &[Cell]) {
    let wide = |cell: &Cell| cell.flags.contains(Flags::WIDE_CHAR);
    if line.last().is_some_and(is_gap) && next.first().is_some_and(wide) {
        line.pop();
    }
}

/// Whether this is such a blank.
pub fn is_gap(cell: &Cell) -> bool {
    cell.flags.contains(Flags::LEADING_WIDE_CHAR_SPACER)
}

/// How many cells there are from the left until only blanks follow.
pub fn used(cells: &[Cell]) -> usize {
    cells.iter().rposition(|cell| !is_blank(cell)).map_or(0, |last| last + 1)
}

/// Which row of a line a place is in, and how many cells of that row come before it.
pub fn within(cells: &[Cell], cols: usize, offset: usize) -> (usize, usize) {
    let rows = wrap(cells, cols).take_while(|range| range.start <= offset);
    rows.enumerate().last().map_or((0, 0), |(row, range)| (row, offset - range.start))
}
