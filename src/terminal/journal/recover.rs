//! Reads a journal back, as far as it is what was written.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::format::{self, HEAD, Head, OUTPUT, RECORD, Step};
use super::landing::{self, Half};
use super::{Content, LANDING, LARGEST, NAMES, Record, What};

/// Longest snapshot, unpacked: ten thousand lines of a thousand wide characters are less.
pub(super) const SNAPSHOT: usize = 64 * 1024 * 1024;

/// LZ4 packs a byte into no less than a 255th of one, so what claims more is not from us.
const RATIO: usize = 255;

/// What a journal holds: a state, and what happened since.
pub struct Recovered {
    /// The snapshot to start from. Empty where none could be read: then the terminal starts anew.
    pub base: Vec<u8>,
    /// Whether the snapshot has its scrollback.
    pub content: Content,
    /// The terminal's age at the snapshot.
    pub began: Duration,
    /// Its age at the last thing recorded; its clock goes on from here.
    pub elapsed: Duration,
    /// What could not be read, as a sentence for the log. The caller begins a new, full segment then.
    pub trouble: Option<String>,
    parts: Vec<Part>,
}

/// One segment in memory.
struct Part {
    slot: usize,
    head: Head,
    /// Its file, and what landed behind it.
    bytes: Vec<u8>,
    snapshot: Vec<u8>,
    end: Ending,
}

/// How far a segment can be read.
#[derive(Clone, Copy)]
struct Ending {
    /// Where the next record would start.
    end: usize,
    at: Duration,
    damaged: bool,
    /// Where the record starts that was still open.
    open: Option<usize>,
}

/// All that was found.
pub(super) struct Found {
    pub recovered: Recovered,
    /// The newest segment's number and name.
    pub sequence: u64,
    pub slot: usize,
    /// The name of the one before it.
    pub older: usize,
    /// How to go on with it, where it is undamaged.
    pub newest: Option<Newest>,
    /// The half of the landing that was written to last, whatever it belongs to.
    pub half: Option<Half>,
}

/// What it takes to go on with a segment.
pub(super) struct Newest {
    pub sequence: u64,
    /// The half of the landing that was its last.
    pub half: Half,
    /// What landed there, with every record closed.
    pub landed: Vec<u8>,
}

impl Recovered {
    /// Reads the journal in `folder` and changes nothing. Of one that is being written it has what was recorded so far.
    ///
    /// Errors: the folder or its files cannot be read, or there are none (`NotFound`).
    pub fn read(folder: &Path) -> io::Result<Self> {
        Ok(find(folder)?.recovered)
    }

    /// What happened since the snapshot, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.parts.iter().flat_map(|part| {
            let mut at = part.head.records() as usize;
            let records = std::iter::from_fn(move || match format::step(&part.bytes, at) {
                Step::Record { record, next, .. } => {
                    at = next;
                    Some(record)
                }
                Step::End | Step::Damaged => None,
            });
            records.filter(|record| record.what != What::Output(&[]))
        })
    }
}

