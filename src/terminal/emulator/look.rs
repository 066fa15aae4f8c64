//! What can be seen of the model: rows by their numbers, the screen, the cursor.

use std::collections::BTreeMap;

use alacritty_terminal::index::Line;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;

use super::{Emulator, printable};
use crate::protocol::terminal::Size;
use crate::terminal::picture::{Cursor, Picture, Row, row_of, shown};
use crate::terminal::scrollback::Scrollback;

impl Emulator {
    /// The title that the program has set.
    pub fn title(&self) -> String {
        printable(self.model.hidden.title.as_deref().unwrap_or_default())
    }

    /// The present size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Whether the program uses the alternate screen.
    pub fn alt_screen(&self) -> bool {
        self.model.is_alt()
    }

    /// The scrollback.
    pub fn scrollback(&self) -> &Scrollback {
        &self.model.scrollback
    }

    /// The colours that the program has redefined.
    pub fn palette(&self) -> &alacritty_terminal::term::color::Colors {
        self.model.term.colors()
    }

    /// A cell in the style of what is printed next.
    pub fn template(&self) -> &Cell {
        &self.model.term.grid().cursor.template
    }

    /// The first row of the scroll region, and the row behind its last.
    pub fn region(&self) -> (usize, usize) {
        self.model.hidden.region
    }

    /// The rows of the primary screen, and whether each one's line goes on in the row below.
    pub fn primary(&mut self) -> Vec<(Row, bool)> {
        self.model.primary()
    }

    /// The number of the first row on the primary screen: how many have scrolled by.
    pub fn top(&self) -> u64 {
        self.model.scrollback.next_row()
    }

    /// A row by its number: of the scrollback or, on the primary screen, of the screen.
    pub fn line(&self, number: u64) -> Option<Row> {
        let cols = usize::from(self.size.cols);
        if let Some(index) = number.checked_sub(self.top()) {
            let index = u16::try_from(index).ok()?;
            let on_screen = index < self.size.rows && !self.alt_screen();
            return on_screen.then(|| row_of(&self.model.term, Line(i32::from(index)), cols));
        }
        let mut row = self.model.scrollback.row(number)?;
        row.iter_mut().for_each(|cell| shown(cell, self.model.term.colors()));
        row.resize(cols, Cell::default());
        Some(row)
    }

    /// What was said last by each private sequence (OSC), by its number.
    pub fn said(&self) -> &BTreeMap<u32, String> {
        &self.said
    }

    /// Whether the program wants pasted text marked as such.
    pub fn marks_paste(&self) -> bool {
        self.model.term.mode().contains(TermMode::BRACKETED_PASTE)
    }

    /// Where the cursor stands: the number of its row, and its column.
    pub fn cursor_place(&self) -> (u64, usize) {
        let point = self.model.term.grid().cursor.point;
        (self.top() + u64::try_from(point.line.0).unwrap_or(0), point.column.0)
    }

    /// Whether a row of the primary screen, by its number, goes on with the line of the row above.
    pub fn goes_on(&self, number: u64) -> bool {
        let row = number.checked_sub(self.top()).and_then(|row| usize::try_from(row).ok());
        let (height, _) = self.model.dimensions();
        match row {
            Some(0) => self.model.scrollback.open_cells() > 0,
            Some(row) => row < height && self.model.continues(row - 1),
            None => self.model.scrollback.place(number).is_some_and(|place| place.offset > 0),
        }
    }

    /// The screen as it is now.
    pub fn picture(&self, title: &str) -> Picture {
        let cols = usize::from(self.size.cols);
        let term = &self.model.term;
        let rows = (0..i32::from(self.size.rows)).map(|i| row_of(term, Line(i), cols));
        let point = term.grid().cursor.point;
        Picture {
            top: self.top(),
            rows: rows.collect(),
            cursor: Cursor {
                row: u16::try_from(point.line.0).unwrap_or(0).min(self.size.rows - 1),
                col: u16::try_from(point.column.0).unwrap_or(0).min(self.size.cols - 1),
            },
            style: term.cursor_style(),
            mode: *term.mode(),
            title: title.to_owned(),
        }
    }
}
