//! A small file mapped into memory: where output is read to.
//!
//! Why a mapping: the kernel copies what it reads from the PTY into the file's own pages, within one system call. Whoever
//! is killed has either not read it, or the file has it. A `read` followed by a `write` would lose what lies between.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapMut, MmapOptions};

/// No system has smaller pages; each of so many bytes is touched before the kernel writes to it.
const PAGE: usize = 4096;

/// A whole file, shared with the file.
pub(super) struct Window(MmapMut);

impl Window {
    /// Maps the first `len` bytes of `file`, which must be reserved on the disk.
    pub fn new(file: &File, len: usize) -> io::Result<Self> {
        let mut options = MmapOptions::new();
        options.len(len);
        // SAFETY: the file lies in a folder that only we may enter, one journal at a time writes to it, and nobody
        // makes it shorter; its blocks are reserved, so a full disk does not end us by SIGBUS.
        #[allow(unsafe_code)] // A mapping has no safe form; it is the point of this file.
        let map = unsafe { options.map_mut(file) }?;
        Ok(Self(map))
    }

    /// What stands there.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.0[range]
    }

    /// Makes it zero.
    pub fn clear(&mut self, range: Range<usize>) {
        self.0[range].fill(0);
    }

    /// Zeros for the kernel to write over. Their pages are made present and writable first: a fault within the kernel's
    /// copy could be cut short by the very signal that kills us, and then the bytes would be nowhere.
    pub fn zeros(&mut self, range: Range<usize>) -> &mut [u8] {
        let room = &mut self.0[range];
        for at in (0..room.len()).step_by(PAGE) {
            room[at] = 0;
        }
        if let Some(last) = room.last_mut() {
            *last = 0;
        }
        room
    }

    /// Stores a word, whole and after everything that was stored before it. `at` is a multiple of 8.
    pub fn store(&mut self, at: usize, word: u64) {
        let place = self.0[at..at + 8].as_mut_ptr().cast::<u64>();
        assert!(place.is_aligned(), "words lie at multiples of 8");
        // SAFETY: eight bytes of the mapping, which is ours alone (`&mut self`) and lives on, aligned as just checked.
        #[allow(unsafe_code)] // Eight plain bytes may be stored one by one, and in any order.
        let place = unsafe { AtomicU64::from_ptr(place) };
        place.store(word.to_le(), Ordering::Release);
    }
}
