//! Searching whole lines for a regular expression, on a thread of its own: how long one takes on one line is up to its
//! author, and nothing can interrupt it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use regex::{Captures, Regex, RegexBuilder};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

use super::moment::{Moment, Page};
use super::way::Way;
use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::terminal::{Found, Match, SearchParams};
use crate::terminal::scrollback::Line;
use crate::terminal::width::width;

/// A pattern longer than anyone types takes long only to be read.
const PATTERN: usize = 4 << 10;

/// A compiled pattern may not take more memory than this.
const COMPILED: usize = 1 << 20;

/// Matches in one answer, if nothing is said, and at most.
const FEW: usize = 100;
const MOST: usize = 1000;

/// An answer that weighs so many bytes gets no more matches: a quarter of what a message may have.
const WEIGHT: usize = 256 << 10;

/// Of longer texts only a part is given.
const TEXT: usize = 1 << 10;

/// So many groups are told.
const GROUPS: usize = 32;

/// A call looks no longer than this, and then says where to go on: nobody waits longer without a sign of life.
const LONG: Duration = Duration::from_secs(1);

/// So many search at once, as each takes a core. The others wait for their turn.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A search whose turn has come.
pub(in crate::terminal) struct Ready {
    search: Search,
    /// It travels with the work: a caller that goes does not end what is under way.
    turn: SemaphorePermit<'static>,
}

/// Waits for a turn, and compiles the pattern.
pub(in crate::terminal) async fn prepare(params: &SearchParams) -> Result<Ready> {
    let way = Way::new(params.from, params.before)?;
    let turn = TURNS.acquire().await.map_err(internal)?;
    let wanted = params.clone();
    let compile = move || (compile(&wanted), turn);
    let (pattern, turn) = spawn_blocking(compile).await.map_err(internal)?;
    let most = params.limit.unwrap_or(FEW).clamp(1, MOST);
    let search = Search::new(pattern?, way, most, Instant::now() + LONG);
    Ok(Ready { search, turn })
}

impl Ready {
    /// Looks for the pattern, one line after the other.
    pub async fn look(self, moment: Arc<Moment>) -> Result<Found> {
        let Self { search, turn } = self;
        let look = move || {
            let found = search.run(&moment);
            drop(turn);
            found
        };
        spawn_blocking(look).await.map_err(internal)
    }
}

pub(super) fn compile(params: &SearchParams) -> Result<Regex> {
    let bad = |what: String| {
        Fault::new(Kind::InvalidParams, format!("pattern {what}"))
            .hint("the syntax: https://docs.rs/regex#syntax")
    };
    if params.pattern.len() > PATTERN {
        return Err(bad(format!("is longer than {PATTERN} bytes")));
    }
    RegexBuilder::new(&params.pattern)
        .case_insensitive(params.ignore_case)
        .size_limit(COMPILED)
        .build()
        .map_err(|error| bad(format!("is not a regular expression: {error}")))
}

/// A search under way.
pub(super) struct Search {
    pattern: Regex,
    way: Way,
    most: usize,
    matches: Vec<Match>,
    weight: usize,
    /// It ends after the line at which it is then.
    until: Instant,
}

impl Search {
    pub fn new(pattern: Regex, way: Way, most: usize, until: Instant) -> Self {
        Self { pattern, way, most, matches: Vec::new(), weight: 0, until }
    }

    /// Looks at one page after the other.
    pub fn run(mut self, moment: &Moment) -> Found {
        loop {
            let page = moment.page(self.way.wanted());
            if self.look(&page) {
                return self.finish(&page);
            }
        }
    }

    /// Looks at a page; true if that was the last one.
    fn look(&mut self, page: &Page) -> bool {
        for (number, line) in self.way.lines(page) {
            let enough = self.matches.len() >= self.most || self.weight > WEIGHT;
            if enough || Instant::now() > self.until {
                return true;
            }
            let text = line.text();
            if let Some(captures) = self.pattern.captures(text) {
                let found = found(number, &line, &captures);
                self.weight += weight(&found);
                self.matches.push(found);
            }
            self.way.pass(number);
        }
        self.way.pass_page(page);
        !self.way.goes_on(page)
    }

    fn finish(self, page: &Page) -> Found {
        Found {
            matches: self.matches,
            next: self.way.goes_on(page).then(|| self.way.next()),
            first_line: page.first_line,
            screen_line: page.screen_line,
            reading: None,
        }
    }
}

fn found(number: u64, line: &Line<'_>, captures: &Captures<'_>) -> Match {
    let text = line.text();
    let (start, end) = captures.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
    // Some of what comes before is told too.
    let from = if text.len() <= TEXT { 0 } else { boundary(text, start.saturating_sub(TEXT / 4)) };
    let caught = captures.iter().skip(1).take(GROUPS);
    Match {
        line: number,
        start,
        end,
        start_col: cells(&text[..start]),
        end_col: cells(&text[..end]),
        text: beginning(&text[start..end]),
        around: beginning(&text[from..]),
        groups: caught.map(|group| group.map(|group| beginning(group.as_str()))).collect(),
    }
}

/// How many cells a text takes, each character by itself, as the terminal counts.
fn cells(text: &str) -> usize {
    text.chars().map(|c| width(c).unwrap_or(0)).sum()
}

/// As much of a text as is given.
fn beginning(text: &str) -> String {
    text[..boundary(text, TEXT)].to_owned()
}

/// The last place up to this one that is not within a character.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn weight(found: &Match) -> usize {
    let groups: usize = found.groups.iter().flatten().map(String::len).sum();
    // The names of its keys too.
    100 + found.text.len() + found.around.len() + groups
}
