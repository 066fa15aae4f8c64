//! Finds where a program erases its scrollback: `CSI 3 J`, or `ESC c` which resets everything.
//!
//! The model erases without a word, and line numbers must not be used again.

/// The sequences that erase.
const SEQUENCES: [&[u8]; 2] = [b"\x1b[3J", b"\x1bc"];

/// The longest of them.
const LONGEST: usize = 4;

/// Remembers how the last output ended, since a sequence may come in pieces.
#[derive(Debug, Default)]
pub(super) struct Erasure {
    /// At most the beginning of one sequence.
    tail: Vec<u8>,
}

impl Erasure {
    /// The end, in `bytes`, of the first sequence that ends there. To be asked again with the rest.
    pub fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let before = self.tail.len();
        let joined = [self.tail.as_slice(), &bytes[..bytes.len().min(LONGEST)]].concat();
        let split = first_end(&joined).filter(|end| *end > before).map(|end| end - before);
        let end = split.or_else(|| first_end(bytes));
        let seen = &bytes[..end.unwrap_or(bytes.len())];
        self.tail.extend_from_slice(&seen[seen.len().saturating_sub(LONGEST - 1)..]);
        let excess = self.tail.len().saturating_sub(LONGEST - 1);
        self.tail.drain(..excess);
        if end.is_some() {
            self.tail.clear();
        }
        end
    }
}

/// Where the first whole sequence in `bytes` ends.
fn first_end(bytes: &[u8]) -> Option<usize> {
    let escapes = bytes.iter().enumerate().filter(|(_, byte)| **byte == 0x1b).map(|(at, _)| at);
    escapes.into_iter().find_map(|at| {
        let sequence = SEQUENCES.iter().find(|sequence| bytes[at..].starts_with(sequence))?;
        Some(at + sequence.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erasure_is_found_however_the_output_is_cut() {
        let output = b"abc\x1b[3Jdef\x1bcgh\x1b[33m\x1b[3J";
        for cut in 1..output.len() {
            let mut erasure = Erasure::default();
            let (mut found, mut at) = (Vec::new(), 0);
            for piece in output.chunks(cut) {
                let mut rest = piece;
                while let Some(end) = erasure.end_in(rest) {
                    found.push(at + (piece.len() - rest.len()) + end);
                    rest = &rest[end..];
                }
                at += piece.len();
            }
            assert_eq!(found, [7, 12, output.len()], "in pieces of {cut}");
        }
    }
}
