//! The segment that is being written: a snapshot's file, to which records are appended by way of the landing.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use super::format::{self, Base, HEAD, Head, OFFER, OPEN, OUTPUT, RECORD, SIZE, WAITING};
use super::landing::Landing;
use super::recover::Newest;
use crate::protocol::terminal::Size;

/// Reads within so long make one record, as far as the landing has room.
const JOIN: Duration = Duration::from_millis(16);

/// What a record takes beyond its output: itself, filling up to a multiple of 8, and the zeros behind the last one.
const AROUND: u64 = 2 * RECORD as u64 + 8;

/// The least that is of use behind a snapshot.
pub(super) const LEAST: u64 = AROUND + OFFER as u64;

/// A file with its snapshot, that takes records.
pub(super) struct Segment {
    file: File,
    sequence: u64,
    /// How long the file may become.
    cap: u64,
    /// Where the next record starts, or the open one does. The landing has it.
    end: u64,
    open: Option<Open>,
}

/// The record that still grows.
struct Open {
    at: Duration,
    len: usize,
    sum: crc32fast::Hasher,
    /// It says that nothing is behind it.
    waits: bool,
}

impl Segment {
    /// Writes a new file, of at most `cap` bytes ever, and has its records land from now on.
    pub fn create(
        path: &Path,
        head: &Head,
        snapshot: &[u8],
        cap: u64,
        landing: &mut Landing,
    ) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(path)?;
        let end = head.records();
        file.write_all_at(snapshot, HEAD as u64)?;
        file.write_all_at(&[0; RECORD], end)?;
        file.write_all_at(&head.encode(), 0)?;
        landing.turn_to(head.sequence, end)?;
        Ok(Self { file, sequence: head.sequence, cap, end, open: None })
    }

    /// Goes on with a former daemon's file, to which what had landed is appended first.
    pub fn adopt(
        path: &Path,
        newest: &Newest,
        cap: u64,
        landing: &mut Landing,
    ) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(path)?;
        let Newest { sequence, half, .. } = *newest;
        landing.present = half;
        file.write_all_at(&newest.landed, half.from)?;
        let end = half.from + newest.landed.len() as u64;
        file.write_all_at(&[0; RECORD], end)?;
        file.set_len(end + RECORD as u64)?;
        landing.turn_to(sequence, end)?;
        Ok(Self { file, sequence, cap, end, open: None })
    }

    /// Opens a record for what is read next.
    pub fn prepare(&mut self, at: Duration, landing: &mut Landing) -> io::Result<()> {
        let old = |open: &Open| open.len > 0 && at.saturating_sub(open.at) >= JOIN;
        let next = self.next() + (OFFER + RECORD + 8) as u64;
        if self.open.as_ref().is_some_and(old) || !landing.reaches(next) || next > self.cap {
            self.close(landing);
            self.make_room(OFFER, landing)?;
        }
        if self.open.as_ref().is_none_or(|open| open.len == 0) {
            let sum = format::sum(at);
            let words = format::words(OPEN, None, at, 0, sum.clone().finalize());
            self.write(words, landing)?;
            self.open = Some(Open { at, len: 0, sum, waits: false });
        }
        self.wait(false, landing);
        Ok(())
    }

    /// Whether the open record says that nothing is behind it: it must not while something is read.
    pub fn wait(&mut self, waits: bool, landing: &mut Landing) {
        let place = landing.at(self.end);
        if let (Some(open), Some(window)) = (&mut self.open, landing.mapped())
            && open.waits != waits
        {
            window.store(place, format::pair(OPEN, if waits { WAITING } else { 0 }));
            open.waits = waits;
        }
    }

    /// Where to read to, after `prepare`.
    pub fn offer<'a>(&self, landing: &'a mut Landing) -> &'a mut [u8] {
        let from = landing.at(self.next());
        landing.mapped().map_or(&mut [], |window| window.zeros(from..from + OFFER))
    }

    /// Records that so many bytes were read.
    pub fn commit(&mut self, count: usize, landing: &mut Landing) {
        let from = self.next();
        let Some(open) = &mut self.open else { return };
        open.sum.update(landing.bytes(from, from + count as u64));
        open.len += count;
        let (sum, place) = (open.sum.clone().finalize(), landing.at(self.end + 16));
        if let Some(window) = landing.mapped() {
            window.store(place, format::pair(open.len as u32, sum));
        }
    }

    /// The last `count` bytes that were read.
    pub fn last<'a>(&self, count: usize, landing: &'a Landing) -> &'a [u8] {
        let end = self.next();
        landing.bytes(end - count as u64, end)
    }

    /// Records a size.
    pub fn resized(&mut self, size: Size, at: Duration, landing: &mut Landing) -> io::Result<()> {
        self.close(landing);
        self.make_room(0, landing)?;
        let words = format::words(SIZE, Some(size), at, 0, format::size_sum(at, size));
        self.write(words, landing)?;
        self.end += RECORD as u64;
        Ok(())
    }

    /// Closes what is open, and gives the memory back.
    pub fn rest(&mut self, landing: &mut Landing) {
        self.close(landing);
        landing.rest();
    }

    /// Closes what is open, appends all to the file, and tells where the records end now.
    pub fn finish(&mut self, landing: &mut Landing) -> io::Result<Base> {
        self.close(landing);
        self.append(landing)?;
        Ok(Base { sequence: self.sequence, end: self.end })
    }

    /// What the file takes on the disk, once all is appended.
    pub fn length(&self) -> u64 {
        self.next().next_multiple_of(8) + RECORD as u64
    }

    /// How much output it still takes.
    pub fn room(&self) -> usize {
        usize::try_from(self.cap.saturating_sub(self.next() + AROUND)).unwrap_or(usize::MAX)
    }

    /// Where the next byte of output goes.
    fn next(&self) -> u64 {
        self.end + (RECORD + self.open.as_ref().map_or(0, |open| open.len)) as u64
    }

    /// Writes the record at the end, its tag last: without it there is none. An empty one may stand there.
    fn write(&self, words: [u64; 3], landing: &mut Landing) -> io::Result<()> {
        let at = landing.at(self.end);
        let window = landing.window()?;
        window.store(at, 0);
        window.store(at + 8, words[1]);
        window.store(at + 16, words[2]);
        window.store(at, words[0]);
        Ok(())
    }

    /// Ends the open record; an empty one is none.
    fn close(&mut self, landing: &mut Landing) {
        let next = self.next();
        let Some(open) = self.open.take() else { return };
        let tag = if open.len == 0 { 0 } else { OUTPUT };
        let at = landing.at(self.end);
        if let Some(window) = landing.mapped() {
            window.store(at, u64::from(tag));
        }
        if open.len > 0 {
            self.end = next.next_multiple_of(8);
        }
    }

    /// Makes room at the end, for a record with so much output. Nothing is open.
    fn make_room(&mut self, output: usize, landing: &mut Landing) -> io::Result<()> {
        let needed = self.end + AROUND + output as u64;
        if needed > self.cap {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the segment is full"));
        }
        if !landing.reaches(needed) {
            self.append(landing)?;
            landing.turn_to(self.sequence, self.end)?;
        }
        Ok(())
    }

    /// Appends what has landed to the file, with the zeros that end it.
    fn append(&self, landing: &mut Landing) -> io::Result<()> {
        landing.window()?;
        let from = landing.present.from;
        self.file.write_all_at(landing.bytes(from, self.end), from)?;
        self.file.write_all_at(&[0; RECORD], self.end)
    }
}
