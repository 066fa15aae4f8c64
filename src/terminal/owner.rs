//! A terminal's owner: the one task that reads its PTY, keeps its model and answers for it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::backlog::Backlog;
use super::command::Command;
use super::emulator::{Effect, Emulator, SLICE};
use super::hearing::Hearing;
use super::household::Household;
use super::input::Input;
use super::lookout::Lookout;
use super::memory::{self, Memory};
use super::painter::{FRAME, Painter};
use super::process;
use super::pty::Pty;
use super::registry::Settings;
use super::shared::Shared;
use super::{close, history, read};
use crate::event::{Event, Tell};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::{Exit, Exited, Signal, Size, Titled};

/// After the program's end, how long to wait for the last of its output where a child of it still holds
/// the PTY open. Without such a child the PTY says itself that nothing more comes.
const DRAIN: Duration = Duration::from_millis(50);

/// A piece of output that takes longer is too long: the other terminals wait meanwhile.
const LONG: Duration = Duration::from_millis(2);

/// No shorter pieces than this: one sequence, more or less.
const SHORTEST: usize = 16;

/// So many reads follow each other before the other terminals have their turn: a fraction of a millisecond, as a key may
/// wait for a turn of each terminal that floods.
const READS: usize = 4;

/// How long a synchronised update may hold back what it does, if its end does not come.
const UPDATE: Duration = Duration::from_millis(150);

/// A terminal that has printed nothing for so long gives back memory.
const REST: Duration = Duration::from_secs(1);

/// Everything that belongs to one terminal.
pub(super) struct Owner {
    shared: Arc<Shared>,
    tell: Tell,
    emulator: Emulator,
    hearing: Hearing,
    /// None once nobody holds the other side.
    pty: Option<Pty>,
    input: Input,
    /// News of the program's end; None once it was heard.
    ending: Option<oneshot::Receiver<Exit>>,
    /// The program's end while its last output is still read, and until when.
    draining: Option<(Exit, Instant)>,
    painter: Painter,
    lookout: Lookout,
    last_output: Instant,
    memory: Memory,
    household: Household,
    /// Whether an earlier daemon has left something.
    adopted: bool,
    /// There was more to read than one turn takes.
    floods: bool,
    /// How many bytes the model is fed at once.
    piece: usize,
    backlog: Backlog,
    /// Until when the model need not get what asks for no answer: nobody looks before.
    patience: Instant,
    /// Until when a synchronised update may last.
    update: Option<Instant>,
    /// When to give back memory.
    rest: Option<Instant>,
    /// There was some to give back.
    freed: bool,
}

/// Why the owner's loop goes round.
enum Wake {
    Asked(Command),
    Abandoned,
    Readable,
    HungUp,
    Ended(Exit),
    Time,
}

impl Owner {
    /// The owner of a terminal. `ending` is None where the program has ended already.
    pub fn new(
        shared: Arc<Shared>,
        tell: Tell,
        pty: Pty,
        ending: Option<oneshot::Receiver<Exit>>,
        settings: &Settings,
        adopted: bool,
        household: Household,
    ) -> Self {
        let now = Instant::now();
        Self {
            emulator: Emulator::new(shared.size(), settings.scrollback),
            hearing: Hearing::new(shared.clone(), tell.clone()),
            memory: Memory::new(settings.journal.as_ref(), &shared.id.to_string()),
            adopted,
            household,
            input: Input::new(shared.room.clone()),
            shared,
            tell,
            pty: Some(pty),
            ending,
            draining: None,
            painter: Painter::new(now),
            floods: false,
            lookout: Lookout::new(now),
            last_output: now,
            piece: SLICE,
            backlog: Backlog::default(),
            patience: now,
            update: None,
            rest: None,
            freed: false,
        }
    }

