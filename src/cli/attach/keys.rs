//! The keys that detach: how they are written, and finding them in what is typed. Pure.

use std::fmt;
use std::str::FromStr;

/// Most keys in a sequence: it is to be typed.
const MOST: usize = 4;

/// A sequence of keys, the first of them with ctrl.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    text: String,
    keys: Vec<Key>,
}

/// One key, as all the byte strings that terminals send for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key(Vec<Vec<u8>>);

impl Key {
    /// Reads `ctrl-x`, or any one printable character.
    fn parse(word: &str) -> Option<Self> {
        let name = word.strip_prefix("ctrl-").or_else(|| word.strip_prefix("Ctrl-"));
        let c = match name {
            Some("space") => ' ',
            name => {
                let mut chars = name.unwrap_or(word).chars();
                let c = chars.next().filter(char::is_ascii_graphic)?;
                chars.next().is_none().then_some(c)?
            }
        };
        if name.is_none() {
            return Some(Self(vec![vec![c as u8], format!("\x1b[{}u", c as u32).into()]));
        }
        let c = c.to_ascii_lowercase();
        // Escape begins what other keys send, and Tab and Enter are keys of their own.
        let fits = c.is_ascii_lowercase() && !matches!(c, 'i' | 'm') || " \\]^_".contains(c);
        let code = c as u32;
        let legacy = vec![c as u8 & 0x1f];
        // The kitty keyboard protocol's way, and xterm's.
        let long = [format!("\x1b[{code};5u").into(), format!("\x1b[27;5;{code}~").into()];
        fits.then(|| Self([legacy].into_iter().chain(long).collect()))
    }

    /// How many bytes of it `bytes` begins with.
    fn at(&self, bytes: &[u8]) -> Option<usize> {
        self.0.iter().find(|one| bytes.starts_with(one)).map(Vec::len)
    }

    fn has_ctrl(&self) -> bool {
        self.0[0][0] < 0x20
    }
}

impl FromStr for Sequence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::parse).collect();
        match keys {
            Some(keys) if (1..=MOST).contains(&keys.len()) && keys[0].has_ctrl() => {
                Ok(Self { text: text.to_owned(), keys })
            }
            _ => Err("write it like `ctrl-\\ d` or `ctrl-space ctrl-q`: up to four keys, the \
                      first with ctrl"
                .into()),
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What was typed, without the keys that detach.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub bytes: Vec<u8>,
    pub detach: bool,
}

/// Looks for the sequence in what is typed, across any number of reads.
pub(super) struct Keys {
    sequence: Sequence,
    /// The beginning of a sequence: typed, and not passed on yet.
    held: Vec<u8>,
    /// So many keys of it.
    matched: usize,
}

impl Keys {
    pub fn new(sequence: Sequence) -> Self {
        Self { sequence, held: Vec::new(), matched: 0 }
    }

    /// Takes what was typed. Where it is no detaching after all, what was held is passed on, too; the first key
    /// typed twice passes one on. What follows a detaching is nobody's.
    pub fn feed(&mut self, typed: &[u8]) -> Typed {
        let mut out = Typed::default();
        let mut rest = typed;
        while !rest.is_empty() {
            let keys = &self.sequence.keys;
            if let Some(length) = keys[self.matched].at(rest) {
                self.held.extend(&rest[..length]);
                self.matched += 1;
                rest = &rest[length..];
                if self.matched == keys.len() {
                    return Typed { detach: true, ..out };
                }
                continue;
            }
            let twice = if self.matched == 1 { keys[0].at(rest) } else { None };
            if self.matched > 0 {
                self.matched = 0;
                out.bytes.append(&mut self.held);
                rest = &rest[twice.unwrap_or(0)..];
            } else {
                out.bytes.push(rest[0]);
                rest = &rest[1..];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Keys {
        Keys::new(text.parse().unwrap())
    }

    fn typed(bytes: &[u8], detach: bool) -> Typed {
        Typed { bytes: bytes.to_vec(), detach }
    }

    #[test]
    fn the_sequence_is_found_however_it_is_cut_and_whatever_surrounds_it() {
        let input = "ä漢\x1b[A\x1cd".as_bytes();
        let all = typed("ä漢\x1b[A".as_bytes(), true);
        assert_eq!(keys("ctrl-\\ d").feed(input), all);
        for cut in 1..input.len() {
            let mut keys = keys("ctrl-\\ d");
            let first = keys.feed(&input[..cut]);
            let second = keys.feed(&input[cut..]);
            assert!(!first.detach, "cut at {cut}");
            assert_eq!(typed(&[first.bytes, second.bytes].concat(), second.detach), all);
        }
    }

    #[test]
    fn what_does_not_detach_is_passed_on_and_the_first_key_twice_is_one() {
        let mut keys = keys("ctrl-\\ d");
        assert_eq!(keys.feed(b"a\x1c"), typed(b"a", false), "it may become a detaching");
        assert_eq!(keys.feed(b"\x0e"), typed(b"\x1c\x0e", false), "as Neovim wants it");
        assert_eq!(keys.feed(b"\x1c\x1cd"), typed(b"\x1cd", false));
        assert_eq!(keys.feed(b"\x1c\x1c\x1cd rest"), typed(b"\x1c", true));
    }

    #[test]
    fn other_keyboard_protocols_detach_too() {
        for input in ["\x1b[92;5ud", "\x1b[27;5;92~d", "\x1b[92;5u\x1b[100u"] {
            assert!(keys("ctrl-\\ d").feed(input.as_bytes()).detach, "{input:?}");
        }
        assert!(keys("ctrl-space ctrl-q").feed(b"\0\x11").detach);
        assert!(keys("ctrl-]").feed(b"\x1d").detach);
        assert!(keys("Ctrl-A D").feed(b"\x01D").detach);
    }

    #[test]
    fn what_cannot_be_a_sequence_is_refused() {
        for text in ["", "d", "ctrl-", "ctrl-[", "ctrl-m", "ctrl-xx", "ctrl-ä", "ctrl-a b c d e"] {
            assert!(text.parse::<Sequence>().is_err(), "{text:?}");
        }
    }
}
