//! What the owner is asked for.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio::sync::oneshot;

use super::Owner;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::{Signal, Size};
use crate::terminal::command::Command;
use crate::terminal::history::Moment;
use crate::terminal::pty::Pty;
use crate::terminal::{close, process, read};

impl Owner {
    pub(super) fn carry_out(&mut self, command: Command) {
        match command {
            Command::Write { data, view } => {
                if let Some(size) = view.and_then(|id| self.painter.size_of(id)) {
                    self.resize(size);
                }
                self.input.push(&data);
                self.sights.typed(&data, Instant::now());
            }
            Command::Resize(size) => self.resize(size),
            // The caller may have gone: then nobody minds that an answer is lost, here and below.
            Command::Signal(signal, answer) => drop(answer.send(self.signal(signal))),
            Command::Read(history, answer) => {
                drop(answer.send(read::screen(&self.emulator, &self.shared, history)));
            }
            Command::Moment(answer) => drop(answer.send(Moment::new(&mut self.emulator))),
            Command::Renamed => self.memory.relabel(self.shared.info()),
            Command::Journal(answer) => {
                drop(answer.send(self.memory.folder().map(Path::to_owned)));
            }
            Command::Update(purpose, tags, answer) => {
                drop(answer.send(self.hearing.update(purpose, tags)));
            }
            Command::Wait(conditions, answer) => {
                self.lookout.push(conditions, answer, Instant::now(), &mut self.emulator);
            }
            Command::OpenView { id, size, screen, colors } => {
                if let Some(colors) = colors {
                    self.emulator.set_colors(colors);
                }
                if !screen.keep_size {
                    self.resize(size);
                }
                self.painter.open(id, size, self.emulator.top(), screen);
                self.shared.views.store(self.painter.views(), Ordering::Relaxed);
                self.sights.changed();
            }
            Command::ResizeView(id, size) => {
                if self.painter.resized(id, size, Instant::now()) && self.painter.decides(id) {
                    self.resize(size);
                }
            }
            Command::RenewView(id) => self.painter.doubt(id, Instant::now()),
            Command::WatchView(id, watched) => {
                self.painter.watch(id, watched);
                self.sights.changed();
            }
            Command::CloseView(id) => {
                self.painter.close(id);
                self.shared.views.store(self.painter.views(), Ordering::Relaxed);
                self.sights.changed();
            }
            Command::Follow => self.sights.changed(),
            Command::Restart(held, command, answer) => {
                drop(answer.send(self.restart(held, command)));
            }
            Command::Close(_) => unreachable!("the loop has taken it"),
        }
    }

    fn resize(&mut self, size: Size) {
        let former = self.emulator.size();
        if size == former {
            return;
        }
        if let Some(Err(error)) = self.pty.as_ref().map(|pty| pty.resize(size)) {
            tracing::debug!(id = %self.shared.id, %error, "the PTY takes no size");
        }
        self.memory.resized(size);
        let mut nexts = self.painter.nexts();
        self.emulator.resize(size, &mut nexts);
        self.painter.set_nexts(nexts, size.cols != former.cols);
        if self.emulator.begin_with(self.painter.beyond()) {
            self.memory.changed();
        }
        self.painter.begins_with(self.emulator.top(), Instant::now());
        self.shared.set_size(size);
        self.painter.changed();
    }

    /// An earlier daemon may have ended between any two steps of a change of size. The PTY heard of it first, then the journal, unless
    /// it takes nothing, and the keeper last: which of the two is late, the PTY tells.
    pub(super) fn agree_on_size(&mut self) {
        let journal = self.emulator.size();
        let told = self.pty.as_ref().and_then(Pty::size) == Some(journal);
        let size = if told { journal } else { self.shared.size() };
        if let Some(Err(error)) = self.pty.as_ref().map(|pty| pty.resize(size)) {
            tracing::debug!(id = %self.shared.id, %error, "the PTY takes no size");
        }
        if size != self.emulator.size() {
            self.memory.resized(size);
            self.emulator.resize(size, &mut []);
        }
        if size != self.shared.size() {
            self.shared.set_size(size);
        }
    }

    fn signal(&self, name: Signal) -> Result<()> {
        let group = self.ending.as_ref().and(self.pty.as_ref()).and_then(Pty::foreground);
        let group = group.ok_or_else(|| {
            Fault::new(Kind::Conflict, "the program has ended")
                .hint(format!(":Orchflow close {}", self.shared.name()))
        })?;
        process::signal(group, process::number(name));
        Ok(())
    }

    pub(super) async fn close(self, answer: oneshot::Sender<()>) {
        if let Some(ending) = self.ending {
            close::end(self.shared.program().pid, self.pty.as_ref(), ending).await;
        }
        self.memory.remove();
        // The caller may not wait for it.
        let _ = answer.send(());
    }
}
