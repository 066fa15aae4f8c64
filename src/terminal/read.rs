//! A terminal's text, as a person sees it.

use super::emulator::Emulator;
use super::picture::text;
use super::shared::Shared;
use crate::protocol::terminal::{Cursor, Screen};

/// The screen, and so many of the lines that scrolled by last.
pub(super) fn screen(emulator: &Emulator, shared: &Shared, history: Option<usize>) -> Screen {
    let picture = emulator.picture("");
    let size = emulator.size();
    let history_lines = history.map(|count| {
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
