//! What the parser calls: the grid does it, after what it would not tell was noted, and rows about to leave it were taken
//! down.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::TermMode;
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::vte::ansi::{
    Attr, CharsetIndex, ClearMode, CursorShape, CursorStyle, Handler, Hyperlink as NewLink,
    KeyboardModes, KeyboardModesApplyBehavior, LineClearMode, Mode, NamedPrivateMode, PrivateMode,
    Rgb, StandardCharset, TabulationClearMode,
};

use super::{Hidden, Model, erase};
use crate::protocol::terminal::Size;
use crate::terminal::scrollback::takes_mark;
use crate::terminal::width::{is_pictograph, stand_in, width};

/// Titles that a program may push; the oldest are forgotten.
const TITLES: usize = 64;

/// More rows than any screen has.
const ROWS: i32 = 1 << 16;

/// The library panics where more modes are pushed than this.
const KEYBOARD_MODES: usize = 4_096;

/// Hands calls to the grid as they are.
macro_rules! pass {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(#[inline] fn $name(&mut self, $($argument: $type),*) {
            self.term.$name($($argument),*);
        })*
    };
}

impl Handler for Model {
    pass! {
        goto(line: i32, col: usize);
        goto_line(line: i32);
        insert_blank(count: usize);
        move_forward(count: usize);
        move_backward(count: usize);
        backspace();
        carriage_return();
        bell();
        scroll_down(count: usize);
        insert_blank_lines(count: usize);
        erase_chars(count: usize);
        delete_chars(count: usize);
        move_backward_tabs(count: u16);
        move_forward_tabs(count: u16);
        save_cursor_position();
        restore_cursor_position();
        clear_line(mode: LineClearMode);
        reverse_index();
        terminal_attribute(attr: Attr);
        set_mode(mode: Mode);
        unset_mode(mode: Mode);
        set_keypad_application_mode();
        unset_keypad_application_mode();
        configure_charset(index: CharsetIndex, charset: StandardCharset);
        set_color(index: usize, color: Rgb);
        dynamic_color_sequence(prefix: String, index: usize, terminator: &str);
        reset_color(index: usize);
        decaln();
        set_hyperlink(link: Option<NewLink>);
        set_keyboard_mode(mode: KeyboardModes, apply: KeyboardModesApplyBehavior);
    }

    #[inline]
    fn input(&mut self, c: char) {
        if self.term.grid().cursor.input_needs_wrap || c >= '\u{1100}' {
            self.wide_at_the_edge(c);
        }
        self.hidden.last = Some(c);
        if is_pictograph(c) {
            self.pictograph(c);
        } else if c.is_ascii() || self.has_room(c) {
            self.term.input(c);
        }
    }

    #[inline]
    fn linefeed(&mut self) {
        self.goes_down();
        self.term.linefeed();
        // The library returns after `NEL` only. That this is `IND`, which does not return, it does not tell.
        if self.term.mode().contains(TermMode::LINE_FEED_NEW_LINE) {
            self.term.carriage_return();
        }
    }

    fn goto_col(&mut self, col: usize) {
        self.go_by(0, col);
    }

    fn move_up(&mut self, count: usize) {
        self.go_by(-rows(count), self.term.grid().cursor.point.column.0);
    }

    fn move_down(&mut self, count: usize) {
        self.go_by(rows(count), self.term.grid().cursor.point.column.0);
    }

    fn move_down_and_cr(&mut self, count: usize) {
        self.go_by(rows(count), 0);
    }

    fn move_up_and_cr(&mut self, count: usize) {
        self.go_by(-rows(count), 0);
    }

    fn newline(&mut self) {
        self.goes_down();
        self.term.newline();
    }

    fn put_tab(&mut self, count: u16) {
        if self.term.grid().cursor.input_needs_wrap {
            self.wraps();
        }
        self.term.put_tab(count);
    }

    fn scroll_up(&mut self, count: usize) {
        if self.hidden.region.0 == 0 {
            self.scrolls(count);
        }
        self.term.scroll_up(count);
    }

    fn delete_lines(&mut self, count: usize) {
        if self.hidden.region.0 == 0 && self.term.grid().cursor.point.line == 0 {
            self.scrolls(count);
        }
        self.term.delete_lines(count);
    }

