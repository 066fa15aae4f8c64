//! One terminal's journal: its raw output on disk, bounded, and whole whenever the daemon is killed.
//!
//! A folder has two segments in turn. Each is a snapshot of the terminal's model, given by the caller, and the records that
//! followed it: output, and changes of size. Output lands in a mapped file first (`landing.rs`). A new segment is written
//! aside, counts from a rename on, and the oldest is deleted then, so that there is a whole history at any moment. After a
//! power failure the last seconds may be missing: nothing waits for the disk.

mod format;
mod landing;
mod recover;
mod segment;
#[cfg(test)]
mod tests;
mod window;

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::format::{Head, OFFER};
use self::landing::Landing;
use self::recover::{Found, SNAPSHOT};
use self::segment::{LEAST, Segment};
use crate::protocol::terminal::Size;

pub use self::recover::Recovered;

/// The two segments' files, and the name that is free: to replace a file by a rename makes file systems write the new one
/// to the disk first, and that takes milliseconds.
const NAMES: [&str; 3] = ["a", "b", "c"];

/// A segment that is not complete yet.
const NEXT: &str = "next";

/// Where output lands before it is appended to its segment.
const LANDING: &str = "landing";

/// The least and the most that a journal may be allowed, in bytes. Less has no room for a snapshot, and recovering more
/// would take too much memory.
const SMALLEST: u64 = 512 * 1024;
const LARGEST: u64 = 256 * 1024 * 1024;

/// What a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The whole state.
    Full,
    /// All but the scrollback, which is made again from the segment before. That one may be light too; then the
    /// scrollback is what the two segments' output makes.
    Light,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When, counted from the terminal's start. Of joined reads: the first of them.
    pub at: Duration,
    /// What it was.
    pub what: What<'a>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// The program's output, never empty.
    Output(&'a [u8]),
    /// The terminal got another size.
    Resized(Size),
}

/// One terminal's journal, open for writing.
pub struct Journal {
    folder: PathBuf,
    /// What all segments together may take.
    limit: u64,
    /// Of the newest segment.
    sequence: u64,
    /// Which of `NAMES` the newest segment is, and the one before it.
    slot: usize,
    older: usize,
    /// What the files take, where they take no more records.
    sizes: [u64; 3],
    /// Where output goes; None where the disk does not take it.
    segment: Option<Segment>,
    landing: Landing,
    /// Where output goes when the disk takes none.
    spare: Vec<u8>,
    /// How much the last read brought.
    last: usize,
    /// Something was not recorded since the newest snapshot.
    gap: bool,
    trouble: Option<io::Error>,
}

impl Journal {
    /// Makes an empty journal in `folder`, of at most `limit` bytes (512 KB to 256 MB). Output is kept from the first `begin` on.
    ///
    /// Errors: the folder cannot be made, or its former journal cannot be removed.
    pub fn create(folder: &Path, limit: u64) -> io::Result<Self> {
        let journal = Self::new(folder, limit);
        journal.make_folder()?;
        remove_files(folder)?;
        Ok(journal)
    }

    /// Reads a former daemon's journal, and goes on behind it. Where its end is damaged, or the disk takes nothing,
    /// nothing is kept until `begin`.
    ///
    /// Errors: the files cannot be read, or there are none (`NotFound`). Damage is not an error but `Recovered::trouble`.
    pub fn open(folder: &Path, limit: u64) -> io::Result<(Recovered, Self)> {
        let Found { recovered, sequence, slot, older, newest, half } = recover::find(folder)?;
        let mut journal = Self::new(folder, limit);
        for (slot, name) in NAMES.iter().enumerate() {
            journal.sizes[slot] = fs::metadata(folder.join(name)).map_or(0, |data| data.len());
        }
        (journal.sequence, journal.slot, journal.older) = (sequence, slot, older);
        // A daemon that was killed between two steps leaves one more. Only room is lost where it cannot be deleted.
        let _ = fs::remove_file(folder.join(NAMES[journal.free()]));
        journal.landing.go_on_after(half);
        journal.gap = newest.is_none();
        if let Some(newest) = newest {
            let path = folder.join(NAMES[slot]);
            let cap = journal.cap(0, journal.sizes[older]);
            match Segment::adopt(&path, &newest, cap, &mut journal.landing) {
                Ok(segment) => journal.segment = Some(segment),
                // The history was read all the same.
                Err(error) => journal.lose(error),
            }
        }
        Ok((recovered, journal))
    }

