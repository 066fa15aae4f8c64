//! Questions are found however the output is cut, and nothing else is taken for one.

use super::*;

fn asked(output: &[u8], cut: usize) -> Vec<Query> {
    let (mut scanner, mut found) = (Scanner::default(), Vec::new());
    for piece in output.chunks(cut) {
        let mut rest = piece;
        while let Some((end, query)) = scanner.next(rest) {
            found.push(query);
            rest = &rest[end..];
        }
    }
    found
}

#[test]
fn each_question_is_found_however_the_output_is_cut() {
    let output = b"text\x1b[cmore\x1b[>c\x1b[=0c\x1b[5n\x1b[6n\x1b[?6n\x1b[>q\x1b[?2026$p\x1b[4$p\x1b[?u\x1b[?4m\x1b[18t\x1bP$qm\x1b\\\x1bP+q544e;436f\x1b\\\x1bZ";
    let wanted = [
        Query::Attributes,
        Query::Secondary,
        Query::Tertiary,
        Query::Status,
        Query::Cursor { page: false },
        Query::Cursor { page: true },
        Query::Version,
        Query::Mode { private: true, number: 2026 },
        Query::Mode { private: false, number: 4 },
        Query::Keyboard,
        Query::ModifyOtherKeys,
        Query::Size(18),
        Query::Setting("m".into()),
        Query::Capabilities("544e;436f".into()),
        Query::Attributes,
    ];
    for cut in 1..output.len() {
        assert_eq!(asked(output, cut), wanted, "in pieces of {cut}");
    }
}

#[test]
fn what_asks_nothing_is_not_answered() {
    let others: [&[u8]; 9] = [
        b"\x1b[1c\x1b[?1;2c\x1b[0n\x1b[1;1R",
        b"\x1b[?2026h\x1b[>1u\x1b[=5;1u\x1b[<u\x1b[u",
        b"\x1b[ q\x1b[5 q\x1b[38;5;6m\x1b[22;0t\x1b[!p",
        b"\x1b]0;\x07 [c\x1b]2;[6n\x1b\\",
        b"\x1bP$q\x18m\x1b\\",
        b"\x1bPq#0;2;0;0;0[c\x1b\\",
        b"\x1b[\x186n",
        b"\x1b(0\x1b[99999999$p",
        b"\xff\xfe\x1b\x1b",
    ];
    for other in others {
        assert_eq!(asked(other, 3), [], "{}", other.escape_ascii());
    }
    assert_eq!(
        asked(&[b"\x1bP$q".as_slice(), &[b'm'; 9000], b"\x1b\\\x1b[c"].concat(), 512),
        [Query::Attributes]
    );
}

#[test]
fn the_palette_is_that_of_neovims_terminal() {
    for (index, rgb) in [
        (0, [0, 0, 0]),
        (1, [0xe0, 0, 0]),
        (7, [0xe0; 3]),
        (8, [0x80; 3]),
        (12, [0x40, 0x40, 0xff]),
        (15, [0xff; 3]),
        (16, [0; 3]),
        (77, [0x33, 0xcc, 0x33]),
        (231, [0xff; 3]),
        (232, [0; 3]),
        (244, [0x85; 3]),
        (255, [0xff; 3]),
    ] {
        assert_eq!(palette(index), rgb, "{index}");
    }
}

#[test]
fn a_string_that_is_not_ended_hides_no_question_behind_it() {
    assert_eq!(asked(b"\x1bPfoo\x1b[6n", 3), [Query::Cursor { page: false }]);
    assert_eq!(asked(b"\x1bPfoo\x1bP$qm\x1b\\", 3), [Query::Setting("m".into())]);
}
