//! Pages of real models, read both ways and searched.

use std::time::{Duration, Instant};

use super::*;
use crate::protocol::terminal::{SearchParams, Size, Style};
use crate::terminal::emulator::{Emulator, SLICE};
use crate::terminal::history::search::{Search, compile};

fn emulator(rows: u16, cols: u16, output: &str) -> Emulator {
    let mut emulator = Emulator::new(Size { rows, cols }, 10_000);
    feed(&mut emulator, output);
    emulator
}

fn feed(emulator: &mut Emulator, output: &str) {
    let mut rest = output.as_bytes();
    while !rest.is_empty() {
        rest = &rest[emulator.feed(rest, SLICE)..];
    }
}

/// One answer.
fn answer(emulator: &mut Emulator, way: Way, most: usize) -> History {
    let (mut reading, moment) = (Reading::new(way, most), Moment::new(emulator));
    loop {
        let page = moment.page(reading.way.wanted());
        if reading.take(&page) {
            return reading.finish(&page, String::new());
        }
    }
}

fn lines(emulator: &mut Emulator) -> Vec<String> {
    answer(emulator, Way::Forth(0), MOST).lines
}

fn numbered(count: usize) -> String {
    (0..count).map(|n| format!("line {n}\r\n")).collect()
}

#[test]
fn both_ways_lead_through_all_lines_with_the_same_numbers() {
    let mut e = emulator(5, 20, &numbered(3000));
    while e.rest() {}
    let wanted: Vec<String> = (0..3000).map(|n| format!("line {n}")).collect();
    for most in [1, 7, 500] {
        let (mut forth, mut way) = (Vec::new(), 0);
        loop {
            let answer = answer(&mut e, Way::Forth(way), most);
            assert_eq!(answer.first, way);
            way += answer.lines.len() as u64;
            forth.extend(answer.lines);
            if !answer.more {
                break;
            }
        }
        assert_eq!(forth, wanted, "{most} at once");
        let (mut back, mut before) = (Vec::new(), u64::MAX);
        loop {
            let answer = answer(&mut e, Way::Back(before), most);
            before = answer.first;
            back.extend(answer.lines.into_iter().rev());
            if !answer.more {
                break;
            }
        }
        back.reverse();
        assert_eq!((back, before), (wanted.clone(), 0), "{most} at once");
    }
}

#[test]
fn there_may_be_nothing_to_read() {
    let mut e = emulator(5, 20, "");
    for way in
        [Way::Back(u64::MAX), Way::Forth(0), Way::Back(0), Way::Forth(1000), Way::Forth(u64::MAX)]
    {
        let answer = answer(&mut e, way, MOST);
        assert_eq!((answer.lines.len(), answer.more), (0, false), "{way:?}");
    }
}

#[test]
fn what_was_dropped_is_before_the_oldest_line() {
    let mut e = Emulator::new(Size { rows: 5, cols: 20 }, 100);
    feed(&mut e, &numbered(20_000));
    let oldest = e.scrollback().first_line();
    assert!(oldest > 1000);
    let forth = answer(&mut e, Way::Forth(3), 2);
    assert_eq!((forth.first, &*forth.lines[0]), (oldest, &*format!("line {oldest}")));
    let back = answer(&mut e, Way::Back(3), 2);
    assert_eq!((back.lines.len(), back.more), (0, false));
}

#[test]
fn a_line_that_goes_on_on_the_screen_is_one_line() {
    let long = "abcdefghij".repeat(6);
    let mut e = emulator(3, 20, &format!("one\r\n{long}漢字\r\ntwo"));
    assert_eq!(lines(&mut e), ["one".to_owned(), format!("{long}漢字"), "two".into()]);
    assert_eq!(answer(&mut e, Way::Back(u64::MAX), 9).screen_line, 1);
    for cols in [7, 33, 100, 11] {
        e.resize(Size { rows: 3, cols }, &mut []);
        assert_eq!(
            lines(&mut e),
            ["one".to_owned(), format!("{long}漢字"), "two".into()],
            "{cols}"
        );
    }
}

