//! The grid of `alacritty_terminal`, without its own scrollback: rows are taken down as they scroll off, and what
//! the grid does not tell about itself is noted as it passes by.

mod handler;
mod hidden;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event as TermEvent, EventListener};
use alacritty_terminal::grid::{Cursor, Dimensions};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, Osc52, TermMode};
use alacritty_terminal::vte::ansi::{Handler, KeyboardModesApplyBehavior};

pub use self::hidden::{Grid, Hidden, PRIVATE_MODES, keyboard_modes};
use self::hidden::{TAB, dimensions};
use super::picture::Row;
use super::scrollback::{Scrollback, wrap};
use crate::protocol::terminal::Size;

/// The library's grid.
type Cells = alacritty_terminal::Grid<Cell>;

/// Collects what the grid tells while it reads.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<TermEvent>>>);

impl EventListener for Told {
    fn send_event(&self, event: TermEvent) {
        // The library's own answers, where it has any: `queries` gives all of them.
        if !matches!(event, TermEvent::PtyWrite(_) | TermEvent::TextAreaSizeRequest(_)) {
            self.tell(event);
        }
    }
}

impl Told {
    /// Adds to what was told.
    pub fn tell(&self, event: TermEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// What was told since the last call.
    pub fn take(&self) -> Vec<TermEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A grid with its scrollback.
pub struct Model {
    pub term: Term<Told>,
    pub scrollback: Scrollback,
    pub hidden: Hidden,
    pub told: Told,
    /// A synchronised update is under way: nothing is to be shown before its end.
    pub updating: bool,
    /// A synchronised update has ended since somebody asked.
    pub updated: bool,
}

impl Model {
    /// An empty screen.
    pub fn new(size: Size, scrollback: Scrollback) -> Self {
        let told = Told::default();
        let config = Config {
            scrolling_history: 0,
            kitty_keyboard: true,
            osc52: Osc52::Disabled,
            ..Config::default()
        };
        let term = Term::new(config, &Grid(size), told.clone());
        Self { term, scrollback, hidden: Hidden::new(size), told, updating: false, updated: false }
    }

    /// Whether the program uses the alternate screen.
    pub fn is_alt(&self) -> bool {
        self.term.mode().contains(TermMode::ALT_SCREEN)
    }

    /// How many rows there are, and how many columns.
    pub fn dimensions(&self) -> (usize, usize) {
        (self.term.screen_lines(), self.term.columns())
    }

    /// Gives the grids another size, and the primary one, which is shown, no rows: whoever calls puts them there, and the
    /// cursor.
    pub fn set_size(&mut self, size: Size) {
        let keyboard = keyboard_modes(*self.term.mode());
        // The library would wrap its rows anew, and leave each of the many that come out of a wide one all of its memory:
        // it is given none. No terminal has this size, so that everything else takes the new one.
        let before = std::mem::replace(self.term.grid_mut(), Cells::new(1, 1, 0));
        self.term.resize(Grid(size));
        // The other screen is erased when it is shown.
        self.term.swap_alt();
        self.empty(|alt| (alt.cursor, alt.saved_cursor));
        self.term.swap_alt();
        self.empty(|_| (before.cursor, before.saved_cursor));
        // As in `on_primary`.
        self.term.set_keyboard_mode(keyboard, KeyboardModesApplyBehavior::Replace);
        let (rows, cols) = dimensions(size);
        self.hidden.region = (0, rows);
        let from = self.hidden.tabs.len();
        self.hidden.tabs.truncate(cols);
        self.hidden.tabs.extend((from..cols).map(|col| col % TAB == 0));
    }

    /// Puts a blank grid in the place of the one that is shown, in as much memory as it needs, with these cursors.
    fn empty(&mut self, cursors: impl FnOnce(Cells) -> (Cursor<Cell>, Cursor<Cell>)) {
        let (rows, cols) = self.dimensions();
        let before = std::mem::replace(self.term.grid_mut(), Cells::new(rows, cols, 0));
        let grid = self.term.grid_mut();
        (grid.cursor, grid.saved_cursor) = cursors(before);
    }

    /// Whether the row's line goes on in the row below.
    pub fn continues(&self, row: usize) -> bool {
        let line = Line(i32::try_from(row).unwrap_or(0));
        self.term.grid()[line][self.term.last_column()].flags.contains(Flags::WRAPLINE)
    }

    /// Takes down the first rows, which are about to be scrolled off.
    pub fn take_down(&mut self, count: usize) {
        for row in 0..count.min(self.term.screen_lines()) {
            let continues = self.continues(row);
            let row = &self.term.grid()[Line(i32::try_from(row).unwrap_or(0))];
            self.scrollback.push_row(&row[..], continues);
        }
    }

    /// Scrolls so many rows off, of those above the cursor, and says how many.
    pub fn scroll_off(&mut self, count: u64) -> usize {
        let cursor = usize::try_from(self.term.grid().cursor.point.line.0).unwrap_or(0);
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(cursor);
        if count == 0 {
            return 0;
        }
        let below = (count..self.term.screen_lines()).map(|row| self.row(row));
        let below: Vec<_> = below.map(|(row, continues)| (row.to_vec(), continues)).collect();
        self.take_down(count);
        self.lay(&below);
        let grid = self.term.grid_mut();
        grid.cursor.point.line -= count;
        grid.saved_cursor.point.line = (grid.saved_cursor.point.line - count).max(Line(0));
        count
    }

    /// A row of the grid, and whether its line goes on in the row below.
    pub fn row(&self, row: usize) -> (&[Cell], bool) {
        let line = Line(i32::try_from(row).unwrap_or(0));
        (&self.term.grid()[line][..], self.continues(row))
    }

    /// Does something with the primary screen, also while the alternate one is shown. It may change the size.
    pub fn on_primary<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        if !self.is_alt() {
            return act(self);
        }
        // The library shows one screen at a time, and clears the alternate one when it is shown: another stands in for it.
        let size = self.dimensions();
        let mut alt = std::mem::replace(self.term.grid_mut(), Cells::new(size.0, size.1, 0));
        let keyboard = keyboard_modes(*self.term.mode());
        self.term.swap_alt();
        let done = act(self);
        self.term.swap_alt();
        let (height, cols) = self.dimensions();
        if (height, cols) != size {
            alt.resize(false, height, cols);
            alt = fitted(alt);
            touch(&mut alt);
        }
        *self.term.grid_mut() = alt;
        // Showing a screen has set those that were pushed on it last.
        self.term.set_keyboard_mode(keyboard, KeyboardModesApplyBehavior::Replace);
        done
    }

    /// The rows of the primary screen, and whether each one's line goes on in the row below.
    pub fn primary(&mut self) -> Vec<(Row, bool)> {
        self.on_primary(|model| {
            let (height, _) = model.dimensions();
            let rows = (0..height).map(|row| model.row(row));
            rows.map(|(row, continues)| (row.to_vec(), continues)).collect()
        })
    }

    /// Puts rows on the screen in place of what is there, from the top; the rest is blank.
    pub fn lay(&mut self, rows: &[(Row, bool)]) {
        let cols = self.term.columns();
        let grid = self.term.grid_mut();
        let template = std::mem::take(&mut grid.cursor.template);
        erase(grid);
        for (line, (row, continues)) in (0..).map(Line).zip(rows) {
            for (col, cell) in row.iter().take(cols).enumerate() {
                grid[line][Column(col)] = cell.clone();
                // It may have stood at the end of another row.
                grid[line][Column(col)].flags.remove(Flags::WRAPLINE);
            }
            if *continues {
                let gap =
                    if row.len() < cols { Flags::LEADING_WIDE_CHAR_SPACER } else { Flags::empty() };
                grid[line][Column(cols - 1)].flags.insert(Flags::WRAPLINE | gap);
            }
        }
        grid.cursor.template = template;
    }

    /// Takes the last rows back from the scrollback, at most so many.
    pub fn take_back(&mut self, count: usize) -> VecDeque<(Row, bool)> {
        let mut rows = VecDeque::new();
        let cols = self.term.columns();
        let mut continues = self.scrollback.open_cells() > 0;
        while rows.len() < count {
            let Some(line) = self.scrollback.pop() else {
                break;
            };
            let wrapped: Vec<_> = wrap(&line, cols).map(|range| line[range].to_vec()).collect();
            for row in wrapped.into_iter().rev() {
                rows.push_front((row, continues));
                continues = true;
            }
            continues = false;
        }
        while rows.len() > count {
            if let Some((row, continues)) = rows.pop_front() {
                self.scrollback.push_row(&row, continues);
            }
        }
        rows
    }
}

/// Erases every cell. The library's own way leaves some that were coloured before the grid became wider: it takes
/// a row for blank whose last cell is.
pub fn erase(grid: &mut Cells) {
    touch(grid);
    grid.reset_region(..);
}

/// The same rows in as much memory as they need: the library keeps that of the columns that it has cut off.
fn fitted(mut grid: Cells) -> Cells {
    let (height, cols) = (grid.screen_lines(), grid.columns());
    let mut fitted = Cells::new(height, cols, 0);
    for line in (0..i32::try_from(height).unwrap_or(0)).map(Line) {
        for col in (0..cols).map(Column) {
            fitted[line][col] = std::mem::take(&mut grid[line][col]);
        }
    }
    (fitted.cursor, fitted.saved_cursor) = (grid.cursor, grid.saved_cursor);
    fitted
}

/// Makes the library take no row for blank.
pub fn touch(grid: &mut Cells) {
    let last = grid.last_column();
    for line in (0..i32::try_from(grid.screen_lines()).unwrap_or(0)).map(Line) {
        // Whoever may have written to a cell is believed to have.
        let _ = &mut grid[line][last];
    }
}
