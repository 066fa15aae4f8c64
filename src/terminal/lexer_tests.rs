//! Tests of the lexer: by tables, against itself however the input is cut, and against `vte`.

use alacritty_terminal::vte::{Parser, Perform};

use super::state::{CAN, SUB};
use super::*;

/// Random streams for each property. Each takes some microseconds.
const STREAMS: u64 = 3_000;

/// Whatever means something to the parser, and some text.
const PIECES: &[&[u8]] = &[
    b"\x1b",
    b"\x1b]",
    b"\x1b]",
    b"\x1b[",
    b"\x1bP",
    b"\x1b_",
    b"\x1bX",
    b"\x1b\\",
    b"[",
    b"]",
    b"P",
    b"\\",
    b"\x07",
    b"\x18",
    b"\x1a",
    b"\x9c",
    b";",
    b"0",
    b"1;2",
    b":",
    b"<",
    b"?",
    b"m",
    b"$",
    b" ",
    b"\x00",
    b"\n",
    b"\x7f",
    b"a",
    b"plain text",
    "é€😀".as_bytes(),
    b"\xe2\x82",
    b"\xf0\x9f",
    b"\xac",
    b"\xff",
];

fn stream(random: &mut fastrand::Rng) -> Vec<u8> {
    let count = random.usize(1..80);
    (0..count).flat_map(|_| PIECES[random.usize(..PIECES.len())]).copied().collect()
}

/// A finding with the place where it was found.
#[derive(Debug, PartialEq)]
enum Seen {
    Osc(usize, Vec<u8>),
    Overlong(usize),
}

/// What is found in a stream given in pieces, what of it is to be fed, and the lexer afterwards.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Seen>, Vec<u8>, Lexer) {
    let mut lexer = Lexer::new();
    let (mut seen, mut fed, mut place) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        let mut rest = piece;
        while !rest.is_empty() {
            let (count, found) = lexer.next(rest);
            assert!(count > 0, "it goes on");
            place += count;
            if found != Found::Skipped {
                fed.extend_from_slice(&rest[..count]);
            }
            match found {
                Found::Osc(text) => seen.push(Seen::Osc(place, text.to_vec())),
                Found::Overlong => {
                    seen.push(Seen::Overlong(place));
                    fed.push(CAN);
                }
                Found::Nothing => assert_eq!(count, rest.len()),
                Found::Skipped => {}
            }
            rest = &rest[count..];
        }
    }
    (seen, fed, lexer)
}

fn commands(bytes: &[u8]) -> Vec<String> {
    let text = |seen: &Seen| match seen {
        Seen::Osc(_, text) => String::from_utf8_lossy(text).into_owned(),
        Seen::Overlong(_) => "overlong".to_owned(),
    };
    read(std::iter::once(bytes)).0.iter().map(text).collect()
}

#[test]
fn commands_are_found_where_they_end() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"text \x1b]0;title\x07 more", &["0;title"]),
        (b"\x1b]7;file:///a\x1b\\\x1b]133;A\x07", &["7;file:///a", "133;A"]),
        (b"\x1b]2;cut off\x1b[31mred", &["2;cut off"]),
        (b"\x1b]2;taken back\x18\x1b]2;too\x1a", &[]),
        (b"\x1bP1$r\x1b]2;ends it\x07", &["2;ends it"]),
        (b"\x1b_Ga=T;\x07still inside\x1b\\\x1b]x\x07", &["x"]),
        (b"\x1bPq\x9c\x1b]x\x07", &["x"]),
        (b"\x1b[1;2\x1b]x\x07", &["x"]),
        (b"\x1b\n]x\x07", &["x"]),
        (b"\x1b]\x07\x1b]never ends", &[""]),
        ("\x1b]2;h\u{e9}\u{9c}\x07".as_bytes(), &["2;h\u{e9}\u{9c}"]),
    ];
    for (bytes, wanted) in cases {
        assert_eq!(commands(bytes), *wanted, "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn it_knows_whether_something_is_incomplete() {
    for (bytes, pending) in [
        (&b"plain\r\n"[..], &b""[..]),
        (b"\x1b[1m", b""),
        (b"a\x1b", b"\x1b"),
        (b"a\x1b[12", b"\x1b[12"),
        (b"a\x1b]2;ti", b"\x1b]2;ti"),
        (b"\x1b]2;x\x1b", b"\x1b"),
        (b"\x1b]2;x\x07", b""),
        (b"\xe2\x82", b"\xe2\x82"),
        (b"\xe2\x82\xac", b""),
        (b"\xf0\x9f\x98", b"\xf0\x9f\x98"),
        (b"\xff", b""),
        (b"\xe2\x1b", b"\x1b"),
    ] {
        for cut in 1..=bytes.len() {
            let (_, _, lexer) = read(bytes.chunks(cut));
            assert_eq!(lexer.pending(), pending, "{bytes:?} in pieces of {cut}");
            assert_eq!(lexer.is_ground(), pending.is_empty());
        }
    }
}

#[test]
fn however_the_output_is_cut_the_same_is_found() {
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..STREAMS {
        let bytes = stream(&mut random);
        let (seen, fed, whole) = read(std::iter::once(bytes.as_slice()));
        let size = random.usize(1..8);
        let (seen_too, fed_too, pieces) = read(bytes.chunks(size));
        assert_eq!(seen, seen_too, "{:?} in pieces of {size}", bytes.escape_ascii().to_string());
        assert_eq!((fed.as_slice(), &fed), (bytes.as_slice(), &fed_too));
        assert_eq!(whole.pending(), pieces.pending());
        assert_eq!((whole.state, whole.is_ground()), (pieces.state, pieces.is_ground()));
    }
}

#[test]
fn a_new_lexer_given_what_is_pending_goes_on_the_same() {
    let mut random = fastrand::Rng::with_seed(2);
    for _ in 0..STREAMS {
        let (bytes, rest) = (stream(&mut random), stream(&mut random));
        let (_, _, mut old) = read(std::iter::once(bytes.as_slice()));
        let mut new = Lexer::new();
        new.next(old.pending());
        assert_eq!(old.state, new.state);
        assert_eq!(old.next(&rest), new.next(&rest));
    }
}

/// Collects the commands that `vte` sees, as their parts.
#[derive(Default)]
struct Collect(Vec<Vec<Vec<u8>>>);

impl Perform for Collect {
    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        self.0.push(params.iter().map(|part| part.to_vec()).collect());
    }
}

