//! Rows, lines and places in the scrollback, and how it is saved.

use super::bytes::Reader;
use super::style::NAMES;
use super::*;

fn cells(text: &str) -> Row {
    let mut writer = Writer::default();
    writer.text(text.as_bytes(), text.len());
    writer.end_run(&Cell::default());
    let mut bytes = Vec::new();
    writer.finish(&mut bytes);
    Line::read(&mut Reader(&bytes)).unwrap().to_cells()
}

fn text(row: &Row) -> String {
    crate::terminal::picture::text(row)
}

fn filled(lines: usize, limit: usize) -> Scrollback {
    let mut scrollback = Scrollback::new(limit, 20);
    for number in 0..lines {
        scrollback.push_row(&cells(&format!("line {number}")), false);
    }
    scrollback
}

#[test]
fn rows_come_back_as_they_were_pushed_packed_or_not() {
    let mut scrollback = filled(5_000, 10_000);
    for _ in 0..2 {
        for number in [0, 1, 2_499, 4_998, 4_999] {
            let row = scrollback.row(number).unwrap();
            assert_eq!(text(&row), format!("line {number}"));
        }
        assert_eq!(scrollback.row(5_000), None);
        while scrollback.pack() {}
    }
    scrollback.push_row(&cells("one more"), false);
    assert_eq!(text(&scrollback.row(5_000).unwrap()), "one more");
}

#[test]
fn the_oldest_lines_are_dropped_and_their_numbers_not_used_again() {
    let scrollback = filled(100_000, 1_000);
    assert_eq!(scrollback.next_row(), 100_000);
    assert!((1_000..6_000).contains(&scrollback.lines), "{}", scrollback.lines);
    assert_eq!(scrollback.row(scrollback.first_row() - 1), None);
    let first = scrollback.first_row();
    assert_eq!(text(&scrollback.row(first).unwrap()), format!("line {first}"));
}

#[test]
fn a_line_of_many_rows_is_one_line_and_wraps_anew() {
    let mut scrollback = Scrollback::new(100, 4);
    for (row, continues) in [("abcd", true), ("efgh", true), ("ij", false), ("kl", false)] {
        scrollback.push_row(&cells(row), continues);
    }
    assert_eq!((scrollback.next_line(), scrollback.next_row()), (2, 4));
    assert_eq!(scrollback.place(1), Some(Place { line: 0, offset: 4 }));
    scrollback.set_cols(6);
    assert_eq!(scrollback.next_row(), 3);
    assert_eq!(text(&scrollback.row(1).unwrap()), "ghij");
    assert_eq!(scrollback.find(Place { line: 0, offset: 8 }), Some((1, 2)));
    assert_eq!(scrollback.find(Place { line: 1, offset: 0 }), Some((2, 0)));
    assert_eq!(scrollback.pop().map(|line| text(&line)), Some("kl".into()));
    assert_eq!(scrollback.pop().map(|line| text(&line)), Some("abcdefghij".into()));
    assert_eq!((scrollback.pop(), scrollback.next_row()), (None, 0));
}

#[test]
fn a_line_that_never_ends_is_kept_in_pieces() {
    let mut scrollback = Scrollback::new(100, 100);
    for _ in 0..1_000 {
        scrollback.push_row(&cells(&"x".repeat(100)), true);
    }
    assert!(scrollback.open.len() < LONGEST);
    assert_eq!(scrollback.next_row(), 1_000);
    let pushed = (0..1_000).filter_map(|row| scrollback.row(row)).map(|row| row.len());
    assert_eq!(pushed.sum::<usize>(), 100_000);
}

