//! Frames: the one escape sequence that turns what a view shows into what its terminal looks like now.

use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::vte::ansi::{CursorShape, CursorStyle};

use super::emulator::SCROLLBACK;
use super::modes;
use super::pen::Pen;
use super::picture::{Cursor, Half, Picture, Row, half};
use super::reflow;
use super::rows::{blank_row, fit, fit_narrow, used, write_difference, write_row};
use crate::protocol::terminal::Size;

/// Most scrolled lines in one frame: Neovim takes a few milliseconds for as many.
pub const LINES_PER_FRAME: u64 = 250;

/// What a view shows: what its terminal was last told.
pub struct Shown {
    size: Size,
    /// None where it is not known, after a change of size or screen.
    rows: Option<Vec<Row>>,
    /// The used cells of each of its rows.
    widths: Vec<usize>,
    /// Those of its primary screen while it shows the alternate one.
    under: Option<Vec<usize>>,
    /// The number of the first line that was not given to its scrollback yet.
    given: u64,
    /// So many cells of that line were, as the end of a row of another width.
    cut: usize,
    /// How many lines its scrollback has.
    held: u64,
    /// Whether it wraps rows anew when it becomes narrower.
    wraps: bool,
    /// It keeps no scrollback, and stays on one screen.
    bare: bool,
    /// It gives pictographs one cell, and its editor draws them in two.
    narrows: bool,
    /// A resize has left its scrollback in a state that is not worth guessing: it is to be made anew.
    unsure: bool,
    /// So many rows of its terminal stand above its first: it is lower.
    above: usize,
    /// It was resized while some did, and has moved other lines into its scrollback than those that come next; or it has some there that
    /// stand on the screen again.
    torn: bool,
    /// The terminal has wrapped its lines anew since: those in the scrollback are other rows than the terminal's.
    rewrapped: bool,
    mode: TermMode,
    style: Option<CursorStyle>,
    title: String,
    /// Where its cursor stands.
    cursor: Option<Cursor>,
}

impl Shown {
    /// A fresh terminal, blank, with nothing in its scrollback; lines before `given` it will not get.
    /// `wraps` is whether it wraps rows anew when it becomes narrower.
    pub fn blank(size: Size, given: u64, wraps: bool) -> Self {
        Self {
            size,
            rows: Some(vec![blank_row(size); usize::from(size.rows)]),
            widths: vec![0; usize::from(size.rows)],
            under: None,
            given,
            cut: 0,
            held: 0,
            wraps,
            bare: false,
            narrows: false,
            unsure: false,
            above: 0,
            torn: false,
            rewrapped: false,
            mode: TermMode::SHOW_CURSOR,
            style: None,
            title: String::new(),
            cursor: None,
        }
    }

    /// The same on a terminal that keeps no scrollback and stays on one screen, if `bare`.
    pub fn bare(self, bare: bool) -> Self {
        Self { bare, ..self }
    }

    /// The same on a terminal that gives pictographs one cell while its editor draws them in two, if `narrows`.
    pub fn narrowing(self, narrows: bool) -> Self {
        Self { narrows, ..self }
    }

    /// A row of the picture as this view is to be told it.
    fn fit(&self, row: &[Cell]) -> Row {
        if self.narrows { fit_narrow(row, self.size) } else { fit(row, self.size) }
    }

    /// Whether it keeps no scrollback.
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The view's own terminal has another size now, and has moved its lines about. What it shows is painted
    /// anew, whatever it was.
    pub fn resized(&mut self, size: Size) {
        let shown = self.under.is_none();
        // Rows of another width are cut or wrapped by rules of the editor's version, and what is not shown by other ones again.
        self.torn |= !shown || self.above > 0;
        self.unsure |= size.cols != self.size.cols;
        let mut editor = reflow::Editor {
            size: self.size,
            widths: std::mem::take(self.under.as_mut().unwrap_or(&mut self.widths)),
            cursor: self.cursor.filter(|_| shown),
            held: self.held,
            wraps: self.wraps,
        };
        let scrolled = editor.resize(size);
        self.torn |= self.rewrapped && scrolled < 0;
        self.unsure |= self.torn;
        self.given = self.given.saturating_add_signed(scrolled);
        self.held = editor.held;
        self.cursor = if shown { editor.cursor } else { self.cursor };
        *self.under.as_mut().unwrap_or(&mut self.widths) = editor.widths;
        self.size = size;
        self.rows = None;
    }

    /// Whether its scrollback is to be made anew.
    pub fn is_unsure(&self) -> bool {
        self.unsure && self.takes_lines()
    }

