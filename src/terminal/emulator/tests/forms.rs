//! Journals of earlier builds are read by later ones.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::super::*;
use super::{feed, text, unlinked};
use crate::terminal::journal::{Content, Journal, Recovered};
use crate::terminal::memory;

const SIZE: Size = Size { rows: 6, cols: 24 };
const WIDER: Size = Size { rows: 8, cols: 40 };

/// Before the snapshot: lines in all looks, a link, a redefined colour, and what is not seen at once.
fn before() -> Vec<u8> {
    let mut out = String::new();
    for n in 0..40 {
        out += &format!(
            "\x1b[3{};4:3mline {n}\x1b[0m \x1b[1;38;2;{n};0;9mof colours\x1b[m\r\n",
            n % 8
        );
    }
    out += "\x1b]8;;https://example.org\x07a link\x1b]8;;\x07 and \x1b[48;5;77m漢字 e\u{301}\x1b[m, which wraps\r\n";
    out += "\x1b]4;3;#102030\x07\x1b]2;mine\x07\x1b[22t\x1b]2;other\x07\x1b[5 q\x1b[>5u\x1b[?2004h\x1b[?1002;1006h";
    out += "\x1b[3g\x1b[1;9H\x1bH\x1b[2;5r\x1b[4;3H\x1b7\x1b)0\x1b[4h\x1b=";
    out.into_bytes()
}

/// Records after it: some on the other screen, and the last one of half a sequence.
const AFTER: [&str; 3] = [
    "\x0eqqq\x0f\x1b8here",
    "\x1b[?1049h\x1b[H\x1b[7mother screen\x1b[m",
    "\x1b[2;2Hthere\x1b[38;2;1",
];

/// The model that all of it makes.
fn printed() -> Emulator {
    let mut model = Emulator::new(SIZE, SCROLLBACK);
    feed(&mut model, &before());
    feed(&mut model, AFTER[0].as_bytes());
    model.resize(WIDER, &mut []);
    AFTER[1..].iter().for_each(|output| feed(&mut model, output.as_bytes()));
    model
}

fn write(folder: &Path) {
    let mut journal = Journal::create(folder, 1 << 20).unwrap();
    let mut model = Emulator::new(SIZE, SCROLLBACK);
    feed(&mut model, &before());
    journal.begin(&model.save(usize::MAX), Content::Full, Duration::from_secs(1)).unwrap();
    for (second, output) in (2..).zip(AFTER) {
        let fill = |room: &mut [u8]| {
            room[..output.len()].copy_from_slice(output.as_bytes());
            Ok(output.len())
        };
        journal.read(Duration::from_secs(second), fill).unwrap();
        if second == 2 {
            journal.resized(WIDER, Duration::from_secs(second));
        }
    }
    journal.rest();
}

/// What is in a folder of journals makes the same model as ever.
fn check(folder: &Path) {
    let recovered = Recovered::read(folder).unwrap();
    assert_eq!(recovered.trouble, None);
    let mut read = Emulator::load(&recovered.base, SCROLLBACK).expect("a form that is known");
    recovered.records().for_each(|record| memory::take_in(&mut read, &record));
    let mut wanted = printed();
    for output in ["", ";2;3mgoes on\x1b[?1049l and\r\non\r\n"] {
        feed(&mut read, output.as_bytes());
        feed(&mut wanted, output.as_bytes());
        let (left, right) = (read.picture(&read.title()), wanted.picture(&wanted.title()));
        assert_eq!((left.top, left.cursor, left.mode), (right.top, right.cursor, right.mode));
        assert_eq!((left.style, left.title), (right.style, right.title));
        assert_eq!(unlinked(left.rows), unlinked(right.rows));
        assert_eq!(read.model.hidden, wanted.model.hidden);
    }
    let lines = |e: &Emulator| unlinked((0..e.top()).filter_map(|n| e.line(n)).collect());
    assert!(lines(&read) == lines(&wanted));
    assert_eq!(text(read.line(0)), "line 0 of colours");
}

#[test]
fn the_journals_of_every_earlier_form_are_read() {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let present = folders.join(format!("form-{}", snapshot::FORM));
    // Written once, by the build that brought the form, and never again.
    if !present.exists() && std::env::var_os("ORCHFLOW_BLESS").is_some() {
        write(&present);
    }
    assert!(present.exists(), "no journal of this form is kept: run this with ORCHFLOW_BLESS=1");
    fs::read_dir(folders).unwrap().for_each(|folder| check(&folder.unwrap().path()));
    // What this build writes, it reads.
    let fresh = tempfile::tempdir().unwrap();
    write(fresh.path());
    check(fresh.path());
}
