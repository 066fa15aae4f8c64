//! What stands above each screen of a grid, or in a window's bar: status, name, since when, branch. Pure.

use super::cells;
use super::look::{BRANCH, DIM, NAME};
use super::row::Line;
use super::swarm::{Item, Swarm};
use super::{Wish, age};
use crate::protocol::board::Row;

pub fn rows(swarm: &Swarm, wish: &Wish) -> Vec<Row> {
    swarm.filtered(&wish.filter).items().map(|item| row(item, wish)).collect()
}

fn row(item: &Item, wish: &Wish) -> Row {
    let mut line = Line::about(item);
    line.put(item.state.turning(wish.icons, wish.turn), item.state.group()).plain(" ");
    let tail = format!(" {} {}", item.state.word(), age::label(item.since_ms));
    let room = wish.cols.saturating_sub(line.width());
    let name = wish.cut(&item.name, room.saturating_sub(cells::width(&tail)).max(room.min(8)));
    line.put(&name, NAME);
    if line.width() + cells::width(&tail) <= wish.cols {
        line.plain(" ").put(&item.state.word(), item.state.group());
        line.plain(" ").put(&age::label(item.since_ms), DIM);
    }
    let left = wish.cols.saturating_sub(line.width() + 1);
    if let Some(branch) = item.branch.as_ref().filter(|_| left > 3) {
        line.plain(" ").put(&wish.cut(branch, left), BRANCH);
    }
    line.done()
}
