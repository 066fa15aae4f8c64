//! The views of one terminal, and when they are painted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::emulator::{Emulator, SCROLLBACK};
use super::picture::Picture;
use super::resize::Next;
use super::view::{Screen, View};
use crate::ids::ViewId;
use crate::protocol::terminal::{Exit, Size};

/// At most one frame in this time: what a 60 Hz screen can show.
const FRAME: Duration = Duration::from_millis(16);

/// Where a frame has left nothing of the one before, no text can be read anyway. Half as many frames then leave the editor alone, and
/// leave more of the cores to the program and to us.
const BLUR: Duration = Duration::from_millis(33);

/// Where all views are only glanced at, beside each other or beside something else, frames follow each other no closer: a dozen
/// of them are to cost an editor no more than one that is worked in.
const GLANCE: Duration = Duration::from_millis(100);

/// A flood that is only glanced at shows no more than that it floods. A dozen of them ten times a second took 6 % of a core from an editor
/// and let its loop wait twice as long.
const GLIMPSE: Duration = Duration::from_millis(250);

/// Output that has paused for so long is no flood any more.
const PAUSE: Duration = Duration::from_millis(30);

/// The views, and the time of their next frames.
pub(super) struct Painter {
    views: Vec<View>,
    /// A view's gate has opened.
    free: Arc<Notify>,
    /// No frame before this.
    next_frame: Instant,
    /// The time of each frame at present.
    pace: Duration,
    /// With which line the screen began in the last frame.
    top: u64,
    /// Output that came before this is no flood any more.
    paused: Instant,
}

impl Painter {
    /// No views yet.
    pub fn new(now: Instant) -> Self {
        Self {
            views: Vec::new(),
            free: Arc::default(),
            next_frame: now,
            pace: FRAME,
            top: 0,
            paused: now,
        }
    }

    /// Completes when a view that was busy can be painted again.
    pub async fn freed(&self) {
        self.free.notified().await;
    }

    /// How long what is printed now may wait until it is looked at: it follows from how much of it there was.
    pub fn pace(&self) -> Duration {
        self.pace
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
    pub fn open(&mut self, id: ViewId, size: Size, top: u64, screen: Screen) {
        let from = top.saturating_sub(SCROLLBACK as u64);
        self.views.push(View::new(id, size, from, screen, self.free.clone()));
    }

    /// How many there are.
    pub fn views(&self) -> usize {
        self.views.len()
    }

    /// Whether somebody looks at it in some view.
    pub fn is_watched(&self) -> bool {
        self.views.iter().any(|view| view.watched && !view.glance)
    }

    /// Forgets a view.
    pub fn close(&mut self, id: ViewId) {
        self.views.retain(|view| view.id != id);
    }

    /// A view is on a screen, or is not. What it has missed it gets when it is again.
    pub fn watch(&mut self, id: ViewId, watched: bool) {
        for view in self.views.iter_mut().filter(|view| view.id == id) {
            view.watched = watched;
            view.stale |= watched;
        }
    }

    /// The size of a view's window.
    pub fn size_of(&self, id: ViewId) -> Option<Size> {
        self.views.iter().find(|view| view.id == id).map(|view| view.shown.size())
    }

    /// A view's window was resized; true if it has another size now.
    pub fn resized(&mut self, id: ViewId, size: Size, now: Instant) -> bool {
        let mut views = self.views.iter_mut().filter(|view| view.id == id);
        views.next().is_some_and(|view| view.resize(size, now))
    }

    /// A view's scrollback is not what it is taken for.
    pub fn doubt(&mut self, id: ViewId, now: Instant) {
        for view in self.views.iter_mut().filter(|view| view.id == id) {
            view.doubt(now);
        }
    }

    /// What each view's scrollback lacks next.
    pub fn nexts(&self) -> Vec<Next> {
        self.views.iter().map(|view| view.shown.next()).collect()
    }

    /// The terminal has renumbered its rows, and may have wrapped its lines anew.
    pub fn set_nexts(&mut self, nexts: Vec<Next>, rewrapped: bool) {
        for (view, next) in self.views.iter_mut().zip(nexts) {
            view.shown.set_next(next, rewrapped);
        }
    }

    /// The first line of which no view's scrollback has anything.
    pub fn beyond(&self) -> u64 {
        let keeping = self.views.iter().filter(|view| !view.shown.is_bare());
        keeping.map(|view| view.shown.beyond()).max().unwrap_or(0)
    }

    /// The screen begins with this line now: views that have it in their scrollback would show it twice.
    pub fn begins_with(&mut self, top: u64, now: Instant) {
        for view in self.views.iter_mut().filter(|view| view.shown.beyond() > top) {
            view.tear(now);
        }
    }

    /// Whether the terminal takes the size that this view is opened with or resized to.
    pub fn decides(&self, id: ViewId) -> bool {
        self.views.iter().any(|view| view.id == id && !view.keep_size)
    }

    /// When the next frame is due though nothing happens.
    pub fn deadline(&self, top: u64) -> Option<Instant> {
        let open = || self.views.iter().filter(|view| view.is_open());
        if open().any(|view| view.stale) {
            return Some(self.next_frame);
        }
        let owing = open().any(|view| view.shown.owed(top) > 0);
        let lines = owing.then(|| self.next_frame.max(self.paused));
        let restart = open().filter_map(View::restart_at).min();
        lines.into_iter().chain(restart).min()
    }

    /// Sends every view that is due its frame.
    pub fn paint(&mut self, now: Instant, emulator: &Emulator, title: &str, exit: Option<&Exit>) {
        if self.deadline(emulator.top()).is_none_or(|due| due > now) {
            return;
        }
        let picture = picture(emulator, title, exit);
        let paused = now >= self.paused;
        let oldest = picture.top.saturating_sub(SCROLLBACK as u64);
        // A hidden view is somebody's who may come back; one that is busy is looked at all the same.
        let glanced = self.views.iter().filter(|view| view.watched).all(|view| view.glance);
        let mut greeting = true;
        for view in self.views.iter_mut().filter(|view| view.is_open()) {
            if view.restart_at().is_some_and(|due| due <= now) {
                view.restart(oldest);
                greeting = false;
                continue;
            }
            view.shown.forget_before(oldest);
            greeting &= view.show(&picture, paused, |number| emulator.line(number));
        }
        // A view's first frame is mostly blank: what the program prints first must not wait for it.
        if !greeting {
            let gone = picture.top.saturating_sub(self.top);
            let blurs = gone > picture.rows.len() as u64;
            self.pace = match (glanced, blurs) {
                (true, true) => GLIMPSE,
                (true, false) => GLANCE,
                (false, true) => BLUR,
                (false, false) => FRAME,
            };
            self.next_frame = now + self.pace;
        }
        self.top = picture.top;
    }
}

fn picture(emulator: &Emulator, title: &str, exit: Option<&Exit>) -> Picture {
    let picture = emulator.picture(title);
    match exit {
        Some(exit) => picture.with_notice(&format!("[Process exited {}]", exit.code)),
        None => picture,
    }
}

#[cfg(test)]
#[path = "painter_tests.rs"]
mod tests;
