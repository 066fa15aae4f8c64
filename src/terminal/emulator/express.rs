//! The express lane: lines of plain text and colours, as floods are made of, go into the scrollback without ever
//! standing in the grid, where nobody would have seen them.

use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::vte::ansi::StandardCharset;

use super::{Emulator, SLICE};
use crate::terminal::backlog::colors;
use crate::terminal::lexer::ESC;
use crate::terminal::scrollback::{Lines, Measure, character, is_blank};

/// The express lane costs about as much as so many bytes given to the grid, so it is not entered for fewer.
const WORTH: usize = 2 * SLICE;

/// The express lane, while lines are taken past the grid.
pub(super) struct Lane {
    /// How the next character would look.
    style: Cell,
    /// How many rows were taken.
    rows: usize,
    /// The last character that was taken.
    last: Option<char>,
}

impl Emulator {
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
        let begun = match self.rest_of_begun(output) {
            0 => 0,
            rest => self.read(&output[..rest]),
        };
        let cursor = &self.model.term.grid().cursor;
        if cursor.point.column == 0 || !self.lexer.is_ground() {
            return begun;
        }
        let output = &output[begun..];
        let mut lines = Lines::new(output, self.model.dimensions().1, cursor.template.clone());
        begun
            + lines
                .next(&mut Measure::default())
                .map_or(0, |line| self.read(&output[..line.length]))
    }

    /// How much of some output belongs to a colour, a character or a line's end that has begun before it: reads end
    /// anywhere.
    fn rest_of_begun(&self, output: &[u8]) -> usize {
        /// What is longer is neither.
        const MOST: usize = 64;
        let begun = self.lexer.pending();
        let joined = || [begun, &output[..output.len().min(MOST)]].concat();
        let whole = match begun.first() {
            None => return usize::from(output.starts_with(b"\n")),
            Some(&ESC) => colors(&joined()),
            Some(_) => character(&joined()).map(|(_, length)| length),
        };
        whole.map_or(0, |length| length.saturating_sub(begun.len()))
    }

    fn skim_lines(&mut self, output: &[u8]) -> usize {
        let (height, cols) = self.model.dimensions();
        let mut lane = self.lane.take().unwrap_or_else(|| Lane {
            style: self.model.term.grid().cursor.template.clone(),
            rows: 0,
            last: None,
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
            lane.last = piece.last.or(lane.last);
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
        if let Some(last) = lane.last {
            self.model.hidden.last = Some(last);
            self.repeat_from(last);
        }
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
}

/// The library's name for one of the four character sets.
fn charset(number: usize) -> alacritty_terminal::vte::ansi::CharsetIndex {
    use alacritty_terminal::vte::ansi::CharsetIndex::{G0, G1, G2, G3};
    [G0, G1, G2, G3][number.min(3)]
}
