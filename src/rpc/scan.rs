//! Finds where a msgpack-RPC message ends, byte by byte as it comes, and refuses what can be none.

/// Longest message: the largest that an editor sends is a piece of pasted text.
pub(super) const LONGEST: usize = 1 << 20;

/// Longest message of the daemon: a frame of the largest screen, each cell in its own colours.
pub(super) const LONGEST_FRAME: usize = 64 << 20;

/// Longest message of who has not said `hello`: that itself is a few hundred bytes.
pub(super) const FIRST: usize = 1 << 14;

/// Most values in one message; each costs the decoder far more memory than its one byte on the wire.
const MOST_VALUES: usize = 100_000;

/// What a complete message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Response,
    Notification,
}

/// Why bytes can be no message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Bad {
    #[error("this is not msgpack-RPC")]
    NotRpc,
    #[error("the message is longer than {0} bytes")]
    TooLong(usize),
    #[error("the message has more than {MOST_VALUES} values")]
    TooMany,
}

/// The state between two looks at a growing buffer.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// Where the next value starts; may lie beyond what is there yet.
    at: usize,
    /// Values still to come in the message, once it has begun.
    missing: Option<usize>,
    values: usize,
    kind: Option<Kind>,
}

/// One value's head: how long it is with what belongs to it, and how many values it contains.
struct Head {
    length: usize,
    children: usize,
}

impl Scanner {
    /// The message at the start of `bytes`, at most `longest` long, if it is complete: its length and kind. Then the scanner begins anew.
    pub fn scan(&mut self, bytes: &[u8], longest: usize) -> Result<Option<(usize, Kind)>, Bad> {
        loop {
            if self.missing == Some(0) {
                if self.at > bytes.len() {
                    return Ok(None);
                }
                let done = std::mem::take(self);
                return done.kind.map(|kind| Some((done.at, kind))).ok_or(Bad::NotRpc);
            }
            let Some(rest) = bytes.get(self.at..).filter(|rest| !rest.is_empty()) else {
                return Ok(None);
            };
            let Some(head) = head(rest)? else {
                return Ok(None);
            };
            self.take(rest[0], &head, longest)?;
        }
    }

    fn take(&mut self, first: u8, head: &Head, longest: usize) -> Result<(), Bad> {
        self.values += 1;
        match self.values {
            // An array of three or four, then the message's kind.
            1 if !matches!(head.children, 3 | 4) || !is_array(first) => return Err(Bad::NotRpc),
            2 => self.kind = Some(kind(first).ok_or(Bad::NotRpc)?),
            _ => {}
        }
        let missing = self.missing.unwrap_or(1) - 1 + head.children;
        if missing + self.values > MOST_VALUES {
            return Err(Bad::TooMany);
        }
        self.missing = Some(missing);
        self.at += head.length;
        // Each missing value will take a byte at least.
        if self.at + missing > longest { Err(Bad::TooLong(longest)) } else { Ok(()) }
    }
}

fn is_array(first: u8) -> bool {
    matches!(first, 0x90..=0x9f | 0xdc | 0xdd)
}

fn kind(first: u8) -> Option<Kind> {
    [Kind::Request, Kind::Response, Kind::Notification].get(usize::from(first)).copied()
}

/// Reads a value's head, or None where it is not complete yet.
fn head(bytes: &[u8]) -> Result<Option<Head>, Bad> {
    // How many bytes of length follow the first, what they count, and bytes in addition.
    let first = bytes[0];
    let fixed = |length: usize, children: usize| Ok(Some(Head { length, children }));
    match first {
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => fixed(1, 0),
        0x80..=0x8f => fixed(1, 2 * usize::from(first & 0x0f)),
        0x90..=0x9f => fixed(1, usize::from(first & 0x0f)),
        0xa0..=0xbf => fixed(1 + usize::from(first & 0x1f), 0),
        0xc1 => Err(Bad::NotRpc),
        0xc4 | 0xd9 => Ok(counted(bytes, 1, |n| (2 + n, 0))),
        0xc5 | 0xda => Ok(counted(bytes, 2, |n| (3 + n, 0))),
        0xc6 | 0xdb => Ok(counted(bytes, 4, |n| (5 + n, 0))),
        0xc7 => Ok(counted(bytes, 1, |n| (3 + n, 0))),
        0xc8 => Ok(counted(bytes, 2, |n| (4 + n, 0))),
        0xc9 => Ok(counted(bytes, 4, |n| (6 + n, 0))),
        0xca | 0xce | 0xd2 => fixed(5, 0),
        0xcb | 0xcf | 0xd3 => fixed(9, 0),
        0xcc | 0xd0 => fixed(2, 0),
        0xcd | 0xd1 => fixed(3, 0),
        0xd4..=0xd8 => fixed(2 + (1 << (first - 0xd4)), 0),
        0xdc => Ok(counted(bytes, 2, |n| (3, n))),
        0xdd => Ok(counted(bytes, 4, |n| (5, n))),
        0xde => Ok(counted(bytes, 2, |n| (3, 2 * n))),
        0xdf => Ok(counted(bytes, 4, |n| (5, 2 * n))),
    }
}

