//! Frames are checked against a second model that is told only frames, as an editor is.

use alacritty_terminal::term::cell::{Cell, Hyperlink};

use super::super::emulator::{Emulator, SLICE};
use super::super::pen::is_written_out;
use super::super::picture::text;
use super::*;

#[path = "../../tests/support/random.rs"]
#[allow(clippy::duplicate_mod, reason = "tests of several rooms use it")]
mod random;
#[path = "../../tests/support/streams.rs"]
#[allow(dead_code, reason = "its sizes are for editors")]
mod streams;

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
        let new = |size| Emulator::new(size, SCROLLBACK);
        Self { terminal: new(SIZE), editor: new(editor), shown }
    }

    fn print(&mut self, bytes: &str) {
        feed(&mut self.terminal, bytes.as_bytes());
    }

    fn show(&mut self, lines: u64) {
        let picture = self.terminal.picture("");
        let frame = self.shown.frame(&picture, lines, |n| self.terminal.line(n));
        feed(&mut self.editor, &frame);
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
fn a_view_of_one_row_gets_its_lines_once_it_is_higher() {
    let mut pair = Pair::new(Size { rows: 1, cols: 12 });
    pair.print("one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix");
    pair.show(LINES_PER_FRAME);
    assert_eq!(pair.seen(), ["six"]);
    assert_eq!(pair.shown.owed(pair.terminal.top()), 0, "nobody waits for it");
    pair.shown.resized(SIZE);
    pair.editor = Emulator::new(SIZE, SCROLLBACK);
    pair.show(LINES_PER_FRAME);
    assert_eq!(pair.seen(), pair.all());
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

#[test]
fn a_bare_view_shows_all_screens_on_its_one_and_gets_no_lines() {
    let mut pair = Pair::new(SIZE);
    pair.shown = Shown::blank(SIZE, 0, false).bare(true);
    for step in ["1\r\n2\r\n3\r\n4\r\n5\r\n6", "\x1b[?1049h\x1b[Hother\x1b[?1h", "\x1b[?1049l\r\n7"]
    {
        pair.print(step);
        pair.show(100);
        assert!(!pair.editor.alt_screen());
        assert_eq!((pair.editor.top(), pair.shown.owed(pair.terminal.top())), (0, 0));
        pair.same();
    }
}

#[test]
fn no_sequence_has_more_numbers_than_neovim_0_10_survives() {
    let all = "\x1b[1;2;3;4:3;7;8;9;38;2;1;2;3;48;2;4;5;6;58:2::7:8:9mx";
    for style in [all, "\x1b[1;2;3;4:3;7;8;9;38;5;200;48;5;201;58:5:202mx", "\x1b[1;31;42mx"] {
        let mut pair = Pair::new(SIZE);
        pair.print(style);
        let frame = pair.shown.frame(&pair.terminal.picture(""), 0, |_| None);
        let frame = String::from_utf8(frame).unwrap();
        for sequence in frame.split('\x1b') {
            let numbers = sequence.split([';', ':']).count();
            assert!(numbers <= 16, "{numbers} in {sequence}");
        }
        pair.print("");
        pair.shown = Shown::blank(SIZE, 0, true);
        pair.show(0);
        pair.same();
    }
}

#[test]
fn a_link_is_said_again_after_each_style_and_ends_with_its_text() {
    let mut pair = Pair::new(SIZE);
    pair.print("\x1b]8;id=a;http://x\x1b\\a\x1b[1mb\x1b]8;;\x1b\\c");
    let frame = pair.shown.frame(&pair.terminal.picture(""), 0, |_| None);
    let frame = String::from_utf8(frame).unwrap();
    let link = "\x1b]8;id=a;http://x\x1b\\";
    let wanted = format!("{link}a\x1b[0;1m{link}b\x1b]8;;\x1b\\c");
    assert!(frame.contains(&wanted), "{frame:?}");
}

/// Random output in pieces of any length: sequences that make sense, some with a byte changed, and noise.
fn output(random: &mut random::Random, seed: u64) -> Vec<u8> {
    let parts = streams::stream(seed, 30, |family, _| family != "emoji clusters");
    let mut all = Vec::new();
    for mut part in parts.into_iter().map(String::into_bytes) {
        if random.once_in(8) {
            let at = random.below(part.len());
            part[at] = random.next() as u8;
        }
        all.extend(part);
        if random.once_in(8) {
            all.extend((0..random.below(20)).map(|_| random.next() as u8));
        }
    }
    all
}

/// Without the marks that frames leave out.
fn without_marks(cell: &Cell) -> Cell {
    let mut without = Cell { extra: None, ..cell.clone() };
    let marks = cell.zerowidth().unwrap_or_default().iter();
    marks
        .filter(|mark| !is_written_out(**mark) && **mark != '\u{fe0f}')
        .for_each(|mark| without.push_zerowidth(*mark));
    without.set_underline_color(cell.underline_color());
    without.set_hyperlink(cell.hyperlink());
    without
}

/// The screen, with the cursor on the first half of a wide character. Links without a name get one, which is not the same in both, and frames leave control characters out.
fn seen(emulator: &Emulator) -> Picture {
    let mut picture = emulator.picture("");
    let (row, col) = (usize::from(picture.cursor.row), usize::from(picture.cursor.col));
    picture.cursor.col -= u16::from(half(&picture.rows[row], col) == Half::Right);
    for cell in picture.rows.iter_mut().flatten() {
        *cell = without_marks(cell);
        if let Some(link) = cell.hyperlink() {
            let uri = link.uri().chars().filter(|c| !c.is_control()).collect();
            cell.set_hyperlink(Some(Hyperlink::new(Some("any"), uri)));
        }
    }
    picture
}

/// A budget of cases, not of time: the same everywhere, and a few seconds in the dev profile.
const CASES: u64 = 30_000;

#[test]
fn whatever_is_printed_a_view_shows_what_its_terminal_shows() {
    for seed in 0..CASES {
        let mut random = random::Random::new(seed);
        let bytes = output(&mut random, seed);
        let mut pair = Pair::new(SIZE);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((1 + random.below(200)).min(rest.len()));
            feed(&mut pair.terminal, piece);
            pair.terminal.end_update();
            pair.show(random.below(3) as u64);
            let (ours, theirs) = (seen(&pair.terminal), seen(&pair.editor));
            let same = ours.rows == theirs.rows && ours.cursor == theirs.cursor;
            let cells = || ours.rows.iter().flatten().zip(theirs.rows.iter().flatten());
            let first = || cells().find(|(ours, theirs)| ours != theirs);
            assert!(same, "case {seed}: {:?}\n{}", first(), bytes.escape_ascii());
            // Frames ask nothing: else an editor would answer.
            let effects = pair.editor.take_effects();
            let asked =
                effects.iter().any(|it| matches!(it, super::super::emulator::Effect::Reply(_)));
            assert!(!asked, "case {seed}: {effects:?}");
            assert_eq!(pair.terminal.failures() + pair.editor.failures(), 0, "case {seed}");
            rest = more;
        }
    }
}

fn feed(emulator: &mut Emulator, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        bytes = &bytes[emulator.feed(bytes, SLICE)..];
    }
}

