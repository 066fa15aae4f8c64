//! How a change of size moves lines between the screen and the scrollback. Whole lines are wrapped anew; none is
//! lost, and none is cut in two.

use std::collections::VecDeque;

use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::cell::Cell;

use super::model::Model;
use super::picture::Row;
use super::scrollback::{Place, drop_gap, is_blank, used, within, wrap};
use crate::protocol::terminal::Size;

/// A row by its number, and so many of its cells: what a view lacks next.
pub type Next = (u64, usize);

/// The whole lines of the primary screen.
struct Screen {
    /// The number of the first.
    first: u64,
    lines: Vec<Row>,
    /// Of each row its line, by index, and the place in it at which the row begins.
    rows: Vec<(usize, usize)>,
    /// So many rows below the last line are blank.
    blank: usize,
}

/// Where a cursor stands among the lines.
struct Mark {
    line: usize,
    offset: usize,
    /// Behind a row's last cell.
    full: bool,
}

/// Gives the model another size; `nexts` are renumbered with the rows.
pub fn resize(model: &mut Model, size: Size, nexts: &mut [Next]) {
    model.on_primary(|model| resize_primary(model, size, nexts));
}

fn resize_primary(model: &mut Model, size: Size, nexts: &mut [Next]) {
    let screen = Screen::take(model);
    let mark = screen.mark(model);
    let places: Vec<Place> = nexts.iter().map(|next| screen.place(model, *next)).collect();
    // What is on the screen is ours now: the model is to forget the line that goes on there.
    model.scrollback.pop_open();
    model.set_size(size);
    let (height, cols) = model.dimensions();
    model.scrollback.set_cols(cols);
    let laid = lay(model, &screen, &mark, height, cols);
    for (next, place) in nexts.iter_mut().zip(places) {
        *next = laid.find(model, place);
    }
}

impl Screen {
    /// What stands on the screen, with the beginning of its first line.
    fn take(model: &Model) -> Self {
        let (height, _) = model.dimensions();
        let cursor = model.term.grid().cursor.point.line.0;
        let cursor = usize::try_from(cursor).unwrap_or(0);
        let shown = (0..height).rev().find(|row| !model.row(*row).0.iter().all(is_blank));
        let count = shown.unwrap_or(0).max(cursor) + 1;
        let first = model.scrollback.next_line();
        let mut lines: Vec<Row> = Vec::new();
        let mut rows = Vec::new();
        let mut goes_on = model.scrollback.open_cells() > 0;
        if goes_on {
            lines.push(model.scrollback.open().to_vec());
        }
        for row in 0..count {
            let (cells, continues) = model.row(row);
            if !goes_on {
                lines.push(Row::new());
            }
            let line = lines.len() - 1;
            if let Some(line) = lines.last_mut() {
                drop_gap(line, cells);
            }
            rows.push((line, lines[line].len()));
            // The last row of a line has taken a row, and shall go on to take one, even if it is blank.
            let used = if continues { cells.len() } else { used(cells).max(usize::from(goes_on)) };
            lines[line].extend_from_slice(&cells[..used]);
            goes_on = continues;
        }
        Self { first, lines, rows, blank: height - count }
    }

    fn mark(&self, model: &Model) -> Mark {
        let cursor = &model.term.grid().cursor;
        let row = usize::try_from(cursor.point.line.0).unwrap_or(0);
        let (line, start) = self.rows[row.min(self.rows.len() - 1)];
        let offset = start + cursor.point.column.0;
        Mark { line, offset, full: cursor.input_needs_wrap }
    }

