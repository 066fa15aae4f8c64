//! The one row of a statusline: how many agents are in which status, and who has waited longest. Pure.

use super::Wish;
use super::row::Line;
use super::swarm::{State, Swarm};
use crate::protocol::board::{Counts, Icons, Row};

/// A name in a statusline is no longer than that.
const NAME_MOST: usize = 24;

/// How many are in which status, the ones that need a person first: `⚑2 ●3 ✓1`. Those that rest are not told.
pub fn put_counts(line: &mut Line, counts: &Counts, icons: Icons) {
    let told = [
        (State::Blocked, counts.blocked),
        (State::Working, counts.working),
        (State::Done, counts.done),
    ];
    let mut between = "";
    for (state, count) in told.into_iter().filter(|(_, count)| *count > 0) {
        line.plain(between).put(&format!("{}{count}", state.glyph(icons)), state.group());
        between = " ";
    }
}

pub fn rows(swarm: &Swarm, wish: &Wish) -> Vec<Row> {
    let counts = swarm.counts();
    let running = counts.blocked + counts.working + counts.done + counts.idle + counts.unknown;
    if running == 0 {
        return Vec::new();
    }
    let mut line = swarm.waiting().map_or_else(Line::default, Line::about);
    put_counts(&mut line, &counts, wish.icons);
    if line.width() == 0 {
        let rest = counts.idle + counts.unknown;
        line.put(&format!("{}{rest}", State::Idle.glyph(wish.icons)), State::Idle.group());
    }
    if let Some(waiting) = swarm.waiting() {
        let name = wish.cut(&waiting.name, NAME_MOST);
        line.plain(" ").put(&name, State::Blocked.group());
    }
    vec![line.done()]
}
