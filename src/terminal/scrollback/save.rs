//! The scrollback as bytes, for the journal's snapshots.

use std::sync::Arc;

use alacritty_terminal::term::cell::Flags;

use super::Scrollback;
use super::block::Block;
use super::bytes::{Reader, number};
use super::line::{Line, Writer};

impl Scrollback {
    /// Appends all of it, or as many of the newest lines as `most` bytes hold.
    pub fn save(&self, most: usize, out: &mut Vec<u8>) {
        let (mut room, mut kept) = (most, Vec::new());
        for block in self.blocks.iter().rev().take_while(|_| most > 0) {
            let bytes = block.bytes();
            let Some(left) = room.checked_sub(bytes.len()) else {
                break;
            };
            room = left;
            kept.push((block.lines(), bytes));
        }
        let dropped = self.blocks.iter().take(self.blocks.len() - kept.len());
        let (lines, rows) = dropped
            .fold((0, 0), |(lines, rows), block| (lines + block.lines(), rows + block.rows()));
        for n in [self.first_line + lines as u64, self.first_row + rows as u64] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        number(out, kept.len());
        for (lines, bytes) in kept.iter().rev() {
            number(out, *lines);
            number(out, bytes.len());
            out.extend_from_slice(bytes);
        }
        number(out, self.open_rows);
        let mut open = Writer::default();
        open.cells(&self.open);
        open.finish(out);
    }

    /// What was saved; None where it is damaged.
    pub fn load(from: &mut Reader<'_>, limit: usize, cols: usize) -> Option<Self> {
        let mut eight = || Some(u64::from_le_bytes(from.take(8)?.try_into().ok()?));
        let mut scrollback = Self::new(limit, cols);
        (scrollback.first_line, scrollback.first_row) = (eight()?, eight()?);
        for _ in 0..from.number()? {
            let (lines, size) = (from.number()?, from.number()?);
            let block = Block::load(from.take(size)?, lines, cols)?;
            scrollback.lines += lines;
            scrollback.rows += block.rows();
            scrollback.size += size;
            scrollback.blocks.push_back(Arc::new(block));
        }
        scrollback.open_rows = from.number()?;
        scrollback.open = Line::read(from)?.to_cells();
        Some(scrollback)
    }

    /// What there is of the line that goes on on the screen ended in a gap, which is not in these bytes.
    pub fn end_in_gap(&mut self) {
        if let Some(last) = self.open.last_mut() {
            last.flags.insert(Flags::LEADING_WIDE_CHAR_SPACER);
        }
    }
}
