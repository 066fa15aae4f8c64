//! Frames: the one escape sequence that turns what a view shows into what its terminal looks like now.

use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{CursorShape, CursorStyle};

use super::pen::Pen;
use super::picture::{Cursor, Picture, Row};
use crate::protocol::terminal::Size;

/// Most scrolled lines in one frame: Neovim takes a few milliseconds for as many.
pub const LINES_PER_FRAME: u64 = 250;

/// Modes that the view's own terminal must know, because it encodes keys, mouse and paste: private mode numbers.
const MODES: [(TermMode, &str); 8] = [
    (TermMode::APP_CURSOR, "1"),
    (TermMode::BRACKETED_PASTE, "2004"),
    (TermMode::FOCUS_IN_OUT, "1004"),
    (TermMode::MOUSE_REPORT_CLICK, "1000"),
    (TermMode::MOUSE_DRAG, "1002"),
    (TermMode::MOUSE_MOTION, "1003"),
    (TermMode::UTF8_MOUSE, "1005"),
    (TermMode::SGR_MOUSE, "1006"),
];

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
        let all = MODES.iter().fold(TermMode::NONE, |all, (mode, _)| all | *mode);
        let (old, new) = (self.mode & all, picture.mode & all);
        if old != new {
            // All off, then on: one mouse mode's end ends every mouse mode.
            for (mode, number) in MODES {
                if old.contains(mode)
                    && (!new.contains(mode) || TermMode::MOUSE_MODE.contains(mode))
                {
                    pen.put(format_args!("\x1b[?{number}l"));
                }
            }
            for (mode, number) in MODES {
                if new.contains(mode) {
                    pen.put(format_args!("\x1b[?{number}h"));
                }
            }
        }
        if (self.mode ^ picture.mode).contains(TermMode::APP_KEYPAD) {
            pen.raw(if picture.mode.contains(TermMode::APP_KEYPAD) { "\x1b=" } else { "\x1b>" });
        }
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

fn blank_row(size: Size) -> Row {
    vec![Cell::default(); usize::from(size.cols)]
}

/// A row cut or filled to the view's width.
fn fit(row: &Row, size: Size) -> Row {
    let mut row = row.clone();
    row.resize(usize::from(size.cols), Cell::default());
    row
}

/// How many cells from the left until only default blanks follow.
fn used(row: &[Cell]) -> usize {
    let blank = Cell::default();
    row.iter().rposition(|cell| *cell != blank).map_or(0, |last| last + 1)
}

/// Writes a row from column `col`, where the cursor stands, and erases the rest.
fn write_row(pen: &mut Pen, row: &[Cell], col: usize) {
    let end = used(row).max(col);
    pen.cells(&row[col..end], col);
    if end < row.len() {
        pen.erase_rest();
    }
}

fn write_difference(pen: &mut Pen, index: usize, present: &[Cell], wanted: &[Cell]) {
    let Some(mut first) = (0..wanted.len()).find(|&col| present[col] != wanted[col]) else {
        return;
    };
    let last = (0..wanted.len()).rfind(|&col| present[col] != wanted[col]).unwrap_or(first);
    // Half a wide character cannot be written or left behind.
    let half = |col: usize| {
        let spacer = Flags::WIDE_CHAR_SPACER;
        wanted[col].flags.contains(spacer) || present[col].flags.contains(spacer)
    };
    while first > 0 && half(first) {
        first -= 1;
    }
    let mut end = last + 1;
    while end < wanted.len() && half(end) {
        end += 1;
    }
    pen.go(index, first);
    if end > used(wanted) {
        write_row(pen, wanted, first);
    } else {
        pen.cells(&wanted[first..end], first);
    }
}

#[cfg(test)]
mod tests {
    use super::super::emulator::{Emulator, SLICE};
    use super::super::picture::text;
    use super::*;

    const SIZE: Size = Size { rows: 4, cols: 12 };

    /// A terminal, and a second model that is told only frames, as an editor is.
    struct Pair {
        terminal: Emulator,
        editor: Emulator,
        shown: Shown,
    }

    impl Pair {
        fn new(editor: Size) -> Self {
            let shown = Shown::blank(editor, 0);
            Self { terminal: Emulator::new(SIZE), editor: Emulator::new(editor), shown }
        }

        fn print(&mut self, bytes: &str) {
            bytes.as_bytes().chunks(SLICE).for_each(|slice| self.terminal.feed(slice));
        }

        fn show(&mut self, lines: u64) {
            let picture = self.terminal.picture("");
            let frame = self.shown.frame(&picture, lines, |n| self.terminal.line(n));
            frame.chunks(SLICE).for_each(|slice| self.editor.feed(slice));
        }

