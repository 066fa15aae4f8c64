//! What a terminal's program says of itself: understood, kept and told.

use std::sync::Arc;
use std::time::Instant;

use super::emulator::Emulator;
use super::meaning::{Meaning, News, Note, Now};
use super::shared::Shared;
use crate::clock::seconds;
use crate::event::{Event, Tell};
use crate::protocol::terminal::{
    Belled, CommandFinished, CommandStarted, Info, Notified, Purpose, Source, Updated, Urgency,
};

/// One terminal's ear.
pub(super) struct Hearing {
    meaning: Meaning,
    shared: Arc<Shared>,
    tell: Tell,
}

impl Hearing {
    pub fn new(shared: Arc<Shared>, tell: Tell) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { meaning: Meaning::new(shared.facts(), host), shared, tell }
    }

    /// The program has said something. The model has come just so far, because it may concern the place of the cursor.
    pub fn osc(&mut self, text: &[u8], emulator: &Emulator) {
        let news = self.meaning.osc(text, now(), emulator);
        self.publish(news);
    }

    /// The program has rung the bell.
    pub fn bell(&mut self) {
        let news = self.meaning.bell(Instant::now());
        self.publish(news);
    }

    /// The daemon itself has something to say of the terminal.
    pub fn warn(&self, body: String) {
        let (title, urgency, source) = (String::new(), Urgency::Critical, Source::Orchflow);
        self.publish([News::Notified(Note { title, body, urgency, source }, 0)]);
    }

    /// The user says what the terminal is for.
    pub fn update(&mut self, purpose: Option<Purpose>, tags: Option<Vec<String>>) -> Info {
        let news = self.meaning.update(purpose, tags, Instant::now());
        self.publish(news);
        self.shared.info()
    }

    /// The program has ended.
    pub fn ended(&mut self) {
        let news = self.meaning.ended(Instant::now());
        self.publish(news);
    }

    /// When `settle` has something to tell.
    pub fn deadline(&self) -> Option<Instant> {
        self.meaning.deadline()
    }

    /// Tells what had to wait.
    pub fn settle(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            let news = self.meaning.tick(now);
            self.publish(news);
        }
    }

    /// The facts first: who is told of news may ask for them.
    fn publish(&self, news: impl IntoIterator<Item = News>) {
        self.shared.set_facts(self.meaning.facts());
        for news in news {
            (self.tell)(self.event(news));
        }
    }

    fn event(&self, news: News) -> Event {
        let (id, name) = (self.shared.id, self.shared.name());
        match news {
            News::Updated(changed) => {
                let facts = self.meaning.facts().clone();
                Event::TerminalUpdated(Updated { id, name, changed, facts })
            }
            News::Started(running) => {
                Event::TerminalCommandStarted(CommandStarted { id, name, running })
            }
            News::Finished(finished) => {
                Event::TerminalCommandFinished(CommandFinished { id, name, finished })
            }
            News::Notified(note, missed) => Event::TerminalNotified(Notified {
                id,
                name,
                title: note.title,
                body: note.body,
                urgency: note.urgency,
                source: note.source,
                missed,
            }),
            News::Belled(missed) => Event::TerminalBelled(Belled { id, name, missed }),
        }
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: seconds() }
}

#[cfg(test)]
#[path = "hearing_tests.rs"]
mod tests;