/// As `vte` reads a command: without control characters, and not more than 16 parts.
fn parts(text: &[u8]) -> Vec<Vec<u8>> {
    let part = |part: &[u8]| part.iter().copied().filter(|byte| *byte >= 0x20).collect();
    text.split(|byte| *byte == b';').map(part).take(16).collect()
}

#[test]
fn the_same_commands_are_found_as_by_vte_and_where_it_finds_them() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut count = 0;
    for _ in 0..STREAMS {
        let bytes = stream(&mut random);
        let mut parser = Parser::new();
        let mut wanted = Vec::new();
        // By single bytes, to know where.
        for (index, byte) in bytes.iter().enumerate() {
            let mut collect = Collect::default();
            parser.advance(&mut collect, &[*byte]);
            // `vte` tells a cancelled one too.
            let commands = collect.0.into_iter().filter(|_| !matches!(*byte, CAN | SUB));
            wanted.extend(commands.map(|parts| (index + 1, parts)));
        }
        let (seen, _, _) = read(bytes.chunks(7));
        let found = |seen: Seen| match seen {
            Seen::Osc(place, text) => (place, parts(&text)),
            Seen::Overlong(place) => panic!("overlong at {place}"),
        };
        let found: Vec<_> = seen.into_iter().map(found).collect();
        count += found.len();
        assert_eq!(found, wanted, "{:?}", bytes.escape_ascii().to_string());
    }
    assert!(count > 1_000, "streams with commands: {count}");
}

#[test]
fn a_sequence_that_never_ends_is_cut_off_and_skipped() {
    let long = vec![b'x'; 3 * LONGEST];
    for (introducer, end, next) in [
        (&b"\x1b]2;"[..], &b"\x07"[..], &b"text\x1b]0;a\x07"[..]),
        (b"\x1b]2;", b"", b"\x1b\\\x1b]0;a\x07"),
        (b"\x1b]2;", b"\x18", b"\x1b]0;a\x07"),
        (b"\x1bPq", b"\x9c", b"\x1b]0;a\x07"),
        (b"\x1b_G", b"", b"\x1b\\\x1b]0;a\x1b\\"),
    ] {
        let bytes = [b"before", introducer, &long, end, next].concat();
        let kept = &bytes[..6 + LONGEST + 1];
        let wanted_fed = [kept, &[CAN], next].concat();
        for size in [1000, 4096, 70_000, bytes.len()] {
            let (seen, fed, lexer) = read(bytes.chunks(size));
            assert_eq!(seen[0], Seen::Overlong(kept.len()));
            assert!(matches!(&seen[1], Seen::Osc(_, text) if text == b"0;a"), "{size}");
            assert_eq!(seen.len(), 2);
            assert!(fed == wanted_fed, "what is fed, in pieces of {size}");
            assert!(lexer.pending.capacity() <= KEPT && lexer.joined.capacity() <= KEPT);
        }
    }
}

#[test]
fn what_is_kept_is_bounded_and_says_even_that_something_is_skipped() {
    let (_, _, mut old) = read([&b"\x1b["[..], &vec![b'1'; 3 * LONGEST]].into_iter());
    assert_eq!(old.pending().len(), LONGEST + 1);
    let mut new = Lexer::new();
    assert_eq!(new.next(old.pending()), (LONGEST + 1, Found::Overlong));
    let rest = b"1m\x1b]0;a\x07";
    assert_eq!(old.next(rest), (2, Found::Skipped));
    assert_eq!(new.next(rest), (2, Found::Skipped));
}