#[test]
fn a_view_whose_scrollback_cannot_be_known_is_made_anew() {
    let resized = |rows, print: &str| {
        let mut pair = Pair::new(Size { rows, cols: 12 });
        pair.print("1\r\n2\r\n3\r\n4");
        pair.print(print);
        pair.show(LINES_PER_FRAME);
        pair.shown.resized(Size { rows: rows + 1, cols: 12 });
        pair
    };
    assert!(!resized(4, "").shown.is_torn());
    assert!(resized(2, "").shown.is_torn(), "rows of the terminal stand above it");
    let mut hidden = resized(4, "\x1b[?1049hover it");
    assert!(!hidden.shown.is_torn(), "it has no use for lines yet");
    hidden.print("\x1b[?1049l");
    hidden.show(LINES_PER_FRAME);
    assert!(hidden.shown.is_torn() && hidden.shown.is_unsure());
    assert_eq!(hidden.shown.restart(0), b"\x1b[3J");
    assert!(!hidden.shown.is_torn() && !hidden.shown.is_unsure());
    let mut cut = resized(4, "").shown;
    cut.set_next((3, 5), false);
    assert_eq!(cut.beyond(), 4, "of a line that is cut it has something");
    let mut wrapped = Pair::new(SIZE);
    wrapped.print("1\r\n2\r\n3\r\n4\r\n5\r\n6");
    wrapped.show(LINES_PER_FRAME);
    wrapped.shown.set_next((2, 0), true);
    wrapped.shown.resized(Size { rows: 3, cols: 12 });
    assert!(!wrapped.shown.is_torn(), "what it has given are rows of the screen");
    wrapped.shown.resized(Size { rows: 5, cols: 12 });
    assert!(wrapped.shown.is_torn(), "what it takes back was wrapped elsewhere");
}