        /// Scrollback and screen of the editor's terminal.
        fn seen(&self) -> Vec<String> {
            let end = self.editor.top() + u64::from(self.editor.size().rows);
            (0..end).filter_map(|n| self.editor.line(n)).map(|row| text(&row)).collect()
        }

        fn all(&self) -> Vec<String> {
            let end = self.terminal.top() + u64::from(SIZE.rows);
            (0..end).filter_map(|n| self.terminal.line(n)).map(|row| text(&row)).collect()
        }

        #[track_caller]
        fn same(&self) {
            let (ours, theirs) = (self.terminal.picture(""), self.editor.picture(""));
            assert_eq!(ours.rows, theirs.rows);
            assert_eq!(ours.cursor, theirs.cursor);
        }
    }

    #[test]
    fn a_view_shows_every_cell_style_and_cursor_of_its_terminal() {
        let mut pair = Pair::new(SIZE);
        let steps = [
            "plain \x1b[1;31mred\x1b[0m",
            "\r\n\x1b[48;5;17m\x1b[K\x1b[38;2;1;2;3mx\x1b[m",
            "\x1b[2;3H\x1b[4:3;58:2::9:8:7mcurl\x1b[m",
            "\x1b[3;1H漢字e\u{301}👍\x1b[7mz",
            "\x1b[3;2H-",
            "\x1b[2J\x1b[H\x1b]8;id=a;http://x/\x1b\\link\x1b]8;;\x1b\\",
            "\x1b[?1049halt\x1b[?25l",
            "\x1b[?1049l\x1b[?25hback",
        ];
        for step in steps {
            pair.print(step);
            pair.show(LINES_PER_FRAME);
            pair.same();
        }
    }

    #[test]
    fn nothing_new_is_no_frame() {
        let mut pair = Pair::new(SIZE);
        pair.print("hello");
        pair.show(10);
        let picture = pair.terminal.picture("");
        assert_eq!(pair.shown.frame(&picture, 10, |_| None), b"");
    }

    #[test]
    fn scrolled_lines_reach_the_views_scrollback_once_each_whenever_they_are_given() {
        for owed_per_frame in [0, 1, 3, 250] {
            let mut pair = Pair::new(SIZE);
            for n in 0..40 {
                pair.print(&format!("line {n}\r\n"));
                if n % 5 == 0 {
                    pair.show(owed_per_frame);
                    pair.same();
                }
            }
            while pair.shown.owed(pair.terminal.top()) > 0 {
                pair.show(7);
                pair.same();
            }
            assert_eq!(pair.seen(), pair.all(), "{owed_per_frame} lines a frame");
        }
    }

    #[test]
    fn a_smaller_view_crops_and_follows_the_cursor_and_a_larger_one_leaves_blanks() {
        let mut small = Pair::new(Size { rows: 2, cols: 5 });
        small.print("one\r\ntwo\r\nthree words\r\nfour");
        small.show(0);
        let rows = small.editor.picture("").rows;
        assert_eq!(rows.iter().map(text).collect::<Vec<_>>(), ["three", "four"]);
        let mut large = Pair::new(Size { rows: 6, cols: 20 });
        large.print("one\r\ntwo");
        large.show(0);
        let rows = large.editor.picture("").rows;
        assert_eq!(rows.iter().map(text).collect::<Vec<_>>(), ["one", "two", "", "", "", ""]);
    }

    #[test]
    fn the_alternate_screen_leaves_the_views_scrollback_alone() {
        let mut pair = Pair::new(SIZE);
        pair.print("1\r\n2\r\n3\r\n4\r\n5");
        pair.show(10);
        pair.print("\x1b[?1049h\x1b[Ha\r\nb\r\nc\r\nd\r\ne");
        pair.show(10);
        pair.print("\x1b[?1049l\r\n6");
        pair.show(10);
        pair.same();
        assert_eq!(pair.seen(), ["1", "2", "3", "4", "5", "6"]);
    }

    #[test]
    fn modes_that_encode_input_are_passed_on_and_taken_back() {
        let mut pair = Pair::new(SIZE);
        let modes = TermMode::MOUSE_MODE
            | TermMode::SGR_MOUSE
            | TermMode::BRACKETED_PASTE
            | TermMode::APP_CURSOR
            | TermMode::APP_KEYPAD
            | TermMode::FOCUS_IN_OUT;
        for step in [
            "\x1b[?1;1000;1006;2004;1004h\x1b=",
            "\x1b[?1000l\x1b[?1002h",
            "\x1b[?1;1002;1006;2004;1004l\x1b>",
        ] {
            pair.print(step);
            pair.show(0);
            assert_eq!(
                pair.terminal.picture("").mode & modes,
                pair.editor.picture("").mode & modes,
                "{step:?}"
            );
        }
    }
}