    /// Runs until the terminal is closed. Nobody else touches any of this.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        self.remember().await;
        loop {
            let wake = self.wake(&mut commands).await;
            let floods = self.floods && matches!(wake, Wake::Readable);
            let turn = if floods { Some(self.household.turns.mine().await) } else { None };
            match wake {
                Wake::Asked(Command::Close(answer)) => return self.close(answer).await,
                Wake::Asked(command) => {
                    if command.looks() {
                        self.catch_up().await;
                    }
                    self.carry_out(command);
                }
                Wake::Abandoned => return,
                Wake::Readable => self.receive(),
                Wake::HungUp => self.hang_up(),
                Wake::Ended(exit) => self.draining = Some((exit, Instant::now() + DRAIN)),
                Wake::Time => {}
            }
            // What is due now finds all output in the model; what becomes due meanwhile has its turn next.
            let mut now = Instant::now();
            if self.lags()
                && (self.pty.is_none()
                    || self.backlog.hurries()
                    || self.backlog.is_full()
                    || self.deadline().is_some_and(|due| due <= now))
            {
                self.catch_up().await;
                now = Instant::now();
            }
            if self.memory.is_due() {
                self.catch_up().await;
                self.memory.snapshot(&mut self.emulator);
                now = Instant::now();
            }
            self.settle(now);
            if turn.is_none() {
                // Whoever is asked or told much must not keep the others waiting either.
                tokio::task::yield_now().await;
            }
        }
    }

    async fn wake(&mut self, commands: &mut mpsc::Receiver<Command>) -> Wake {
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
            ready = readable(pty.as_ref()), if pty.is_some() => match ready {
                Ok(()) => Wake::Readable,
                Err(error) => hung_up(shared, &error),
            },
            () = painter.freed() => Wake::Time,
            () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => Wake::Time,
        }
    }

    /// The next moment at which something is to be done though nothing happens.
    fn deadline(&self) -> Option<Instant> {
        let look = self.lookout.deadline(self.last_output);
        let drain = self.draining.as_ref().map(|(_, until)| *until);
        let paint = self.painter.deadline(self.emulator.top());
        let paint = paint.filter(|_| self.update.is_none());
        let patience = self.lags().then_some(self.patience);
        let facts = self.hearing.deadline();
        let times =
            [paint, look, drain, patience, facts, self.update, self.rest, self.memory.deadline()];
        times.into_iter().flatten().min()
    }

    /// Comes back to where an earlier daemon was, or begins to keep what the next one needs.
    async fn remember(&mut self) {
        let _turn = if self.adopted { self.household.heap.turn().await } else { None };
        if let Some(recovered) = self.adopted.then(|| self.memory.recover()).flatten() {
            let scrollback = self.emulator.scrollback().limit();
            self.emulator = memory::base(&recovered, self.shared.size(), scrollback);
            for record in recovered.records() {
                memory::replay(&mut self.emulator, &record).await;
            }
            self.memory.recovered(&self.emulator);
            self.shared.set_title(&self.emulator.title());
            self.emulator.resize(self.shared.size(), &mut []);
            self.rest = Some(Instant::now() + REST);
        } else {
            self.memory.create(&mut self.emulator);
        }
    }

    /// Reads what the program has printed.
    fn receive(&mut self) {
        self.floods = false;
        for _ in 0..READS {
            let Some(pty) = self.pty.as_ref().filter(|_| !self.memory.is_due()) else {
                return;
            };
            match self.memory.read(pty) {
                Ok(None) => return,
                Ok(Some([])) => return self.hang_up(),
                Ok(Some(bytes)) => self.backlog.push(bytes),
                Err(error) => {
                    hung_up(&self.shared, &error);
                    return self.hang_up();
                }
            }
            self.last_output = Instant::now();
            // A PTY holds little: while the program waits for room, neither of us gets on.
            let rest = self.backlog.rest();
            let portion = rest.len().min(self.lookout.portion());
            let skimmed = self.emulator.skim(&rest[..portion]);
            self.lookout.keep_up(&mut self.emulator);
            self.backlog.give(skimmed);
            self.backlog.look();
            // What is not just text may take the model any time.
            let enough = self.backlog.hurries() && self.backlog.rest().len() >= SLICE;
            if enough || self.backlog.is_full() {
                break;
            }
        }
        self.floods = true;
    }

    fn hang_up(&mut self) {
        self.pty = None;
    }

    /// Gives the model all that was read, in pieces that take about a millisecond: a few bytes can ask for a
    /// million characters.
    async fn catch_up(&mut self) {
        if !self.lags() {
            // Whoever types asks for this too: the echo is not to wait until patience ends.
            return;
        }
        if self.backlog.is_empty() {
            self.emulator.land();
            self.fed(Instant::now());
        }
        while !self.backlog.is_empty() {
            let start = Instant::now();
            let rest = self.backlog.rest();
            let portion = rest.len().min(self.lookout.portion());
            let count = self.emulator.feed(&rest[..portion], self.piece);
            self.backlog.give(count);
            let now = Instant::now();
            if count <= self.piece {
                self.piece = next_piece(self.piece, now - start);
            }
            self.fed(now);
            if now - start > LONG / 4 && !self.backlog.is_empty() {
                tokio::task::yield_now().await;
            }
        }
        self.patience = Instant::now() + FRAME;
    }

    /// Whether the model lacks something, or has it elsewhere than on the screen.
    fn lags(&self) -> bool {
        !self.backlog.is_empty() || self.emulator.is_skimming()
    }

    /// The model has changed.
    fn fed(&mut self, now: Instant) {
        self.painter.output(now);
        self.lookout.changed();
        self.lookout.keep_up(&mut self.emulator);
        if let Some(command) = self.emulator.take_command() {
            self.hearing.osc(&command, &self.emulator);
        }
        self.effects();
        self.rest = Some(self.last_output + REST);
        self.update = match self.update {
            _ if !self.emulator.is_updating() => None,
            None => Some(now + UPDATE),
            until => until,
        };
        if !self.backlog.is_empty() {
            self.paint(now);
        }
    }

    /// Carries out what the program asked its terminal for.
    fn effects(&mut self) {
        for effect in self.emulator.take_effects() {
            match effect {
                Effect::Bell => self.hearing.bell(),
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

    fn paint(&mut self, now: Instant) {
        if self.update.is_none() {
            let exit = self.shared.exit();
            self.painter.paint(now, &self.emulator, &self.shared.title(), exit.as_ref());
        }
    }

    fn exited(&mut self, exit: Exit) {
        self.shared.set_exit(exit.clone());
        self.hearing.ended();
        self.painter.changed();
        let (id, name) = (self.shared.id, self.shared.name());
        (self.tell)(Event::TerminalExited(Exited { id, name, exit }));
    }

    fn answer_waiters(&mut self, now: Instant) {
        let exit = self.shared.exit();
        self.lookout.keep_up(&mut self.emulator);
        if !self.lags() {
            self.lookout.look(now, exit.is_some(), &mut self.emulator);
        }
        self.lookout.answer(now, self.last_output, exit.as_ref());
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
            Command::Page(line, answer) => {
                drop(answer.send(history::page(&mut self.emulator, line)));
            }
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
            }
            Command::ResizeView(id, size) => {
                if self.painter.resized(id, size, Instant::now()) && self.painter.decides(id) {
                    self.resize(size);
                }
            }
            Command::RenewView(id) => self.painter.doubt(id, Instant::now()),
            Command::WatchView(id, watched) => self.painter.watch(id, watched),
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
        self.memory.resized(size);
        let mut nexts = self.painter.nexts();
        self.emulator.resize(size, &mut nexts);
        self.painter.set_nexts(nexts);
        if self.emulator.begin_with(self.painter.furthest()) {
            self.memory.changed();
        }
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
        self.memory.remove();
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

async fn readable(pty: Option<&Pty>) -> std::io::Result<()> {
    match pty {
        Some(pty) => pty.readable().await,
        None => Ok(()),
    }
}

fn hung_up(shared: &Shared, error: &std::io::Error) -> Wake {
    tracing::debug!(id = %shared.id, %error, "the PTY is gone");
    Wake::HungUp
}
