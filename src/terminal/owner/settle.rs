//! What follows from whatever woke the owner: frames, answers, the program's end, memory given back.

use std::time::Instant;

use super::Owner;
use crate::event::Event;
use crate::protocol::terminal::{Exit, Exited};

impl Owner {
    /// Draws the consequences of whatever woke us.
    pub(super) fn settle(&mut self, now: Instant) {
        if self.update.is_some_and(|until| until <= now) {
            self.update = None;
            self.emulator.end_update();
        }
        if self.rest.is_some_and(|at| at <= now) {
            self.rest();
        }
        if self.draining.as_ref().is_some_and(|(_, until)| self.pty.is_none() || *until <= now)
            && let Some((exit, _)) = self.draining.take()
        {
            self.exited(exit);
        }
        if self.pty.is_none() {
            self.input.clear();
        }
        if let Some(warning) = self.memory.take_warning() {
            self.hearing.warn(warning);
        }
        self.hearing.settle(now);
        let title = self.titles.take(now);
        self.tell_title(title);
        self.answer_waiters(now);
        self.paint(now);
    }

    /// Gives back memory, a piece at a time.
    fn rest(&mut self) {
        let more = self.emulator.rest();
        self.rest = more.then(Instant::now);
        self.freed |= more;
        if !more {
            self.memory.rest();
            if std::mem::take(&mut self.freed) {
                self.household.heap.freed();
            }
        }
    }

    pub(super) fn paint(&mut self, now: Instant) {
        if self.update.is_none() {
            let exit = self.shared.exit();
            self.painter.paint(now, &self.emulator, &self.shared.title(), exit.as_ref());
        }
    }

    fn exited(&mut self, exit: Exit) {
        let title = self.titles.last();
        self.tell_title(title);
        self.shared.set_exit(exit.clone());
        self.hearing.ended();
        self.painter.changed();
        self.sights.changed();
        let (id, name) = (self.shared.id, self.shared.name());
        (self.tell)(Event::TerminalExited(Exited { id, name, exit }));
    }

    fn answer_waiters(&mut self, now: Instant) {
        let exit = self.shared.exit();
        self.lookout.keep_up(&mut self.emulator);
        if !self.lags() {
            self.lookout.look(now, exit.is_some(), &mut self.emulator);
            self.sights.look(now, &self.shared, &self.emulator, self.painter.is_watched());
        }
        self.lookout.answer(now, self.last_output, exit.as_ref());
    }
}