    /// Starts a new segment with a snapshot of everything up to now. Takes about a millisecond per megabyte.
    ///
    /// Errors leave everything as it was, so that it can be tried again later: `FileTooLarge` where the snapshot, packed,
    /// takes more than 3/8 of the limit (leave the oldest scrollback out), and whatever the disk says.
    pub fn begin(&mut self, snapshot: &[u8], content: Content, at: Duration) -> io::Result<()> {
        self.last = 0;
        let packed = self.pack(snapshot)?;
        self.make_folder()?;
        if !self.folder.join(LANDING).exists() {
            // Somebody has deleted it all; the files that are still open are of no use to a daemon to come.
            self.segment = None;
            self.gap = true;
            self.landing = Landing::new(self.folder.join(LANDING));
        }
        let end =
            self.segment.as_mut().map(|segment| segment.finish(&mut self.landing)).transpose()?;
        let base = end.filter(|_| content == Content::Light && !self.gap);
        let head = Head {
            sequence: self.sequence + 1,
            at,
            content,
            base,
            raw: snapshot.len() as u32,
            packed: packed.len() as u32,
            crc: crc32fast::hash(&packed),
        };
        let landing = self.landing.present;
        let done = self.write_aside(&head, &packed).and_then(|segment| self.turn_to(segment));
        done.inspect_err(|_| {
            // The other half of the landing has still what belongs to the present segment.
            self.landing.present = landing;
            // Half a segment is of no use, and the disk may be full.
            let _ = fs::remove_file(self.folder.join(NEXT));
        })
    }

    /// Lets `read` fill a room of 4096 bytes, and records what it says to have filled, which `last` gives. Not to be
    /// called with reads of which more than the told number of bytes is written to the room.
    ///
    /// Errors are those of `read`. Where the disk fails, output goes past the journal, and `take_trouble` says so.
    pub fn read(
        &mut self,
        at: Duration,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.last = 0;
        let prepared = self.segment.as_mut().map(|segment| segment.prepare(at, &mut self.landing));
        if let Some(Err(error)) = prepared {
            self.lose(error);
        }
        let Some(segment) = &mut self.segment else {
            self.gap = true;
            self.spare.resize(OFFER, 0);
            self.last = read(&mut self.spare)?.min(OFFER);
            return Ok(self.last);
        };
        let read = read(segment.offer(&mut self.landing));
        let count = read.inspect_err(|_| segment.wait(true, &mut self.landing))?.min(OFFER);
        segment.commit(count, &mut self.landing);
        self.last = count;
        Ok(count)
    }

    /// What the last read brought, until anything else is asked of the journal.
    pub fn last(&self) -> &[u8] {
        match &self.segment {
            _ if self.last == 0 => &[],
            Some(segment) => segment.last(self.last, &self.landing),
            None => &self.spare[..self.last],
        }
    }

    /// Records that the terminal has another size from now on.
    pub fn resized(&mut self, size: Size, at: Duration) {
        self.last = 0;
        let Self { segment, landing, .. } = self;
        match segment.as_mut().map(|segment| segment.resized(size, at, landing)) {
            Some(Ok(())) => {}
            Some(Err(error)) => self.lose(error),
            None => self.gap = true,
        }
    }

    /// How many bytes of output the present segment still takes; 0 where nothing is kept.
    pub fn room(&self) -> usize {
        self.segment.as_ref().map_or(0, Segment::room)
    }

    /// Whether it is time to `begin` anew: the next read may not fit.
    pub fn is_full(&self) -> bool {
        self.segment.is_some() && (self.room() as u64) < LEAST
    }

    /// Whether output is kept at all. It is not before the first `begin`, nor after trouble, until a `begin` succeeds.
    pub fn keeps(&self) -> bool {
        self.segment.is_some()
    }

