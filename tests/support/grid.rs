//! Owns the screen as Neovim draws it: applies `ext_linegrid` redraw events to a grid of cells. Pure.

use std::collections::HashMap;
use std::ops::Range;

use rmpv::Value;

use super::style::{Style, to_colour};

/// One cell. The right half of a wide character is a cell with empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A character with what combines with it.
    pub text: String,
    highlight: u64,
}

impl Default for Cell {
    fn default() -> Self {
        Self { text: " ".to_owned(), highlight: 0 }
    }
}

/// The screen.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    rows: Vec<Vec<Cell>>,
    columns: usize,
    styles: HashMap<u64, Style>,
    cursor: (usize, usize),
    drawing: bool,
    /// Neovim shows no cursor: it is busy, or its terminal's program has hidden it.
    busy: bool,
    /// Shape and blinking of the cursor in terminal mode, by Neovim's names.
    pub terminal_cursor: (String, bool),
    /// The default foreground and background.
    pub colours: (u32, u32),
    /// Neovim's name of the mode, such as `normal`, `insert`, `terminal`.
    pub mode: String,
    /// What Neovim would write into the title bar.
    pub title: String,
}

impl Grid {
    /// Applies the parameters of one `redraw` notification.
    pub fn redraw(&mut self, events: &[Value]) {
        for event in events {
            let Some([name, calls @ ..]) = event.as_array().map(Vec::as_slice) else {
                continue;
            };
            let name = name.as_str().unwrap_or_default();
            for call in calls {
                self.apply(name, list(call));
            }
        }
    }

    fn apply(&mut self, name: &str, args: &[Value]) {
        self.drawing = name != "flush";
        match (name, args) {
            ("grid_resize", [_, columns, rows, ..]) => self.resize(number(columns), number(rows)),
            ("grid_clear", _) => self.clear(),
            ("grid_cursor_goto", [_, row, column, ..]) => {
                self.cursor = (number(row), number(column))
            }
            ("grid_line", [_, row, column, cells, ..]) => {
                self.line(number(row), number(column), list(cells));
            }
            ("grid_scroll", [_, top, bottom, left, right, count, ..]) => {
                let (rows, columns) = (number(top)..number(bottom), number(left)..number(right));
                self.scroll(rows, columns, count.as_i64().unwrap_or_default());
            }
            ("hl_attr_define", [id, rgb, ..]) => {
                self.styles.insert(number(id) as u64, Style::read(rgb));
            }
            // -1 leaves the choice to the UI.
            ("default_colors_set", [fg, bg, ..]) => {
                self.colours = (to_colour(fg).unwrap_or(0xff_ff_ff), to_colour(bg).unwrap_or(0));
            }
            ("mode_change", [mode, ..]) => self.mode = word(mode),
            ("mode_info_set", [_, modes, ..]) => self.modes(list(modes)),
            ("busy_start", _) => self.busy = true,
            ("busy_stop", _) => self.busy = false,
            ("set_title", [title, ..]) => self.title = word(title),
            _ => {}
        }
    }

    fn modes(&mut self, modes: &[Value]) {
        let field = |mode: &Value, name: &str| {
            let entries = mode.as_map()?;
            entries
                .iter()
                .find(|(key, _)| key.as_str() == Some(name))
                .map(|(_, value)| value.clone())
        };
        let of_terminal = |mode: &&Value| {
            field(mode, "name").is_some_and(|name| name.as_str() == Some("terminal"))
        };
        if let Some(mode) = modes.iter().find(of_terminal) {
            let shape = field(mode, "cursor_shape").map(|shape| word(&shape)).unwrap_or_default();
            let blinks = field(mode, "blinkon").is_some_and(|time| time.as_u64() > Some(0));
            self.terminal_cursor = (shape, blinks);
        }
    }

    fn resize(&mut self, columns: usize, rows: usize) {
        self.rows.resize_with(rows, Vec::new);
        self.rows.iter_mut().for_each(|row| row.resize_with(columns, Cell::default));
        self.columns = columns;
    }

    fn clear(&mut self) {
        self.rows.iter_mut().flatten().for_each(|cell| *cell = Cell::default());
    }

