//! The whole lines of the scrollback as they are at one moment, to be read while the terminal goes on.

use std::sync::Arc;

use super::Scrollback;
use super::block::Block;
use super::bytes::Reader;
use super::line::Line;

/// Those lines. It shares the blocks with the scrollback, so it costs memory only for what that drops or changes meanwhile.
pub struct Frozen {
    blocks: Vec<Arc<Block>>,
    /// The number of the first line in the blocks.
    first: u64,
    first_line: u64,
    next_line: u64,
}

impl Scrollback {
    /// The lines as they are now.
    pub fn freeze(&self) -> Frozen {
        Frozen {
            blocks: self.blocks.iter().cloned().collect(),
            first: self.first_line,
            first_line: self.first_line(),
            next_line: self.next_line(),
        }
    }
}

impl Frozen {
    /// The number of the oldest line.
    pub fn first_line(&self) -> u64 {
        self.first_line
    }

    /// The number of the line that came next, or went on on the screen.
    pub fn next_line(&self) -> u64 {
        self.next_line
    }

    /// The lines that are kept together with this one, or if it is older than all with the oldest: the number of their
    /// first, how many they are, and themselves as `Line::read` reads them. None for newer ones.
    pub fn page(&self, line: u64) -> Option<(u64, usize, Vec<u8>)> {
        let line = line.max(self.first_line);
        let mut next = self.first;
        let block = self.blocks.iter().find(|block| {
            next += block.lines() as u64;
            line < next
        })?;
        let first = next - block.lines() as u64;
        let dropped = usize::try_from(self.first_line.saturating_sub(first)).ok()?;
        let bytes = block.bytes();
        let mut rest = Reader(&bytes);
        std::iter::from_fn(|| Line::skip(&mut rest)).take(dropped).for_each(drop);
        Some((first + dropped as u64, block.lines().saturating_sub(dropped), rest.0.to_vec()))
    }
}