/// A head whose first byte is followed by a big-endian count of `width` bytes.
fn counted(bytes: &[u8], width: usize, shape: impl Fn(usize) -> (usize, usize)) -> Option<Head> {
    let digits = bytes.get(1..=width)?;
    let count = digits.iter().fold(0usize, |sum, &digit| (sum << 8) | usize::from(digit));
    let (length, children) = shape(count);
    Some(Head { length, children })
}

#[cfg(test)]
#[path = "../../tests/support/random.rs"]
#[allow(dead_code, clippy::duplicate_mod, reason = "tests of several rooms use parts of it")]
pub(super) mod random;

#[cfg(test)]
mod tests {
    use super::*;

    /// `[2, "a.b", [{"k": [1, -1, 1.5, nil, true, bin]}]]`, with every width of text.
    fn message(text: usize) -> Vec<u8> {
        let mut out = vec![0x93, 2];
        rmpv::encode::write_value(&mut out, &rmpv::Value::from("x".repeat(text))).unwrap();
        let map = rmpv::Value::Map(vec![(
            "k".into(),
            rmpv::Value::Array(vec![
                1.into(),
                (-1).into(),
                1.5.into(),
                rmpv::Value::Nil,
                true.into(),
                rmpv::Value::Binary(vec![7; 300]),
                rmpv::Value::Ext(1, vec![1, 2, 3, 4]),
                u64::MAX.into(),
            ]),
        )]);
        rmpv::encode::write_value(&mut out, &rmpv::Value::Array(vec![map])).unwrap();
        out
    }

    #[test]
    fn a_message_ends_where_it_ends_however_it_is_cut() {
        for text in [0, 31, 32, 255, 256, 65_535, 65_536] {
            let one = message(text);
            let two = [one.clone(), one.clone()].concat();
            let mut scanner = Scanner::default();
            let step = (one.len() / 50).max(1);
            for end in (0..one.len()).step_by(step) {
                assert_eq!(scanner.scan(&two[..end], LONGEST), Ok(None), "{end} of {}", one.len());
            }
            assert_eq!(scanner.scan(&two, LONGEST), Ok(Some((one.len(), Kind::Notification))));
            assert_eq!(
                scanner.scan(&two[one.len()..], LONGEST),
                Ok(Some((one.len(), Kind::Notification)))
            );
        }
    }

    #[test]
    fn what_can_be_no_message_is_refused_at_once() {
        let scan = |bytes: &[u8]| Scanner::default().scan(bytes, LONGEST);
        assert_eq!(scan(b"GET / HTTP/1.1"), Err(Bad::NotRpc));
        assert_eq!(scan(b"\x93\x07"), Err(Bad::NotRpc));
        assert_eq!(scan(b"\x83\x02"), Err(Bad::NotRpc), "a map of three");
        assert_eq!(scan(b"\x93\x02\xc1"), Err(Bad::NotRpc));
        assert_eq!(
            scan(b"\x93\x02\xdb\x40\x00\x00\x00"),
            Err(Bad::TooLong(LONGEST)),
            "1 GB of text"
        );
        assert_eq!(scan(b"\x93\x02\xdd\xff\xff\xff\xff"), Err(Bad::TooMany));
        let many = [&b"\x93\x02\xa1a\xdd\x00\x01\x86\xa1"[..], &[0xc0; 100_001]].concat();
        assert_eq!(scan(&many), Err(Bad::TooMany));
    }

    /// A budget of cases, not of time: the same everywhere, and a few seconds in the dev profile.
    const CASES: u64 = 20_000;

    #[test]
    fn whatever_comes_is_a_message_that_can_be_decoded_or_refused_within_bounds() {
        for seed in 0..CASES {
            let mut random = random::Random::new(seed);
            let mut bytes = message(random.below(40));
            for _ in 0..random.below(6) {
                let at = random.below(bytes.len());
                match random.below(3) {
                    0 => bytes[at] = random.next() as u8,
                    1 => bytes.truncate(at + 1),
                    _ => bytes.insert(at, random.next() as u8),
                }
            }
            let (mut scanner, mut end) = (Scanner::default(), 0);
            let found = loop {
                end = (end + 1 + random.below(60)).min(bytes.len());
                match scanner.scan(&bytes[..end], FIRST) {
                    Ok(None) if end == bytes.len() => break None,
                    Ok(None) => {}
                    Ok(Some((length, _))) => break Some(length),
                    Err(_) => break None,
                }
            };
            let Some(length) = found else { continue };
            assert!(length <= bytes.len().min(FIRST), "case {seed}");
            // What is handed on is one whole value, of which the decoder leaves nothing.
            let mut rest = &bytes[..length];
            if rmpv::decode::read_value(&mut rest).is_ok() {
                assert!(rest.is_empty(), "case {seed}: {} bytes left", rest.len());
            }
        }
    }
}
