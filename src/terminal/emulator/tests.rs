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
fn after_a_flood_the_last_lines_are_there_by_their_numbers() {
    let mut e = emulator(40, 100);
    let flood: String =
        (0..300_000).map(|n| format!("\x1b[3{}mline {n}\x1b[0m\r\n", n % 7)).collect();
    flood.as_bytes().chunks(256 << 10).for_each(|piece| feed(&mut e, piece));
    assert_eq!(e.top(), 300_000 - 39);
    let check = |e: &Emulator| {
        for n in 290_000..300_000 {
            assert_eq!(text(e.line(n)), format!("line {n}"));
        }
    };
    check(&e);
    while e.rest() {}
    check(&e);
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
fn a_resize_renumbers_what_views_lack_also_on_the_alternate_screen() {
    let mut e = emulator(4, 20);
    feed(&mut e, b"1\r\n2\r\n3\r\n4\r\n5");
    let resize = |e: &mut Emulator, rows, cols, next| {
        let mut nexts = [next];
        e.resize(Size { rows, cols }, &mut nexts);
        (e.top(), nexts[0])
    };
    assert_eq!(resize(&mut e, 2, 20, (1, 0)), (3, (1, 0)));
    assert_eq!(resize(&mut e, 6, 20, (3, 0)), (0, (3, 0)));
    feed(&mut e, b"\x1b[?1049hover it");
    assert_eq!(resize(&mut e, 2, 20, (4, 0)), (3, (4, 0)));
    assert_eq!(text(Some(e.picture("").rows[1].clone())), " over it");
    feed(&mut e, b"\x1b[?1049l\x1b[2J\x1b[H0123456789012345678");
    assert_eq!(resize(&mut e, 2, 10, (3, 12)), (3, (4, 2)));
    assert_eq!(resize(&mut e, 1, 5, (3, 0)), (6, (3, 0)));
    let lines: Vec<String> = (0..7).map(|n| text(e.line(n))).collect();
    assert_eq!(lines, ["1", "2", "3", "01234", "56789", "01234", "5678"]);
}

#[test]
fn a_resize_of_the_alternate_screen_keeps_the_keyboards_modes() {
    let mut e = emulator(4, 20);
    feed(&mut e, b"\x1b[>1u\x1b[?1049h\x1b[=5u");
    e.resize(Size { rows: 6, cols: 30 }, &mut []);
    feed(&mut e, b"\x1b[?u\x1b[?1049l\x1b[?u");
    let replies = [b"\x1b[?5u", b"\x1b[?1u"].map(|reply| Effect::Reply(reply.to_vec()));
    assert_eq!(e.take_effects(), replies);
}

#[test]
fn resizing_back_and_forth_loses_and_cuts_no_line() {
    let mut numbers = Random::new(7);
    for _ in 0..40 {
        let mut e = emulator(10, 40);
        let mut expected = Vec::new();
        for n in 0..60 {
            let word = format!("{n}世abc").repeat(1 + numbers.below(12));
            feed(&mut e, format!("{word}\r\n").as_bytes());
            expected.push(word);
            if numbers.below(8) == 0 {
                let (rows, cols) = (1 + numbers.below(30), 2 + numbers.below(90));
                e.resize(Size { rows: rows as u16, cols: cols as u16 }, &mut []);
            }
        }
        e.resize(Size { rows: 1, cols: 1000 }, &mut []);
        let lines: Vec<String> = (0..=e.top()).map(|n| text(e.line(n))).collect();
        assert_eq!(lines[..60], expected);
    }
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
fn the_express_lane_does_exactly_what_the_grid_does() {
    let mut numbers = Random::new(1);
    for round in 0..60 {
        let (rows, cols) = (2 + numbers.below(40) as u16, 2 + numbers.below(120) as u16);
        let (mut express, mut grid) = (emulator(rows, cols), slow(rows, cols));
        let output = flood(&mut numbers, [0, 2, 30][round % 3]);
        let mut rest = &output[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(1 + numbers.below(60_000)));
            let mut skimmed = 0;
            for end in (0..piece.len()).step_by(1 + numbers.below(9_000)) {
                skimmed += express.skim(&piece[skimmed..end.max(skimmed)]);
            }
            express.land();
            feed(&mut express, &piece[skimmed..]);
            feed(&mut grid, piece);
            rest = more;
            let (left, right) = (express.picture(""), grid.picture(""));
            assert_eq!(left.top, right.top, "round {round}, {rows} x {cols}");
            assert_eq!((left.cursor, left.mode), (right.cursor, right.mode), "round {round}");
            assert_eq!(unlinked(left.rows), unlinked(right.rows), "round {round}");
        }
        let lines = |e: &Emulator| unlinked((0..e.top()).filter_map(|n| e.line(n)).collect());
        for (left, right) in lines(&express).into_iter().zip(lines(&grid)) {
            assert_eq!(left, right, "round {round}, {rows} x {cols}");
        }
        let pen = |e: &Emulator| e.model.term.grid().cursor.template.clone();
        assert_eq!(unlinked(vec![vec![pen(&express)]]), unlinked(vec![vec![pen(&grid)]]));
    }
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

/// Sequences that change what is not seen at once.
const HIDDEN: &[&str] = &[
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[3g",
    "\x1bH",
    "\x1b[5 q",
    "\x1b[?25l",
    "\x1b[>5u",
    "\x1b[<u",
    "\x1b[=3;1u",
    "\x1b[?2004h",
    "\x1b[?1002;1006h",
    "\x1b7",
    "\x1b8",
    "\x0e",
    "\x0f",
    "\x1b)0",
    "\x1b[22t",
    "\x1b[23t",
    "\x1b]2;title\x07",
    "\x1b]4;3;#102030\x07",
    "\x1b[3b",
    "\x1b[?2026h",
    "\x1b[?2026l",
    "\x1b=",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[2;9r",
    "\x1b[r",
    "\x1b[20h",
    "\x1b[20l",
    "\x1b[M",
    "\x1b[L",
    "\x1b[S",
    "\x1b[10;3H",
    "\x1bM",
    "\x1b#8",
];

#[test]
fn a_model_that_was_saved_and_loaded_goes_on_like_one_that_was_not() {
    let mut numbers = Random::new(3);
    for round in 0..150 {
        let size = Size { rows: 2 + numbers.below(30) as u16, cols: 2 + numbers.below(90) as u16 };
        let mut original = emulator(size.rows, size.cols);
        let mut copy = emulator(size.rows, size.cols);
        for _ in 0..4 {
            let mut output = flood(&mut numbers, 100);
            output.truncate(1 + numbers.below(9_000));
            for _ in 0..numbers.below(12) {
                let at = numbers.below(output.len());
                let sequence = HIDDEN[numbers.below(HIDDEN.len())];
                output.splice(at..at, sequence.bytes());
            }
            feed(&mut original, &output);
            feed(&mut copy, &output);
            if numbers.below(2) == 0 {
                let size =
                    Size { rows: 1 + numbers.below(30) as u16, cols: 1 + numbers.below(90) as u16 };
                original.resize(size, &mut []);
                copy.resize(size, &mut []);
            }
            let (left, right) = (original.picture(""), copy.picture(""));
            assert_eq!((left.top, left.cursor), (right.top, right.cursor), "round {round}");
            assert_eq!((left.mode, left.style), (right.mode, right.style), "round {round}");
            assert_eq!(unlinked(left.rows), unlinked(right.rows), "round {round}");
            assert_eq!(original.model.hidden, copy.model.hidden);
            let lines = |e: &Emulator| unlinked((0..e.top()).filter_map(|n| e.line(n)).collect());
            assert!(lines(&original) == lines(&copy), "the scrollback differs in round {round}");
            copy = Emulator::load(&copy.save(usize::MAX), SCROLLBACK).expect("it was just saved");
        }
        let saved = copy.save(usize::MAX);
        let cut = numbers.below(saved.len());
        assert!(Emulator::load(&saved[..cut], SCROLLBACK).is_none() || cut > saved.len() - 70_000);
    }
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
fn where_a_wide_character_did_not_fit_a_loaded_model_has_a_gap_and_blanks_elsewhere() {
    for (printed, line) in
        [("abcd漢字e", "abcd漢字e"), ("abcd 漢字e", "abcd 漢字e"), ("     漢", "     漢")]
    {
        // All of it on the screen, or its beginning in the scrollback.
        for rows in [2, 1] {
            let mut e = emulator(rows, 5);
            feed(&mut e, printed.as_bytes());
            let mut e = Emulator::load(&e.save(usize::MAX), SCROLLBACK).expect("it was just saved");
            e.resize(Size { rows: 1, cols: 40 }, &mut []);
            feed(&mut e, b"\r\n");
            assert_eq!(text(e.line(0)), line, "{printed} {rows}");
        }
    }
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

#[test]
fn a_line_whose_last_row_is_blank_stays_one_and_does_not_swallow_the_next() {
    let whole = |e: &mut Emulator| {
        let mut lines = Vec::new();
        e.read_screen(|line| lines.push(line.to_owned()));
        lines.retain(|line| !line.is_empty());
        lines
    };
    let mut e = emulator(10, 10);
    feed(&mut e, b"aaaaaaaaaa  \r\nsecond\r\nthird\r\n");
    let wanted = ["aaaaaaaaaa", "second", "third"];
    assert_eq!(whole(&mut e), wanted);
    for (rows, cols) in [(11, 10), (9, 10), (9, 30), (9, 4), (9, 10)] {
        e.resize(Size { rows, cols }, &mut []);
        assert_eq!(whole(&mut e), wanted, "{rows} x {cols}");
    }
    // A row of nothing but ground.
    let mut e = emulator(10, 30);
    feed(&mut e, b"one\r\n\x1b[44m\x1b[K");
    e.resize(Size { rows: 10, cols: 10 }, &mut []);
    feed(&mut e, b"\x1b[mtwo\r\nthree\r\nfour");
    assert_eq!(whole(&mut e), ["one", "two", "three", "four"]);
}

#[test]
fn a_flood_fills_the_screen_however_small_the_scrollback_is() {
    for (limit, rows) in [(0, 24), (10, 100), (100, 200)] {
        let mut e = Emulator::new(Size { rows, cols: 80 }, limit);
        for n in 0..40 {
            // Of another length each time, so that blocks end anywhere.
            let lines: String = (0..2_000 + n * 37).map(|l| format!("{n} {l}\r\n")).collect();
            let taken = e.skim(lines.as_bytes());
            assert!(n == 0 || taken > 0);
            e.land();
            feed(&mut e, &lines.as_bytes()[taken..]);
            let shown = e.picture("").rows;
            let blank = shown.iter().filter(|row| crate::terminal::picture::text(row).is_empty());
            assert!(blank.count() <= 1, "{limit} lines, {rows} rows, after {n} floods");
        }
    }
}

#[test]
fn a_character_of_a_flood_is_repeated() {
    let mut e = emulator(24, 80);
    feed(&mut e, &b"line\r\n".repeat(100));
    let lines = "plain\ttext é\t\r\n\x1b[31m\r\n".repeat(2_000);
    assert!(e.skim(lines.as_bytes()) > 20_000);
    feed(&mut e, b"\x1b[3b");
    assert_eq!(crate::terminal::picture::text(&e.picture("").rows[23]), "ééé");
}