#[test]
fn the_primary_screen_is_read_below_the_alternate_one_which_stays() {
    let mut e = emulator(
        4,
        20,
        "one\r\ntwo\r\nthree\r\nfour\r\nfive\x1b[=1u\x1b[?1049h\x1b[31malt\x1b[=5u",
    );
    let before = (format!("{:?}", e.picture("")), e.save(1 << 20));
    assert_eq!(lines(&mut e), ["one", "two", "three", "four", "five"]);
    assert_eq!(format!("{:?}", e.picture("")), before.0);
    assert!(e.save(1 << 20) == before.1, "nothing of the model has changed");
    feed(&mut e, "\x1b[?1049l six");
    assert_eq!(lines(&mut e)[4], "five six");
}

#[test]
fn runs_say_where_which_style_is() {
    let mut e = emulator(
        4,
        40,
        "a\x1b[1;31mbü\x1b[m c\r\n\x1b[38;2;1;2;3;4:3;58:5:9mx\x1b[0;48;5;17my\x1b[1;31mz\x1b[m\x1b]8;;http://x\x1b\\l\x1b]8;;\x1b\\",
    );
    let found = answer(&mut e, Way::Back(u64::MAX), MOST);
    assert_eq!(found.lines, ["abü c", "xyzl"]);
    let plain = Style::default();
    let bold_red = Style { bold: true, fg_index: Some(1), ..plain.clone() };
    let style = |run: usize| &found.styles[found.runs[run][3]];
    let spans: Vec<_> =
        found.runs.iter().map(|[line, start, end, _]| (*line, *start, *end)).collect();
    assert_eq!(spans, [(0, 1, 4), (1, 0, 1), (1, 1, 2), (1, 2, 3), (1, 3, 4)]);
    assert_eq!(*style(0), bold_red);
    assert_eq!(
        *style(1),
        Style {
            fg: Some(0x010203),
            fg_index: Some(16),
            sp_index: Some(9),
            undercurl: true,
            ..plain.clone()
        }
    );
    assert_eq!(*style(2), Style { bg: Some(0x5f), bg_index: Some(17), ..plain.clone() });
    assert_eq!(*style(3), Style { bg: Some(0x5f), bg_index: Some(17), ..bold_red });
    assert_eq!(*style(4), Style { link: Some("http://x".into()), ..plain });
}

#[test]
fn answers_are_bounded_however_the_lines_look() {
    let colourful: String = (0..400).map(|n| format!("\x1b[38;5;{}m{}", n % 256, n % 10)).collect();
    let mut e = emulator(5, 200, &format!("{colourful}\r\n").repeat(300));
    let answer_of = |e: &mut Emulator| answer(e, Way::Back(u64::MAX), MOST);
    let found = answer_of(&mut e);
    assert!(found.runs.len() < 3000 && found.lines.len() > 3 && found.more, "{}", found.runs.len());
    // Each with a link of its own, and one with too long a link.
    let links: String =
        (0..1000).map(|n| format!("\x1b]8;;http://{n}/{}\x1b\\x", "y".repeat(2000))).collect();
    let overlong = format!("\x1b]8;;http://{}\x1b\\overlong\x1b]8;;\x1b\\", "z".repeat(3000));
    feed(&mut e, &format!("{links}{overlong}"));
    let found = answer_of(&mut e);
    let bytes: usize = found.styles.iter().flat_map(|style| &style.link).map(String::len).sum();
    assert!((100_000..300_000).contains(&bytes), "{bytes}");
    assert!(found.styles.iter().flat_map(|s| &s.link).all(|link| !link.contains("zzz")));
}

