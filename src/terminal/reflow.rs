//! What an editor's own terminal does with its lines when its window is resized.
//!
//! Neovim's terminal (libvterm) moves lines between its screen and its scrollback by rules of its own, at
//! once, before the daemon hears of the new size. They are followed here, from what the view was last told, so
//! that its scrollback is known exactly. Frames place every row themselves, so no row continues another.

use super::picture::Cursor;
use crate::protocol::terminal::Size;

/// An editor's terminal, as far as its resizes depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Editor {
    pub size: Size,
    /// The used cells of each row.
    pub widths: Vec<usize>,
    /// None on a screen that is not shown.
    pub cursor: Option<Cursor>,
    /// How many lines its scrollback has.
    pub held: u64,
    /// Whether it wraps rows anew that become too wide, instead of cutting them.
    pub wraps: bool,
}

/// How a row falls into a screen that is filled from below.
struct Fall {
    /// The next row to fill.
    row: i32,
    /// Rows from here on are blank.
    blank_from: i32,
    cursor: Option<i32>,
    /// The filled rows, the last one first.
    widths: Vec<usize>,
}

impl Editor {
    /// Takes another size, height first, as Neovim does it. Gives by how many lines the scrollback has grown,
    /// or shrunk.
    pub fn resize(&mut self, size: Size) -> i64 {
        let before = self.held;
        for step in [Size { rows: size.rows, cols: self.size.cols }, size] {
            if step != self.size {
                self.step(step);
            }
        }
        self.held as i64 - before as i64
    }

    fn step(&mut self, size: Size) {
        let height = i32::from(size.rows);
        let mut fall =
            Fall { row: height - 1, blank_from: height, cursor: None, widths: Vec::new() };
        let columns = if self.wraps { usize::from(size.cols) } else { usize::MAX };
        let mut pushed = 0;
        for (index, &width) in self.widths.iter().enumerate().rev() {
            let cursor = self.cursor.filter(|cursor| usize::from(cursor.row) == index);
            if !fall.take(width, columns, cursor, self.cursor.is_some(), height) {
                pushed = index + 1;
                break;
            }
        }
        let free = u64::try_from(fall.row + 1).unwrap_or(0);
        let popped = if pushed == 0 { free.min(self.held) } else { 0 };
        self.held = self.held + pushed as u64 - popped;
        // Popped lines are of any width; what they do not fill is blank, below everything.
        fall.widths.extend(std::iter::repeat_n(1, usize::try_from(popped).unwrap_or(0)));
        fall.widths.reverse();
        fall.widths.truncate(usize::from(size.rows));
        fall.widths.resize(usize::from(size.rows), 0);
        self.widths = fall.widths;
        let up = if pushed == 0 { i32::try_from(free - popped).unwrap_or(0) } else { 0 };
        self.cursor = self.cursor.map(|cursor| {
            let row = fall.cursor.map_or(0, |row| row - up).clamp(0, height - 1);
            Cursor { row: u16::try_from(row).unwrap_or(0), col: cursor.col.min(size.cols - 1) }
        });
        self.size = size;
    }
}

impl Fall {
    /// Places a row above those placed before; false if it falls off the top.
    fn take(
        &mut self,
        width: usize,
        columns: usize,
        cursor: Option<Cursor>,
        is_shown: bool,
        height: i32,
    ) -> bool {
        if self.blank_from == self.row + 1 && width == 0 {
            self.blank_from = self.row;
        }
        let rows = width.div_ceil(columns).max(1);
        let mut start = self.row + 1 - i32::try_from(rows).unwrap_or(i32::MAX);
        let fits = !is_shown || self.cursor.is_none_or(|at| at - start < height);
        if start < 0 && fits {
            // Blank rows at the bottom are given up for it.
            let down = (-start).min(height - self.blank_from);
            start += down;
            self.blank_from += down;
            self.cursor = self.cursor.map(|at| at + down);
            self.widths.drain(..usize::try_from(down).unwrap_or(0).min(self.widths.len()));
        }
        if start < 0 {
            if cursor.is_some() {
                self.cursor = Some(0);
            }
            return false;
        }
        if let Some(cursor) = cursor {
            let below = usize::from(cursor.col) / columns;
            let below = below.min(rows - 1);
            self.cursor = Some(start + i32::try_from(below).unwrap_or(0));
        }
        self.widths.push(width - (rows - 1) * if rows > 1 { columns } else { 0 });
        self.widths.extend(std::iter::repeat_n(columns, rows - 1));
        self.row = start - 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The change of the scrollback, of one with ten lines, when this screen takes another size.
    fn change(widths: &[usize], cursor: u16, to: (u16, u16), wraps: bool) -> i64 {
        let size = Size { rows: u16::try_from(widths.len()).unwrap(), cols: 10 };
        let cursor = Some(Cursor { row: cursor, col: 0 });
        let mut editor = Editor { size, widths: widths.to_vec(), cursor, held: 10, wraps };
        let changed = editor.resize(Size { rows: to.0, cols: to.1 });
        assert_eq!(editor.widths.len(), usize::from(to.0));
        changed
    }

    #[test]
    fn blank_rows_below_the_cursor_are_given_up_before_lines_are() {
        assert_eq!(change(&[3, 3, 0, 0], 1, (2, 10), true), 0);
        assert_eq!(change(&[3, 3, 3, 0], 3, (2, 10), true), 2, "the cursor's row stays");
        assert_eq!(change(&[3, 3, 3, 3], 3, (2, 10), true), 2);
    }

    #[test]
    fn a_higher_window_takes_lines_back_as_far_as_there_are_any() {
        assert_eq!(change(&[3, 3], 1, (5, 10), true), -3);
        assert_eq!(change(&[3, 0], 0, (30, 10), true), -10);
    }

    #[test]
    fn rows_too_wide_become_several_where_they_are_wrapped() {
        assert_eq!(change(&[10, 10, 10, 10], 3, (4, 5), true), 2);
        assert_eq!(change(&[10, 0, 0, 0], 1, (4, 5), true), 0);
        assert_eq!(change(&[10, 10, 10, 10], 3, (4, 5), false), 0);
    }
}
