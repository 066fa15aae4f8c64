//! A view: one client's window onto a terminal, with the gate that lets only one frame be under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::frame::{LINES_PER_FRAME, Shown};
use super::picture::{Picture, Row};
use crate::ids::ViewId;
use crate::protocol::terminal::Size;

/// A window that has kept its size for so long is not being dragged any more.
const SETTLED: Duration = Duration::from_millis(100);

/// No view was resized so often.
const NEVER: u64 = u32::MAX as u64;

/// Whether a view's last frame is still on its way. A slow client gets fewer frames, not a longer queue.
#[derive(Debug)]
pub struct Gate {
    busy: AtomicBool,
    free: Arc<Notify>,
}

impl Gate {
    /// An open one, which wakes this when it opens again.
    pub fn new(free: Arc<Notify>) -> Self {
        Self { busy: AtomicBool::new(false), free }
    }

    /// Something is under way from now on.
    pub fn close(&self) {
        self.busy.store(true, Ordering::Release);
    }

    /// Whether nothing is under way.
    pub fn is_free(&self) -> bool {
        !self.busy.load(Ordering::Acquire)
    }

    /// Completes when it opens.
    pub async fn freed(&self) {
        self.free.notified().await;
    }

    /// The frame was handed to the system: the next one may follow.
    pub fn sent(&self) {
        self.busy.store(false, Ordering::Release);
        self.free.notify_one();
    }
}

/// How a frame leaves for its client. It never blocks; `Gate::sent` is called when the frame has left. The number, of a frame
/// that can leave lines in the wrong place when a resize overtakes it, says how many resizes the view had before.
pub type Send = Box<dyn Fn(Vec<u8>, Option<u64>, &Arc<Gate>) + std::marker::Send + Sync>;

/// The terminal of an editor that a view paints on.
pub struct Screen {
    /// How frames reach it.
    pub send: Send,
    /// Whether it wraps rows anew when it becomes narrower.
    pub wraps: bool,
    /// Whether it can erase its scrollback.
    pub erases: bool,
    /// Whether it gives pictographs one cell that its editor draws in two.
    pub narrows: bool,
    /// Whether it keeps no scrollback, and stays on one screen.
    pub bare: bool,
    /// Whether the terminal keeps its size when this view is opened or resized.
    pub keep_size: bool,
    /// Whether to see it is no look at the terminal.
    pub glance: bool,
}

/// One view.
pub(super) struct View {
    pub id: ViewId,
    pub shown: Shown,
    /// Whether its opening and resizing leaves the terminal's size alone.
    pub keep_size: bool,
    /// Whether to see it is no look at the terminal.
    pub glance: bool,
    send: Send,
    gate: Arc<Gate>,
    /// The terminal has changed since the last frame.
    pub stale: bool,
    /// It is on somebody's screen.
    pub watched: bool,
    /// It was sent no frame yet.
    fresh: bool,
    /// When its window was last resized.
    resized: Option<Instant>,
    /// How often its client has said that it was.
    resizes: u64,
    /// Whether its editor can erase a terminal's scrollback.
    erases: bool,
    /// How many lines the terminal had scrolled by at the last frame.
    top: u64,
}

impl View {
    /// A view on a blank editor terminal, which gets the lines from `from` on.
    pub fn new(id: ViewId, size: Size, from: u64, screen: Screen, free: Arc<Notify>) -> Self {
        let gate = Arc::new(Gate::new(free));
        Self {
            id,
            shown: Shown::blank(size, from, screen.wraps)
                .bare(screen.bare)
                .narrowing(screen.narrows),
            keep_size: screen.keep_size,
            glance: screen.glance,
            send: screen.send,
            gate,
            stale: true,
            watched: true,
            fresh: true,
            resized: None,
            resizes: 0,
            erases: screen.erases,
            top: from,
        }
    }

    /// Whether it may be sent a frame. Otherwise the gate wakes the owner when it opens, or whoever looks again.
    pub fn is_open(&self) -> bool {
        self.watched && self.gate.is_free()
    }

    /// Its window was resized; true if it has another size now.
    pub fn resize(&mut self, size: Size, now: Instant) -> bool {
        self.resizes += 1;
        if size == self.shown.size() {
            return false;
        }
        self.shown.resized(size);
        self.resized = Some(now);
        self.stale = true;
        true
    }

    /// A resize has overtaken a frame: its scrollback is not what it is taken for.
    pub fn doubt(&mut self, now: Instant) {
        self.shown.doubt();
        self.resized.get_or_insert(now);
    }

    /// Its scrollback has what stands on the screen.
    pub fn tear(&mut self, now: Instant) {
        self.shown.tear();
        self.resized.get_or_insert(now);
    }

    /// When its scrollback is to be made anew: once its window is not being resized any more.
    pub fn restart_at(&self) -> Option<Instant> {
        (self.erases && self.shown.is_unsure()).then_some(())?;
        Some(self.resized? + SETTLED)
    }

    /// Makes its scrollback anew, with all lines from `from` on.
    pub fn restart(&mut self, from: u64) {
        let frame = self.shown.restart(from);
        self.leave(frame, true);
    }

    fn leave(&self, frame: Vec<u8>, moves: bool) {
        self.gate.close();
        // An editor that cannot erase its scrollback makes the view anew where the number is not its own.
        let torn = !self.erases && self.shown.is_torn();
        let number = if torn { NEVER } else { self.resizes };
        (self.send)(frame, moves.then_some(number), &self.gate);
    }

    /// Sends what has changed, with some of the scrolled lines that it lacks. True if that was its first
    /// frame.
    pub fn show(
        &mut self,
        picture: &Picture,
        paused: bool,
        line: impl Fn(u64) -> Option<Row>,
    ) -> bool {
        let lines = self.lines(picture.top, paused);
        self.top = picture.top;
        self.stale = false;
        let before = self.shown.is_primary();
        let frame = self.shown.frame(picture, lines, line);
        if !frame.is_empty() {
            self.leave(frame, before || self.shown.is_primary());
        }
        std::mem::take(&mut self.fresh)
    }

    /// How many scrolled lines go with the next frame: none while a flood goes on, so that only
    /// screens travel; they follow when it pauses.
    fn lines(&self, top: u64, paused: bool) -> u64 {
        let owed = self.shown.owed(top);
        let flood = top.saturating_sub(self.top) > LINES_PER_FRAME / 2;
        if owed <= LINES_PER_FRAME || paused || !flood { owed.min(LINES_PER_FRAME) } else { 0 }
    }
}
