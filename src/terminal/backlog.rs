//! Output that was read and not yet given to the model. In a flood it grows until a frame is due, so that the model can
//! take much of it at once.

use memchr::memchr;

/// So much is kept at most before the model gets it; a few milliseconds of a flood.
const MOST: usize = 256 << 10;

/// A backlog that is empty keeps memory for one read.
const KEPT: usize = 4 << 10;

/// The bytes, in order.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    /// So many were given already.
    given: usize,
    /// So many were looked at, and ask for nothing but text and colours.
    patient: usize,
    hurry: bool,
}

impl Backlog {
    /// Adds what was read. It is to be looked at before anybody asks whether it hurries.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.given > 0 {
            // The rest of a line, mostly.
            self.bytes.drain(..self.given);
            self.patient = self.patient.saturating_sub(self.given);
            self.given = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Looks at what was added and not given yet.
    pub fn look(&mut self) {
        self.patient = self.patient.max(self.given);
        while !self.hurry && self.patient < self.bytes.len() {
            let rest = &self.bytes[self.patient..];
            let Some(at) = memchr(0x1b, rest) else {
                self.patient = self.bytes.len();
                return;
            };
            match colors(&rest[at..]) {
                Some(length) => self.patient += at + length,
                None => {
                    self.patient += at;
                    self.hurry = !is_begun(&rest[at..]);
                    return;
                }
            }
        }
    }

    /// What the model lacks.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.given..]
    }

    pub fn is_empty(&self) -> bool {
        self.given == self.bytes.len()
    }

    /// Whether it holds as much as it may.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= MOST
    }

    /// Whether something in it may want an answer: the program is not to wait for the next frame.
    pub fn hurries(&self) -> bool {
        self.hurry
    }

    /// The model has got so many bytes more.
    pub fn give(&mut self, count: usize) {
        self.given += count;
        if self.is_empty() {
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
            (self.given, self.patient, self.hurry) = (0, 0, false);
        }
    }
}

/// The length of the `CSI … m` at the beginning; None where something else is, or its end is missing.
pub(super) fn colors(sequence: &[u8]) -> Option<usize> {
    let parameters = sequence.strip_prefix(b"\x1b[")?;
    let end = parameters.iter().position(|byte| !matches!(byte, b'0'..=b';'))?;
    (parameters[end] == b'm').then_some(end + 3)
}

/// Whether these bytes may become a `CSI … m`.
fn is_begun(bytes: &[u8]) -> bool {
    let parameters = bytes.strip_prefix(b"\x1b[").unwrap_or(&bytes[1..]);
    (bytes.len() < 2 || bytes[1] == b'[')
        && parameters.iter().all(|byte| matches!(byte, b'0'..=b';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_and_colours_are_patient_however_they_are_cut() {
        let hurries = |output: &[u8], cut: usize| {
            let mut backlog = Backlog::default();
            for piece in output.chunks(cut) {
                backlog.push(piece);
                backlog.look();
            }
            assert_eq!(backlog.rest(), output);
            backlog.hurries()
        };
        for cut in 1..9 {
            assert!(!hurries(b"a\x1b[31mred\x1b[38;2;1;2;3m\x1b[m\r\n\x1b[1", cut), "{cut}");
            assert!(hurries(b"where? \x1b[6n", cut), "{cut}");
            assert!(hurries(b"\x1b]10;?\x07", cut), "{cut}");
            assert!(hurries(b"\x1b[?25l", cut), "{cut}");
        }
    }

    #[test]
    fn what_was_given_is_forgotten() {
        let mut backlog = Backlog::default();
        backlog.push(b"\x1b[6nabc");
        backlog.look();
        backlog.give(4);
        assert_eq!(backlog.rest(), b"abc");
        assert!(backlog.hurries());
        backlog.give(3);
        assert!(backlog.is_empty() && !backlog.hurries());
        backlog.push(&vec![b'x'; MOST]);
        assert!(backlog.is_full());
    }
}