#[test]
fn styles_and_wide_characters_survive() {
    let mut scrollback = Scrollback::new(10, 20);
    scrollback.push_row(&cells("ends wide 世"), false);
    assert_eq!(text(&scrollback.row(0).unwrap()), "ends wide 世");
    let mut red = Cell { c: 'r', ..Cell::default() };
    red.fg = alacritty_terminal::vte::ansi::Color::Indexed(160);
    red.set_underline_color(Some(alacritty_terminal::vte::ansi::Color::Named(NAMES[3])));
    let mut row = cells("ab世界c");
    row.push(red.clone());
    row[0].push_zerowidth('\u{301}');
    let mut scrollback = Scrollback::new(10, 20);
    scrollback.push_row(&row, false);
    assert_eq!(scrollback.row(0).unwrap(), row);
    scrollback.set_cols(3);
    let rows: Vec<String> = (0..3).map(|n| text(&scrollback.row(n).unwrap())).collect();
    assert_eq!(rows, ["a\u{301}b", "世", "界c"]);
    assert_eq!(scrollback.row(3).unwrap(), [red]);
}

#[test]
fn what_was_saved_is_loaded_again_and_damage_is_refused() {
    let mut scrollback = filled(6_000, 10_000);
    scrollback.push_row(&cells("open"), true);
    let mut bytes = Vec::new();
    scrollback.save(usize::MAX, &mut bytes);
    let loaded = Scrollback::load(&mut Reader(&bytes), 10_000, 20).unwrap();
    for number in (0..6_001).step_by(100).chain([6_000]) {
        assert_eq!(loaded.row(number), scrollback.row(number), "{number}");
    }
    assert_eq!(loaded.next_row(), scrollback.next_row());
    for length in (0..bytes.len()).step_by(7) {
        if let Some(less) = Scrollback::load(&mut Reader(&bytes[..length]), 10_000, 20) {
            panic!("{length} of {} bytes gave {} rows", bytes.len(), less.next_row());
        }
    }
    let mut some = Vec::new();
    scrollback.save(40_000, &mut some);
    let newest = Scrollback::load(&mut Reader(&some), 10_000, 20).unwrap();
    assert!(some.len() <= 41_000 && newest.first_row() > 0);
    assert_eq!(newest.row(5_999), scrollback.row(5_999));
}

/// Pushes output as the express lane does.
fn print(scrollback: &mut Scrollback, output: &str) {
    let mut lines = Lines::new(output.as_bytes(), scrollback.cols, Cell::default());
    while let Some(piece) = lines.piece(scrollback.room()) {
        scrollback.push_printed(&piece);
    }
}

/// The same, each line written at once.
fn write(scrollback: &mut Scrollback, output: &str) {
    let mut lines = Lines::new(output.as_bytes(), scrollback.cols, Cell::default());
    let mut writer = Writer::default();
    while lines.next(&mut writer).is_some() {
        scrollback.push_writer(&mut writer);
    }
}

fn all(scrollback: &Scrollback) -> Vec<Row> {
    (scrollback.first_row()..scrollback.next_row()).filter_map(|row| scrollback.row(row)).collect()
}

#[test]
fn lines_kept_as_they_were_printed_read_like_written_ones() {
    let line = |n: usize| {
        let end = ["", "   ", "\t", "\x1b[m"][n % 4];
        format!("\x1b[3{}m{n}\ta line\x1b[1m of several rows, äöü{end}\r\n", n % 8)
    };
    let output: String = (0..3_000).map(line).collect();
    let (mut printed, mut written) = (Scrollback::new(10_000, 20), Scrollback::new(10_000, 20));
    print(&mut printed, &output);
    write(&mut written, &output);
    assert!(printed.blocks.iter().all(|block| block.is_printed()));
    assert_eq!(all(&printed), all(&written));
    assert_eq!(printed.freeze().page(1_500).map(|page| page.0 <= 1_500), Some(true));
    for cols in [7, 33] {
        printed.set_cols(cols);
        written.set_cols(cols);
        assert_eq!((printed.rows, printed.lines), (written.rows, written.lines));
        assert_eq!(all(&printed), all(&written));
    }
    let mut saved = Vec::new();
    printed.save(1 << 20, &mut saved);
    let loaded = Scrollback::load(&mut Reader(&saved), 10_000, 33).unwrap();
    assert_eq!(all(&loaded), all(&written));
    for _ in 0..2_000 {
        assert_eq!(printed.pop(), written.pop());
    }
    while printed.pack() {}
    assert_eq!(printed.size, printed.blocks.iter().map(|block| block.size()).sum::<usize>());
    assert_eq!(all(&printed), all(&written));
}

