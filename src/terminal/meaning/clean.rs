//! Makes text of what a program sent: valid, without control characters, and not longer than anyone reads.

/// Characters that show nothing and change how their neighbours are read: a name could look like another.
const INVISIBLE: &[std::ops::RangeInclusive<char>] = &[
    '\u{200b}'..='\u{200b}', // But not the joiners: emoji are made with them.
    '\u{200e}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{2069}',
    '\u{feff}'..='\u{feff}',
];

/// Whether a character shows itself: no control character, and none of the invisible ones.
pub fn can_be_seen(c: char) -> bool {
    !c.is_control() && !INVISIBLE.iter().any(|range| range.contains(&c))
}

/// At most so many characters of it. Line ends and tabs become blanks, blanks at both ends go; what ends cut off ends with an ellipsis.
pub fn text(bytes: &[u8], most: usize) -> String {
    let valid = String::from_utf8_lossy(bytes);
    let seen = valid.chars().filter_map(|c| match c {
        '\n' | '\t' | '\r' => Some(' '),
        c => Some(c).filter(|c| can_be_seen(*c)),
    });
    let mut text: String = seen.take(most + 1).collect();
    if text.chars().count() > most {
        text.pop();
        text.pop();
        text.push('…');
    }
    text.trim().to_owned()
}

/// What stands percent-encoded.
pub fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_can_be_shown_anywhere() {
        for (bytes, wanted) in [
            (&b"plain"[..], "plain"),
            (b" a\x1b[31mb\x07\x00\x7f ", "a[31mb"),
            (b"a\nb\tc\r\n", "a b c"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
            ("a\u{202e}b\u{9b}c\u{200b}".as_bytes(), "abc"),
            (b"%{x}%#Y#", "%{x}%#Y#"),
            ("👩\u{200d}💻".as_bytes(), "👩\u{200d}💻"),
            ("1234567890".as_bytes(), "1234567890"),
            ("1234567890x".as_bytes(), "123456789…"),
            ("ééééééééééé".as_bytes(), "ééééééééé…"),
        ] {
            assert_eq!(text(bytes, 10), wanted, "{bytes:?}");
        }
    }
}
