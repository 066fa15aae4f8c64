//! An agent's questions: opened and closed with its status, told, and answered.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Driver, State, age};
use crate::agent::answering::HEARS;
use crate::agent::questions::{News, Open, Seen};
use crate::agent::signs::Says;
use crate::event::Event;
use crate::fault::Result;
use crate::ids::QuestionId;
use crate::protocol::agent::{Evidence, Source, Status};
use crate::protocol::inbox::{Choice, Closed, Ending, Question};
use crate::terminal::Terminal;

/// An open question, as anyone may know it.
#[derive(Clone, Debug)]
pub struct Asked {
    open: Open,
    since: Instant,
}

impl Driver {
    /// The status is this one: what that means for questions.
    pub(super) fn see_question(&mut self, status: Status) {
        let signs = &self.senses.signs;
        let reading = self.senses.reading.as_ref();
        let dialog = reading.and_then(|reading| reading.dialog.as_ref());
        let told = signs.sign(Source::Hook).filter(|sign| sign.says == Says::Blocked);
        let elsewhere = reading.is_some() && dialog.is_none();
        let seen = Seen { status, dialog, elsewhere, told, typed: self.terminal.typed() };
        let now = self.now();
        for news in self.questions.see(&seen, now) {
            self.tell_question(news);
        }
    }

    fn tell_question(&mut self, news: News) {
        if let News::Closed(number, how) = news {
            self.state.send_modify(|state| state.question = None);
            return self.tell_closed(number, how);
        }
        let since = |open: &Open| self.instant(open.since);
        let asked =
            self.questions.open().map(|open| Asked { open: open.clone(), since: since(open) });
        self.state.send_modify(|state| state.question = asked);
        if news == News::Opened {
            // The next daemon must not give this number to another question.
            self.state.send_modify(|state| state.memo.asked = self.questions.asked());
            self.terminal.set_memo(self.state.borrow().memo.text());
        }
        let question = question(&self.terminal, &self.state.borrow());
        let event = if news == News::Opened { Event::InboxOpened } else { Event::InboxChanged };
        question.into_iter().for_each(|question| (self.tell)(event(question)));
    }

    fn tell_closed(&self, number: u64, how: Ending) {
        let about = self.terminal.info();
        let agent = about.id.into();
        let id = QuestionId { agent, number };
        let choice = self.answering.chosen(number).map(str::to_owned);
        (self.tell)(Event::InboxClosed(Closed { id, agent, name: about.name, how, choice }));
    }

    /// The terminal is gone.
    pub(super) fn leave(&self) {
        if let Some(open) = self.questions.open() {
            self.tell_closed(open.number, Ending::Closed);
        }
    }

    /// Begins to answer.
    pub(super) fn answer(
        &mut self,
        number: u64,
        choice: &str,
        answer: oneshot::Sender<Result<()>>,
    ) {
        // Something may have happened since it was looked last.
        self.look();
        self.see_question(self.senses.signs.conclude(self.now()).status);
        let (typed, name) = (self.terminal.typed(), self.terminal.info().name);
        let heard = self.questions.open().map_or(0, |open| open.since + HEARS);
        let from = Instant::now() + Duration::from_millis(heard.saturating_sub(self.now()));
        self.answering.begin(&self.questions, (number, choice), (typed, &name), from, answer);
    }

    /// Goes on with it, and says when to look again.
    pub(super) async fn press(&mut self) -> Option<Instant> {
        let open = self.questions.open().map(|open| open.number);
        let step = self.answering.step(open, &self.terminal.info().name, Instant::now());
        self.take(step).await.unwrap_or_else(|fault| {
            self.answering.fail(&fault);
            Some(Instant::now())
        })
    }
}

/// An agent's open question.
pub fn question(terminal: &Terminal, state: &State) -> Option<Question> {
    let Asked { open, since } = state.question.as_ref()?;
    let about = terminal.info();
    let agent = about.id.into();
    let choice = |choice: &crate::agent::dialog::Choice| Choice {
        key: choice.key.clone(),
        label: choice.label.clone(),
    };
    Some(Question {
        id: QuestionId { agent, number: open.number },
        agent,
        name: about.name,
        terminal: about.id,
        profile: state.memo.profile.clone(),
        for_ms: age(*since),
        question: open.text.clone(),
        choices: open.choices.iter().map(choice).collect(),
        answerable: open.choices.iter().any(|choice| !choice.keys.is_empty()),
        evidence: Evidence { age_ms: age(state.seen), ..state.evidence.clone() },
    })
}
