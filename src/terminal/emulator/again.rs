//! Makes the model ready for another program: modes, colours and title as at the start, and the lines above.

use super::{Emulator, SLICE};

/// Ends a half sequence and the alternate screen; resets mouse, focus, paste, keyboard, cursor and colours, in this order, and then
/// the title. RIS would do, but for the lines, which it forgets.
const FRESH: &str = "\x18\x1b[?1049l\x1b[?9;1000;1002;1003;1005;1006;1015l\x1b[?1004;2004;2026;2031l\x1b[?1;6l\x1b[4l\x1b>\x1b[<99u\x1b[=0u\x1b[>4;0m\
    \x1b[?7;25h\x1b[0 q\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\\x1b(B\x0f\x1b]2;\x1b\\";

impl Emulator {
    /// What is on the screen goes into the scrollback, down to the cursor.
    pub fn begin_again(&mut self) {
        self.said.clear();
        self.feed_all(FRESH.as_bytes());
        let used = usize::try_from(self.model.term.grid().cursor.point.line.0).unwrap_or(0) + 1;
        let up = format!("\x1b[m\x1b[r\x1b[{};1H{}\x1b[H\x1b[J", self.size.rows, "\n".repeat(used));
        self.feed_all(up.as_bytes());
    }

    fn feed_all(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.feed(bytes, SLICE)..];
            let _ = self.take_command();
        }
    }
}
