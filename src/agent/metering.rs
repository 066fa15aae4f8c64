//! When it is looked at what an agent has used, and how: in its transcript and in what it has printed, once a turn has ended.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::memo::Memo;
use super::transcript;
use super::usage::{self, Reading, Tally, Usage};
use crate::protocol::terminal::SearchParams;
use crate::terminal::Terminal;

/// So long after the end of a turn it is looked: programs write its last line a moment later, or long after on a busy machine.
const LOOKS: [Duration; 3] =
    [Duration::from_millis(400), Duration::from_secs(2), Duration::from_secs(15)];

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
    /// When a turn ended, and how often it was looked since.
    ended: Option<(Instant, usize)>,
    due: Option<Instant>,
    looking: Option<JoinHandle<Found>>,
}

impl Metering {
    /// A turn has ended.
    pub fn turn_ended(&mut self) {
        let now = Instant::now();
        self.ended = Some((now, 0));
        self.due = Some(now + LOOKS[0]);
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
        self.due = self.next_look();
        let tally = &memo.usage;
        if let Some(meter) = usage.transcript.clone() {
            let told = memo.transcript.clone();
            let pattern = usage.file.as_ref().and_then(|pattern| memo.place(pattern));
            let looking = in_transcript(told, pattern, tally.clone(), meter);
            self.looking = Some(tokio::spawn(looking));
        } else if let Some(pattern) = &usage.printed {
            let (pattern, terminal) = (pattern.clone(), terminal.clone());
            self.looking = Some(tokio::spawn(in_print(pattern, tally.line, terminal)));
        }
    }

    /// When it is looked again after this time.
    fn next_look(&mut self) -> Option<Instant> {
        let (ended, looked) = self.ended.as_mut()?;
        *looked += 1;
        LOOKS.get(*looked).map(|after| *ended + *after)
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
    tally: Tally,
    meter: usage::Meter,
) -> Found {
    let files = match (told, pattern) {
        (Some(told), _) => vec![told],
        (None, Some(pattern)) => transcript::find(pattern).await,
        (None, None) => Vec::new(),
    };
    for file in files {
        let part = transcript::read(file.clone(), tally.place_in(&file), meter.clone()).await;
        // One that tells nothing yet may never do.
        if part.readings.is_empty() && !part.more && !tally.is_in(&file) {
            continue;
        }
        let file = Some((file, part.next));
        return Found { readings: part.readings, file, more: part.more, line: None };
    }
    Found::default()
}

async fn in_print(pattern: super::profile::Pattern, from: u64, terminal: Terminal) -> Found {
    let params = SearchParams {
        id: String::new(),
        pattern: pattern.0.as_str().to_owned(),
        ignore_case: false,
        limit: None,
        from: Some(from),
        before: None,
        keep: false,
        reading: None,
    };
    let Ok(found) = terminal.search(&params).await else {
        return Found::default();
    };
    let readings = found.matches.iter().filter_map(|m| usage::printed(&pattern, &m.around));
    // What stands behind the last match may still become one: it is looked at again.
    let line = found.next.or_else(|| found.matches.last().map(|last| last.line + 1));
    Found { readings: readings.collect(), line, more: found.next.is_some(), file: None }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;
    use std::time::UNIX_EPOCH;

    use super::*;

    fn append(path: &Path, minute: u64, line: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(60 * minute)).unwrap();
    }

    fn answer(id: usize) -> String {
        format!(r#"{{"id": "{id}", "out": 8}}"#)
    }

    #[test]
    fn what_is_written_late_is_looked_for_again_and_not_for_ever() {
        let mut metering = Metering::default();
        for _ in 0..2 {
            metering.turn_ended();
            let ended = metering.due.unwrap() - LOOKS[0];
            let again: Vec<_> = std::iter::from_fn(|| metering.next_look()).collect();
            assert_eq!(again, [ended + LOOKS[1], ended + LOOKS[2]]);
            assert_eq!(metering.next_look(), None);
        }
    }

    #[tokio::test]
    async fn a_conversation_is_followed_into_the_file_in_which_it_goes_on_and_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["1", "2"].map(|n| folder.path().join(format!("session-{n}-x")));
        let pattern = format!("{}/session-*-x", folder.path().display());
        let meter: usage::Meter = toml::from_str("message = 'id'\ntokens_out = 'out'").unwrap();
        let mut tally = Tally::default();
        let mut used = async || {
            in_transcript(None, Some(pattern.clone()), tally.clone(), meter.clone())
                .await
                .add_to(&mut tally);
            tally.told().tokens_out
        };
        assert_eq!(used().await, None);
        // More of them than are known to be told again.
        (0..40).for_each(|id| append(&first, 1, &answer(id)));
        assert_eq!(used().await, Some(320));
        // gemini begins another file with a resumed conversation, and goes on in the first one.
        append(&second, 2, r#"{"kind": "main"}"#);
        assert_eq!(used().await, Some(320));
        append(&first, 3, &answer(40));
        assert_eq!(used().await, Some(328));
        // One that went on in the other would be followed there, and back.
        append(&second, 4, &answer(41));
        assert_eq!(used().await, Some(336));
        append(&first, 5, &answer(42));
        assert_eq!(used().await, Some(344));
        fs::remove_file(&first).unwrap();
        assert_eq!(used().await, Some(344));
    }
}
