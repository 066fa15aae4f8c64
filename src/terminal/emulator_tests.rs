//! Line numbers, answers and bounds of a terminal's model.

use super::*;

fn emulator(rows: u16, cols: u16) -> Emulator {
    Emulator::new(Size { rows, cols })
}

fn feed(emulator: &mut Emulator, bytes: &[u8]) {
    bytes.chunks(SLICE).for_each(|slice| emulator.feed(slice));
}

fn text(row: Option<Row>) -> String {
    super::super::picture::text(&row.unwrap())
}

#[test]
fn lines_keep_their_numbers_while_the_oldest_fall_out() {
    let mut e = emulator(5, 20);
    for n in 0..30_000 {
        e.feed(format!("line {n}\r\n").as_bytes());
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
fn a_resize_tells_how_it_moved_the_lines_also_when_it_came_on_the_alternate_screen() {
    let mut e = emulator(4, 20);
    feed(&mut e, b"1\r\n2\r\n3\r\n4\r\n5");
    e.resize(Size { rows: 2, cols: 20 });
    assert_eq!((e.take_shift(), e.top(), text(e.line(0))), (Some((1, 3)), 3, "1".into()));
    e.resize(Size { rows: 6, cols: 20 });
    assert_eq!((e.take_shift(), e.top(), text(e.line(0))), (Some((3, 0)), 0, "1".into()));
    feed(&mut e, b"\x1b[?1049h");
    e.resize(Size { rows: 2, cols: 20 });
    assert_eq!((e.take_shift(), e.top()), (None, 0));
    feed(&mut e, b"\x1b[?1049l");
    assert_eq!((e.take_shift(), e.top(), text(e.line(4))), (Some((0, 3)), 3, "5".into()));
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
fn a_synchronised_update_is_held_back_until_its_end_or_its_deadline() {
    let mut e = emulator(2, 10);
    feed(&mut e, b"\x1b[?2026hhalf");
    assert_eq!(text(e.line(0)), "");
    assert!(e.sync_deadline().is_some());
    e.end_sync();
    assert_eq!(text(e.line(0)), "half");
}

#[test]
fn any_size_and_any_bytes_leave_a_screen_of_that_size() {
    let noise: Vec<u8> =
        (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (rows, cols) in [(1, 1), (1, 2), (2, 1), (1000, 1000), (24, 80)] {
        let mut e = emulator(rows, cols);
        feed(&mut e, &noise);
        e.resize(Size { rows: cols, cols: rows });
        feed(&mut e, &noise);
        let picture = e.picture("");
        assert_eq!(picture.rows.len(), usize::from(cols));
        assert!(picture.rows.iter().all(|row| row.len() == usize::from(rows)));
    }
}
