//! One terminal's model: what the program's output makes of screen and scrollback, with rows numbered since the
//! terminal's start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use alacritty_terminal::event::Event as TermEvent;
use alacritty_terminal::index::Line;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::vte::ansi::{Handler, Processor, Rgb, StandardCharset, Timeout};
use memchr::{memmem, memrchr};

use super::answers::Now;
use super::lexer::{Found, Lexer};
use super::meaning;
use super::model::Model;
use super::picture::{Cursor, Picture, Row, row_of, shown};
use super::queries::{self, Scanner};
use super::resize::{self, Next};
use super::scrollback::{Lines, Measure, Scrollback, is_blank};
use super::snapshot;
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::Size;

/// Scrollback lines that an editor's view gets: as many as Neovim's own 'scrollback' keeps in a terminal buffer.
pub const SCROLLBACK: usize = 10_000;

/// Most bytes given to the grid at once: what one PTY read gives.
pub const SLICE: usize = 4_096;

/// The express lane costs about as much as so many bytes given to the grid, so it is not entered for fewer.
const WORTH: usize = 2 * SLICE;

/// Ends a synchronised update.
const UPDATED: &[u8] = b"\x1b[?2026l";

/// The colours told to programs that ask, until an editor has said its own.
const DEFAULT_COLORS: Colors = Colors { fg: 0x00e0_e2ea, bg: 0x0014_161b };

/// What the model asks its owner to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answer a query of the program.
    Reply(Vec<u8>),
    /// The title has changed; empty where it was reset.
    Title(String),
    /// The bell rang.
    Bell,
}

/// The express lane, while lines are taken past the grid.
struct Lane {
    /// How the next character would look.
    style: Cell,
    /// How many rows were taken.
    rows: usize,
}

/// Synchronised updates are not held back from the model, only from views.
#[derive(Default)]
struct Unbuffered;

impl Timeout for Unbuffered {
    fn set_timeout(&mut self, _: Duration) {}

    fn clear_timeout(&mut self) {}

    fn pending_timeout(&self) -> bool {
        false
    }
}

/// The model of one terminal.
pub struct Emulator {
    model: Model,
    parser: Processor<Unbuffered>,
    lexer: Lexer,
    /// The beginning of a character. The parser is given characters whole: cut in two, it loses the one behind.
    held: Vec<u8>,
    scanner: Scanner,
    /// A command that `take_command` gives.
    command: Option<Vec<u8>>,
    size: Size,
    colors: Colors,
    lane: Option<Lane>,
    /// So many bytes go to the grid, because the express lane did not help before them.
    slow: usize,
}

impl Emulator {
    /// An empty screen, and a scrollback that will keep so many lines.
    pub fn new(size: Size, scrollback: usize) -> Self {
        let cols = usize::from(size.cols.max(2));
        Self {
            model: Model::new(size, Scrollback::new(scrollback, cols)),
            parser: Processor::new(),
            lexer: Lexer::new(),
            held: Vec::new(),
            scanner: Scanner::default(),
            command: None,
            size,
            colors: DEFAULT_COLORS,
            lane: None,
            slow: 0,
        }
    }

    /// Reads some of the program's output, at most `piece` bytes unless they are plain lines, and gives how many it
    /// has read. It stops where a synchronised update ends, as then there is something to show.
    pub fn feed(&mut self, output: &[u8], piece: usize) -> usize {
        self.command = None;
        let taken = self.skim(output);
        self.land();
        if taken > 0 {
            return taken;
        }
        let mut end = piece.min(output.len());
        if let Some(updated) = memmem::find(&output[..end], UPDATED) {
            end = updated + UPDATED.len();
        } else if end < output.len() && self.slow < end {
            // Where a line ends, the express lane may begin.
            end = memrchr(b'\n', &output[..end]).map_or(end, |at| at + 1);
        }
        let count = self.read(&output[..end]);
        self.slow = self.slow.saturating_sub(count);
        count
    }

    /// What the program has just said of itself (OSC), without introducer and end: `feed` stops behind it.
    pub fn take_command(&mut self) -> Option<Vec<u8>> {
        self.command.take()
    }

    /// Gives bytes to the grid, but for what would fill memory without end, up to the end of a command that concerns
    /// more than the grid.
    fn read(&mut self, bytes: &[u8]) -> usize {
        /// Ends any sequence.
        const CANCEL: &[u8] = b"\x18";
        let mut at = 0;
        while at < bytes.len() && self.command.is_none() {
            let (count, found) = self.lexer.next(&bytes[at..]);
            let (skipped, overlong) = (found == Found::Skipped, found == Found::Overlong);
            if let Found::Osc(text) = found {
                self.command = meaning::concerns(text).then(|| text.to_vec());
            }
            if !skipped {
                self.whole(&bytes[at..at + count]);
            }
            if overlong {
                self.advance(CANCEL);
            }
            at += count;
        }
        at
    }

