//! When it is looked at what an agent has used, and how: in its transcript and in what it has printed, once a turn has ended.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::memo::Memo;
use super::transcript;
use super::usage::{self, Reading, Tally, Usage};
use crate::protocol::terminal::SearchParams;
use crate::terminal::Terminal;

/// After the end of a turn so long is waited: programs write its last line a moment later.
const SETTLE: Duration = Duration::from_millis(400);

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub readings: Vec<Reading>,
    /// Where it goes on in the transcript.
    file: Option<(String, u64)>,
    /// Where it goes on in what was printed.
    line: Option<u64>,
    /// There is more already.
    more: bool,
}

/// One agent's.
#[derive(Default)]
pub struct Metering {
    due: Option<Instant>,
    looking: Option<JoinHandle<Found>>,
}

impl Metering {
    /// A turn has ended.
    pub fn turn_ended(&mut self) {
        self.due = Some(Instant::now() + SETTLE);
    }

    /// When there is something to do though nothing happens.
    pub fn deadline(&self) -> Option<Instant> {
        self.due.filter(|_| self.looking.is_none())
    }

    /// Whether it is time to look.
    pub fn is_due(&self) -> bool {
        self.deadline().is_some_and(|due| due <= Instant::now())
    }

    /// Begins to look.
    pub fn look(&mut self, usage: &Usage, memo: &Memo, terminal: &Terminal) {
        self.due = None;
        let tally = &memo.usage;
        if let Some(meter) = usage.transcript.clone() {
            let told = memo.transcript.clone();
            let pattern = usage.file.as_ref().and_then(|pattern| memo.place(pattern));
            let looking = in_transcript(told, pattern, tally.file.clone(), meter);
            self.looking = Some(tokio::spawn(looking));
        } else if let Some(pattern) = &usage.printed {
            let (pattern, terminal) = (pattern.clone(), terminal.clone());
            self.looking = Some(tokio::spawn(in_print(pattern, tally.line, terminal)));
        }
    }

    /// Completes when something was found.
    pub async fn found(&mut self) -> Found {
        let Some(looking) = &mut self.looking else {
            return std::future::pending().await;
        };
        let found = looking.await.unwrap_or_default();
        self.looking = None;
        if found.more {
            self.due = Some(Instant::now());
        }
        found
    }
}

impl Drop for Metering {
    fn drop(&mut self) {
        if let Some(looking) = &self.looking {
            looking.abort();
        }
    }
}

impl Found {
    /// Adds it. What it says of a model is the newest.
    pub fn add_to(self, tally: &mut Tally) -> Option<String> {
        let model = self.readings.iter().rev().find_map(|reading| reading.model.clone());
        if let Some((file, next)) = self.file {
            tally.turn_to(file, next);
        }
        self.readings.into_iter().for_each(|reading| tally.take(reading));
        tally.line = self.line.unwrap_or(tally.line);
        model
    }
}

async fn in_transcript(
    told: Option<String>,
    pattern: Option<String>,
    before: Option<(String, u64)>,
    meter: usage::Meter,
) -> Found {
    let file = match (told, pattern) {
        (Some(told), _) => Some(told),
        (None, Some(pattern)) => transcript::find(pattern).await,
        (None, None) => None,
    };
    let Some(file) = file else {
        return Found::default();
    };
    let from = before.filter(|(path, _)| *path == file).map_or(0, |(_, next)| next);
    let part = transcript::read(file.clone(), from, meter).await;
    let file = Some((file, part.next));
    Found { readings: part.readings, file, more: part.more, line: None }
}

async fn in_print(pattern: super::profile::Pattern, from: u64, terminal: Terminal) -> Found {
    let params = SearchParams {
        id: String::new(),
        pattern: pattern.0.as_str().to_owned(),
        ignore_case: false,
        limit: None,
        from: Some(from),
        before: None,
    };
    let Ok(found) = terminal.search(&params).await else {
        return Found::default();
    };
    let readings = found.matches.iter().filter_map(|m| usage::printed(&pattern, &m.around));
    // What stands behind the last match may still become one: it is looked at again.
    let line = found.next.or_else(|| found.matches.last().map(|last| last.line + 1));
    Found { readings: readings.collect(), line, more: found.next.is_some(), file: None }
}
