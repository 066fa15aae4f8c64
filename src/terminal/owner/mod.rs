//! A terminal's owner: the one task that reads its PTY, keeps its model and answers for it.

mod orders;
mod output;
mod restart;
mod settle;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::backlog::Backlog;
use super::command::Command;
use super::emulator::{Emulator, SLICE};
use super::hearing::Hearing;
use super::household::Household;
use super::input::Input;
use super::lookout::Lookout;
use super::memory::{self, Memory};
use super::painter::Painter;
use super::pty::Pty;
use super::registry::Settings;
use super::shared::Shared;
use super::sight::Sights;
use super::titles::Titles;
use crate::event::Tell;
use crate::protocol::terminal::Exit;

/// After the program's end, how long to wait for the last of its output where a child of it still holds
/// the PTY open. Without such a child the PTY says itself that nothing more comes.
const DRAIN: Duration = Duration::from_millis(50);

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
    sights: Sights,
    titles: Titles,
    last_output: Instant,
    memory: Memory,
    household: Household,
    /// Whether an earlier daemon has left something.
    adopted: bool,
    /// There was more to read than one turn takes.
    floods: bool,
    /// The last that was read is a carriage return.
    returned: bool,
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
            memory: Memory::new(&settings.journal, shared.info(), household.disk.clone()),
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
            returned: false,
            lookout: Lookout::new(now),
            sights: Sights::new(now),
            titles: Titles::new(now),
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
                    if command.may_resize() {
                        self.finish_line().await;
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
        let sight = self.sights.deadline(&self.shared);
        let drain = self.draining.as_ref().map(|(_, until)| *until);
        let paint = self.painter.deadline(self.emulator.top());
        let paint = paint.filter(|_| self.update.is_none());
        let patience = self.lags().then_some(self.patience);
        let facts = self.hearing.deadline();
        let times = [
            paint,
            look,
            sight,
            drain,
            patience,
            facts,
            self.titles.deadline(),
            self.update,
            self.rest,
            self.memory.deadline(),
        ];
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
            self.titles.known(self.emulator.title());
            self.agree_on_size();
            self.rest = Some(Instant::now() + REST);
        } else {
            self.memory.create(&mut self.emulator);
        }
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
