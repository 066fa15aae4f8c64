//! One board's task: sleeps until something changes or moves, looks at the swarm, and sends the rows that look different.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::{sleep_until, timeout};

use super::items::Everything;
use super::pace::{Moving, Pace};
use super::places::Places;
use super::shown::Shown;
use super::{Paint, Wanted};
use crate::agent::Agents;
use crate::clock;
use crate::ids::{AgentId, BoardId};
use crate::protocol::board::{Counts, Kind, Painted, Row, Waiting};
use crate::terminal::{Gate, Terminals};
use crate::ui::{self, State, Swarm, Wish};

/// The first painting waits so long for branches, which are mostly known within a millisecond.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// Everything that belongs to one board.
pub(super) struct Task {
    pub board: BoardId,
    pub terminals: Arc<Terminals>,
    pub agents: Arc<Agents>,
    pub places: Arc<Places>,
    pub happened: watch::Receiver<u64>,
    pub wanted: watch::Receiver<Wanted>,
    pub gate: Arc<Gate>,
    /// What was sent beside the rows.
    pub told: Option<(Counts, Option<AgentId>)>,
    pub paint: Paint,
}

impl Task {
    /// Runs until the board is closed.
    pub async fn run(mut self) {
        let home = std::env::home_dir();
        let mut shown = Shown::default();
        let mut pace = Pace::new(Instant::now());
        let directories = self.look().directories().map(PathBuf::from).collect();
        // Where it takes longer, the look that goes with the first painting tells.
        let _ = timeout(FIRST_LOOK, self.places.look(directories)).await;
        loop {
            let hidden = self.wanted.borrow().hidden;
            let free = self.gate.is_free();
            let due = pace.due().filter(|_| free && !hidden);
            let sleep = sleep_until(due.unwrap_or_else(Instant::now).into());
            tokio::select! {
                biased;
                wished = self.wanted.changed() => match wished {
                    Ok(()) => pace.changed(),
                    Err(_) => return,
                },
                () = self.gate.freed(), if !free => {}
                () = sleep, if due.is_some() => self.show(&mut shown, &mut pace, home.as_deref()),
                // What happens while a painting is due is in it.
                happened = self.happened.changed(), if !hidden && !pace.is_stale() => match happened {
                    Ok(()) => pace.changed(),
                    Err(_) => return,
                },
            }
        }
    }

    fn look(&self) -> Everything {
        Everything {
            terminals: self.terminals.list(),
            agents: self.agents.list(),
            questions: self.agents.questions(),
        }
    }

    fn show(&mut self, shown: &mut Shown, pace: &mut Pace, home: Option<&std::path::Path>) {
        let now = Instant::now();
        let wanted = self.wanted.borrow_and_update().clone();
        self.happened.mark_unchanged();
        let everything = self.look();
        self.keep_places(&everything);
        let swarm = everything.swarm(&self.places, home, clock::now());
        let turn = if wanted.motion { pace.turn(now) } else { 0 };
        let wish = Wish { turn, ..wanted.wish };
        let rows = ui::render(&swarm, &wish);
        let seen = wanted.first..wanted.first.saturating_add(wanted.rows);
        let moving = moving(&swarm, &rows, &seen, &wish);
        if wanted.edits && shown.differs_in_words(&rows, &seen) && pace.holds(now) {
            return;
        }
        let whole = pace.is_whole_due(now);
        let difference = shown.differ(rows, &seen, whole, wanted.edits);
        let blurs = difference.blurs(seen.len().min(difference.count));
        let (owes, waiting) = (difference.owes, waiting(&swarm));
        let about = (swarm.counts(), waiting.as_ref().map(|waiting| waiting.agent));
        if !difference.is_nothing() || self.told != Some(about) {
            self.told = Some(about);
            let painted = Painted {
                board: self.board,
                count: u32::try_from(difference.count).unwrap_or(u32::MAX),
                pieces: difference.pieces,
                edits: difference.edits,
                counts: about.0,
                waiting,
            };
            (self.paint)(painted, &self.gate);
        }
        pace.painted(now, Moving { owes, ..moving }, blurs);
    }

    /// Has branches looked up that were not for a while.
    fn keep_places(&self, everything: &Everything) {
        if self.places.is_stale(everything.directories()) {
            let directories = everything.directories().map(PathBuf::from).collect();
            let places = self.places.clone();
            tokio::spawn(async move { places.look(directories).await });
        }
    }
}

/// What moves by itself among the rows that can be seen.
fn moving(swarm: &Swarm, rows: &[Row], seen: &std::ops::Range<usize>, wish: &Wish) -> Moving {
    if wish.kind == Kind::Line {
        return Moving::default();
    }
    let rows = rows.iter().enumerate().filter(|(at, _)| seen.contains(at));
    let ids: std::collections::HashSet<_> = rows.filter_map(|(_, row)| row.terminal).collect();
    let items = || swarm.items().filter(|item| ids.contains(&item.terminal));
    Moving {
        clock: items().map(|item| ui::next_age(item.since_ms)).min(),
        turns: wish.turn > 0 && items().any(|item| item.state == State::Working),
        owes: false,
    }
}

fn waiting(swarm: &Swarm) -> Option<Waiting> {
    let item = swarm.waiting()?;
    let since = clock::now().saturating_sub(Duration::from_millis(item.since_ms));
    Some(Waiting {
        agent: item.agent?,
        terminal: item.terminal,
        name: item.name.clone(),
        since: since.as_secs(),
    })
}
