//! What a terminal looks like at one moment, detached from its model, with cells reduced to what can be seen.

use alacritty_terminal::Term;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, CursorStyle};

/// The cells of one line, exactly as many as the terminal has columns.
pub type Row = Vec<Cell>;

/// A place on the screen, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub row: u16,
    pub col: u16,
}

/// One moment of a terminal.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The number of the first row: how many lines have scrolled by before it.
    pub top: u64,
    /// The screen, top to bottom.
    pub rows: Vec<Row>,
    pub cursor: Cursor,
    pub style: CursorStyle,
    pub mode: TermMode,
    pub title: String,
}

impl Picture {
    /// The same moment with a line of text below the cursor, as a terminal shows that its program has ended.
    /// Where the cursor stands in the last row, everything moves up by one.
    #[must_use]
    pub fn with_notice(mut self, notice: &str) -> Self {
        let cols = self.rows.first().map_or(0, Vec::len);
        let below = usize::from(self.cursor.row) + 1;
        if below == self.rows.len() {
            self.rows.remove(0);
            self.rows.push(Row::new());
            self.top += u64::from(!self.mode.contains(TermMode::ALT_SCREEN));
        } else {
            self.cursor.row += 1;
        }
        let row = usize::from(self.cursor.row);
        let text = notice.chars().chain(std::iter::repeat(' ')).take(cols);
        self.rows[row] = text.map(|c| Cell { c, ..Cell::default() }).collect();
        self.cursor.col = u16::try_from(notice.len().min(cols.saturating_sub(1))).unwrap_or(0);
        self
    }
}

/// One row of the grid: only what can be seen is kept of its cells, and colours that the program redefined are resolved.
pub(super) fn row_of<T>(term: &Term<T>, line: Line, cols: usize) -> Row {
    let row = &term.grid()[line];
    let colors = term.colors();
    let resolve = |color: Color| match color {
        Color::Named(name) if colors[name].is_some() => colors[name].map_or(color, Color::Spec),
        Color::Indexed(index) => colors[usize::from(index)].map_or(color, Color::Spec),
        _ => color,
    };
    (0..cols)
        .map(|col| {
            let mut cell = row[Column(col)].clone();
            cell.flags.remove(Flags::WRAPLINE | Flags::LEADING_WIDE_CHAR_SPACER);
            if cell.c.is_control() {
                cell.c = ' '; // A tab is stored as itself in the first of its cells.
            }
            cell.fg = resolve(cell.fg);
            cell.bg = resolve(cell.bg);
            cell
        })
        .collect()
}

/// A row as a person reads it, without trailing blanks.
pub fn text(row: &Row) -> String {
    let mut out = String::with_capacity(row.len());
    for cell in row.iter().filter(|cell| !cell.flags.contains(Flags::WIDE_CHAR_SPACER)) {
        out.push(cell.c);
        out.extend(cell.zerowidth().into_iter().flatten());
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}
