//! What one terminal keeps on disk, so that the next daemon comes back to the same screen and scrollback.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::emulator::{Emulator, SLICE};
use super::journal::{Content, Journal, Record, Recovered, What};
use super::label::Label;
use super::pty::Pty;
use super::shelf::Place;
use super::trouble::{Disk, Told, Trouble};
use crate::protocol::terminal::{Info, Size};

/// After trouble with the disk, how long to wait before it is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// What is said of such trouble.
const UNKEPT: &str =
    "output is not kept on disk: were the daemon to crash now, some of it would be lost";

/// A snapshot's scrollback, in the part of the journal's limit that a snapshot may take once it is packed; a bit
/// less than the journal's own 3/8, because the screen goes with it.
const PART: u64 = 3;
const PARTS: u64 = 10;

/// A terminal's journal, and when the next snapshot is due.
pub(super) struct Memory {
    folder: PathBuf,
    label: Label,
    limit: u64,
    journal: Option<Journal>,
    /// The moment from which records count their time.
    start: Instant,
    /// A snapshot is due, whatever there is room for.
    due: bool,
    /// The newest snapshot has the scrollback.
    full: bool,
    /// The number of the next line when it was made.
    lines: u64,
    /// Not to be tried before.
    retry: Option<Instant>,
    /// Shared by all terminals.
    disk: Disk,
    /// Trouble that has not ended.
    trouble: Option<Trouble>,
    /// What the person is to be told of it.
    warning: Option<String>,
    buffer: Vec<u8>,
}

impl Memory {
    /// The memory of a terminal, without a journal where none is wanted. Nothing is on disk yet.
    pub fn new(place: &Place, info: Info, disk: Disk) -> Self {
        Self {
            folder: place.root.join(info.id.to_string()),
            label: Label::of(info),
            limit: place.limit,
            journal: None,
            start: Instant::now(),
            due: false,
            full: false,
            lines: 0,
            retry: None,
            disk,
            trouble: None,
            warning: None,
            buffer: Vec::new(),
        }
    }

    /// Where the files are, if any are kept.
    pub fn folder(&self) -> Option<&Path> {
        (self.limit > 0).then_some(&*self.folder)
    }

    /// Begins a new terminal's journal.
    pub fn create(&mut self, emulator: &mut Emulator) {
        if self.limit > 0 {
            self.snapshot(emulator);
        }
    }

    /// What an earlier daemon has left, if anything; from then on it is gone on with.
    pub fn recover(&mut self) -> Option<Recovered> {
        if self.limit == 0 {
            return None;
        }
        match Journal::open(&self.folder, self.limit) {
            Ok((recovered, journal)) => {
                if let Some(trouble) = &recovered.trouble {
                    tracing::warn!(folder = %self.folder.display(), trouble,
                        "not all of a journal is whole: its terminal has what could be read");
                    self.due = true;
                }
                self.start = Instant::now().checked_sub(recovered.elapsed).unwrap_or(self.start);
                self.journal = Some(journal);
                // How much of the scrollback its newest snapshot has is not asked: the next one has all.
                self.full = false;
                Some(recovered)
            }
            Err(error) => {
                tracing::warn!(folder = %self.folder.display(), %error,
                    "a terminal's journal is lost: its program runs on, its screen starts blank");
                None
            }
        }
    }

    /// Whoever finds the journal later is to know it by this.
    pub fn relabel(&mut self, info: Info) {
        self.label = Label::of(info);
        self.write_label();
    }

    fn write_label(&self) {
        if self.journal.is_some()
            && let Err(error) = self.label.write(&self.folder)
        {
            // All that is lost is the name, once terminal and keeper are gone.
            tracing::debug!(folder = %self.folder.display(), %error, "a journal has no label");
        }
    }

    /// All of it has been taken in.
    pub fn recovered(&mut self, emulator: &Emulator) {
        self.write_label();
        self.lines = emulator.scrollback().next_line();
    }