/// Everything that is found.
fn found(
    e: &mut Emulator,
    pattern: &str,
    way: Way,
    most: usize,
) -> crate::protocol::terminal::Found {
    let params = SearchParams {
        id: String::new(),
        pattern: pattern.into(),
        ignore_case: false,
        limit: None,
        from: None,
        before: None,
        keep: false,
        reading: None,
    };
    let until = Instant::now() + Duration::from_secs(600);
    Search::new(compile(&params).unwrap(), way, most, until).run(&Moment::new(e))
}

#[test]
fn a_match_may_span_rows_and_says_where_it_is() {
    let mut e = emulator(3, 10, "漢字 ab\u{301}cdefghij needle in it\r\nnext\r\nand\r\nmore");
    let all = found(&mut e, r"(n\w+e) (x)?i", Way::Back(u64::MAX), 9);
    let [one] = &all.matches[..] else { panic!("{all:?}") };
    assert_eq!((one.line, one.start, one.end, one.start_col, one.end_col), (0, 20, 28, 16, 24));
    assert_eq!((&*one.text, &one.groups[..]), ("needle i", &[Some("needle".into()), None][..]));
    assert_eq!(one.around, "漢字 ab\u{301}cdefghij needle in it");
    let history = answer(&mut e, Way::Forth(one.line), 1);
    assert_eq!(history.lines[0][one.start..one.end], *one.text, "history and search agree");
    e.resize(Size { rows: 3, cols: 33 }, &mut []);
    assert_eq!(found(&mut e, "needle", Way::Forth(0), 9).matches[0].line, 0);
}

#[test]
fn a_search_goes_on_where_it_ended() {
    let mut e = emulator(5, 20, &numbered(3000));
    let (mut next, mut numbers) = (Some(u64::MAX), Vec::new());
    while let Some(before) = next {
        let some = found(&mut e, "7$", Way::Back(before), 11);
        assert!(some.matches.len() <= 11);
        numbers.extend(some.matches.iter().map(|m| m.line));
        next = some.next;
    }
    let wanted: Vec<u64> = (0..3000).rev().filter(|n| n % 10 == 7).collect();
    assert_eq!(numbers, wanted);
    let first = found(&mut e, "7$", Way::Forth(8), 1);
    assert_eq!((first.matches[0].line, first.next), (17, Some(18)));
}

#[test]
fn empty_matches_are_one_a_line_and_bounded() {
    let mut e = emulator(5, 20, &numbered(3000));
    let all = found(&mut e, "x*", Way::Back(u64::MAX), 1000);
    assert_eq!((all.matches.len(), all.next), (1000, Some(2000)));
    assert!(all.matches.iter().all(|m| (m.start, m.end) == (0, 0)));
    assert_eq!(found(&mut e, "$", Way::Forth(0), 1).matches[0].start_col, 6);
}

#[test]
fn of_long_lines_a_part_is_told() {
    let mut e = emulator(5, 200, &format!("{}needle{}", "ü".repeat(5000), "ä".repeat(5000)));
    let all = found(&mut e, "needle(.*)", Way::Back(u64::MAX), 9);
    let one = &all.matches[0];
    assert_eq!((one.start, one.start_col, one.end_col), (10_000, 5000, 10_006));
    assert!(one.text.len() <= 1024 && one.around.len() <= 1024 && one.around.contains("üneedleä"));
    assert!(one.groups[0].as_ref().unwrap().len() <= 1024);
}

#[test]
fn patterns_that_are_none_or_too_large_are_refused() {
    for (pattern, words) in [
        ("(".to_owned(), "is not a regular expression"),
        (r"\w{1000}{1000}".into(), "not a regular expression"),
        ("x".repeat(5000), "longer"),
        ("(".repeat(2000) + &")".repeat(2000), "not a regular expression"),
    ] {
        let params = SearchParams {
            id: String::new(),
            pattern,
            ignore_case: true,
            limit: None,
            from: None,
            before: None,
            keep: false,
            reading: None,
        };
        let fault = compile(&params).unwrap_err();
        assert!(fault.message.contains(words) && fault.hint.is_some(), "{fault}");
    }
}
