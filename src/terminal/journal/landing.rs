//! Where output lands before it is appended to its segment: a small file of two halves that take turns.
//!
//! A half says which segment it belongs to and from which place on: before that place the segment's file has everything.
//! A full half is appended first, and then the other one takes over, so that the bytes are somewhere at any moment. To
//! map the segments themselves would be simpler, but every page of theirs would cost a fault: four times as much.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::format::word;
use super::window::Window;

/// A half: about what costs least to append at once. Both are what a busy terminal adds to the resident memory.
const HALF: usize = 64 * 1024;

/// The whole file.
pub(super) const LENGTH: usize = 2 * HALF;

/// A half's own words: its segment's number, its place in it, the turn, and the sum of these three. The number is 0 while
/// the others change.
const WORDS: usize = 32;

/// What a half has room for.
const ROOM: usize = HALF - WORDS;

/// The file and its present half.
pub(super) struct Landing {
    path: PathBuf,
    file: Option<File>,
    window: Option<Window>,
    /// Whose turn it is.
    pub present: Half,
}

/// One of the halves.
#[derive(Clone, Copy)]
pub(super) struct Half {
    half: usize,
    turn: u64,
    /// Where it starts in its segment.
    pub from: u64,
}

impl Landing {
    /// One that is opened when it is needed.
    pub fn new(path: PathBuf) -> Self {
        let present = Half { half: 1, turn: 0, from: 0 };
        Self { path, file: None, window: None, present }
    }

    /// What a former daemon left is not overwritten by the next turn.
    pub fn go_on_after(&mut self, left: Option<Half>) {
        self.present = left.unwrap_or(self.present);
    }

    /// Lets the other half take over for this segment, from this place on. The present one stays as it is, and is what
    /// counts until the segment of that number does.
    pub fn turn_to(&mut self, sequence: u64, from: u64) -> io::Result<()> {
        let half = 1 - self.present.half;
        let turn = self.present.turn + 1;
        let window = self.window()?;
        let at = half * HALF;
        window.store(at, 0);
        window.clear(at + WORDS..at + HALF);
        window.store(at + 8, from);
        window.store(at + 16, turn);
        window.store(at + 24, sum(sequence, from, turn));
        window.store(at, sequence);
        self.present = Half { half, turn, from };
        Ok(())
    }

    /// The mapping, made where there is none.
    pub fn window(&mut self) -> io::Result<&mut Window> {
        let window = match self.window.take() {
            Some(window) => window,
            None => Window::new(self.file()?, LENGTH)?,
        };
        Ok(self.window.insert(window))
    }

    /// The mapping, where there is one.
    pub fn mapped(&mut self) -> Option<&mut Window> {
        self.window.as_mut()
    }

    /// What stands in the present half between these places of the segment.
    pub fn bytes(&self, from: u64, to: u64) -> &[u8] {
        let (from, to) = (self.at(from), self.at(to));
        self.window.as_ref().map_or(&[], |window| window.bytes(from..to))
    }

    /// Where a place of the segment is in the mapping.
    pub fn at(&self, place: u64) -> usize {
        self.present.half * HALF + WORDS + (place - self.present.from) as usize
    }

    /// Whether the present half reaches that far.
    pub fn reaches(&self, place: u64) -> bool {
        place - self.present.from <= ROOM as u64
    }

    /// Gives the memory back.
    pub fn rest(&mut self) {
        self.window = None;
    }

    fn file(&mut self) -> io::Result<&File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

/// The file, with its blocks.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    if file.metadata()?.len() != LENGTH as u64 {
        file.set_len(0)?;
        reserve(&file)?;
    }
    Ok(file)
}

/// Makes the file as long as it is to be, by zeros that have their place on the disk: a mapping over a hole would end us by
/// SIGBUS once the disk is full.
fn reserve(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        match fallocate(file, FallocateFlags::empty(), 0, LENGTH as u64) {
            // Not every file system can, so it is done by hand.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
            result => return Ok(result?),
        }
    }
    file.write_all_at(&vec![0; LENGTH], 0)
}

/// Of a half's words: one that is wrong must not lead output to another place.
fn sum(sequence: u64, from: u64, turn: u64) -> u64 {
    let mut hasher = crc32fast::Hasher::new();
    [sequence, from, turn].iter().for_each(|word| hasher.update(&word.to_le_bytes()));
    u64::from(hasher.finalize())
}

/// The half of the file that was written to last, of those that belong to a segment of which `wanted` is true, given its
/// number; and what landed there.
pub(super) fn latest(file: &[u8], wanted: impl Fn(u64) -> bool) -> Option<(Half, &[u8])> {
    let halves = file.chunks_exact(HALF).take(2).enumerate().filter_map(|(half, bytes)| {
        let (sequence, from, turn) = (word(bytes, 0)?, word(bytes, 8)?, word(bytes, 16)?);
        let whole = word(bytes, 24)? == sum(sequence, from, turn);
        // There must be room for the turns that follow.
        let right = whole && wanted(sequence) && turn < u64::MAX / 2;
        right.then_some((Half { half, turn, from }, &bytes[WORDS..]))
    });
    halves.max_by_key(|(half, _)| half.turn)
}
