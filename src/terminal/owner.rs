//! A terminal's owner: the one task that reads its PTY, keeps its model and answers for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::command::Command;
use super::emulator::{Effect, Emulator, SLICE};
use super::input::Input;
use super::painter::Painter;
use super::process;
use super::pty::Pty;
use super::shared::Shared;
use super::wait::{Scene, Waiter};
use super::{close, read};
use crate::event::{Event, Tell};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::{Exit, Exited, Signal, Size, Titled};

/// After the program's end, how long to wait for the last of its output where a child of it still holds
/// the PTY open. Without such a child the PTY says itself that nothing more comes.
const DRAIN: Duration = Duration::from_millis(50);

/// Patterns are looked for at most so often: reading the whole screen costs more than printing on it.
const LOOK: Duration = Duration::from_millis(16);

/// A piece of output that takes longer is too long: the other terminals wait meanwhile.
const LONG: Duration = Duration::from_millis(2);

/// No shorter pieces than this: one sequence, more or less.
const SHORTEST: usize = 16;

/// Everything that belongs to one terminal.
pub(super) struct Owner {
    shared: Arc<Shared>,
    tell: Tell,
    emulator: Emulator,
    /// None once nobody holds the other side.
    pty: Option<Pty>,
    input: Input,
    /// News of the program's end; None once it was heard.
    ending: Option<oneshot::Receiver<Exit>>,
    /// The program's end while its last output is still read, and until when.
    draining: Option<(Exit, Instant)>,
    painter: Painter,
    waiters: Vec<Waiter>,
    last_look: Instant,
    last_output: Instant,
    /// How many bytes the model is fed at once.
    piece: usize,
}

/// Why the owner's loop goes round.
enum Wake {
    Asked(Command),
    Abandoned,
    Output(usize),
    HungUp,
    Ended(Exit),
    Time,
}

impl Owner {
    pub fn new(shared: Arc<Shared>, tell: Tell, pty: Pty, ending: oneshot::Receiver<Exit>) -> Self {
        let now = Instant::now();
        Self {
            emulator: Emulator::new(shared.size()),
            input: Input::new(shared.room.clone()),
            shared,
            tell,
            pty: Some(pty),
            ending: Some(ending),
            draining: None,
            painter: Painter::new(now),
            waiters: Vec::new(),
            last_look: now,
            last_output: now,
            piece: SLICE,
        }
    }