    /// Why output is not kept any more; told once.
    pub fn take_trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    /// Gives the memory back, for a terminal that is quiet.
    pub fn rest(&mut self) {
        self.last = 0;
        self.spare = Vec::new();
        if let Some(segment) = &mut self.segment {
            segment.rest(&mut self.landing);
        }
    }

    /// Deletes the files, and the folder where nothing else is in it.
    ///
    /// Errors: what the disk says; that they are gone already is none.
    pub fn remove(self) -> io::Result<()> {
        Self::delete(&self.folder)
    }

    /// The same for one that is not open, whatever is in its files.
    pub fn delete(folder: &Path) -> io::Result<()> {
        remove_files(folder)?;
        gone(fs::remove_dir(folder))
    }

    fn new(folder: &Path, limit: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            limit: limit.clamp(SMALLEST, LARGEST) - landing::LENGTH as u64,
            sequence: 0,
            slot: 1,
            older: 2,
            sizes: [0; 3],
            segment: None,
            landing: Landing::new(folder.join(LANDING)),
            spare: Vec::new(),
            last: 0,
            gap: false,
            trouble: None,
        }
    }

    /// Which name the next segment gets.
    fn free(&self) -> usize {
        NAMES.len() - self.slot - self.older
    }

    fn make_folder(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)
    }

    /// The disk fails: no output is lost, but the journal has none of it.
    fn lose(&mut self, error: io::Error) {
        if let Some(segment) = self.segment.take() {
            self.sizes[self.slot] = segment.length();
        }
        self.landing.rest();
        self.gap = true;
        self.trouble = Some(error);
    }

    fn pack(&self, snapshot: &[u8]) -> io::Result<Vec<u8>> {
        let large = || io::Error::from(io::ErrorKind::FileTooLarge);
        if snapshot.len() > SNAPSHOT {
            return Err(large());
        }
        let packed = lz4_flex::block::compress(snapshot);
        if packed.len() as u64 <= self.limit / 8 * 3 { Ok(packed) } else { Err(large()) }
    }

    /// How long a segment may become beside another: 3/8 of the limit, so that the next one's snapshot fits beside two of
    /// them; more where its own snapshot is so large that little would be left.
    fn cap(&self, snapshot: u64, other: u64) -> u64 {
        let part = if snapshot <= self.limit / 5 { self.limit / 8 * 3 } else { self.limit / 2 };
        // Another that takes more than its half is from a time of a higher limit, and goes soon.
        part.min(self.limit.saturating_sub(other).max(self.limit / 2))
    }

    /// Writes the next segment under a name that does not count yet.
    fn write_aside(&mut self, head: &Head, packed: &[u8]) -> io::Result<Segment> {
        let present = self.segment.as_ref().map_or(self.sizes[self.slot], Segment::length);
        let older = self.older;
        let cap = self.cap(u64::from(head.packed), present);
        // Three do not fit where the snapshots are large. The older one goes at once then, and with it the scrollback, should
        // the daemon be killed within the next milliseconds and the present segment be a light one.
        if present + self.sizes[older] + head.records() + LEAST > self.limit {
            gone(fs::remove_file(self.folder.join(NAMES[older])))?;
            self.sizes[older] = 0;
        }
        Segment::create(&self.folder.join(NEXT), head, packed, cap, &mut self.landing)
    }

    /// Makes the segment that was written aside the newest.
    fn turn_to(&mut self, segment: Segment) -> io::Result<()> {
        let slot = self.free();
        fs::rename(self.folder.join(NEXT), self.folder.join(NAMES[slot]))?;
        if let Some(present) = self.segment.replace(segment) {
            self.sizes[self.slot] = present.length();
        }
        self.sequence += 1;
        // Where it cannot be deleted, that is tried again when its name is needed.
        let _ = fs::remove_file(self.folder.join(NAMES[self.older]));
        self.sizes[self.older] = 0;
        (self.older, self.slot) = (self.slot, slot);
        self.gap = false;
        Ok(())
    }
}

fn remove_files(folder: &Path) -> io::Result<()> {
    let names = NAMES.iter().chain([&NEXT, &LANDING]);
    names.into_iter().try_for_each(|name| gone(fs::remove_file(folder.join(name))))
}

/// It is no error that a file which is to be gone is.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
