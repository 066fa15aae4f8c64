//! What a terminal looks like at one moment, detached from its model, with cells reduced to what can be seen.

use alacritty_terminal::Term;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, CellExtra, Flags};
use alacritty_terminal::term::color::Colors;
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

/// One row of the grid, reduced to what can be seen.
pub(super) fn row_of<T>(term: &Term<T>, line: Line, cols: usize) -> Row {
    let row = &term.grid()[line];
    let mut cells: Row = (0..cols).map(|col| row[Column(col)].clone()).collect();
    for col in 0..cols {
        if half(&cells, col) == Half::Lost {
            cells[col].c = ' ';
            cells[col].flags.remove(Flags::WIDE_CHAR | Flags::WIDE_CHAR_SPACER);
        }
    }
    cells.iter_mut().for_each(|cell| shown(cell, term.colors()));
    cells
}

/// Which part of a wide character a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    None,
    Left,
    Right,
    /// One whose other half was erased or overwritten.
    Lost,
}

/// Which part of a wide character the cell in this column is.
pub(super) fn half(row: &[Cell], col: usize) -> Half {
    let is = |col: usize, flag| row.get(col).is_some_and(|cell: &Cell| cell.flags.contains(flag));
    let (left, right) = (Flags::WIDE_CHAR, Flags::WIDE_CHAR_SPACER);
    match () {
        () if is(col, left) && is(col + 1, right) => Half::Left,
        () if is(col, right) && col > 0 && is(col - 1, left) => Half::Right,
        () if is(col, left | right) || is(col, left) || is(col, right) => Half::Lost,
        () => Half::None,
    }
}

/// Reduces a cell to what can be seen, in the colours that the program has redefined.
pub(super) fn shown(cell: &mut Cell, colors: &Colors) {
    let resolve = |color: Color| match color {
        Color::Named(name) => colors[name].map_or(color, Color::Spec),
        Color::Indexed(index) => colors[usize::from(index)].map_or(color, Color::Spec),
        Color::Spec(_) => color,
    };
    cell.flags.remove(Flags::WRAPLINE | Flags::LEADING_WIDE_CHAR_SPACER);
    if cell.c.is_control() {
        cell.c = ' '; // A tab is stored as itself in the first of its cells.
    }
    cell.fg = resolve(cell.fg);
    cell.bg = resolve(cell.bg);
    // The library leaves an empty box behind where an underline's colour or a link was taken away.
    if cell.extra.as_deref() == Some(&CellExtra::default()) {
        cell.extra = None;
    }
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