    fn line(&mut self, row: usize, mut column: usize, cells: &[Value]) {
        let mut highlight = 0;
        for cell in cells {
            let parts = list(cell);
            let text = parts.first().and_then(Value::as_str).unwrap_or_default();
            // A cell without a highlight has the one before it in the same event.
            highlight = parts.get(1).and_then(Value::as_u64).unwrap_or(highlight);
            for _ in 0..parts.get(2).map_or(1, number) {
                if let Some(target) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
                    *target = Cell { text: text.to_owned(), highlight };
                }
                column += 1;
            }
        }
    }

    /// Moves rows up by `count`, down when it is negative. What moves in is drawn by the lines that follow.
    fn scroll(&mut self, rows: Range<usize>, columns: Range<usize>, count: i64) {
        let by = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let targets: Vec<usize> = if count > 0 {
            (rows.start..rows.end.saturating_sub(by)).collect()
        } else {
            (rows.start.saturating_add(by)..rows.end).rev().collect()
        };
        for target in targets {
            let source = if count > 0 { target + by } else { target - by };
            let moved = self.rows[source][columns.clone()].to_vec();
            self.rows[target][columns.clone()].clone_from_slice(&moved);
        }
    }

    /// Whether the screen is between two flushes: half drawn, not to be looked at.
    pub fn is_drawing(&self) -> bool {
        self.drawing
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (self.columns, self.rows.len())
    }

    /// Row and column of the cursor.
    pub fn cursor(&self) -> (usize, usize) {
        self.cursor
    }

    /// The same; None while it is hidden.
    pub fn visible_cursor(&self) -> Option<(usize, usize)> {
        (!self.busy).then_some(self.cursor)
    }

    /// How one cell looks.
    pub fn style(&self, row: usize, column: usize) -> Style {
        let highlight = self.cells(row).get(column).map_or(0, |cell| cell.highlight);
        self.styles.get(&highlight).cloned().unwrap_or_default()
    }

    /// The cells of one row; none below the screen.
    pub fn cells(&self, row: usize) -> &[Cell] {
        self.rows.get(row).map_or(&[], Vec::as_slice)
    }
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use rmpv::Value;
    use serde_json::{Value as Json, json};

    use super::super::json::to_msgpack;
    use super::Grid;

    fn drawn(columns: usize, rows: usize, events: Json) -> Grid {
        let mut grid = Grid::default();
        let start = json!([["grid_resize", [1, columns, rows]], ["grid_clear", [1]]]);
        for part in [start, events, json!([["flush", []]])] {
            grid.redraw(to_msgpack(&part).as_array().map_or(&[], Vec::<Value>::as_slice));
        }
        grid
    }

    fn letters() -> Json {
        let line = |row: usize, letter: &str| json!([1, row, 0, [[letter, 0, 4]], false]);
        json!(["grid_line", line(0, "a"), line(1, "b"), line(2, "c"), line(3, "d")])
    }

    #[test]
    fn a_line_repeats_cells_and_inherits_the_highlight_within_its_event() {
        let grid = drawn(
            8,
            1,
            json!([
                ["hl_attr_define", [7, {"foreground": 0xff0000, "bold": true}, {}, []]],
                ["grid_line", [1, 0, 1, [["x", 7, 2], ["y"], ["z", 0]], false]],
            ]),
        );
        assert_eq!(grid.text(), " xxyz\n");
        assert_eq!(grid.highlights(), "0: 1..4 fg=#ff0000 bold\n");
    }

    #[test]
    fn equal_looks_under_different_ids_are_one_run() {
        let look = json!({"background": 255, "undercurl": true, "special": 1});
        let grid = drawn(
            4,
            1,
            json!([
                ["hl_attr_define", [1, look, {}, []], [2, look, {}, []]],
                ["grid_line", [1, 0, 0, [["a", 1], ["b", 2]], false]],
            ]),
        );
        assert_eq!(grid.highlights(), "0: 0..2 bg=#0000ff sp=#000001 undercurl\n");
    }

    #[test]
    fn scrolling_up_and_down_moves_only_the_region() {
        let up = drawn(4, 4, json!([letters(), ["grid_scroll", [1, 0, 3, 1, 3, 1, 0]]]));
        assert_eq!(up.text(), "abba\nbccb\ncccc\ndddd\n");
        let down = drawn(4, 4, json!([letters(), ["grid_scroll", [1, 1, 4, 0, 4, -2, 0]]]));
        assert_eq!(down.text(), "aaaa\nbbbb\ncccc\nbbbb\n");
    }

    #[test]
    fn resizing_keeps_what_fits_and_clearing_empties() {
        let smaller = drawn(4, 4, json!([letters(), ["grid_resize", [1, 2, 3]]]));
        assert_eq!((smaller.size(), smaller.text().as_str()), ((2, 3), "aa\nbb\ncc\n"));
        let empty = drawn(4, 4, json!([letters(), ["grid_clear", [1]]]));
        assert_eq!(empty.text(), "\n\n\n\n");
    }

    #[test]
    fn text_is_found_by_cell_behind_wide_characters() {
        let wide = drawn(
            6,
            1,
            json!([["grid_line", [1, 0, 0, [["世", 0], [""], ["a"], ["é"], ["b"]], false]]]),
        );
        assert_eq!(
            (wide.find("a"), wide.find("b"), wide.find("c")),
            (Some((0, 2)), Some((0, 4)), None)
        );
    }

    #[test]
    fn the_screen_is_not_to_be_looked_at_before_its_flush() {
        let mut grid =
            drawn(4, 1, json!([["grid_cursor_goto", [1, 0, 2]], ["mode_change", ["insert", 1]]]));
        assert_eq!(
            (grid.cursor(), grid.mode.as_str(), grid.is_drawing()),
            ((0, 2), "insert", false)
        );
        grid.redraw(
            to_msgpack(&json!([["grid_clear", [1]]])).as_array().map_or(&[], Vec::as_slice),
        );
        assert!(grid.is_drawing());
    }
}