#[test]
fn many_landings_leave_no_more_blocks_than_the_lines_need() {
    let mut scrollback = Scrollback::new(10_000, 80);
    for _ in 0..1_000 {
        print(&mut scrollback, "one\r\ntwo\r\nthree\r\n");
        scrollback.pop();
    }
    assert_eq!(scrollback.lines, 2_000);
    assert!(scrollback.blocks.len() < 3, "{}", scrollback.blocks.len());
}

#[test]
fn colours_for_every_character_do_not_push_lines_out() {
    let line = "\x1b[38;2;100;110;120mx\x1b[38;2;101;111;121my".repeat(40) + "\x1b[m\r\n";
    let mut scrollback = Scrollback::new(1_000, 80);
    print(&mut scrollback, &line.repeat(2_000));
    assert!(scrollback.lines >= 1_000, "{}", scrollback.lines);
    assert!(scrollback.size <= 1_000 * LINE_SIZE + 2 * FULL, "{}", scrollback.size);
    assert_eq!(scrollback.size, scrollback.blocks.iter().map(|block| block.size()).sum::<usize>());
}

#[test]
fn each_line_is_read_once_and_again_only_if_it_was_taken_back() {
    let mut scrollback = filled(5_000, 10_000);
    let read = |scrollback: &mut Scrollback| {
        let mut lines = Vec::new();
        scrollback.read_unread(|line| lines.push(line.to_owned()));
        lines
    };
    let all: Vec<String> = (0..5_000).map(|number| format!("line {number}")).collect();
    assert_eq!(scrollback.unread(), 5_000);
    assert_eq!(read(&mut scrollback), all, "from several blocks");
    assert_eq!((scrollback.unread(), read(&mut scrollback)), (0, Vec::new()));
    scrollback.push_row(&cells("one more  "), false);
    assert_eq!(read(&mut scrollback), ["one more"]);
    scrollback.pop();
    scrollback.pop();
    scrollback.push_row(&cells("changed"), false);
    while scrollback.pack() {}
    assert_eq!(read(&mut scrollback), ["changed"]);
    scrollback.push_row(&cells("cleared"), false);
    scrollback.clear();
    scrollback.push_row(&cells("after"), false);
    assert_eq!(read(&mut scrollback), ["after"]);
    scrollback.push_row(&cells("skipped"), false);
    scrollback.skip_unread();
    assert!(read(&mut scrollback).is_empty());
}

#[test]
fn of_lines_that_nobody_has_read_those_that_are_kept_are() {
    let mut scrollback = filled(100_000, 1_000);
    let mut lines = Vec::new();
    scrollback.read_unread(|line| lines.push(line.to_owned()));
    assert!((1_000..5_000).contains(&lines.len()), "{}", lines.len());
    assert_eq!(lines.last().map(String::as_str), Some("line 99999"));
}

#[test]
fn what_is_frozen_stays_as_it_was_whatever_becomes_of_the_scrollback() {
    let line = |n: u64| format!("line {n}");
    let read = |frozen: &Frozen| {
        let (mut lines, mut number) = (Vec::new(), frozen.first_line());
        while let Some((first, count, bytes)) = frozen.page(number) {
            assert_eq!(first, number);
            let mut from = Reader(&bytes);
            lines.extend(std::iter::from_fn(|| Line::read(&mut from)).map(|l| l.text().to_owned()));
            number += count as u64;
        }
        assert_eq!(number, frozen.next_line());
        lines
    };
    let mut scrollback = filled(3_000, 1_000);
    let frozen = scrollback.freeze();
    let wanted: Vec<String> = (2_000..3_000).map(line).collect();
    assert_eq!(read(&frozen), wanted);
    scrollback.set_cols(5);
    while scrollback.pack() {}
    scrollback.pop();
    for number in 0..50_000 {
        scrollback.push_row(&cells(&format!("other {number}")), false);
    }
    assert!(scrollback.first_line() > frozen.next_line(), "none of them is left");
    assert_eq!(read(&frozen), wanted);
    scrollback.clear();
    assert_eq!(read(&frozen), wanted);
}
