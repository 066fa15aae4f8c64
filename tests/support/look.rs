//! Owns how a grid is read: as text, as runs of the same look, and as a readable list of highlights. Pure.

use super::grid::Grid;
use super::style::Style;

/// Neighbouring cells of one row that look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The first column.
    pub start: usize,
    /// The column after the last.
    pub end: usize,
    /// How they look.
    pub style: Style,
}

impl Grid {
    /// The text of one row, without its trailing blanks.
    pub fn row(&self, row: usize) -> String {
        let text: String = self.cells(row).iter().map(|cell| cell.text.as_str()).collect();
        text.trim_end_matches(' ').to_owned()
    }

    /// The text of all rows, without their trailing blanks.
    pub fn text(&self) -> String {
        (0..self.size().1).map(|row| self.row(row) + "\n").collect()
    }

    /// Whether this text stands in one row.
    pub fn contains(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Row and column of the first cell of this text.
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        (0..self.size().1).find_map(|row| {
            let line: String = self.cells(row).iter().map(|cell| cell.text.as_str()).collect();
            let offset = line.find(text)?;
            let mut next = 0;
            let column = self.cells(row).iter().position(|cell| {
                let start = next;
                next += cell.text.len();
                start >= offset && !cell.text.is_empty()
            })?;
            Some((row, column))
        })
    }

    /// One row as runs of the same look, plain ones too.
    pub fn runs(&self, row: usize) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for column in 0..self.cells(row).len() {
            let style = self.style(row, column);
            match runs.last_mut() {
                Some(run) if run.style == style => run.end += 1,
                _ => runs.push(Run { start: column, end: column + 1, style }),
            }
        }
        runs
    }

    /// Everything that is not plain, a line per row: `2: 0..5 fg=#ff0000 bold, 7..9 reverse`.
    pub fn highlights(&self) -> String {
        let describe = |run: &Run| format!("{}..{} {}", run.start, run.end, run.style);
        let line = |row| {
            let runs = self.runs(row);
            let spans: Vec<_> =
                runs.iter().filter(|run| !run.style.is_plain()).map(describe).collect();
            (!spans.is_empty()).then(|| format!("{row}: {}\n", spans.join(", ")))
        };
        (0..self.size().1).filter_map(line).collect()
    }
}
