//! Those who wait for something to happen in a terminal, and when they look: at each line that scrolls off once, and at
//! the screen at a bounded rate.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::emulator::Emulator;
use super::wait::{Conditions, Waiter};
use crate::protocol::terminal::{Exit, Happened};

/// The screen is looked at no more often than this: a word is wanted soon, and nobody sees more frames.
const LOOK: Duration = Duration::from_millis(16);

/// Who looks long looks seldom: a pattern may take no more than this part of the time, one in so many.
const SHARE: u32 = 4;

/// So many lines that have scrolled off are looked at without waiting for the screen's turn: not so few that finding
/// them costs more than reading them, and not so many that the scrollback drops the first of them before.
const MANY: u64 = 256;

/// So much output is taken in at once while somebody waits for words: even of the shortest lines it has fewer than a
/// scrollback usually keeps.
const PORTION: usize = 16 << 10;

/// The waiters of one terminal.
pub(super) struct Lookout {
    waiters: Vec<Waiter>,
    /// The screen was not looked at since it has changed, or since somebody waits.
    changed: bool,
    next_look: Instant,
}

impl Lookout {
    /// Nobody waits.
    pub fn new(now: Instant) -> Self {
        Self { waiters: Vec::new(), changed: false, next_look: now }
    }

    /// Adds a waiter, who is interested in what is on the screen now and in what comes.
    pub fn push(
        &mut self,
        conditions: Conditions,
        answer: oneshot::Sender<Happened>,
        now: Instant,
        emulator: &mut Emulator,
    ) {
        // What has scrolled off before concerns only the others.
        self.read_scrolled(emulator);
        self.waiters.push(Waiter::new(conditions, now, answer));
        self.changed = true;
        self.next_look = now;
    }

    /// The screen is another one.
    pub fn changed(&mut self) {
        self.changed = true;
    }

    /// When there is something to do though nothing happens.
    pub fn deadline(&self, last_output: Instant) -> Option<Instant> {
        let quiet = self.waiters.iter().filter_map(|waiter| waiter.quiet_at(last_output)).min();
        let look = (self.changed && self.reads()).then_some(self.next_look);
        quiet.into_iter().chain(look).min()
    }

    /// How much output may be taken in before `keep_up`.
    pub fn portion(&self) -> usize {
        if self.reads() { PORTION } else { usize::MAX }
    }

    /// Looks at what has scrolled off, before the scrollback drops it.
    pub fn keep_up(&mut self, emulator: &mut Emulator) {
        if self.reads() && emulator.scrollback().unread() >= MANY {
            self.read_scrolled(emulator);
        }
    }

    /// Looks at everything, if it is time. The model has all output.
    pub fn look(&mut self, now: Instant, ended: bool, emulator: &mut Emulator) {
        if !self.changed || !self.reads() || now < self.next_look && !ended {
            return;
        }
        self.read_scrolled(emulator);
        emulator.read_screen(|line| self.waiters.iter_mut().for_each(|waiter| waiter.read(line)));
        self.changed = false;
        self.next_look = now + LOOK.max(now.elapsed() * SHARE);
    }

    /// Answers those for whom something has happened.
    pub fn answer(&mut self, now: Instant, last_output: Instant, exit: Option<&Exit>) {
        self.waiters.retain_mut(|waiter| !waiter.answer(now, last_output, exit));
    }

    /// Whether somebody waits for words.
    fn reads(&self) -> bool {
        self.waiters.iter().any(Waiter::reads)
    }

    fn read_scrolled(&mut self, emulator: &mut Emulator) {
        let Self { waiters, .. } = self;
        if waiters.iter().any(Waiter::reads) {
            let each = |line: &str| waiters.iter_mut().for_each(|waiter| waiter.read(line));
            emulator.scrollback_mut().read_unread(each);
        } else {
            emulator.scrollback_mut().skip_unread();
        }
    }
}
