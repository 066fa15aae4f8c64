//! What a person reads on the screen: its lines as text, without trailing blanks.

use alacritty_terminal::term::cell::{Cell, Flags};

use super::model::Model;
use super::picture::{Half, half};
use super::scrollback::is_gap;

/// Gives each line of the screen, from the top. One that is wrapped is given whole, with what of it has scrolled off;
/// on the alternate screen, where programs place each row, rows are lines.
pub(super) fn lines(model: &Model, mut each: impl FnMut(&str)) {
    lines_and_bright(model, |line, _| each(line));
}

/// The same, and of lines with faint words a second text without those: blanks stand for each of their bytes.
pub(super) fn lines_and_bright(model: &Model, mut each: impl FnMut(&str, Option<&str>)) {
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
            let text = line.text.trim_end_matches(' ');
            each(text, line.bright.as_ref().map(|bright| &bright[..text.len()]));
            line.text.clear();
            line.bright = None;
            line.gap = false;
        }
    }
}

/// A line under way.
#[derive(Default)]
struct Words {
    text: String,
    /// The same without what is faint, once something was.
    bright: Option<String>,
    /// It ends with the blank that is left where a wide character did not fit into a row.
    gap: bool,
}

impl Words {
    fn add(&mut self, cells: &[Cell]) {
        let wide = |cell: &Cell| cell.flags.contains(Flags::WIDE_CHAR);
        if self.gap && cells.first().is_some_and(wide) {
            self.text.pop();
            _ = self.bright.as_mut().and_then(String::pop);
        }
        self.gap = cells.last().is_some_and(is_gap);
        for (index, cell) in cells.iter().enumerate() {
            let before = self.text.len();
            match half(cells, index) {
                Half::Right => continue,
                Half::Lost => self.text.push(' '),
                // A tab is stored as itself in the first of its cells.
                Half::None | Half::Left if cell.c.is_control() => self.text.push(' '),
                Half::None | Half::Left => self.text.push(cell.c),
            }
            self.text.extend(cell.zerowidth().into_iter().flatten());
            self.follow(before, is_faint(cells, index));
        }
    }

    /// Takes what was added since into what is bright.
    fn follow(&mut self, before: usize, faint: bool) {
        if !faint && self.bright.is_none() {
            return;
        }
        let bright = self.bright.get_or_insert_with(|| self.text[..before].to_owned());
        if faint {
            bright.extend(std::iter::repeat_n(' ', self.text.len() - before));
        } else {
            bright.push_str(&self.text[before..]);
        }
    }
}

/// Whether a cell is drawn faint, or is the first one of such words under a cursor that the program draws itself.
fn is_faint(cells: &[Cell], index: usize) -> bool {
    let faint = |cell: &Cell| cell.flags.contains(Flags::DIM);
    let cursor = cells[index].flags.contains(Flags::INVERSE);
    faint(&cells[index]) || cursor && cells.get(index + 1).is_some_and(faint)
}