    /// Reads from the PTY, straight into the journal: None for nothing yet.
    pub fn read(&mut self, pty: &Pty) -> io::Result<Option<&[u8]>> {
        /// Without a journal as much as with one.
        const READ: usize = 4096;
        let at = self.start.elapsed();
        let Some(journal) = &mut self.journal else {
            self.buffer.resize(READ, 0);
            let read = pty.try_read(&mut self.buffer)?;
            return Ok(read.map(|count| &self.buffer[..count]));
        };
        let read =
            journal.read(at, |room| pty.try_read(room)?.ok_or(io::ErrorKind::WouldBlock.into()));
        let trouble = journal.take_trouble();
        if let Some(error) = trouble {
            self.fail(&error);
            // A new segment may be possible at once; if not, it is waited for.
            self.retry = None;
        }
        match read {
            Ok(_) => Ok(self.journal.as_ref().map(Journal::last)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The terminal has another size.
    pub fn resized(&mut self, size: Size) {
        if let Some(journal) = &mut self.journal {
            journal.resized(size, self.start.elapsed());
        }
    }

    /// The model was changed by something that is in no record.
    pub fn changed(&mut self) {
        self.due = true;
    }

    /// Whether it is time for a snapshot, before anything more is read.
    pub fn is_due(&self) -> bool {
        self.is_wanted() && self.retry.is_none_or(|retry| retry <= Instant::now())
    }

    /// When to try again what has failed: also a terminal that is quiet by then is to be kept.
    pub fn deadline(&self) -> Option<Instant> {
        self.retry.filter(|_| self.is_wanted())
    }

    fn is_wanted(&self) -> bool {
        let wants = |j: &Journal| self.due || j.is_full() || !j.keeps();
        self.limit > 0 && self.journal.as_ref().is_none_or(wants)
    }

    /// Begins a new segment with the model as it is: all that was read must have been fed to it.
    pub fn snapshot(&mut self, emulator: &mut Emulator) {
        let at = self.start.elapsed();
        let next = emulator.scrollback().next_line();
        let (limit, since) = (emulator.scrollback().limit(), next - self.lines.min(next));
        let journal = match self.journal.take().map_or_else(|| self.begin(), Ok) {
            Ok(journal) => self.journal.insert(journal),
            Err(error) => return self.fail(&error),
        };
        // The scrollback is in the segment before, or what that has printed makes all of it.
        let light = journal.keeps() && (self.full || since >= limit as u64);
        let whole = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let part = whole / PARTS as usize * PART as usize;
        let tries = [
            (Content::Light, 0, light),
            (Content::Full, whole, true),
            (Content::Full, part, true),
            (Content::Full, 0, true),
        ];
        for (content, most, _) in tries.into_iter().filter(|(_, _, wanted)| *wanted) {
            match journal.begin(&emulator.save(most), content, at) {
                Ok(()) => {
                    (self.full, self.lines, self.due) = (content == Content::Full, next, false);
                    // Somebody may have deleted all of it before.
                    self.write_label();
                    return self.healed();
                }
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge && most > 0 => {}
                Err(error) => {
                    self.fail(&error);
                    return;
                }
            }
        }
    }

    /// Gives memory back.
    pub fn rest(&mut self) {
        self.buffer = Vec::new();
        if let Some(journal) = &mut self.journal {
            journal.rest();
        }
    }

    /// Forgets everything, on disk too.
    pub fn remove(self) {
        // Without a journal there may be files all the same, that could be neither read nor replaced.
        let kept = self.journal.is_some() || self.limit > 0;
        let label = if kept { Label::remove(&self.folder) } else { Ok(()) };
        let removed = label.and_then(|()| match self.journal {
            Some(journal) => journal.remove(),
            None if kept => Journal::delete(&self.folder),
            None => Ok(()),
        });
        if let Err(error) = removed {
            tracing::warn!(folder = %self.folder.display(), %error, "a journal cannot be deleted");
        }
    }

    /// What the person is to be told, once.
    pub fn take_warning(&mut self) -> Option<String> {
        self.warning.take()
    }

    fn begin(&self) -> io::Result<Journal> {
        Journal::create(&self.folder, self.limit)
    }

    /// Said once until it was well again: in the log of each terminal, to the person of the first one.
    fn fail(&mut self, error: &io::Error) {
        self.retry = Some(Instant::now() + RETRY);
        let told = self.trouble.get_or_insert_with(|| self.disk.begin()).add(error.kind());
        if told != Told::Nobody {
            tracing::warn!(folder = %self.folder.display(), %error, "{UNKEPT}");
        }
        if told == Told::Person {
            self.warning = Some(format!("{UNKEPT} ({error})"));
        }
    }

    fn healed(&mut self) {
        self.retry = None;
        if self.trouble.take().is_some() {
            tracing::info!(folder = %self.folder.display(), "output is kept on disk again");
        }
    }
}

/// The model at the beginning of what an earlier daemon left.
pub(super) fn base(recovered: &Recovered, size: Size, scrollback: usize) -> Emulator {
    Emulator::load(&recovered.base, scrollback).unwrap_or_else(|| {
        tracing::warn!("a journal's snapshot cannot be read: its terminal starts blank");
        Emulator::new(size, scrollback)
    })
}

/// Lets the model take in what came then, with time for others in between. What the program asked for was answered
/// when it came.
pub(super) async fn replay(emulator: &mut Emulator, record: &Record<'_>) {
    take_in(emulator, record);
    tokio::task::yield_now().await;
}

/// The same without a pause, for those who have nothing else to do.
pub(super) fn take_in(emulator: &mut Emulator, record: &Record<'_>) {
    match record.what {
        What::Resized(size) => emulator.resize(size, &mut []),
        What::Output(mut bytes) => {
            while !bytes.is_empty() {
                bytes = &bytes[emulator.feed(bytes, SLICE)..];
                let _ = emulator.take_command();
            }
        }
    }
    drop(emulator.take_effects());
}
