//! An agent's owner: the one task that follows its terminal, hears its hooks, and says what it is doing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::sleep_until;

mod advising;
mod inbox;
mod listening;
mod prompting;
mod state;
mod telling;
mod turn;

pub(super) use inbox::question;
use prompting::Keys;
pub(super) use state::{State, info};
use state::{age, beginning};

use super::answering::Answering;
use super::hook;
use super::memo::Memo;
use super::metering::{Found, Metering};
use super::profile::Profile;
use super::prompts::Prompts;
use super::questions::Questions;
use super::senses::Senses;
use super::signs::{Millis, Says};
use crate::event::Tell;
use crate::fault::{Fault, Result};
use crate::protocol::agent::{Explained, Process, Source, Status};
use crate::terminal::{Sighting, Terminal};

/// What an agent's owner can be asked to do.
pub(super) enum Command {
    /// A hook tells of an event.
    Report { event: String, payload: String, by: Vec<Process>, answer: oneshot::Sender<Result<()>> },
    /// Say why.
    Explain(oneshot::Sender<Explained>),
    /// Its program was started again.
    BeginAgain { first: Option<String>, passed: bool, answer: oneshot::Sender<()> },
    /// Give it something to do.
    Prompt { text: String, at_once: bool, answer: oneshot::Sender<Result<()>> },
    /// Answer the question of this number.
    Answer { number: u64, choice: String, answer: oneshot::Sender<Result<()>> },
}

/// Commands that may wait; whoever sends one more waits for room.
pub(super) const COMMANDS: usize = 64;

/// Everything that belongs to one agent.
pub(super) struct Driver {
    terminal: Terminal,
    profile: Profile,
    tell: Tell,
    sighting: Sighting,
    senses: Senses,
    /// A turn has ended, and nobody has looked since.
    unseen: bool,
    /// It has worked since it was idle: a question before its first turn ends with nothing to look at.
    worked: bool,
    /// It did when the last daemon ended, and nothing of that was seen since.
    unwitnessed: bool,
    /// When something was submitted that answers a question of its start, and so is no prompt.
    entered: Option<Instant>,
    prompts: Prompts,
    /// Why it was not given what it was started with.
    lost: Option<Fault>,
    keys: Keys,
    /// Nothing ever tells that its program waits for a prompt.
    blind: bool,
    metering: Metering,
    /// Something of the memo is new, and nobody was told.
    untold: bool,
    /// An earlier daemon has started it.
    adopted: bool,
    questions: Questions,
    answering: Answering,
    state: watch::Sender<State>,
    began: Instant,
}

impl Driver {
    pub fn new(
        terminal: Terminal,
        profile: Profile,
        memo: Memo,
        sighting: Sighting,
        adopted: bool,
        tell: Tell,
    ) -> (Self, watch::Receiver<State>) {
        let began = Instant::now();
        let questions = Questions::new(memo.asked);
        let prompts = Prompts::new(profile.prompt.clone(), memo.first.clone());
        let (senses, blind) = (Senses::new(&profile, 0, memo.passed), !profile.tells_idle());
        let (unseen, worked) = (memo.unseen, memo.turn);
        let state = beginning(memo, began);
        let (state, seen) = watch::channel(state);
        let mut driver = Self {
            terminal,
            profile,
            tell,
            sighting,
            senses,
            unseen,
            worked,
            unwitnessed: worked,
            entered: None,
            prompts,
            lost: None,
            keys: Keys::default(),
            blind,
            metering: Metering::default(),
            untold: false,
            adopted,
            questions,
            answering: Answering::default(),
            state,
            began,
        };
        if adopted {
            // A turn may have ended while nobody listened.
            driver.metering.turn_ended();
            driver.recall_turn();
        }
        (driver, seen)
    }