    /// Whether that is so though its width is what it was, which an editor cannot know.
    pub fn is_torn(&self) -> bool {
        self.torn && self.takes_lines()
    }

    /// Nobody knows any more what its scrollback has.
    pub fn doubt(&mut self) {
        self.unsure |= !self.bare;
    }

    /// It has lines that no size of its own has brought about.
    pub fn tear(&mut self) {
        self.torn |= !self.bare;
        self.unsure |= !self.bare;
    }

    /// Whether it shows the screen whose lines go into its scrollback.
    pub fn is_primary(&self) -> bool {
        !self.bare && self.under.is_none()
    }

    /// Erases the scrollback, and owes it all lines from `given` on.
    pub fn restart(&mut self, given: u64) -> Vec<u8> {
        self.given = given;
        self.cut = 0;
        self.held = 0;
        self.unsure = false;
        self.torn = false;
        self.rewrapped = false;
        b"\x1b[3J".to_vec()
    }

    /// The line that comes next into its scrollback, and how many of its cells are there already.
    pub fn next(&self) -> (u64, usize) {
        (self.given, self.cut)
    }

    /// The first line of which its scrollback has nothing.
    pub fn beyond(&self) -> u64 {
        self.given + u64::from(self.cut > 0)
    }

    /// The terminal has renumbered its lines, and may have wrapped them anew: the next one is this now.
    pub fn set_next(&mut self, (given, cut): (u64, usize), rewrapped: bool) {
        self.given = given;
        self.cut = cut;
        self.rewrapped |= rewrapped;
    }

    /// Whether what scrolls off the top goes into its scrollback. On the alternate screen it does not; nor does it from a
    /// single row, which Neovim's terminal erases instead. Lines wait until it does.
    fn takes_lines(&self) -> bool {
        self.is_primary() && self.size.rows > 1
    }

    /// How many lines its scrollback lacks, if it takes any.
    pub fn owed(&self, top: u64) -> u64 {
        if self.takes_lines() { top.saturating_sub(self.given) } else { 0 }
    }

    /// Gives up on lines that would fall out of the view's scrollback anyway.
    pub fn forget_before(&mut self, line: u64) {
        self.given = self.given.max(line);
    }

    /// The frame that makes this view show `picture`, with the first `lines` of the lines it lacks scrolled
    /// into its scrollback; empty when nothing has changed.
    pub fn frame(
        &mut self,
        picture: &Picture,
        lines: u64,
        line: impl Fn(u64) -> Option<Row>,
    ) -> Vec<u8> {
        let mut pen = Pen::default();
        self.screen(&mut pen, picture);
        let offset = self.offset(picture);
        self.above = offset;
        self.scroll(&mut pen, picture, lines, offset, line);
        self.paint(&mut pen, picture, offset);
        self.modes(&mut pen, picture);
        let cursor = self.place(picture, offset);
        if pen.is_empty() && !self.cursor_moved(picture, cursor) {
            return Vec::new();
        }
        self.cursor(&mut pen, picture, cursor);
        pen.finish()
    }

    /// Main or alternate screen. What the other one shows is not known.
    fn screen(&mut self, pen: &mut Pen, picture: &Picture) {
        if self.bare {
            self.given = picture.top;
            return;
        }
        let alt = picture.mode.contains(TermMode::ALT_SCREEN);
        if alt != self.mode.contains(TermMode::ALT_SCREEN) {
            pen.raw(if alt { "\x1b[?1049h" } else { "\x1b[?1049l" });
            // Neovim's terminal saves the cursor's visibility with its place and takes both back, and has ways of
            // encoding keys for each screen.
            pen.raw("\x1b[?25h\x1b[=0;1u");
            self.mode.remove(TermMode::KITTY_KEYBOARD_PROTOCOL);
            self.mode.set(TermMode::ALT_SCREEN, alt);
            self.mode.insert(TermMode::SHOW_CURSOR);
            self.rows = None;
            self.under = if alt { Some(std::mem::take(&mut self.widths)) } else { None };
        }
    }

    /// The first row shown: a view with fewer rows than the terminal follows the cursor.
    fn offset(&self, picture: &Picture) -> usize {
        let height = usize::from(self.size.rows);
        let bottom = usize::from(picture.cursor.row) + 1;
        bottom.saturating_sub(height).min(picture.rows.len().saturating_sub(height))
    }