    fn clear_screen(&mut self, mode: ClearMode) {
        match mode {
            // As in the editor, and unlike the library, the rows do not go to the scrollback.
            ClearMode::All => {
                self.term.grid_mut().reset_region(..);
            }
            ClearMode::Saved => self.scrollback.clear(),
            ClearMode::Above => {
                // The library leaves the first row when the cursor is in the second.
                if self.term.grid().cursor.point.line == 1 {
                    self.term.grid_mut().reset_region(..Line(1));
                }
                self.term.clear_screen(mode);
            }
            ClearMode::Below => self.term.clear_screen(mode),
        }
    }

    fn reset_state(&mut self) {
        let (rows, cols) = self.dimensions();
        self.scrollback.clear();
        self.updating = false;
        self.hidden = Hidden::new(Size {
            rows: u16::try_from(rows).unwrap_or(u16::MAX),
            cols: u16::try_from(cols).unwrap_or(u16::MAX),
        });
        self.term.reset_state();
    }

    fn set_horizontal_tabstop(&mut self) {
        let col = self.term.grid().cursor.point.column;
        self.hidden.tabs[col.0] = true;
        self.term.set_horizontal_tabstop();
    }

    fn clear_tabs(&mut self, mode: TabulationClearMode) {
        match mode {
            TabulationClearMode::All => self.hidden.tabs.fill(false),
            TabulationClearMode::Current => {
                let col = self.term.grid().cursor.point.column;
                self.hidden.tabs[col.0] = false;
            }
        }
        self.term.clear_tabs(mode);
    }

    fn set_private_mode(&mut self, mode: PrivateMode) {
        match mode {
            PrivateMode::Named(NamedPrivateMode::SyncUpdate) => self.updating = true,
            PrivateMode::Named(NamedPrivateMode::ColumnMode) => self.reset_region(),
            _ => {}
        }
        let was_alt = self.is_alt();
        self.term.set_private_mode(mode);
        if self.is_alt() && !was_alt {
            erase(self.term.grid_mut());
        }
        self.note_style(mode);
    }

    fn unset_private_mode(&mut self, mode: PrivateMode) {
        match mode {
            PrivateMode::Named(NamedPrivateMode::SyncUpdate) => {
                (self.updating, self.updated) = (false, true);
            }
            PrivateMode::Named(NamedPrivateMode::ColumnMode) => self.reset_region(),
            _ => {}
        }
        self.term.unset_private_mode(mode);
        self.note_style(mode);
    }

    fn set_scrolling_region(&mut self, top: usize, bottom: Option<usize>) {
        let rows = self.term.screen_lines();
        let bottom = bottom.unwrap_or(rows);
        // A region must begin on the screen, or the library scrolls rows that are none.
        if top < bottom && (1..=rows).contains(&top) {
            self.hidden.region = (top - 1, bottom.min(rows));
            self.term.set_scrolling_region(top, Some(bottom));
        }
    }

    fn set_active_charset(&mut self, index: CharsetIndex) {
        self.hidden.charset = index as usize;
        self.term.set_active_charset(index);
    }

    fn set_cursor_style(&mut self, style: Option<CursorStyle>) {
        self.hidden.cursor_style = style;
        self.term.set_cursor_style(style);
    }

    fn set_cursor_shape(&mut self, shape: CursorShape) {
        self.term.set_cursor_shape(shape);
        self.hidden.cursor_style = Some(self.term.cursor_style());
    }

    fn set_title(&mut self, title: Option<String>) {
        self.hidden.title.clone_from(&title);
        self.term.set_title(title);
    }

    fn push_title(&mut self) {
        self.hidden.titles.push(self.hidden.title.clone());
        if self.hidden.titles.len() > TITLES {
            self.hidden.titles.remove(0);
        }
    }

    fn pop_title(&mut self) {
        if let Some(title) = self.hidden.titles.pop() {
            self.set_title(title);
        }
    }

    fn push_keyboard_mode(&mut self, mode: KeyboardModes) {
        if self.keyboard().len() < KEYBOARD_MODES {
            self.keyboard().push(mode.bits());
            self.term.push_keyboard_mode(mode);
        }
    }

