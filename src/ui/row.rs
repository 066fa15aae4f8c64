//! One row while it is written: text, padding, and the spans that look different. Pure.

use super::cells;
use super::swarm::{Item, State};
use crate::protocol::board::{Row, Span};

/// A row with its width so far.
#[derive(Debug, Default)]
pub struct Line {
    row: Row,
    cells: usize,
}

impl Line {
    /// A row about an agent or terminal.
    pub fn about(item: &Item) -> Self {
        let status = match item.state {
            State::Exited(_) => "exited".to_owned(),
            state => state.word(),
        };
        let row = Row {
            terminal: Some(item.terminal),
            agent: item.agent,
            name: Some(item.name.clone()),
            status: Some(status),
            ..Row::default()
        };
        Self { row, cells: 0 }
    }

    /// Adds text that looks plain.
    pub fn plain(&mut self, text: &str) -> &mut Self {
        self.cells += cells::width(text);
        self.row.text.push_str(text);
        self
    }

    /// Adds text that looks as its group says. Only blanks between two of the same group make them one.
    pub fn put(&mut self, text: &str, group: &str) -> &mut Self {
        let from = self.row.text.len();
        self.plain(text);
        let to = u32::try_from(self.row.text.len()).unwrap_or(u32::MAX);
        match self.row.spans.last_mut() {
            Some(last) if last.group == group && is_blank(&self.row.text, last.to, from) => {
                last.to = to;
            }
            _ if text.is_empty() => {}
            _ => {
                let from = u32::try_from(from).unwrap_or(u32::MAX);
                self.row.spans.push(Span { from, to, group: group.to_owned() });
            }
        }
        self
    }

    /// Goes to a column, if it is not beyond.
    pub fn to(&mut self, column: usize) -> &mut Self {
        let blanks = column.saturating_sub(self.cells);
        self.plain(&" ".repeat(blanks))
    }

    /// How wide it is.
    pub fn width(&self) -> usize {
        self.cells
    }

    /// The row. Blanks at its end say nothing.
    pub fn done(mut self) -> Row {
        self.row.text.truncate(self.row.text.trim_end().len());
        let end = u32::try_from(self.row.text.len()).unwrap_or(u32::MAX);
        self.row.spans.iter_mut().for_each(|span| span.to = span.to.min(end));
        self.row.spans.retain(|span| span.from < span.to);
        self.row
    }
}

fn is_blank(text: &str, from: u32, to: usize) -> bool {
    text.get(from as usize..to).is_some_and(|between| between.trim().is_empty())
}
