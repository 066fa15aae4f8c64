//! How a segment lies in its file. Pure: bytes in, records out, whatever the bytes are.
//!
//! ```text
//! head (64 bytes) | snapshot, packed | record | record | … | zeros
//! record: tag, size (u32, u32) | time in µs (u64) | length, CRC (u32, u32) | output, up to a multiple of 8
//! ```
//!
//! Little endian. The last record may be open: it grows while output comes, and a kill may leave bytes behind its recorded
//! length. As a segment's space is zero until it is written, they reach up to the last byte that is not. While it waits for
//! output, it says so: nothing is behind it then, and what is there all the same is damage.

use std::time::Duration;

use super::{Content, Record, What};
use crate::protocol::terminal::Size;

/// Most that one read may bring: what a PTY gives at once (Linux: 4095 bytes), and little to touch for a single key.
pub(super) const OFFER: usize = 4096;

/// A segment's first bytes.
pub(super) const HEAD: usize = 64;

/// A record without its output. So many zeros also follow the last record: without them, the file's end was cut off.
pub(super) const RECORD: usize = 24;

const MAGIC: [u8; 8] = *b"orchjrn1";

/// Output that may still grow.
pub(super) const OPEN: u32 = u32::from_le_bytes(*b"open");
/// In place of an open record's size: all that was read is recorded. Builds that do not know it take no notice.
pub(super) const WAITING: u32 = u32::from_le_bytes(*b"wait");
/// Output.
pub(super) const OUTPUT: u32 = u32::from_le_bytes(*b"outp");
/// A new size.
pub(super) const SIZE: u32 = u32::from_le_bytes(*b"SIZE");

/// What stands at a segment's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of two segments the higher one is the newer; from 1.
    pub sequence: u64,
    /// The terminal's age at the snapshot.
    pub at: Duration,
    pub content: Content,
    /// The older segment that this one goes on from, where it does without a gap.
    pub base: Option<Base>,
    /// The snapshot's length, unpacked.
    pub raw: u32,
    /// The same, packed.
    pub packed: u32,
    /// CRC of the packed snapshot.
    pub crc: u32,
}

/// The end of an older segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub sequence: u64,
    pub end: u64,
}

impl Head {
    /// Where the records start.
    pub fn records(&self) -> u64 {
        (HEAD as u64 + u64::from(self.packed)).next_multiple_of(8)
    }

    pub fn encode(&self) -> [u8; HEAD] {
        let base = self.base.unwrap_or(Base { sequence: 0, end: 0 });
        let content = match self.content {
            Content::Full => 1_u32,
            Content::Light => 2,
        };
        let mut bytes = Vec::with_capacity(HEAD);
        bytes.extend(MAGIC);
        for word in [self.sequence, micros(self.at), base.sequence, base.end] {
            bytes.extend(word.to_le_bytes());
        }
        for half in [self.raw, self.packed, self.crc, content, 0] {
            bytes.extend(half.to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        let mut head = [0; HEAD];
        head.copy_from_slice(&bytes);
        head
    }

    /// None where these are not a head's bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, crc) = bytes.get(..HEAD)?.split_at(HEAD - 4);
        if head[..8] != MAGIC || half(crc, 0)? != crc32fast::hash(head) {
            return None;
        }
        let content = match half(head, 52)? {
            1 => Content::Full,
            2 => Content::Light,
            _ => return None,
        };
        let base = Base { sequence: word(head, 24)?, end: word(head, 32)? };
        // There must be room for the numbers that follow, too.
        let sequence = word(head, 8)?;
        if !(1..u64::MAX / 2).contains(&sequence) {
            return None;
        }
        Some(Self {
            sequence,
            at: Duration::from_micros(word(head, 16)?),
            content,
            base: (base.sequence > 0).then_some(base),
            raw: half(head, 40)?,
            packed: half(head, 44)?,
            crc: half(head, 48)?,
        })
    }
}

/// A record's three words. The first is to be stored last, as without it there is no record.
pub(super) fn words(tag: u32, size: Option<Size>, at: Duration, len: u32, crc: u32) -> [u64; 3] {
    let size = size.map_or(0, |size| u32::from(size.rows) << 16 | u32::from(size.cols));
    [pair(tag, size), micros(at), pair(len, crc)]
}

/// The CRC of a record's time, to go on with its output.
pub(super) fn sum(at: Duration) -> crc32fast::Hasher {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&micros(at).to_le_bytes());
    sum
}

/// The CRC of a record that tells a size.
pub(super) fn size_sum(at: Duration, size: Size) -> u32 {
    let mut sum = sum(at);
    sum.update(&size.rows.to_le_bytes());
    sum.update(&size.cols.to_le_bytes());
    sum.finalize()
}

/// What stands at one place among the records.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'a> {
    /// A record, and where the next one would start. Open ones are the last.
    Record { record: Record<'a>, next: usize, open: bool },
    /// Nothing more.
    End,
    /// Not what was written.
    Damaged,
}

/// Reads what stands at `at`.
pub(super) fn step(bytes: &[u8], at: usize) -> Step<'_> {
    read(bytes, at).unwrap_or(Step::Damaged)
}

fn read(bytes: &[u8], at: usize) -> Option<Step<'_>> {
    let head = bytes.get(at..at.checked_add(RECORD)?)?;
    let (tag, size) = (half(head, 0)?, half(head, 4)?);
    let time = Duration::from_micros(word(head, 8)?);
    let (len, crc) = (half(head, 16)? as usize, half(head, 20)?);
    let start = at + RECORD;
    let what = match tag {
        // Of a record that was being written, its tag comes last; nothing can stand behind it.
        0 => return zero(&bytes[start..]).then_some(Step::End),
        SIZE => {
            let size = Size { rows: (size >> 16) as u16, cols: size as u16 };
            if len != 0 || crc != size_sum(time, size) {
                return None;
            }
            What::Resized(size)
        }
        OUTPUT | OPEN => {
            let output = bytes.get(start..start.checked_add(len)?)?;
            let mut sum = sum(time);
            sum.update(output);
            if crc != sum.finalize() {
                return None;
            }
            let behind = &bytes[start + len..];
            let unrecorded = match (tag, size) {
                (OPEN, WAITING) => zero(behind).then_some(0)?,
                (OPEN, 0) => unrecorded(behind)?,
                (OPEN, _) => return None,
                _ => 0,
            };
            What::Output(&bytes[start..start + len + unrecorded])
        }
        _ => return None,
    };
    let length = if let What::Output(output) = what { output.len() } else { 0 };
    let next = (start + length).next_multiple_of(8);
    Some(Step::Record { record: Record { at: time, what }, next, open: tag == OPEN })
}

/// How many bytes were read but not recorded when the writer was killed. NULs at their end cannot be told from space that
/// was never written; they mean nothing to a terminal. None where there is more than one read can have brought.
fn unrecorded(behind: &[u8]) -> Option<usize> {
    let (room, rest) = behind.split_at(OFFER.min(behind.len()));
    zero(rest).then(|| room.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1))
}

fn zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// A duration as it is stored. Half a million years fit.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The length and the sum, or the tag and the size, in one word: stored together or not at all.
pub(super) fn pair(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn half(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// The word at `at`.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}
