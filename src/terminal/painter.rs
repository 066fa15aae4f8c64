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

/// The views, and the time of their last frames.
#[derive(Default)]
pub(super) struct Painter {
    views: Vec<View>,
    /// A view's gate has opened.
    free: Arc<Notify>,
    last_frame: Option<Instant>,
    last_output: Option<Instant>,
}

impl Painter {
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
        self.last_output = Some(now);
        self.changed();
    }

    /// Adds a view on a blank editor terminal; it gets as much scrollback as that keeps.
    pub fn open(&mut self, id: ViewId, size: Size, top: u64, send: Send) {
        let from = top.saturating_sub(SCROLLBACK as u64);
        self.views
            .push(View::new(id, size, from, send, self.free.clone()));
    }

    /// Forgets a view.
    pub fn close(&mut self, id: ViewId) {
        self.views.retain(|view| view.id != id);
    }

    /// The size of a view's window.
    pub fn size_of(&self, id: ViewId) -> Option<Size> {
        self.views
            .iter()
            .find(|view| view.id == id)
            .map(|view| view.shown.size())
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
        for view in self
            .views
            .iter_mut()
            .filter(|view| which.is_none_or(|id| id == view.id))
        {
            view.shown.shift(from, to);
        }
    }

    /// When the next frame is due though nothing happens.
    pub fn deadline(&self, top: u64) -> Option<Instant> {
        let open = || self.views.iter().filter(|view| view.is_open());
        let frame = self
            .last_frame
            .map_or_else(Instant::now, |last| last + FRAME);
        if open().any(|view| view.stale) {
            return Some(frame);
        }
        let owing = open().any(|view| view.shown.owed(top) > 0);
        owing.then(|| frame.max(self.last_output.map_or(frame, |last| last + PAUSE)))
    }

    /// Sends every view that is due its frame.
    pub fn paint(&mut self, now: Instant, emulator: &Emulator, title: &str, exit: Option<&Exit>) {
        if self.deadline(emulator.top()).is_none_or(|due| due > now) {
            return;
        }
        let picture = picture(emulator, title, exit);
        let paused = self.last_output.is_none_or(|last| now >= last + PAUSE);
        let oldest = picture.top.saturating_sub(SCROLLBACK as u64);
        for view in self.views.iter_mut().filter(|view| view.is_open()) {
            view.shown.forget_before(oldest);
            view.show(&picture, paused, |number| emulator.line(number));
        }
        self.last_frame = Some(now);
    }
}

fn picture(emulator: &Emulator, title: &str, exit: Option<&Exit>) -> Picture {
    let picture = emulator.picture(title);
    match exit {
        Some(exit) => picture.with_notice(&format!("[Process exited {}]", exit.code)),
        None => picture,
    }
}
