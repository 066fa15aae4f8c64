//! Resizes lose, cut and join no line.

use super::super::*;
use super::{Random, emulator, feed, text};

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
fn rows_that_a_view_cannot_give_back_scroll_off_again_also_below_the_alternate_screen() {
    let mut e = emulator(4, 20);
    feed(&mut e, b"1\r\n2\r\n3\r\n4\r\n5\r\n6");
    assert_eq!(e.top(), 2);
    feed(&mut e, b"\x1b[?1049hover it");
    e.resize(Size { rows: 6, cols: 20 }, &mut []);
    assert_eq!(e.top(), 0);
    assert!(e.begin_with(2));
    assert_eq!((e.top(), e.begin_with(2)), (2, false));
    assert_eq!(text(Some(e.picture("").rows[3].clone())), " over it");
    feed(&mut e, b"\x1b[?1049l.");
    let lines: Vec<String> = (0..6).map(|n| text(e.line(n))).collect();
    assert_eq!(lines, ["1", "2", "3", "4", "5", "6."]);
    feed(&mut e, b"\x1b[2;1H");
    assert!(e.begin_with(5), "as far as the cursor stands");
    assert_eq!(e.top(), 3);
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
fn a_line_under_way_that_becomes_as_long_as_its_row_goes_on_in_the_next() {
    for (before, after) in [(6, 5), (9, 5), (5, 5), (5, 6), (12, 4)] {
        let mut e = emulator(4, before);
        feed(&mut e, b"1\r\nabcde");
        e.resize(Size { rows: 4, cols: after }, &mut []);
        feed(&mut e, b"fg\r\n2");
        e.resize(Size { rows: 4, cols: 20 }, &mut []);
        let rows: Vec<String> = (0..3).map(|n| text(e.line(n))).collect();
        assert_eq!(rows, ["1", "abcdefg", "2"], "{before} to {after}");
    }
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