    /// Runs until the terminal is closed. Nobody else touches any of this.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut buffer = vec![0; SLICE];
        loop {
            match self.wake(&mut commands, &mut buffer).await {
                Wake::Asked(Command::Close(answer)) => return self.close(answer).await,
                Wake::Asked(command) => self.carry_out(command),
                Wake::Abandoned => return,
                Wake::Output(count) => self.output(&buffer[..count]).await,
                Wake::HungUp => self.pty = None,
                Wake::Ended(exit) => self.draining = Some((exit, Instant::now() + DRAIN)),
                Wake::Time => {}
            }
            self.settle(Instant::now());
            // One slice each: a flooding terminal must not keep the others waiting.
            tokio::task::yield_now().await;
        }
    }

    async fn wake(&mut self, commands: &mut mpsc::Receiver<Command>, buffer: &mut [u8]) -> Wake {
        let deadline = self.deadline();
        let Self { pty, input, ending, painter, shared, .. } = self;
        let input_waits = !input.is_empty();
        // In no order of preference: neither those who ask nor those who print may shut the others out.
        tokio::select! {
            command = commands.recv() => command.map_or(Wake::Abandoned, Wake::Asked),
            exit = ended(ending), if ending.is_some() => {
                *ending = None;
                Wake::Ended(exit)
            }
            sent = send(input, pty.as_ref()), if pty.is_some() && input_waits => match sent {
                Ok(()) => Wake::Time,
                Err(error) => hung_up(shared, &error),
            },
            count = read_some(pty.as_ref(), buffer), if pty.is_some() => match count {
                Ok(0) => Wake::HungUp,
                Ok(count) => Wake::Output(count),
                Err(error) => hung_up(shared, &error),
            },
            () = painter.freed() => Wake::Time,
            () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => Wake::Time,
        }
    }

    /// The next moment at which something is to be done though nothing happens.
    fn deadline(&self) -> Option<Instant> {
        let quiet = self.waiters.iter().filter_map(|w| w.quiet_at(self.last_output)).min();
        let unread = self.last_output > self.last_look && self.waiters.iter().any(Waiter::reads);
        let look = unread.then_some(self.last_look + LOOK);
        let drain = self.draining.as_ref().map(|(_, until)| *until);
        let paint = self.painter.deadline(self.emulator.top());
        [paint, quiet, look, drain, self.emulator.sync_deadline()].into_iter().flatten().min()
    }

    /// Feeds the model in pieces that take about a millisecond: a few bytes can ask for a million characters.
    async fn output(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(self.piece.min(rest.len()));
            let start = Instant::now();
            self.emulator.feed(piece);
            self.last_output = Instant::now();
            self.piece = next_piece(self.piece, self.last_output - start);
            rest = more;
            if !rest.is_empty() {
                tokio::task::yield_now().await;
            }
        }
        self.painter.output(self.last_output);
        self.effects();
    }

    /// Carries out what the program asked its terminal for.
    fn effects(&mut self) {
        if let Some(shift) = self.emulator.take_shift() {
            self.painter.shift(shift);
        }
        for effect in self.emulator.take_effects() {
            match effect {
                Effect::Reply(bytes) => self.input.reply(&bytes),
                Effect::Title(title) => {
                    if self.shared.set_title(&title) {
                        (self.tell)(Event::TerminalTitled(Titled { id: self.shared.id, title }));
                    }
                }
            }
        }
    }

    /// Draws the consequences of whatever woke us.
    fn settle(&mut self, now: Instant) {
        if self.emulator.sync_deadline().is_some_and(|deadline| deadline <= now) {
            self.emulator.end_sync();
            self.painter.output(now);
            self.effects();
        }
        if self.draining.as_ref().is_some_and(|(_, until)| self.pty.is_none() || *until <= now)
            && let Some((exit, _)) = self.draining.take()
        {
            self.exited(exit);
        }
        if self.pty.is_none() {
            self.input.clear();
        }
        self.answer_waiters(now);
        let exit = self.shared.exit();
        self.painter.paint(now, &self.emulator, &self.shared.title(), exit.as_ref());
    }

    fn exited(&mut self, exit: Exit) {
        self.shared.set_exit(exit.clone());
        self.painter.changed();
        let (id, name) = (self.shared.id, self.shared.name());
        (self.tell)(Event::TerminalExited(Exited { id, name, exit }));
    }

    fn answer_waiters(&mut self, now: Instant) {
        if self.waiters.is_empty() {
            return;
        }
        let reading = self.waiters.iter().any(Waiter::reads);
        let exit = self.shared.exit();
        if reading && exit.is_none() && now < self.last_look + LOOK {
            return;
        }
        self.last_look = now;
        let rows = if reading { self.emulator.picture("").rows } else { Vec::new() };
        let scene = Scene {
            now,
            last_output: self.last_output,
            exit: exit.as_ref(),
            top: self.emulator.top(),
            alt: self.emulator.alt_screen(),
            rows: &rows,
            line: &|number| self.emulator.line(number),
        };
        self.waiters.retain_mut(|waiter| !waiter.look(&scene));
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Write { data, view } => {
                if let Some(size) = view.and_then(|id| self.painter.size_of(id)) {
                    self.resize(size);
                }
                self.input.push(&data);
            }
            Command::Resize(size) => self.resize(size),
            // The caller may have gone: then nobody minds that an answer is lost, here and below.
            Command::Signal(signal, answer) => drop(answer.send(self.signal(signal))),
            Command::Read(history, answer) => {
                drop(answer.send(read::screen(&self.emulator, &self.shared, history)));
            }
            Command::Wait(conditions, answer) => {
                let (now, seen) = (Instant::now(), self.emulator.top());
                self.waiters.push(Waiter::new(conditions, now, seen, answer));
                self.last_look = now - LOOK;
            }
            Command::OpenView { id, size, screen, colors } => {
                if let Some(colors) = colors {
                    self.emulator.set_colors(colors);
                }
                self.resize(size);
                self.painter.open(id, size, self.emulator.top(), screen);
            }
            Command::ResizeView(id, size) => {
                if self.painter.size_of(id).is_some_and(|present| present != size) {
                    self.painter.resized(id, size, Instant::now());
                    self.resize(size);
                }
            }
            Command::CloseView(id) => self.painter.close(id),
            Command::Close(_) => unreachable!("the loop has taken it"),
        }
    }

    fn resize(&mut self, size: Size) {
        if size == self.emulator.size() {
            return;
        }
        if let Some(Err(error)) = self.pty.as_ref().map(|pty| pty.resize(size)) {
            tracing::debug!(id = %self.shared.id, %error, "the PTY takes no size");
        }
        let anchors = self.painter.anchors(&self.emulator);
        self.emulator.resize(size);
        self.painter.relocate(anchors, &self.emulator);
        self.emulator.begin_with(self.painter.furthest());
        // What was renumbered at once is dealt with; the rest is told when the program leaves its screen.
        let _ = self.emulator.take_shift();
        self.shared.set_size(size);
        self.painter.changed();
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

    async fn close(self, answer: oneshot::Sender<()>) {
        if let Some(ending) = self.ending {
            close::end(self.shared.pid, self.pty.as_ref(), ending).await;
        }
        // The caller may not wait for it.
        let _ = answer.send(());
    }
}

/// The next piece's length, after one of `piece` bytes took so long.
fn next_piece(piece: usize, took: Duration) -> usize {
    match took {
        long if long > LONG => (piece / 4).max(SHORTEST),
        short if short < LONG / 4 => (piece * 2).min(SLICE),
        _ => piece,
    }
}

async fn ended(ending: &mut Option<oneshot::Receiver<Exit>>) -> Exit {
    let unknown = Exit { code: -1, signal: None };
    match ending {
        Some(ending) => ending.await.unwrap_or(unknown),
        None => unknown,
    }
}

async fn send(input: &mut Input, pty: Option<&Pty>) -> std::io::Result<()> {
    match pty {
        Some(pty) => input.send(pty).await,
        None => Ok(()),
    }
}

async fn read_some(pty: Option<&Pty>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match pty {
        Some(pty) => pty.read(buffer).await,
        None => Ok(0),
    }
}

fn hung_up(shared: &Shared, error: &std::io::Error) -> Wake {
    tracing::debug!(id = %shared.id, %error, "the PTY is gone");
    Wake::HungUp
}
