//! Frames: the one escape sequence that turns what a view shows into what its terminal looks like now.

use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::{CursorShape, CursorStyle};

use super::modes;
use super::pen::Pen;
use super::picture::{Cursor, Picture, Row};
use super::rows::{blank_row, fit, write_difference, write_row};
use crate::protocol::terminal::Size;

/// Most scrolled lines in one frame: Neovim takes a few milliseconds for as many.
pub const LINES_PER_FRAME: u64 = 250;

/// What a view shows: what its terminal was last told.
pub struct Shown {
    size: Size,
    /// None where it is not known, after a change of size or screen.
    rows: Option<Vec<Row>>,
    /// The number of the first line that was not given to its scrollback yet.
    given: u64,
    mode: TermMode,
    style: Option<CursorStyle>,
    title: String,
    /// Where its cursor stands.
    cursor: Option<Cursor>,
}

impl Shown {
    /// A fresh terminal, blank, with nothing in its scrollback; lines before `given` it will not get.
    pub fn blank(size: Size, given: u64) -> Self {
        Self {
            size,
            rows: Some(vec![blank_row(size); usize::from(size.rows)]),
            given,
            mode: TermMode::SHOW_CURSOR,
            style: None,
            title: String::new(),
            cursor: None,
        }
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The view's own terminal has another size now, and has moved its lines about.
    pub fn resized(&mut self, size: Size) {
        self.size = size;
        self.rows = None;
    }

    /// The terminal has moved lines between screen and scrollback, and the view's own terminal, resized
    /// alike, has done the same.
    pub fn shift(&mut self, from_top: u64, to_top: u64) {
        self.given = (self.given + to_top).saturating_sub(from_top);
    }

    /// How many lines its scrollback lacks.
    pub fn owed(&self, top: u64) -> u64 {
        top.saturating_sub(self.given)
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
        self.scroll(&mut pen, picture, lines, offset, line);
        self.paint(&mut pen, picture, offset);
        self.modes(&mut pen, picture);
        if pen.is_empty() && !self.cursor_moved(picture) {
            return Vec::new();
        }
        self.cursor(&mut pen, picture, offset);
        pen.finish()
    }

    /// Main or alternate screen. What the other one shows is not known.
    fn screen(&mut self, pen: &mut Pen, picture: &Picture) {
        let alt = picture.mode.contains(TermMode::ALT_SCREEN);
        if alt != self.mode.contains(TermMode::ALT_SCREEN) {
            pen.raw(if alt { "\x1b[?1049h" } else { "\x1b[?1049l" });
            self.mode.set(TermMode::ALT_SCREEN, alt);
            self.rows = None;
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
        let scrolled: Vec<Row> = (self.given..self.given + lines)
            .filter_map(&line)
            .map(|row| fit(&row, self.size))
            .collect();
        self.given += lines;
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
        let screen = picture.rows.iter().skip(offset).map(|row| fit(row, self.size));
        let screen: Vec<Row> =
            screen.chain(std::iter::repeat_with(|| blank_row(self.size))).take(height).collect();
        for (index, row) in scrolled.iter().chain(&screen).enumerate() {
            if index < height {
                pen.go(index, 0);
            } else {
                pen.plain();
                pen.raw("\r\n");
            }
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
            let wanted = picture
                .rows
                .get(offset + index)
                .map_or_else(|| blank.clone(), |r| fit(r, self.size));
            match shown.as_ref().map(|rows| &rows[index]) {
                Some(present) => write_difference(pen, index, present, &wanted),
                None => {
                    pen.go(index, 0);
                    write_row(pen, &wanted, 0);
                }
            }
            rows.push(wanted);
        }
        self.rows = Some(rows);
    }

    fn modes(&mut self, pen: &mut Pen, picture: &Picture) {
        modes::write(pen, self.mode, picture.mode);
        if self.title != picture.title {
            self.title.clone_from(&picture.title);
            pen.put(format_args!("\x1b]2;{}\x1b\\", self.title));
        }
    }

    /// Puts the cursor where it belongs, in its shape.
    fn cursor(&mut self, pen: &mut Pen, picture: &Picture, offset: usize) {
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
        let last = usize::from(self.size.cols) - 1;
        pen.go(usize::from(picture.cursor.row) - offset, usize::from(picture.cursor.col).min(last));
        self.style = Some(picture.style);
        self.mode = picture.mode;
        self.cursor = Some(picture.cursor);
    }

    fn cursor_moved(&self, picture: &Picture) -> bool {
        self.cursor != Some(picture.cursor)
            || self.style != Some(picture.style)
            || (self.mode ^ picture.mode).contains(TermMode::SHOW_CURSOR)
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