    fn scroll(
        &mut self,
        pen: &mut Pen,
        picture: &Picture,
        lines: u64,
        offset: usize,
        line: impl Fn(u64) -> Option<Row>,
    ) {
        let lines = lines.min(self.owed(picture.top));
        if lines == 0 {
            return;
        }
        let mut cut = std::mem::take(&mut self.cut);
        let scrolled: Vec<Row> = (self.given..self.given + lines)
            .filter_map(&line)
            .map(|row| self.fit(&row[std::mem::take(&mut cut).min(row.len())..]))
            .collect();
        self.given += lines;
        self.held = (self.held + scrolled.len() as u64).min(SCROLLBACK as u64);
        let height = usize::from(self.size.rows);
        pen.plain();
        let count = scrolled.len();
        if let Some(rows) = &mut self.rows
            && count <= height
            && rows[..count] == scrolled[..]
        {
            // They stand at the top already: line feeds in the last row move them out.
            pen.go(height - 1, 0);
            pen.raw(&"\n".repeat(count));
            rows.drain(..count);
            rows.resize_with(height, || blank_row(self.size));
            return;
        }
        let screen = picture.rows.iter().skip(offset).map(|row| self.fit(row));
        let screen: Vec<Row> =
            screen.chain(std::iter::repeat_with(|| blank_row(self.size))).take(height).collect();
        for (index, row) in scrolled.iter().chain(&screen).enumerate() {
            if index < height {
                pen.go(index, 0);
            } else {
                pen.plain();
                pen.raw("\r\n");
            }
            pen.erase_row();
            write_row(pen, row, 0);
        }
        self.rows = Some(screen);
    }

    /// Writes what differs between the rows shown and the rows wanted.
    fn paint(&mut self, pen: &mut Pen, picture: &Picture, offset: usize) {
        let height = usize::from(self.size.rows);
        let blank = blank_row(self.size);
        let shown = self.rows.take();
        let mut rows = Vec::with_capacity(height);
        for index in 0..height {
            let wanted =
                picture.rows.get(offset + index).map_or_else(|| blank.clone(), |row| self.fit(row));
            match shown.as_ref().map(|rows| &rows[index]) {
                Some(present) => write_difference(pen, index, present, &wanted),
                None => {
                    pen.go(index, 0);
                    pen.erase_row();
                    write_row(pen, &wanted, 0);
                }
            }
            rows.push(wanted);
        }
        self.widths = rows.iter().map(|row| used(row)).collect();
        self.rows = Some(rows);
    }

    fn modes(&mut self, pen: &mut Pen, picture: &Picture) {
        modes::write(pen, self.mode, picture.mode);
        if self.title != picture.title {
            self.title.clone_from(&picture.title);
            pen.put(format_args!("\x1b]2;{}\x1b\\", self.title));
        }
    }

    /// Where the view's cursor stands when that of its terminal stands there.
    fn place(&self, picture: &Picture, offset: usize) -> Cursor {
        let Cursor { row, col } = picture.cursor;
        let above = u16::try_from(offset).unwrap_or(u16::MAX);
        // In the second half of a wide character Neovim 0.10 shows none.
        let second = picture
            .rows
            .get(usize::from(row))
            .is_some_and(|cells| half(cells, usize::from(col)) == Half::Right);
        let col = col.saturating_sub(u16::from(second)).min(self.size.cols - 1);
        Cursor { row: row.saturating_sub(above), col }
    }

    /// Puts the cursor where it belongs, in its shape.
    fn cursor(&mut self, pen: &mut Pen, picture: &Picture, cursor: Cursor) {
        let visible = picture.mode.contains(TermMode::SHOW_CURSOR);
        if visible != self.mode.contains(TermMode::SHOW_CURSOR) {
            pen.raw(if visible { "\x1b[?25h" } else { "\x1b[?25l" });
        }
        if self.style != Some(picture.style) {
            let steady = u8::from(!picture.style.blinking);
            let number = match picture.style.shape {
                CursorShape::Underline => 3 + steady,
                CursorShape::Beam => 5 + steady,
                _ => 1 + steady,
            };
            pen.put(format_args!("\x1b[{number} q"));
        }
        pen.plain();
        pen.go(usize::from(cursor.row), usize::from(cursor.col));
        self.style = Some(picture.style);
        self.mode = picture.mode;
        self.cursor = Some(cursor);
    }

    fn cursor_moved(&self, picture: &Picture, cursor: Cursor) -> bool {
        self.cursor != Some(cursor)
            || self.style != Some(picture.style)
            || (self.mode ^ picture.mode).contains(TermMode::SHOW_CURSOR)
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