    /// Gives whole characters to the grid.
    fn whole(&mut self, bytes: &[u8]) {
        let mut held = std::mem::take(&mut self.held);
        let cut = self.lexer.cut_character().len();
        if held.is_empty() {
            let (whole, begun) = bytes.split_at(bytes.len() - cut);
            self.held.extend_from_slice(begun);
            return self.advance(whole);
        }
        held.extend_from_slice(bytes);
        let begun = held.split_off(held.len() - cut);
        self.held = begun;
        self.advance(&held);
    }

    /// Each question is answered by the state that it was asked in.
    fn advance(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((end, query)) = self.scanner.next(rest) {
            let (first, more) = rest.split_at(end);
            self.guarded(|emulator| emulator.parser.advance(&mut emulator.model, first));
            let Model { term, updating, told, .. } = &self.model;
            let now = Now { term, size: self.size, updating: *updating };
            told.tell(TermEvent::PtyWrite(queries::answer(&query, &now)));
            rest = more;
        }
        self.guarded(|emulator| emulator.parser.advance(&mut emulator.model, rest));
    }

    /// Takes whole plain lines past the grid, into the scrollback, and gives how many bytes they had. The screen is not
    /// what it was then, until `land`: nothing else is to be asked meanwhile but this and `feed`.
    pub fn skim(&mut self, output: &[u8]) -> usize {
        if self.lane.is_some() {
            return self.skim_lines(output);
        }
        if output.len() < WORTH || self.slow > 0 {
            return 0;
        }
        let ended = self.end_line(output);
        if !self.is_express() {
            return ended;
        }
        ended + self.skim_lines(&output[ended..])
    }

    /// Gives the grid the rest of the line that the cursor is in, if it is a plain one, and says how long it was: the
    /// lane begins where a line does.
    fn end_line(&mut self, output: &[u8]) -> usize {
        let cursor = &self.model.term.grid().cursor;
        if cursor.point.column == 0 || !self.lexer.is_ground() {
            return 0;
        }
        let mut lines = Lines::new(output, self.model.dimensions().1, cursor.template.clone());
        match lines.next(&mut Measure::default()) {
            Some(line) => self.read(&output[..line.length]),
            None => 0,
        }
    }

    fn skim_lines(&mut self, output: &[u8]) -> usize {
        let (height, cols) = self.model.dimensions();
        let mut lane = self.lane.take().unwrap_or_else(|| Lane {
            style: self.model.term.grid().cursor.template.clone(),
            rows: 0,
        });
        let mut lines = Lines::new(output, cols, lane.style);
        let mut taken = 0;
        while let Some(piece) = lines.piece(self.model.scrollback.room()) {
            if lane.rows == 0 {
                self.model.take_down(height - 1);
            }
            self.model.scrollback.push_printed(&piece);
            taken += piece.bytes.len();
            lane.rows += piece.rows;
        }
        lane.style = lines.style;
        if lane.rows > 0 {
            self.lane = Some(lane);
        } else {
            self.slow = WORTH;
        }
        taken
    }

    /// Whether lines are being taken past the grid.
    pub fn is_skimming(&self) -> bool {
        self.lane.is_some()
    }

    /// Puts the last of the lines that were taken past the grid on the screen.
    pub fn land(&mut self) {
        let Some(lane) = self.lane.take() else {
            return;
        };
        let (height, _) = self.model.dimensions();
        self.model.term.grid_mut().cursor.template = lane.style;
        let screen: Vec<_> = self.model.take_back(height - 1).into();
        self.model.lay(&screen);
        if lane.rows < 4 * height {
            self.slow = WORTH;
        }
    }

    /// Whether what comes is at the beginning of a blank last row, in a state in which lines mean just lines.
    fn is_express(&self) -> bool {
        let model = &self.model;
        let (height, _) = model.dimensions();
        let cursor = &model.term.grid().cursor;
        let modes = TermMode::ALT_SCREEN
            | TermMode::LINE_WRAP
            | TermMode::INSERT
            | TermMode::LINE_FEED_NEW_LINE;
        let ascii = cursor.charsets[charset(model.hidden.charset)] == StandardCharset::Ascii;
        let tabs =
            || model.hidden.tabs.iter().enumerate().all(|(col, stop)| *stop == (col % 8 == 0));
        usize::try_from(cursor.point.line.0) == Ok(height - 1)
            && cursor.point.column == 0
            && height > 1
            && model.hidden.region == (0, height)
            && *model.term.mode() & modes == TermMode::LINE_WRAP
            && ascii
            && cursor.template.hyperlink().is_none()
            && self.lexer.is_ground()
            && tabs()
            && model.row(height - 1).0.iter().all(is_blank)
            && !model.continues(height - 2)
    }

    /// Whether a synchronised update is under way: then nothing is to be shown.
    pub fn is_updating(&self) -> bool {
        self.model.updating
    }

    /// Shows what a synchronised update that takes too long has held back.
    pub fn end_update(&mut self) {
        self.model.updating = false;
    }

