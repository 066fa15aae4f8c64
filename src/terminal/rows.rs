//! Rows of a frame: cut to a view's width, and written whole or only where they differ.

use alacritty_terminal::term::cell::{Cell, Flags};

use super::pen::{MOVED, Pen};
use super::picture::{Half, Row, half};
use super::width::is_pictograph;
use crate::protocol::terminal::Size;

/// A row in which nothing stands.
pub(super) fn blank_row(size: Size) -> Row {
    vec![Cell::default(); usize::from(size.cols)]
}

/// A row cut or filled to the view's width, for a terminal that gives pictographs one cell and that an editor draws in two.
/// The editor moves the characters that follow to the right and leaves the styles where they are, so the characters are
/// written that much further left.
pub(super) fn fit_narrow(row: &[Cell], size: Size) -> Row {
    let row = fit(row, size);
    if !row.iter().any(|cell| is_pictograph(cell.c)) {
        return row;
    }
    let kept = |col: &usize| {
        let spacer = half(&row, *col) == Half::Right;
        !spacer || !is_pictograph(row[*col - 1].c)
    };
    let whole = |col| half(&row, col) != Half::Lost;
    let characters = (0..row.len()).filter(kept).map(|col| whole(col).then_some(&row[col]));
    let places = characters.chain(std::iter::repeat(None));
    row.iter().zip(places).map(|(look, character)| moved(character, look)).collect()
}

/// A cell with the character of one and the style of another. A pictograph has one cell.
fn moved(character: Option<&Cell>, look: &Cell) -> Cell {
    const WIDE: Flags = Flags::WIDE_CHAR.union(Flags::WIDE_CHAR_SPACER);
    let blank = Cell::default();
    let character = character.unwrap_or(&blank);
    let mut cell = Cell { c: character.c, extra: None, ..look.clone() };
    cell.flags.remove(WIDE);
    if !is_pictograph(character.c) {
        cell.flags.insert(character.flags & WIDE);
        cell.flags.set(MOVED, character.flags.contains(Flags::WIDE_CHAR));
    }
    cell.set_underline_color(look.underline_color());
    cell.set_hyperlink(look.hyperlink());
    for mark in character.zerowidth().unwrap_or_default() {
        cell.push_zerowidth(*mark);
    }
    cell
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::emulator::{Emulator, SLICE};

    const SIZE: Size = Size { rows: 1, cols: 8 };

    fn row(printed: &str) -> Row {
        let mut emulator = Emulator::new(SIZE, 0);
        let mut rest = printed.as_bytes();
        while !rest.is_empty() {
            rest = &rest[emulator.feed(rest, SLICE)..];
        }
        emulator.picture("").rows.swap_remove(0)
    }

    #[test]
    fn behind_a_pictograph_characters_move_to_the_left_and_styles_do_not() {
        let wanted = row("a\u{1f6e0}\x1b[31mbc\x1b[44m \x1b[m漢");
        let told = fit_narrow(&wanted, SIZE);
        let chars: String = told.iter().map(|cell| cell.c).collect();
        assert_eq!(chars, "a\u{1f6e0}bc 漢  ");
        let colours = |row: &[Cell]| row.iter().map(|cell| (cell.fg, cell.bg)).collect::<Vec<_>>();
        assert_eq!(colours(&told), colours(&wanted));
        assert!(!told[1].flags.contains(Flags::WIDE_CHAR), "it has one cell there");
        assert!(told[5].flags.contains(Flags::WIDE_CHAR), "others have two");
        assert_eq!(told.len(), 8);
    }

    #[test]
    fn of_a_pictograph_that_is_cut_nothing_is_told_and_without_any_a_row_is_as_it_was() {
        let cut = fit_narrow(&row("abc\u{1f6e0}"), Size { cols: 4, ..SIZE });
        assert_eq!(cut.iter().map(|cell| cell.c).collect::<String>(), "abc ");
        assert_eq!(fit_narrow(&row("a漢\x1b[31mb"), SIZE), row("a漢\x1b[31mb"));
    }
}
