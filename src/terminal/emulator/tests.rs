//! Line numbers, answers and bounds of a terminal's model.

use alacritty_terminal::term::cell::Cell;

use super::*;
use crate::terminal::picture::Row;

#[path = "../../../tests/support/random.rs"]
#[allow(
    clippy::duplicate_mod,
    dead_code,
    reason = "tests of several rooms use it, each its own part"
)]
mod random;
use random::Random;

mod express;
mod forms;
mod limits;
mod resizes;
mod saves;

fn emulator(rows: u16, cols: u16) -> Emulator {
    Emulator::new(Size { rows, cols }, SCROLLBACK)
}

fn feed(emulator: &mut Emulator, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        bytes = &bytes[emulator.feed(bytes, SLICE)..];
    }
}

/// A model that never takes the express lane.
fn slow(rows: u16, cols: u16) -> Emulator {
    Emulator { slow: usize::MAX, ..emulator(rows, cols) }
}

fn text(row: Option<Row>) -> String {
    super::super::picture::text(&row.unwrap())
}

/// Lines as floods have them, with now and then something else among them.
fn flood(numbers: &mut Random, strange: usize) -> Vec<u8> {
    const USUAL: &[&str] = &[
        "word ",
        "\x1b[31m",
        "\x1b[1;38;5;208m",
        "\x1b[0m",
        "\x1b[m",
        "\t",
        "été ",
        "│ ",
        "  ",
        "",
        "\x1b[38;2;1;2;3m",
        "\x1b[22;39m",
        "a much longer piece of text ",
        "\x1b[97;1;7m",
        "x\t",
    ];
    const STRANGE: &[&str] = &[
        "\x1b[44m",
        "\x1b[49m",
        "世界",
        "\r",
        "\x1b[K",
        "\x1b[4:3m",
        "e\u{301}",
        "\x08",
        "\x1b]2;t\x07",
        "\x1b[2A",
        "\x1b[5;10H",
        "\x1b(0qqq\x1b(B",
        "\x1b[?7l",
        "\x1b[?7h",
        "\x1b[3;8r",
        "\x1b[r",
        "\x1b[2J",
        "\x1b]8;;http://x\x07l\x1b]8;;\x07",
        "\x1b[100m",
        "\u{200b}",
        "\x1b[58;5;3m",
        "\x1b[1;31;9999m",
        "\n",
    ];
    let mut bytes = Vec::new();
    for _ in 0..2_000 {
        for _ in 0..numbers.below(12) {
            let from = if numbers.below(1000) < strange { STRANGE } else { USUAL };
            bytes.extend_from_slice(from[numbers.below(from.len())].as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// Links get numbers of their own in each model.
fn unlinked(rows: Vec<Row>) -> Vec<Row> {
    let unlink = |mut cell: Cell| {
        let to = cell.hyperlink().map(|to| to.uri().to_owned());
        cell.set_hyperlink(
            to.map(|uri| alacritty_terminal::term::cell::Hyperlink::new(Some(""), uri)),
        );
        cell
    };
    rows.into_iter().map(|row| row.into_iter().map(unlink).collect()).collect()
}

#[test]
fn in_origin_mode_and_newline_mode_the_cursor_goes_where_it_is_told() {
    let place = |printed: &str| {
        let mut e = emulator(6, 20);
        feed(&mut e, printed.as_bytes());
        e.cursor_place()
    };
    let region = "\x1b[?6h\x1b[3;5r\x1b[2;4H";
    assert_eq!(place(region), (3, 3));
    assert_eq!(place(&format!("{region}\x1b[9G")), (3, 8), "only to another column");
    assert_eq!(place(&format!("{region}\x1b[A")), (2, 3));
    assert_eq!(place(&format!("{region}\x1b[7A")), (2, 3), "no further than the region");
    assert_eq!(place(&format!("{region}\x1b[B")), (4, 3));
    assert_eq!(place(&format!("{region}\x1b[9E")), (4, 0));
    assert_eq!(place(&format!("{region}\x1b[F")), (2, 0));
    assert_eq!(place("\x1b[3;4H\x1b[B\x1b[2A\x1b[7G"), (1, 6));
    for end in ["\n", "\x0b", "\x0c"] {
        assert_eq!(place(&format!("ab{end}")), (1, 2));
        assert_eq!(place(&format!("\x1b[20hab{end}")), (1, 0));
    }
}

#[test]
fn a_pictograph_has_two_cells_wherever_it_is_printed() {
    let rows = |printed: &str| {
        let mut e = emulator(2, 6);
        feed(&mut e, printed.as_bytes());
        let loaded = Emulator::load(&e.save(usize::MAX), SCROLLBACK).expect("it was just saved");
        let rows = e.picture("").rows;
        assert_eq!(rows, loaded.picture("").rows);
        let texts = rows.into_iter().map(|row| text(Some(row))).collect::<Vec<_>>();
        (texts, e.cursor_place())
    };
    let wanted = |one: &str, two: &str, cursor| (vec![one.to_owned(), two.to_owned()], cursor);
    assert_eq!(rows("🛠x"), wanted("🛠x", "", (0, 3)));
    assert_eq!(rows("🛠\u{fe0f}x\x1b[6Gy"), wanted("🛠\u{fe0f}x  y", "", (0, 5)));
    assert_eq!(rows("abcd🛠"), wanted("abcd🛠", "", (0, 5)));
    assert_eq!(rows("abcde🛠x"), wanted("abcde", "🛠x", (1, 3)));
    assert_eq!(rows("\x1b[?7labcde🛠"), wanted("abcde", "", (0, 5)));
    assert_eq!(rows("🛠\x1b[1bx"), wanted("🛠🛠x", "", (0, 5)));
    assert_eq!(rows("ab\r\x1b[4h🛠"), wanted("🛠ab", "", (0, 2)));
    assert_eq!(rows("🛠\x1b[2Gx"), wanted(" x", "", (0, 2)), "half of it does not stay");
}

#[test]
fn lines_keep_their_numbers_while_the_oldest_fall_out() {
    let mut e = emulator(5, 20);
    for n in 0..30_000 {
        feed(&mut e, format!("line {n}\r\n").as_bytes());
    }
    assert_eq!(e.top(), 29_996);
    for n in [20_000, 25_000, 29_995, 29_999] {
        assert_eq!(text(e.line(n)), format!("line {n}"));
    }
    assert!(e.line(10_000).is_none(), "older than the scrollback");
    assert!(e.line(30_001).is_none(), "below the screen");
}

#[test]
fn the_alternate_screen_scrolls_no_line_away() {
    let mut e = emulator(3, 20);
    feed(&mut e, b"one\r\ntwo\r\nthree\r\nfour");
    let before = e.top();
    feed(&mut e, b"\x1b[?1049h1\r\n2\r\n3\r\n4\r\n5\r\n6");
    assert!(e.alt_screen());
    assert_eq!(e.top(), before);
    feed(&mut e, b"\x1b[?1049l");
    assert_eq!(text(e.line(0)), "one");
    assert_eq!(text(e.line(before)), "two");
}

#[test]
fn an_erased_scrollback_is_gone_and_its_numbers_are_not_used_again() {
    let mut e = emulator(2, 10);
    feed(&mut e, b"1\r\n2\r\n3\r\n4");
    feed(&mut e, b"\x1b[3J");
    assert_eq!(e.top(), 2);
    assert!(e.line(1).is_none());
    feed(&mut e, b"\r\n5");
    assert_eq!((e.top(), text(e.line(2))), (3, "3".into()));
    // In one piece with more lines than there were, and with fewer.
    feed(&mut e, b"\x1b[3J\x1b[H\x1b[Ja\r\nb\r\nc\r\nd\r\ne\r\nf");
    assert_eq!((e.top(), text(e.line(3)), text(e.line(8))), (7, "a".into(), "f".into()));
    assert!(e.line(2).is_none());
    feed(&mut e, b"\x1bcx\r\ny\r\nz");
    assert_eq!((e.top(), text(e.line(7))), (8, "x".into()));
}

#[test]
fn queries_are_answered_once_and_titles_lose_control_characters() {
    let mut e = emulator(4, 10);
    feed(&mut e, b"\x1b[6n\x1b]2;a\x07\x1b]11;?\x07");
    assert_eq!(
        e.take_effects(),
        [
            Effect::Reply(b"\x1b[1;1R".to_vec()),
            Effect::Title("a".into()),
            Effect::Reply(b"\x1b]11;rgb:1414/1616/1b1b\x07".to_vec()),
        ]
    );
    assert_eq!(e.take_effects(), []);
    assert_eq!(printable("a\u{1b}[31m\u{9b}\nb"), "a[31mb");
    assert_eq!(printable("\u{202e}a\u{200b}b\u{2066}👩\u{200d}💻"), "ab👩\u{200d}💻");
}

#[test]
fn a_synchronised_update_is_known_while_it_lasts() {
    let mut e = emulator(2, 10);
    feed(&mut e, b"\x1b[?2026hhalf");
    assert!(e.is_updating());
    assert_eq!(e.feed(b" done\x1b[?2026lmore", SLICE), 13, "there is something to show");
    assert!(!e.is_updating());
    feed(&mut e, b"\x1b[?2026h\x1b[?2026$p");
    assert_eq!(e.take_effects(), [Effect::Reply(b"\x1b[?2026;1$y".to_vec())]);
    e.end_update();
    assert!(!e.is_updating());
}

#[test]
fn characters_come_through_however_the_output_is_cut() {
    let output = "été été 世界 é\u{301}t\u{301} 🙂é\x1b[mé".as_bytes();
    for first in 0..output.len() {
        for second in first..output.len() {
            let mut e = emulator(2, 40);
            for piece in [&output[..first], &output[first..second], &output[second..]] {
                feed(&mut e, piece);
            }
            assert_eq!(text(e.line(0)), "été été 世界 é\u{301}t\u{301} 🙂éé", "{first}, {second}");
        }
    }
}

#[test]
fn a_screen_that_is_erased_does_not_go_to_the_scrollback() {
    let mut e = emulator(3, 10);
    feed(&mut e, b"1\r\n2\r\n3\x1b[2J");
    assert_eq!((e.top(), text(e.line(0))), (0, String::new()));
    feed(&mut e, b"\x1b[2;1Hx\x1b[Ha\x1b[2;1H\x1b[1J");
    assert_eq!(text(e.line(0)), "", "the row above the cursor is erased with it");
}

#[test]
fn any_size_and_any_bytes_leave_a_screen_of_that_size() {
    let noise: Vec<u8> =
        (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (rows, cols) in [(1, 1), (1, 2), (2, 1), (1000, 1000), (24, 80)] {
        let mut e = emulator(rows, cols);
        feed(&mut e, &noise);
        e.resize(Size { rows: cols, cols: rows }, &mut []);
        feed(&mut e, &noise);
        let picture = e.picture("");
        assert_eq!(picture.rows.len(), usize::from(cols));
        assert!(picture.rows.iter().all(|row| row.len() == usize::from(rows)));
        assert_eq!(e.failures, 0);
    }
}

#[test]
fn the_screens_lines_are_read_whole_and_rows_of_the_alternate_one_as_they_are() {
    let read = |e: &Emulator| {
        let mut lines = Vec::new();
        e.read_screen(|line| lines.push(line.to_owned()));
        lines
    };
    let mut e = emulator(3, 5);
    feed(&mut e, "abcd漢字e\u{301}x\r\nlast  ".as_bytes());
    assert_eq!(read(&e), ["abcd漢字e\u{301}x", "last"], "its beginning has scrolled off");
    feed(&mut e, b"\x1b[H\x1b[2J\x1b[2;2Hrow\r");
    assert_eq!(read(&e)[1..], [" row", ""]);
    feed(&mut e, b"\x1b[?1049h\x1b[Habcdefg");
    assert_eq!(read(&e), ["abcde", "fg", ""]);
}

#[test]
fn a_character_is_repeated_for_a_screen_at_most() {
    for count in [3, 40, 41, 60_000] {
        let mut e = emulator(4, 10);
        feed(&mut e, format!("x\x1b[{count}b!").as_bytes());
        let cells: String = (0..e.top() + 4).map(|n| text(e.line(n))).collect();
        assert_eq!(cells, format!("{}!", "x".repeat(1 + count.min(40))));
    }
    for long in ["999999", "41;2", &"0".repeat(500)] {
        let mut e = emulator(4, 10);
        feed(&mut e, format!("x\x1b[{long}b").as_bytes());
        assert!(e.top() <= 1, "{long}");
    }
    let mut e = emulator(4, 10);
    feed(&mut e, b"\x1b[60000bend");
    assert_eq!(text(e.line(0)), "end", "there was nothing to repeat");
}
