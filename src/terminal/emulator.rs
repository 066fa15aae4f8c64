//! One terminal's model: grid and scrollback in `alacritty_terminal`, with lines numbered since the terminal's start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event as TermEvent, EventListener, WindowSize};
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::{Color, Processor, Rgb};

use super::erasure::Erasure;
use super::picture::{Cursor, Picture, Row, row_of};
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::Size;

/// Scrollback lines kept per terminal, as many as Neovim's own 'scrollback' keeps in a terminal buffer.
pub const SCROLLBACK: usize = 10_000;

/// Room above `SCROLLBACK` in the grid, so that trimming happens once in thousands of lines.
/// One `SLICE` of input must not scroll further, or lines would go uncounted.
const SLACK: usize = 8_192;

/// Largest input given to the model at once: what one PTY read gives, and at most as many lines.
pub const SLICE: usize = 4_096;

/// The colours told to programs that ask, until an editor has said its own.
const DEFAULT_COLORS: Colors = Colors { fg: 0x00e0_e2ea, bg: 0x0014_161b };

/// What the model asks its owner to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answer a query of the program.
    Reply(Vec<u8>),
    /// The title has changed; empty where it was reset.
    Title(String),
}

/// A line by its place among the whole lines, which a resize does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// So many whole lines above that of the cursor.
    above: i64,
    /// So many cells into it.
    offset: usize,
}

/// Collects what the grid tells while it reads.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<TermEvent>>>);

impl EventListener for Told {
    fn send_event(&self, event: TermEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }
}

/// The model of one terminal.
pub struct Emulator {
    term: Term<Told>,
    parser: Processor,
    told: Told,
    size: Size,
    colors: Colors,
    /// The number of the oldest line that the grid's history still has.
    oldest: u64,
    /// The history's length when last looked at, on the primary screen.
    history: usize,
    /// A resize has moved lines that were not counted yet.
    resized: bool,
    shift: Option<(u64, u64)>,
    erasure: Erasure,
}

impl Emulator {
    /// An empty screen.
    pub fn new(size: Size) -> Self {
        let told = Told::default();
        let config = Config { scrolling_history: SCROLLBACK + SLACK, ..Config::default() };
        let term = Term::new(config, &Grid(size), told.clone());
        let parser = Processor::new();
        Self {
            term,
            parser,
            told,
            size,
            colors: DEFAULT_COLORS,
            oldest: 0,
            history: 0,
            resized: false,
            shift: None,
            erasure: Erasure::default(),
        }
    }