    fn place(&self, model: &Model, (number, cut): Next) -> Place {
        let top = model.scrollback.next_row();
        let row = usize::try_from(number.saturating_sub(top)).unwrap_or(usize::MAX);
        if number < top {
            let place = model.scrollback.place(number);
            let place = place.unwrap_or(Place { line: model.scrollback.first_line(), offset: 0 });
            return Place { offset: place.offset + cut, ..place };
        }
        match self.rows.get(row) {
            Some((line, start)) => Place { line: self.first + *line as u64, offset: start + cut },
            // Each row below is a line of its own.
            None => {
                let below = (row - self.rows.len()) as u64;
                Place { line: self.first + self.lines.len() as u64 + below, offset: 0 }
            }
        }
    }
}

/// The rows of the new screen that have a line, by its number and the place at which they begin.
struct Laid(Vec<(u64, usize)>);

impl Laid {
    fn find(&self, model: &Model, place: Place) -> Next {
        let top = model.scrollback.next_row();
        let on_screen =
            self.0.iter().rposition(|&(line, start)| (line, start) <= (place.line, place.offset));
        match on_screen {
            Some(row) if self.0[row].0 == place.line => {
                (top + row as u64, place.offset - self.0[row].1)
            }
            Some(row) => (top + row as u64 + (place.line - self.0[row].0), 0),
            None => model.scrollback.find(place).unwrap_or((model.scrollback.first_row(), 0)),
        }
    }
}

/// Wraps the lines and puts them where they belong.
fn lay(model: &mut Model, screen: &Screen, mark: &Mark, height: usize, cols: usize) -> Laid {
    let mut rows: VecDeque<(Row, bool)> = VecDeque::new();
    let mut begins: VecDeque<(u64, usize)> = VecDeque::new();
    let (mut cursor, mut behind) = (Point::new(0, 0), false);
    for (index, line) in screen.lines.iter().enumerate() {
        let mut line = line.clone();
        if line.iter().all(|cell| cell.c == ' ') {
            // Nothing but ground: what is printed there next would become one line with it.
            line.truncate(cols);
        }
        if index == mark.line {
            // The cursor may stand behind what can be seen.
            line.resize(line.len().max(mark.offset), Cell::default());
            let (row, col) = within(&line, cols, mark.offset);
            cursor = Point::new(rows.len() + row, col.min(cols - 1));
            // The line is just as long as its row: what comes next belongs to the row below, and not on its last cell.
            behind = col >= cols;
        }
        let ranges: Vec<_> = wrap(&line, cols).collect();
        for (row, range) in ranges.iter().enumerate() {
            begins.push_back((screen.first + index as u64, range.start));
            rows.push_back((line[range.clone()].to_vec(), row + 1 < ranges.len()));
        }
    }
    let wanted = rows.len() + screen.blank;
    if wanted < height {
        let back = model.take_back(height - wanted);
        cursor.line += back.len();
        let mut line = model.scrollback.next_line();
        let mut start = model.scrollback.open_cells();
        for (at, (row, continues)) in back.into_iter().enumerate() {
            begins.insert(at, (line, start));
            (line, start) = if continues { (line, start + row.len()) } else { (line + 1, 0) };
            rows.insert(at, (row, continues));
        }
    }
    let off = rows.len().saturating_sub(height).min(cursor.line);
    for (row, continues) in rows.drain(..off) {
        model.scrollback.push_row(&row, continues);
    }
    begins.drain(..off);
    rows.truncate(height);
    model.lay(rows.make_contiguous());
    let grid = model.term.grid_mut();
    let line = Line(i32::try_from(cursor.line - off).unwrap_or(0));
    let full = behind || mark.full && cursor.column + 1 == cols;
    // Behind the last cell of a row that is wider now is the next cell.
    let col = cursor.column + usize::from(mark.full && !full);
    grid.cursor.point = Point::new(line, Column(col));
    grid.cursor.input_needs_wrap = full;
    let saved = &mut grid.saved_cursor.point;
    saved.line = saved.line.min(Line(i32::try_from(height - 1).unwrap_or(0)));
    saved.column = saved.column.min(Column(cols - 1));
    begins.truncate(height);
    Laid(begins.into())
}