    /// Takes another size: lines wrap anew, and move between screen and scrollback. `nexts` are renumbered.
    pub fn resize(&mut self, size: Size, nexts: &mut [Next]) {
        self.size = size;
        self.guarded(|emulator| resize::resize(&mut emulator.model, size, nexts));
    }

    /// The model as bytes, with as much of its scrollback as `most` bytes hold.
    pub fn save(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        snapshot::save(&mut self.model, self.size, most, &mut bytes);
        bytes.extend_from_slice(self.lexer.pending());
        bytes
    }

    /// The model that was saved; None where the bytes are damaged, or of another version.
    pub fn load(bytes: &[u8], scrollback: usize) -> Option<Self> {
        let (model, size, pending) = snapshot::load(bytes, scrollback)?;
        let mut emulator = Self { model, ..Self::new(size, scrollback) };
        if let Some(last) = emulator.model.hidden.last {
            emulator.repeat_from(last);
        }
        // It was understood when it came.
        let _ = emulator.read(pending);
        emulator.command = None;
        Some(emulator)
    }

    /// `CSI b` repeats the character that the parser has seen last.
    fn repeat_from(&mut self, last: char) {
        /// Nothing but seen.
        struct Seen;
        impl Handler for Seen {}
        self.parser.advance(&mut Seen, last.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// The title that the program has set.
    pub fn title(&self) -> String {
        printable(self.model.hidden.title.as_deref().unwrap_or_default())
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

    /// Gives back memory while nothing is printed; true if there is more to give back.
    pub fn rest(&mut self) -> bool {
        self.model.scrollback.pack()
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

    /// Scrolls until the screen begins with this row, if the cursor is not above it: a resize may have taken
    /// rows back from the scrollback that a view's scrollback still has, and cannot give back. True if anything moved.
    pub fn begin_with(&mut self, number: u64) -> bool {
        let cursor = u64::try_from(self.model.term.grid().cursor.point.line.0).unwrap_or(0);
        let count = number.saturating_sub(self.top()).min(cursor);
        let count = usize::try_from(count).unwrap_or(0);
        if count == 0 || self.alt_screen() {
            return false;
        }
        self.guarded(|emulator| {
            let (height, _) = emulator.model.dimensions();
            let rows = |model: &Model| {
                (count..height)
                    .map(|row| model.row(row))
                    .map(|(row, on)| (row.to_vec(), on))
                    .collect()
            };
            let rest: Vec<_> = rows(&emulator.model);
            emulator.model.take_down(count);
            emulator.model.lay(&rest);
            let grid = emulator.model.term.grid_mut();
            grid.cursor.point.line -= count;
            grid.saved_cursor.point.line = (grid.saved_cursor.point.line - count).max(Line(0));
        });
        true
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

    /// What the program has asked for since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        let events = self.model.told.take();
        events.into_iter().filter_map(|event| self.effect(event)).collect()
    }

    fn effect(&self, event: TermEvent) -> Option<Effect> {
        let reply = match event {
            TermEvent::Title(title) => return Some(Effect::Title(printable(&title))),
            TermEvent::ResetTitle => return Some(Effect::Title(String::new())),
            TermEvent::Bell => return Some(Effect::Bell),
            TermEvent::PtyWrite(text) => text,
            TermEvent::ColorRequest(index, format) => format(self.color(index)?),
            // The clipboard is nobody's business here; the rest concerns a window we do not have.
            _ => return None,
        };
        Some(Effect::Reply(reply.into_bytes()))
    }

    /// What the program or the editor has set, else what Neovim's terminal shows. 256 and 258 stand for the text, 257
    /// for its ground.
    fn color(&self, index: usize) -> Option<Rgb> {
        let number = match index {
            256 | 258 => self.colors.fg,
            257 => self.colors.bg,
            _ => {
                let [r, g, b] = queries::palette(u8::try_from(index).ok()?);
                u32::from_be_bytes([0, r, g, b])
            }
        };
        let [_, r, g, b] = number.to_be_bytes();
        Some(self.model.term.colors()[index].unwrap_or(Rgb { r, g, b }))
    }

    /// Lets the library work. Should it panic, this one terminal starts with an empty screen, and no other
    /// notices.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            tracing::error!("the terminal model failed, and was started anew with its scrollback");
            let cols = usize::from(self.size.cols.max(2));
            let mut scrollback =
                std::mem::replace(&mut self.model.scrollback, Scrollback::new(0, cols));
            scrollback.pop_open();
            scrollback.set_cols(cols);
            self.model = Model::new(self.size, scrollback);
            self.parser = Processor::new();
        }
    }
}

/// The library's name for one of the four character sets.
fn charset(number: usize) -> alacritty_terminal::vte::ansi::CharsetIndex {
    use alacritty_terminal::vte::ansi::CharsetIndex::{G0, G1, G2, G3};
    [G0, G1, G2, G3][number.min(3)]
}

/// A title without control characters, and not longer than anyone reads.
fn printable(title: &str) -> String {
    title.chars().filter(|c| !c.is_control()).take(256).collect()
}

#[cfg(test)]
#[path = "emulator_tests.rs"]
mod tests;
