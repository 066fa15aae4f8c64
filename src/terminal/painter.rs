//! The views of one terminal, and when they are painted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::emulator::{Emulator, SCROLLBACK};
use super::picture::Picture;
use super::view::{Send, View};
use crate::ids::ViewId;
use crate::protocol::terminal::{Exit, Size};

/// At most one frame in this time: what a 60 Hz screen can show.
const FRAME: Duration = Duration::from_millis(16);

/// Output that has paused for so long is no flood any more.
const PAUSE: Duration = Duration::from_millis(30);

/// The views, and the time of their next frames.
pub(super) struct Painter {
    views: Vec<View>,
    /// A view's gate has opened.
    free: Arc<Notify>,
    /// No frame before this.
    next_frame: Instant,
    /// Output that came before this is no flood any more.
    paused: Instant,
}

impl Painter {
    /// No views yet.
    pub fn new(now: Instant) -> Self {
        Self { views: Vec::new(), free: Arc::default(), next_frame: now, paused: now }
    }

    /// Completes when a view that was busy can be painted again.
    pub async fn freed(&self) {
        self.free.notified().await;
    }

    /// The terminal looks different from now on.
    pub fn changed(&mut self) {
        self.views.iter_mut().for_each(|view| view.stale = true);
    }

    /// The program has printed something.
    pub fn output(&mut self, now: Instant) {
        self.paused = now + PAUSE;
        self.changed();
    }

    /// Adds a view on a blank editor terminal; it gets as much scrollback as that keeps.
    pub fn open(&mut self, id: ViewId, size: Size, top: u64, send: Send) {
        let from = top.saturating_sub(SCROLLBACK as u64);
        self.views.push(View::new(id, size, from, send, self.free.clone()));
    }

    /// Forgets a view.
    pub fn close(&mut self, id: ViewId) {
        self.views.retain(|view| view.id != id);
    }

    /// The size of a view's window.
    pub fn size_of(&self, id: ViewId) -> Option<Size> {
        self.views.iter().find(|view| view.id == id).map(|view| view.shown.size())
    }

    /// A view's window has another size.
    pub fn resized(&mut self, id: ViewId, size: Size) {
        for view in self.views.iter_mut().filter(|view| view.id == id) {
            view.shown.resized(size);
            view.stale = true;
        }
    }

    /// A resize has moved lines between screen and scrollback. Editors whose window was resized alike have
    /// done the same: one of them, or all where it showed only later.
    pub fn shift(&mut self, (from, to): (u64, u64), which: Option<ViewId>) {
        for view in self.views.iter_mut().filter(|view| which.is_none_or(|id| id == view.id)) {
            view.shown.shift(from, to);
        }
    }

    /// When the next frame is due though nothing happens.
    pub fn deadline(&self, top: u64) -> Option<Instant> {
        let open = || self.views.iter().filter(|view| view.is_open());
        if open().any(|view| view.stale) {
            return Some(self.next_frame);
        }
        let owing = open().any(|view| view.shown.owed(top) > 0);
        owing.then(|| self.next_frame.max(self.paused))
    }

    /// Sends every view that is due its frame.
    pub fn paint(&mut self, now: Instant, emulator: &Emulator, title: &str, exit: Option<&Exit>) {
        if self.deadline(emulator.top()).is_none_or(|due| due > now) {
            return;
        }
        let picture = picture(emulator, title, exit);
        let paused = now >= self.paused;
        let oldest = picture.top.saturating_sub(SCROLLBACK as u64);
        let mut greeting = true;
        for view in self.views.iter_mut().filter(|view| view.is_open()) {
            view.shown.forget_before(oldest);
            greeting &= view.show(&picture, paused, |number| emulator.line(number));
        }
        // A view's first frame is mostly blank: what the program prints first must not wait for it.
        if !greeting {
            self.next_frame = now + FRAME;
        }
    }
}

fn picture(emulator: &Emulator, title: &str, exit: Option<&Exit>) -> Picture {
    let picture = emulator.picture(title);
    match exit {
        Some(exit) => picture.with_notice(&format!("[Process exited {}]", exit.code)),
        None => picture,
    }
}