    /// Reads at most `SLICE` bytes of the program's output.
    pub fn feed(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.len() <= SLICE);
        let mut rest = bytes;
        // Lines that follow an erased scrollback must not be taken for the erased ones.
        while let Some(end) = self.erasure.end_in(rest) {
            let (first, more) = rest.split_at(end);
            self.advance(first);
            rest = more;
        }
        self.advance(rest);
    }

    fn advance(&mut self, bytes: &[u8]) {
        self.guarded(|emulator| emulator.parser.advance(&mut emulator.term, bytes));
        self.count();
    }

    /// When a synchronised update that the program left open has to be shown all the same.
    pub fn sync_deadline(&self) -> Option<Instant> {
        self.parser.sync_timeout().sync_timeout()
    }

    /// Shows what a synchronised update has held back.
    pub fn end_sync(&mut self) {
        self.guarded(|emulator| emulator.parser.stop_sync(&mut emulator.term));
        self.count();
    }

    /// Takes another size; lines wrap anew, and move between screen and scrollback (see `take_shift`).
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.guarded(|emulator| emulator.term.resize(Grid(size)));
        self.resized = true;
        self.count();
    }

    /// How a resize has renumbered the top line, from and to. On the alternate screen it shows only when the
    /// program leaves it.
    pub fn take_shift(&mut self) -> Option<(u64, u64)> {
        self.shift.take()
    }

    /// The colours to tell programs that ask.
    pub fn set_colors(&mut self, colors: Colors) {
        self.colors = colors;
    }

    /// The present size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Whether the program uses the alternate screen.
    pub fn alt_screen(&self) -> bool {
        self.term.mode().contains(TermMode::ALT_SCREEN)
    }

    /// The number of the first line on the primary screen: how many have scrolled by.
    pub fn top(&self) -> u64 {
        self.oldest + self.history as u64
    }

    /// A line by its number: of the scrollback or, on the primary screen, of the screen.
    pub fn line(&self, number: u64) -> Option<Row> {
        if self.alt_screen() {
            return None;
        }
        let from_top = i64::try_from(number).ok()? - i64::try_from(self.top()).ok()?;
        let index = i32::try_from(from_top).ok()?;
        let fits = index >= -(self.history as i32) && index < i32::from(self.size.rows);
        fits.then(|| row_of(&self.term, Line(index), usize::from(self.size.cols)))
    }

    /// Scrolls until the screen begins with this line, if the cursor is not above it: a resize may have taken
    /// lines back from the scrollback that a view's scrollback still has, and cannot give back.
    pub fn begin_with(&mut self, number: u64) {
        let cursor = u64::try_from(self.term.grid().cursor.point.line.0).unwrap_or(0);
        let lines = number.saturating_sub(self.top()).min(cursor);
        let count = usize::try_from(lines).unwrap_or(0);
        if count == 0 || self.alt_screen() {
            return;
        }
        let screen = Line(0)..Line(i32::from(self.size.rows));
        self.guarded(|emulator| {
            let grid = emulator.term.grid_mut();
            grid.scroll_up::<Color>(&screen, count);
            grid.cursor.point.line -= count;
            grid.saved_cursor.point.line = (grid.saved_cursor.point.line - count).max(Line(0));
        });
        self.count();
    }

    /// A line in terms that outlast a resize; None on the alternate screen, whose resizes show only later.
    pub fn anchor(&self, (number, cut): (u64, usize)) -> Option<Anchor> {
        if self.alt_screen() {
            return None;
        }
        let mut index = i64::try_from(number).ok()? - i64::try_from(self.top()).ok()?;
        let mut offset = cut;
        while self.continues(index) {
            index -= 1;
            offset += self.term.columns();
        }
        let own = i64::from(self.term.grid().cursor.point.line.0);
        let starts = |range: std::ops::Range<i64>| {
            range.filter(|line| !self.continues(*line)).count() as i64
        };
        let above =
            if index <= own { starts(index + 1..own + 1) } else { -starts(own + 1..index + 1) };
        Some(Anchor { above, offset })
    }

    /// Where that line is now: its number, and how many of its cells belong to the row before in the old terms.
    pub fn locate(&self, anchor: Anchor) -> (u64, usize) {
        let mut index = i64::from(self.term.grid().cursor.point.line.0);
        while self.continues(index) {
            index -= 1;
        }
        let (first, last) = (-(self.history as i64), i64::from(self.size.rows));
        let mut above = anchor.above;
        while above > 0 && index > first {
            index -= 1;
            above -= i64::from(!self.continues(index));
        }
        while above < 0 && index < last {
            index += 1;
            above += i64::from(!self.continues(index));
        }
        let columns = self.term.columns();
        let rows = i64::try_from(anchor.offset / columns).unwrap_or(0);
        let number = i64::try_from(self.top()).unwrap_or(i64::MAX).saturating_add(index + rows);
        (u64::try_from(number).unwrap_or(0), anchor.offset % columns)
    }

    /// Whether a row, counted from the first of the screen, goes on with the line of the row above.
    fn continues(&self, index: i64) -> bool {
        let above = index - 1;
        if above < -(self.history as i64) || above >= i64::from(self.size.rows) {
            return false;
        }
        let row = i32::try_from(above).map_or(Line(0), Line);
        let last = self.term.last_column();
        self.term.grid()[row][last].flags.contains(Flags::WRAPLINE)
    }

    /// The screen as it is now.
    pub fn picture(&self, title: &str) -> Picture {
        let cols = usize::from(self.size.cols);
        let rows = (0..i32::from(self.size.rows)).map(|i| row_of(&self.term, Line(i), cols));
        let point = self.term.grid().cursor.point;
        Picture {
            top: self.top(),
            rows: rows.collect(),
            cursor: Cursor {
                row: u16::try_from(point.line.0).unwrap_or(0).min(self.size.rows - 1),
                col: u16::try_from(point.column.0).unwrap_or(0).min(self.size.cols - 1),
            },
            style: self.term.cursor_style(),
            mode: *self.term.mode(),
            title: title.to_owned(),
        }
    }

    /// What the program has asked for since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        let events =
            std::mem::take(&mut *self.told.0.lock().unwrap_or_else(PoisonError::into_inner));
        events.into_iter().filter_map(|event| self.effect(event)).collect()
    }

    fn effect(&self, event: TermEvent) -> Option<Effect> {
        let reply = match event {
            TermEvent::Title(title) => return Some(Effect::Title(printable(&title))),
            TermEvent::ResetTitle => return Some(Effect::Title(String::new())),
            TermEvent::PtyWrite(text) => text,
            TermEvent::ColorRequest(index, format) => format(self.color(index)?),
            TermEvent::TextAreaSizeRequest(format) => format(WindowSize {
                num_lines: self.size.rows,
                num_cols: self.size.cols,
                cell_width: 0,
                cell_height: 0,
            }),
            // The clipboard is nobody's business here; the rest concerns a window we do not have.
            _ => return None,
        };
        Some(Effect::Reply(reply.into_bytes()))
    }

    /// The default colours are the only ones whose value we know: 256 and 258 stand for the text, 257 for its ground.
    fn color(&self, index: usize) -> Option<Rgb> {
        let number = match index {
            256 | 258 => self.colors.fg,
            257 => self.colors.bg,
            _ => return self.term.colors()[index],
        };
        let [_, r, g, b] = number.to_be_bytes();
        Some(self.term.colors()[index].unwrap_or(Rgb { r, g, b }))
    }

    /// Lets the library work. Should it panic, this one terminal starts with an empty screen, and no other
    /// notices.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            tracing::error!("the terminal model failed and was started anew");
            let (top, colors) = (self.top(), self.colors);
            *self = Self { oldest: top, colors, ..Self::new(self.size) };
        }
    }

    /// Keeps the line numbers right after lines have scrolled by or moved.
    fn count(&mut self) {
        // The alternate screen has no history; the primary's is untouched meanwhile.
        if self.alt_screen() {
            return;
        }
        let (from, history) = (self.top(), self.term.grid().history_size());
        if !self.resized && (history < self.history || history == 0) {
            // The program may have erased the scrollback: its numbers are not used again.
            self.oldest += self.history as u64;
        }
        self.history = history;
        if std::mem::take(&mut self.resized) && self.top() != from {
            self.shift = Some((from, self.top()));
        }
        if history > SCROLLBACK + SLACK / 2 {
            let grid = self.term.grid_mut();
            grid.update_history(SCROLLBACK);
            grid.update_history(SCROLLBACK + SLACK);
            self.oldest += (history - SCROLLBACK) as u64;
            self.history = SCROLLBACK;
        }
    }
}

/// A title without control characters, and not longer than anyone reads.
fn printable(title: &str) -> String {
    title.chars().filter(|c| !c.is_control()).take(256).collect()
}

/// Our size in the library's terms, which knows no screen narrower than two columns.
struct Grid(Size);

impl Dimensions for Grid {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.0.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.0.cols.max(2))
    }

    fn last_column(&self) -> Column {
        Column(self.columns() - 1)
    }
}

#[cfg(test)]
#[path = "emulator_tests.rs"]
mod tests;