/// The history that can be had, and the segment to go on with.
pub(super) fn find(folder: &Path) -> io::Result<Found> {
    let mut trouble = Vec::new();
    let mut parts = Vec::new();
    let mut found = false;
    for (slot, name) in NAMES.iter().enumerate() {
        match load(&folder.join(name), slot) {
            Ok(Some(part)) => parts.push(part),
            Ok(None) => trouble.push("one of its segments is damaged from its start"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        }
        found = true;
    }
    if !found {
        return Err(io::ErrorKind::NotFound.into());
    }
    parts.sort_by_key(|part| part.head.sequence);
    let landing = fs::read(folder.join(LANDING)).unwrap_or_default();
    let half = landing::latest(&landing, |_| true).map(|(half, _)| half);
    // A third one is left where the daemon was killed before it had deleted it.
    parts.drain(..parts.len().saturating_sub(2));
    let (mut sequence, mut slot, mut newest) = (0, 1, None);
    if let Some(part) = parts.last_mut() {
        (sequence, slot) = (part.head.sequence, part.slot);
        newest = part.land(&landing).and_then(|half| part.newest(half));
    }
    let older = match &parts[..] {
        [older, _] => older.slot,
        _ => (slot + 1) % NAMES.len(),
    };
    if parts.len() == 2 && !follows(&parts[0], &parts[1]) {
        parts.remove(0);
    }
    if let [part] = &parts[..]
        && part.head.base.is_some()
    {
        trouble.push("the segment with its scrollback is missing or damaged");
    }
    if parts.last().is_some_and(|part| part.end.damaged) {
        trouble.push("what came last is damaged");
    }
    Ok(Found { recovered: Recovered::of(parts, &trouble), sequence, slot, older, newest, half })
}

impl Recovered {
    fn of(mut parts: Vec<Part>, trouble: &[&str]) -> Self {
        let first = parts.first();
        let content = first.map_or(Content::Full, |part| part.head.content);
        let began = first.map_or(Duration::ZERO, |part| part.head.at);
        let elapsed = parts.iter().map(|part| part.end.at).max().unwrap_or_default();
        let base = parts.first_mut().map(|part| std::mem::take(&mut part.snapshot));
        let trouble = (!trouble.is_empty()).then(|| trouble.join(", and "));
        Self { base: base.unwrap_or_default(), content, began, elapsed, trouble, parts }
    }
}

/// Whether `newer` goes on where `older` ends, which is all there.
fn follows(older: &Part, newer: &Part) -> bool {
    let end = older.end;
    let whole = |base: format::Base| {
        base.sequence == older.head.sequence && base.end == end.end as u64 && !end.damaged
    };
    newer.head.base.is_some_and(whole)
}

/// A segment's file. None where its head or its snapshot is not what was written.
fn load(path: &Path, slot: usize) -> io::Result<Option<Part>> {
    // Also keeps a huge file of somebody else's making from being read.
    if fs::metadata(path)?.len() > LARGEST {
        return Ok(None);
    }
    let bytes = fs::read(path)?;
    let Some(head) = Head::decode(&bytes) else { return Ok(None) };
    let Some(snapshot) = snapshot(&head, &bytes) else { return Ok(None) };
    let end = ending(&head, &bytes);
    Ok(Some(Part { head, bytes, snapshot, slot, end }))
}

fn snapshot(head: &Head, bytes: &[u8]) -> Option<Vec<u8>> {
    let packed = bytes.get(HEAD..HEAD.checked_add(head.packed as usize)?)?;
    let raw = head.raw as usize;
    let honest = raw <= SNAPSHOT && raw <= packed.len().saturating_mul(RATIO);
    if !honest || crc32fast::hash(packed) != head.crc {
        return None;
    }
    let snapshot = lz4_flex::block::decompress(packed, raw).ok()?;
    (snapshot.len() == raw).then_some(snapshot)
}

/// Walks over all records.
fn ending(head: &Head, bytes: &[u8]) -> Ending {
    let start = usize::try_from(head.records()).unwrap_or(usize::MAX);
    let mut ending = Ending { end: start, at: head.at, damaged: false, open: None };
    loop {
        match format::step(bytes, ending.end) {
            Step::Record { record, next, open } => {
                ending.open = open.then_some(ending.end);
                ending.at = ending.at.max(record.at);
                ending.end = next;
                if open {
                    return ending;
                }
            }
            Step::End => return ending,
            Step::Damaged => return Ending { damaged: true, ..ending },
        }
    }
}

impl Part {
    /// Takes what landed behind its file, and tells where. Without it nobody knows what came last.
    fn land(&mut self, landing: &[u8]) -> Option<Half> {
        self.end.damaged = true;
        let own = |sequence| sequence == self.head.sequence;
        let (half, landed) = landing::latest(landing, own)?;
        let from = usize::try_from(half.from).ok().filter(|from| *from <= self.bytes.len())?;
        self.bytes.truncate(from);
        self.bytes.extend(landed);
        self.end = ending(&self.head, &self.bytes);
        Some(half)
    }

    /// How to go on behind what landed in `half`.
    fn newest(&self, half: Half) -> Option<Newest> {
        if self.end.damaged {
            return None;
        }
        let from = half.from as usize;
        let mut landed = self.bytes.get(from..self.end.end)?.to_vec();
        if let Some(open) = self.end.open {
            let Step::Record { record, .. } = format::step(&self.bytes, open) else { return None };
            let (What::Output(output), Some(at)) = (record.what, open.checked_sub(from)) else {
                return None;
            };
            let mut sum = format::sum(record.at);
            sum.update(output);
            let words = format::words(OUTPUT, None, record.at, output.len() as u32, sum.finalize());
            let words: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            landed[at..at + RECORD].copy_from_slice(&words);
            // An empty one is none.
            if output.is_empty() {
                landed.truncate(at);
            }
        }
        Some(Newest { sequence: self.head.sequence, half, landed })
    }
}