    /// Runs until its terminal is closed.
    pub async fn run(mut self, mut commands: mpsc::Receiver<Command>, closed: Arc<Notify>) {
        loop {
            let deadline = self.settle().await;
            let sleep = sleep_until(deadline.unwrap_or_else(Instant::now).into());
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.carry_out(command),
                    None => return self.leave(),
                },
                sighted = self.sighting.changed() => match sighted {
                    Ok(()) => self.look(),
                    Err(_) => return self.leave(),
                },
                found = self.metering.found() => self.add(found),
                // Whoever waits for an answer has a handle too, and learns of it by the end of this task.
                () = closed.notified() => return self.leave(),
                () = sleep, if deadline.is_some() => {}
            }
        }
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.began.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    fn instant(&self, at: Millis) -> Instant {
        self.began + Duration::from_millis(at)
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            // The caller may have gone: then nobody minds that an answer is lost, here and below.
            Command::Report { event, payload, by, answer } => {
                let heard = self.listen(&by).and_then(|()| self.report(&event, &payload));
                drop(answer.send(heard));
            }
            Command::BeginAgain { first, passed, answer } => {
                self.begin_again(first, passed);
                let _ = answer.send(());
            }
            Command::Explain(answer) => drop(answer.send(self.explain())),
            Command::Prompt { text, at_once, answer } => self.prompts.push(text, at_once, answer),
            Command::Answer { number, choice, answer } => self.answer(number, &choice, answer),
        }
    }

    fn report(&mut self, event: &str, payload: &str) -> Result<()> {
        let heard = hook::hear(&self.profile, event, payload, self.now())?;
        if let Some(sign) = heard.sign {
            self.prompts.heard(sign.says, heard.begins);
            self.senses.signs.hear(Source::Hook, sign);
        }
        self.remember(|memo| {
            heard.kept.into_iter().for_each(|(name, text)| memo.keep(&name, text));
            if let Some(reading) = heard.reading {
                memo.model = reading.model.clone().or(memo.model.take());
                memo.usage.take(reading);
            }
        });
        Ok(())
    }

    /// Changes what is kept of it, also for the next daemon, and what is told of it.
    fn remember(&mut self, change: impl FnOnce(&mut Memo)) {
        self.untold |= self.keep(change);
    }

    /// Changes what is kept of it, also for the next daemon. Whether that is another one now.
    fn keep(&self, change: impl FnOnce(&mut Memo)) -> bool {
        let changed = self.state.send_if_modified(|state| {
            let before = state.memo.clone();
            change(&mut state.memo);
            state.memo != before
        });
        if changed {
            self.terminal.set_memo(self.state.borrow().memo.text());
        }
        changed
    }

    /// What it has used since.
    fn add(&mut self, found: Found) {
        self.remember(|memo| {
            let model = found.add_to(&mut memo.usage);
            memo.model = model.or(memo.model.take());
        });
    }

    /// Another program runs in its place, and goes on with its conversation.
    fn begin_again(&mut self, first: Option<String>, passed: bool) {
        let (unseen, turn, speaker) = (false, false, None);
        let known = self.state.borrow().memo.clone();
        let memo = Memo { first, passed, unseen, turn, speaker, ..known };
        self.began = Instant::now();
        self.senses = Senses::new(&self.profile, 0, passed);
        self.prompts = Prompts::new(self.profile.prompt.clone(), memo.first.clone());
        (self.unseen, self.worked, self.entered) = (false, false, None);
        self.unwitnessed = false;
        (self.adopted, self.untold, self.lost) = (false, true, None);
        self.state.send_replace(beginning(memo, self.began));
        self.look();
    }

    /// The screen is another one, or the program has ended.
    fn look(&mut self) {
        let (now, sight) = (self.now(), self.sighting.borrow_and_update().clone());
        if sight.exit.is_some() && !self.terminal.has_ended() {
            return; // The end of a program in whose place another one runs.
        }
        self.prompts.sighted(sight.marks_paste);
        self.answering.sighted();
        if self.senses.look(&self.profile, &sight, now) {
            self.prompts.heard(Says::Working, false);
        }
        if let Some(at) = sight.submitted {
            self.submitted(at);
        }
        if sight.watched {
            self.unseen = false;
        }
    }

    /// Text was submitted then: to an open question, or as something to do.
    fn submitted(&mut self, at: Instant) {
        if self.questions.open().is_some() && !self.senses.signs.was_given() {
            self.entered = Some(at);
        }
        if self.entered != Some(at) {
            let at = at.saturating_duration_since(self.began).as_millis();
            self.senses.signs.submit(Millis::try_from(at).unwrap_or(Millis::MAX));
        }
    }

    /// Draws the consequences of whatever woke us, and says when to look again.
    async fn settle(&mut self) -> Option<Instant> {
        let concluded = self.senses.signs.conclude(self.now());
        self.begin_first(&concluded);
        self.follow_turn(&concluded);
        let shown = self.shown(concluded.clone());
        let status = match shown.status {
            Status::Idle if self.unseen => Status::Done,
            status => status,
        };
        if status != self.state.borrow().status
            && matches!(status, Status::Idle | Status::Done | Status::Exited)
        {
            self.metering.turn_ended();
        }
        self.measure();
        self.miss_first(&concluded);
        self.publish(status, &shown);
        self.see_question(concluded.status);
        let pressed = self.press().await;
        let typed = self.type_prompt(&concluded).await;
        let again = concluded.again.map(|at| self.instant(at));
        let deadlines = [again, pressed, typed, self.metering.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Looks what it has used, if it is time.
    fn measure(&mut self) {
        if !self.metering.is_due() {
            return;
        }
        self.metering.look(&self.profile.usage, &self.state.borrow().memo, &self.terminal);
    }
}
