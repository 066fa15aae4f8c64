//! The lines that nobody who waits for words has looked at: each is looked at once, as text.

use super::Scrollback;
use super::bytes::Reader;
use super::line::Line;

impl Scrollback {
    /// How many lines were not looked at. One that was taken back is another one when it scrolls off again.
    pub fn unread(&self) -> u64 {
        self.next_line().saturating_sub(self.read)
    }

    /// Lets all of them count as looked at.
    pub fn skip_unread(&mut self) {
        self.read = self.next_line();
    }

    /// Gives the text of each of them that is still kept, the oldest first.
    pub fn read_unread(&mut self, mut each: impl FnMut(&str)) {
        let (mut from, mut index) = (self.next_line(), self.blocks.len());
        // They are in the last blocks.
        while from > self.read && index > 0 {
            index -= 1;
            from -= self.blocks[index].lines() as u64;
        }
        let mut skip = usize::try_from(self.read.saturating_sub(from)).unwrap_or(0);
        for block in self.blocks.range(index..) {
            let bytes = block.bytes();
            let mut rest = Reader(&bytes);
            std::iter::from_fn(|| Line::skip(&mut rest)).take(skip).for_each(drop);
            while let Some(line) = Line::read(&mut rest) {
                each(line.text().trim_end_matches(' '));
            }
            skip = 0;
        }
        self.skip_unread();
    }
}
