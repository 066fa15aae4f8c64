//! Frames are checked against a second model that is told only frames, as an editor is.

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
        let shown = Shown::blank(editor, 0, true);
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

#[test]
fn lines_owed_when_the_alternate_screen_comes_are_given_when_it_goes() {
    let mut pair = Pair::new(SIZE);
    for n in 0..20 {
        pair.print(&format!("line {n}\r\n"));
    }
    pair.show(0);
    pair.print("\x1b[?1049halt");
    pair.show(LINES_PER_FRAME);
    pair.same();
    assert_eq!(pair.shown.owed(pair.terminal.top()), 0, "nothing to wake up for");
    pair.print("\x1b[?1049l");
    pair.show(LINES_PER_FRAME);
    pair.same();
    assert_eq!(pair.seen(), pair.all());
}
