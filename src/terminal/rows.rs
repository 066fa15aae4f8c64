//! Rows of a frame: cut to a view's width, and written whole or only where they differ.

use alacritty_terminal::term::cell::{Cell, Flags};

use super::pen::Pen;
use super::picture::Row;
use crate::protocol::terminal::Size;

/// A row in which nothing stands.
pub(super) fn blank_row(size: Size) -> Row {
    vec![Cell::default(); usize::from(size.cols)]
}

/// A row cut or filled to the view's width.
pub(super) fn fit(row: &[Cell], size: Size) -> Row {
    let mut row = row.to_vec();
    row.resize(usize::from(size.cols), Cell::default());
    row
}

/// How many cells from the left until only default blanks follow.
pub(super) fn used(row: &[Cell]) -> usize {
    let blank = Cell::default();
    row.iter().rposition(|cell| *cell != blank).map_or(0, |last| last + 1)
}

/// Writes a row from column `col`, where the cursor stands, and erases the rest.
pub(super) fn write_row(pen: &mut Pen, row: &[Cell], col: usize) {
    let end = used(row).max(col);
    pen.cells(&row[col..end], col);
    if end < row.len() {
        pen.erase_rest();
    }
}

/// Writes what differs between the row that a view shows and the row that it should show.
pub(super) fn write_difference(pen: &mut Pen, index: usize, present: &[Cell], wanted: &[Cell]) {
    let Some(mut first) = (0..wanted.len()).find(|&col| present[col] != wanted[col]) else {
        return;
    };
    let last = (0..wanted.len()).rfind(|&col| present[col] != wanted[col]).unwrap_or(first);
    // Half a wide character cannot be written or left behind.
    let half = |col: usize| {
        let spacer = Flags::WIDE_CHAR_SPACER;
        wanted[col].flags.contains(spacer) || present[col].flags.contains(spacer)
    };
    while first > 0 && half(first) {
        first -= 1;
    }
    let mut end = last + 1;
    while end < wanted.len() && half(end) {
        end += 1;
    }
    pen.go(index, first);
    if end > used(wanted) {
        write_row(pen, wanted, first);
    } else {
        pen.cells(&wanted[first..end], first);
    }
}
