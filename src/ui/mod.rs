//! Renderers: what is known goes in, rows of text with highlights come out. Pure; nothing here knows a clock or an editor.

mod age;
mod cells;
mod line;
mod list;
mod look;
mod row;
mod swarm;
#[cfg(test)]
mod tests;
mod titles;

pub use age::next as next_age;
pub use swarm::{Item, Session, State, Swarm};

use crate::ids::TerminalId;
use crate::protocol::board::{Icons, Kind, Row};

/// How something is to be painted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What is painted.
    pub kind: Kind,
    /// How wide, in cells.
    pub cols: usize,
    /// Which characters stand for a status.
    pub icons: Icons,
    /// Only rows that have all these words.
    pub filter: String,
    /// What is marked.
    pub marked: Vec<TerminalId>,
    /// How often what works has turned.
    pub turn: usize,
}

impl Wish {
    /// As much of a text as there is room for, as it can be shown.
    fn cut(&self, text: &str, room: usize) -> String {
        cells::cut(&cells::clean(text), room, look::more(self.icons))
    }
}

/// The rows, top to bottom.
pub fn render(swarm: &Swarm, wish: &Wish) -> Vec<Row> {
    match wish.kind {
        Kind::List => list::rows(swarm, wish),
        Kind::Line => line::rows(swarm, wish),
        Kind::Titles => titles::rows(swarm, wish),
    }
}