    fn pop_keyboard_modes(&mut self, count: u16) {
        let left = self.keyboard().len().saturating_sub(usize::from(count));
        self.keyboard().truncate(left);
        self.term.pop_keyboard_modes(count);
    }
}

/// So many rows, or more than there can be.
fn rows(count: usize) -> i32 {
    i32::try_from(count).map_or(ROWS, |count| count.min(ROWS))
}

impl Model {
    /// To a column, so many rows further down. In origin mode the library takes the row that the cursor is in for one that is counted
    /// from the scroll region, and so goes further down.
    fn go_by(&mut self, rows: i32, col: usize) {
        let line = self.term.grid().cursor.point.line.0;
        if self.term.mode().contains(TermMode::ORIGIN) {
            let top = i32::try_from(self.hidden.region.0).unwrap_or(0);
            self.term.goto((line - top + rows).max(0), col);
        } else {
            self.term.goto(line + rows, col);
        }
    }

    /// A region that begins above everything, on the primary screen, is about to scroll.
    fn scrolls(&mut self, count: usize) {
        if !self.is_alt() {
            self.take_down(count.min(self.hidden.region.1));
        }
    }

    /// The cursor is about to go down a row.
    fn goes_down(&mut self) {
        let line = self.term.grid().cursor.point.line.0 + 1;
        if self.hidden.region.0 == 0 && usize::try_from(line) == Ok(self.hidden.region.1) {
            self.scrolls(1);
        }
    }

    /// The cursor's row is full, and is about to be wrapped.
    fn wraps(&mut self) {
        if self.term.mode().contains(TermMode::LINE_WRAP) {
            self.term.grid_mut().cursor_cell().flags.insert(Flags::WRAPLINE);
            self.goes_down();
        }
    }

    /// Whether the cell before the cursor has room for this, if it is a mark.
    fn has_room(&self, c: char) -> bool {
        if width(c) != Some(0) {
            return true;
        }
        let grid = self.term.grid();
        let Point { line, column } = grid.cursor.point;
        let before = column.0.saturating_sub(usize::from(!grid.cursor.input_needs_wrap));
        let cell = &grid[line][Column(before)];
        // A wide character's marks are in its first half.
        let half = usize::from(cell.flags.contains(Flags::WIDE_CHAR_SPACER));
        takes_mark(&grid[line][Column(before.saturating_sub(half))], c)
    }

    /// The grid would give it one cell: it is told another character, in whose place this one is put.
    fn pictograph(&mut self, c: char) {
        self.term.input(stand_in(c));
        let grid = self.term.grid_mut();
        let Point { line, column } = grid.cursor.point;
        let behind = if grid.cursor.input_needs_wrap { 1 } else { 2 };
        let cell = &mut grid[line][Column(column.0.saturating_sub(behind))];
        if cell.c == stand_in(c) {
            cell.c = c;
        }
    }

    fn wide_at_the_edge(&mut self, c: char) {
        let cursor = &self.term.grid().cursor;
        let full = cursor.input_needs_wrap;
        let edge = cursor.point.column == self.term.last_column();
        let cells = if full || edge { width(c).unwrap_or(0) } else { 1 };
        if cells > 0 && full {
            self.wraps();
        } else if cells == 2 && edge {
            // The only row of a screen is taken down before the grid marks the gap.
            self.term.grid_mut().cursor_cell().flags.insert(Flags::LEADING_WIDE_CHAR_SPACER);
            self.wraps();
        }
    }

    fn reset_region(&mut self) {
        self.hidden.region = (0, self.term.screen_lines());
    }

    /// Only some modes touch the cursor's style.
    fn note_style(&mut self, mode: PrivateMode) {
        if mode.raw() == PrivateMode::Named(NamedPrivateMode::BlinkingCursor).raw() {
            self.hidden.cursor_style = Some(self.term.cursor_style());
        }
    }

    fn keyboard(&mut self) -> &mut Vec<u8> {
        &mut self.hidden.keyboard[usize::from(self.term.mode().contains(TermMode::ALT_SCREEN))]
    }
}
