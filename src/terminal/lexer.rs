//! Where sequences begin and end in a program's raw output, told exactly where `vte`'s parser sees them.
//!
//! The parser keeps what it reads to itself: which commands came (OSC), whether it is in the middle of something,
//! and how much it holds. Whoever feeds it asks here first, and feeds as far as this says.

mod state;

use memchr::memchr;

pub use self::state::ESC;
use self::state::{State, Step};

/// The longest sequence that is read to its end, introducer included. `vte` keeps commands (OSC) without bound, and
/// none that anybody means is longer: a hyperlink has 2 KB, a notification 4 KB, a picture comes in pieces of 4 KB.
pub const LONGEST: usize = 64 * 1024 - 1;

/// A buffer that has grown beyond this is not kept once it is empty: there are many terminals.
const KEPT: usize = 4096;

/// The parameters of a CSI are hardly ever longer.
const COMMON: usize = 64;

/// What stands where the lexer has stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// All was read: feed it.
    Nothing,
    /// A command is complete: feed it, then act on this. Between `ESC ]` and its end, as it stands.
    Osc(&'a [u8]),
    /// A sequence is too long: feed it, then a CAN (0x18). The rest of it comes as `Skipped`.
    Overlong,
    /// The rest of a sequence that was too long: do not feed it.
    Skipped,
}

/// Reads a stream of output, however it is cut.
#[derive(Debug)]
pub struct Lexer {
    state: State,
    /// In the rest of a sequence that was too long.
    skipping: bool,
    /// What came since the last ground point, before the bytes under way.
    pending: Vec<u8>,
    /// How long the introducer of the present command is.
    introducer: usize,
    /// The command last found, where it came in pieces.
    joined: Vec<u8>,
}

impl Lexer {
    /// At the beginning of a stream.
    pub fn new() -> Self {
        let (pending, joined) = (Vec::new(), Vec::new());
        Self { state: State::Ground, skipping: false, pending, introducer: 0, joined }
    }

    /// Whether neither a sequence nor a character is incomplete.
    pub fn is_ground(&self) -> bool {
        self.state == State::Ground && self.pending.is_empty()
    }

    /// What came since the last ground point, at most 64 KB. A new lexer that is given it goes on as this one does.
    pub fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// The beginning of a character at the end of the text so far, at most 3 bytes.
    pub fn cut_character(&self) -> &[u8] {
        if self.state == State::Ground { &self.pending } else { &[] }
    }

    /// Reads until something is found: how many bytes that took, and what it is. To be asked again with the rest.
    pub fn next<'a>(&'a mut self, bytes: &'a [u8]) -> (usize, Found<'a>) {
        if self.skipping {
            let count = self.skip(bytes);
            if count > 0 || bytes.is_empty() {
                return (count, Found::Skipped);
            }
        }
        // Where the present sequence begins; what came of it before is pending.
        let (mut start, mut at) = (0, 0);
        while at < bytes.len() {
            if self.state == State::Ground {
                let Some(text) = memchr(ESC, &bytes[at..]) else {
                    self.text(&bytes[at..]);
                    at = bytes.len();
                    break;
                };
                start = at + text;
                at = start + 1;
                self.begin();
                if let Some(length) = common(&bytes[at..]) {
                    self.state = State::Ground;
                    at += length;
                }
                continue;
            }
            let room = LONGEST + 1 - (self.pending.len() + at - start);
            let (count, step) = self.scan(&bytes[at..bytes.len().min(at + room)]);
            at += count;
            match step {
                Step::Begins => self.introducer = self.pending.len() + at - start,
                Step::Ends => self.end(),
                Step::Restarts => {
                    self.begin();
                    start = at - 1;
                }
                Step::Completes => return (at, Found::Osc(self.complete(bytes, start, at - 1))),
                Step::Stays => break,
            }
        }
        if self.state != State::Ground {
            self.pending.extend_from_slice(&bytes[start..at]);
            self.skipping = self.pending.len() > LONGEST;
        }
        (at, if self.skipping { Found::Overlong } else { Found::Nothing })
    }

    /// A sequence begins.
    fn begin(&mut self) {
        self.state = State::Escape;
        empty(&mut self.pending);
    }

    fn end(&mut self) {
        self.state = State::Ground;
        empty(&mut self.pending);
    }

    /// The command that ends before `end`, where `bytes` has the byte that ended it.
    fn complete<'a>(&'a mut self, bytes: &'a [u8], start: usize, end: usize) -> &'a [u8] {
        let introducer = self.introducer;
        let in_pieces = !self.pending.is_empty();
        empty(&mut self.joined);
        if in_pieces {
            self.pending.extend_from_slice(&bytes[start..end]);
            std::mem::swap(&mut self.pending, &mut self.joined);
        }
        if bytes[end] == ESC {
            self.begin();
            self.pending.push(ESC);
        } else {
            self.end();
        }
        if in_pieces { &self.joined[introducer..] } else { &bytes[start + introducer..end] }
    }

    /// How much of `bytes` belongs to a sequence that was too long.
    fn skip(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            let (count, step) = self.scan(&bytes[at..]);
            at += count;
            if !matches!(step, Step::Stays | Step::Begins) {
                // An ESC is no part of it.
                let end = at - usize::from(bytes[at - 1] == ESC);
                self.skipping = false;
                self.end();
                return end;
            }
        }
        at
    }

    /// Keeps the beginning of a character that is not complete.
    fn text(&mut self, run: &[u8]) {
        self.pending.extend_from_slice(&run[run.len().saturating_sub(3)..]);
        let complete = self.pending.len() - incomplete(&self.pending);
        self.pending.drain(..complete);
    }

    /// Up to the first byte that does something.
    fn scan(&mut self, bytes: &[u8]) -> (usize, Step) {
        let mut at = 0;
        loop {
            at += self.state.run(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else { return (at, Step::Stays) };
            at += 1;
            let step = self.state.step(byte);
            if step != Step::Stays {
                return (at, step);
            }
        }
    }
}

fn empty(buffer: &mut Vec<u8>) {
    buffer.clear();
    if buffer.capacity() > KEPT {
        *buffer = Vec::new();
    }
}

/// The length of a plain CSI that stands first and is complete: nearly all sequences are that, and this way it takes
/// half the time.
fn common(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"[")?;
    let end = rest.iter().take(COMMON).position(|byte| !(0x20..=0x3f).contains(byte))?;
    matches!(rest[end], 0x40..=0x7e).then_some(end + 2)
}

/// How many bytes at the end are the beginning of a character.
fn incomplete(bytes: &[u8]) -> usize {
    let begins = |&count: &usize| {
        let error = std::str::from_utf8(&bytes[bytes.len() - count..]).err();
        error.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=bytes.len().min(3)).find(begins).unwrap_or(0)
}

#[cfg(test)]
#[path = "lexer_tests.rs"]
mod tests;
