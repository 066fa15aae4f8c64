//! A terminal's text, as a person sees it.

use super::emulator::Emulator;
use super::meaning;
use super::picture::text;
use super::shared::Shared;
use crate::protocol::terminal::{Cursor, Screen};

/// A command that goes on over more rows is not read from the screen.
const MOST_ROWS: u64 = 50;

/// The screen, and so many of the lines that scrolled by last.
pub(super) fn screen(emulator: &Emulator, shared: &Shared, history: Option<usize>) -> Screen {
    let picture = emulator.picture("");
    let size = emulator.size();
    let history_lines = history.map(|count| {
        let count = count.min(emulator.scrollback().limit());
        let first = picture.top.saturating_sub(count as u64);
        (first..picture.top).filter_map(|n| emulator.line(n)).map(|row| text(&row)).collect()
    });
    Screen {
        lines: picture.rows.iter().map(text).collect(),
        history_lines,
        cursor: Cursor { row: picture.cursor.row, col: picture.cursor.col },
        rows: size.rows,
        cols: size.cols,
        title: shared.title(),
        alt_screen: emulator.alt_screen(),
        exit: shared.exit(),
    }
}

impl meaning::Screen for Emulator {
    fn cursor(&self) -> Option<meaning::Place> {
        (!self.alt_screen()).then(|| self.cursor_place())
    }

    /// Rows of one long line are one line. A resize meanwhile may have moved what was there: then it is what is there now.
    fn text_from(&self, (first, column): meaning::Place) -> Option<String> {
        let (last, end) = meaning::Screen::cursor(self)?;
        if first > last || last - first >= MOST_ROWS {
            return None;
        }
        let mut out = String::new();
        for number in first..=last {
            let mut row = self.line(number)?;
            row.truncate(if number == last { end } else { row.len() });
            let from = if number == first { column.min(row.len()) } else { 0 };
            if number > first && !self.goes_on(number) {
                out.push('\n');
            }
            out.push_str(&text(&row[from..].to_vec()));
        }
        Some(out)
    }
}
