//! Whatever is printed and however it is resized, the library does not fail, and memory is bounded.

use super::super::*;
use super::{Random, emulator, feed, flood, text};
use crate::terminal::scrollback::takes_mark;

/// So many streams: each takes a few milliseconds.
const CASES: u64 = 150;

/// What moves, joins and erases cells, and what the library is not made for.
const PIECES: &[&str] = &[
    "👩\u{200d}👧",
    "👍🏽",
    "❤\u{fe0f}",
    "🇩🇪",
    "1\u{fe0f}\u{20e3}",
    "🛠",
    "\u{301}\u{302}\u{303}",
    "漢字",
    "\x1b[L",
    "\x1b[3M",
    "\x1b[2P",
    "\x1b[7@",
    "\x1b[2J",
    "\x1b[J",
    "\x1b[1J",
    "\x1b[H",
    "\x1b[999;999H",
    "\x1b[5;3r",
    "\x1b[2;4r",
    "\x1b[r",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[?3h",
    "\x1b#8",
    "\x1b[999S",
    "\x1b[999T",
    "\x1b[9I",
    "\x1b[9Z",
    "\x1bH",
    "\x1b[3g",
    "\x1b7",
    "\x1b8",
    "\x1bM",
    "\x1b[65535b",
    "\x1b[999X",
    "\x1b[44m",
    "\x1b[m",
    "\x1b[3J",
    "\x1bc",
    "\r\n",
    "a line that is longer than most of the screens are wide, and so is wrapped",
];

/// Text, sequences, and now and then bytes that are none.
fn output(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..1 + random.below(40) {
        match random.below(12) {
            0 => bytes.extend((0..random.below(80)).map(|_| random.next() as u8)),
            1 => bytes.extend_from_slice("\u{301}".repeat(random.below(60)).as_bytes()),
            _ => bytes.extend_from_slice(random.of(PIECES).as_bytes()),
        }
    }
    bytes
}

fn size(random: &mut Random) -> Size {
    let mut side = |most| match random.below(30) {
        0 => 1,
        1 => 300,
        _ => 1 + random.below(most) as u16,
    };
    Size { rows: side(30), cols: side(90) }
}

/// It has not failed, its screen has its size, and no cell has more marks than one may.
#[track_caller]
fn is_sound(e: &Emulator, case: u64) {
    assert_eq!(e.failures, 0, "case {case}");
    let (picture, size) = (e.picture(""), e.size());
    assert_eq!(picture.rows.len(), usize::from(size.rows), "case {case}");
    for row in &picture.rows {
        assert_eq!(row.len(), usize::from(size.cols), "case {case}");
        let marks = row.iter().filter_map(|cell| cell.zerowidth());
        assert!(marks.into_iter().all(|marks| marks.len() <= 28), "case {case}");
    }
}

#[test]
fn whatever_is_printed_and_resized_the_library_never_fails() {
    for case in 0..CASES {
        let mut random = Random::new(case);
        let first = size(&mut random);
        let mut e = Emulator::new(first, 200);
        for _ in 0..20 {
            let bytes = match random.below(40) {
                0 => flood(&mut random, 100),
                _ => output(&mut random),
            };
            feed(&mut e, &bytes);
            is_sound(&e, case);
            if random.once_in(3) {
                e.resize(size(&mut random), &mut []);
                is_sound(&e, case);
            }
            if random.once_in(8) {
                let saved = e.save(usize::MAX);
                let loaded = Emulator::load(&saved, 200).expect("what was saved can be read");
                assert_eq!((loaded.size(), loaded.top()), (e.size(), e.top()), "case {case}");
                is_sound(&loaded, case);
            }
        }
        assert!(e.top() >= e.scrollback().first_row(), "case {case}");
        let lines = e.scrollback().next_line() - e.scrollback().first_line();
        assert!(lines <= 300, "case {case}: {lines} lines are kept");
    }
}

#[test]
fn a_library_that_fails_costs_the_screen_and_neither_the_scrollback_nor_what_comes() {
    let mut e = emulator(3, 20);
    feed(&mut e, b"\x1b[31m1\r\n2\r\n3\r\n4\r\n5");
    e.guarded(|_| panic!("as the library would"));
    assert_eq!((e.failures, e.top()), (1, 2));
    feed(&mut e, b"on it goes");
    let lines: Vec<String> = (0..3).map(|n| text(e.line(n))).collect();
    assert_eq!(lines, ["1", "2", "on it goes"]);
}

#[test]
fn a_cell_keeps_as_many_marks_as_neovims_own_and_the_same_everywhere() {
    let marks = |count| "\u{301}".repeat(count);
    for (printed, kept) in [
        (format!("e{}|", marks(40)), format!("e{}|", marks(14))),
        (format!("界{}|", marks(40)), format!("界{}|", marks(13))),
        (format!("\x1b[1;19He{}", marks(40)), format!("{}e{}", " ".repeat(18), marks(14))),
        (format!("\x1b[1;20He{}", marks(40)), format!("{}e{}", " ".repeat(19), marks(14))),
        (format!("e{}\u{20d7}|", marks(13)), format!("e{}|", marks(13))),
    ] {
        let mut e = emulator(3, 20);
        feed(&mut e, printed.as_bytes());
        assert_eq!(text(e.line(0)), kept);
        let mut lines = Vec::new();
        e.read_screen(|line| lines.push(line.to_owned()));
        assert_eq!(lines[0], kept);
        let mut loaded = Emulator::load(&e.save(usize::MAX), SCROLLBACK).unwrap();
        assert_eq!(text(loaded.line(0)), kept);
        loaded.resize(Size { rows: 3, cols: 30 }, &mut []);
        feed(&mut loaded, b"\r\n\n\n\n");
        assert_eq!(text(loaded.line(0)), kept, "in the scrollback");
        // A mark of the last one's kind has no room, wherever the cell went.
        let row = loaded.line(0).unwrap();
        assert!(
            row.iter()
                .filter(|cell| cell.zerowidth().is_some())
                .all(|cell| !takes_mark(cell, '\u{20d7}'))
        );
    }
}

#[test]
fn a_resize_keeps_cursors_styles_and_tab_stops() {
    let mut e = emulator(10, 40);
    feed(&mut e, b"\x1b[3;7H\x1b[31m\x1b7\x1b[m\x1b[1;5H\x1bH\x1b[5;9H\x1b[32mx");
    for (rows, cols) in [(8, 30), (12, 60), (12, 30), (6, 40)] {
        e.resize(Size { rows, cols }, &mut []);
        feed(&mut e, b"\x1b[6n\x1b[s");
        assert_eq!(e.take_effects(), [Effect::Reply(b"\x1b[5;10R".to_vec())], "{rows} x {cols}");
    }
    let mut e = emulator(10, 40);
    feed(&mut e, b"\x1b[3;7H\x1b[31m\x1b7\x1b[m\x1b[1;5H\x1bH\x1b[5;9Hx");
    e.resize(Size { rows: 8, cols: 30 }, &mut []);
    feed(&mut e, b"\x1b8r\r\x1b[3A\tt\x1b[1;41H\t|");
    assert_eq!(text(e.line(2)), "      r");
    assert!(text(e.line(0)).starts_with("    t"), "{:?}", text(e.line(0)));
    let cell = &e.line(2).unwrap()[6];
    assert_eq!(
        cell.fg,
        alacritty_terminal::vte::ansi::Color::Named(alacritty_terminal::vte::ansi::NamedColor::Red)
    );
}
