//! The board: sessions, and below each a row for every agent and terminal, in columns. Pure.

use super::cells::{self, clean, cut_front};
use super::line::put_counts;
use super::look::{self, BRANCH, DIM, MARK, NAME, QUESTION, SESSION};
use super::row::Line;
use super::swarm::{Item, Session, State, Swarm, count};
use super::{Wish, age};
use crate::protocol::board::Row;

/// What stands where no agent and no terminal is.
const NOBODY: [&str; 3] = ["Nothing runs.", "an agent", ":Orchflow agent claude"];
const NOBODY_MORE: [&str; 2] = ["a terminal", ":Orchflow terminal"];

/// The widest that some columns become.
const NAME_MOST: usize = 22;
const NAME_MOST_NARROW: usize = 12;
const WITHIN_MOST: usize = 24;
const KIND_MOST: usize = 12;

/// Widths from which on there is room for more columns.
const WITH_WORD: usize = 56;
const WITH_USAGE: usize = 58;
const WITH_KIND: usize = 84;
const WITH_TOKENS: usize = 96;
const WITH_WITHIN: usize = 108;

/// Words of a status, such as `starting` and `exit 127`.
const WORD: usize = 8;
const AGE: usize = 4;

/// How wide each column is in all rows; 0 where there is no room for it, or nothing in it.
#[derive(Debug, Default)]
struct Columns {
    word: usize,
    name: usize,
    kind: usize,
    doing: usize,
    within: usize,
    usage: usize,
}

pub fn rows(swarm: &Swarm, wish: &Wish) -> Vec<Row> {
    let shown = swarm.filtered(&wish.filter);
    if shown.sessions.is_empty() {
        return nothing(wish);
    }
    let columns = Columns::of(&shown, wish.cols);
    let mut rows = Vec::new();
    for session in &shown.sessions {
        if !rows.is_empty() {
            rows.push(Row::default());
        }
        rows.push(heading(session, wish));
        rows.extend(session.items.iter().map(|item| columns.row(item, wish)));
    }
    rows
}

fn nothing(wish: &Wish) -> Vec<Row> {
    let mut said = Line::default();
    said.to(1);
    if !wish.filter.trim().is_empty() {
        let room = wish.cols.saturating_sub(16);
        let filter = wish.cut(&wish.filter, room);
        said.plain("Nothing has \"").put(&filter, NAME).plain("\".");
        return vec![said.done()];
    }
    let [nothing, agent, how] = NOBODY;
    let [terminal, how_terminal] = NOBODY_MORE;
    said.plain(nothing);
    let hint = |what: &str, how: &str| {
        let mut line = Line::default();
        line.to(1).put(what, DIM).to(13).plain(how);
        line.done()
    };
    vec![said.done(), Row::default(), hint(agent, how), hint(terminal, how_terminal)]
}

fn heading(session: &Session, wish: &Wish) -> Row {
    let mut counts = Line::default();
    put_counts(&mut counts, &count(session.items.iter()), wish.icons);
    let room = wish.cols.saturating_sub(counts.width() + 4);
    let place = cut_front(&clean(&session.place), room, look::more(wish.icons));
    let mut line = Line::default();
    line.to(1).put(&place, SESSION);
    let left = room.saturating_sub(cells::width(&place) + 2);
    if let Some(branch) = session.branch.as_ref().filter(|_| left > 3) {
        line.plain("  ").put(&wish.cut(branch, left), BRANCH);
    }
    line.to(wish.cols.saturating_sub(counts.width() + 1));
    put_counts(&mut line, &count(session.items.iter()), wish.icons);
    line.done()
}

impl Columns {
    fn of(swarm: &Swarm, cols: usize) -> Self {
        let widest = |text: &dyn Fn(&Item) -> String, most: usize| {
            swarm.items().map(|item| cells::width(&text(item))).max().unwrap_or(0).min(most)
        };
        let if_wide = |from: usize, width: usize| if cols >= from { width } else { 0 };
        let name_most = if cols < WITH_WORD { NAME_MOST_NARROW } else { NAME_MOST };
        let mut columns = Self {
            word: if_wide(WITH_WORD, WORD),
            name: widest(&|item| clean(&item.name), name_most).max(4),
            kind: if_wide(WITH_KIND, widest(&|item| clean(&item.kind), KIND_MOST)),
            within: if_wide(WITH_WITHIN, widest(&|item| clean(&item.within), WITHIN_MOST)),
            usage: if_wide(WITH_USAGE, widest(&|item| usage(item, cols), 14)),
            doing: 0,
        };
        // A margin of a cell at both ends, the glyph with its mark, and two cells between columns.
        let taken: usize =
            [columns.word, columns.name, columns.kind, columns.within, columns.usage]
                .into_iter()
                .filter(|width| *width > 0)
                .map(|width| width + 2)
                .sum();
        columns.doing = cols.saturating_sub(taken + 3 + AGE + 3);
        columns
    }

    fn row(&self, item: &Item, wish: &Wish) -> Row {
        let mut line = Line::about(item);
        let is_marked = wish.marked.contains(&item.terminal);
        line.put(if is_marked { look::mark(wish.icons) } else { "" }, MARK).to(1);
        line.put(item.state.turning(wish.icons, wish.turn), item.state.group()).to(3);
        let mut column = 3;
        let mut cell = |line: &mut Line, width: usize, text: &str, group: Option<&str>| {
            if width > 0 {
                let text = wish.cut(text, width);
                match group {
                    Some(group) => line.put(&text, group),
                    None => line.plain(&text),
                };
                column += width + 2;
                line.to(column);
            }
        };
        cell(&mut line, self.word, &item.state.word(), Some(item.state.group()));
        cell(&mut line, self.name, &item.name, Some(NAME));
        cell(&mut line, self.kind, &item.kind, Some(DIM));
        let doing = match item.state {
            State::Blocked => Some(QUESTION),
            State::Working | State::Done | State::Starting => None,
            _ => Some(DIM),
        };
        cell(&mut line, self.doing, &item.doing, doing);
        cell(&mut line, self.within, &item.within, Some(DIM));
        if self.usage > 0 {
            let usage = usage(item, wish.cols);
            line.to(column + self.usage.saturating_sub(cells::width(&usage))).put(&usage, DIM);
        }
        let age = age::label(item.since_ms);
        line.to(wish.cols.saturating_sub(AGE + 1) + AGE.saturating_sub(age.len()));
        line.put(&age, DIM);
        line.done()
    }
}

/// What it has cost and its tokens; where there is room for one of them only, the first that is known.
fn usage(item: &Item, cols: usize) -> String {
    let cost = item.cost.map(|cost| match cost {
        100.0.. => format!("${cost:.0}"),
        _ => format!("${cost:.2}"),
    });
    match (cost, item.tokens.map(short)) {
        (Some(cost), Some(tokens)) if cols >= WITH_TOKENS => format!("{cost} {tokens:>4}"),
        (Some(cost), _) => cost,
        (None, Some(tokens)) => format!("{tokens} tok"),
        (None, None) => String::new(),
    }
}

/// Such as `950`, `12k`, `1.2M`.
fn short(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => format!("{}k", number / 1_000),
        _ => format!("{:.1}M", number as f64 / 1e6),
    }
}
