//! A model that was saved and loaded is the one that it was.

use super::super::*;
use super::{Random, emulator, feed, flood, text, unlinked};

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
