//! What takes the express lane does exactly what the grid would have done.

use super::super::*;
use super::{Random, emulator, feed, flood, slow, text, unlinked};

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

#[test]
fn a_flood_that_is_looked_at_in_the_middle_of_anything_goes_on_past_the_grid() {
    let line = "été \x1b[1;38;5;208mcolour\x1b[0m │ end\r\n";
    for cut in 0..line.len() {
        let (mut e, output) = (emulator(24, 80), line.repeat(1_000));
        let (before, after) = output.as_bytes().split_at(line.len() * 100 + cut);
        feed(&mut e, before);
        let taken = e.skim(after);
        assert!(taken + line.len() >= after.len(), "cut at {cut}, {taken} of {}", after.len());
    }
}
