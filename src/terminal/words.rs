//! What a person reads on the screen: its lines as text, without trailing blanks.

use alacritty_terminal::term::cell::{Cell, Flags};

use super::model::Model;
use super::picture::{Half, half};
use super::scrollback::is_gap;

/// Gives each line of the screen, from the top. One that is wrapped is given whole, with what of it has scrolled off;
/// on the alternate screen, where programs place each row, rows are lines.
pub(super) fn lines(model: &Model, mut each: impl FnMut(&str)) {
    let mut line = Words::default();
    let alt = model.is_alt();
    if !alt {
        line.add(model.scrollback.open());
    }
    let (height, _) = model.dimensions();
    for row in 0..height {
        let (cells, continues) = model.row(row);
        line.add(cells);
        if alt || !continues || row + 1 == height {
            each(line.text.trim_end_matches(' '));
            line.text.clear();
            line.gap = false;
        }
    }
}

/// A line under way.
#[derive(Default)]
struct Words {
    text: String,
    /// It ends with the blank that is left where a wide character did not fit into a row.
    gap: bool,
}

impl Words {
    fn add(&mut self, cells: &[Cell]) {
        let wide = |cell: &Cell| cell.flags.contains(Flags::WIDE_CHAR);
        if self.gap && cells.first().is_some_and(wide) {
            self.text.pop();
        }
        self.gap = cells.last().is_some_and(is_gap);
        for (index, cell) in cells.iter().enumerate() {
            match half(cells, index) {
                Half::Right => continue,
                Half::Lost => self.text.push(' '),
                // A tab is stored as itself in the first of its cells.
                Half::None | Half::Left if cell.c.is_control() => self.text.push(' '),
                Half::None | Half::Left => self.text.push(cell.c),
            }
            self.text.extend(cell.zerowidth().into_iter().flatten());
        }
    }
}
