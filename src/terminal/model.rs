//! The grid of `alacritty_terminal`, without its own scrollback: rows are taken down as they scroll off, and what
//! the grid does not tell about itself is noted as it passes by.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event as TermEvent, EventListener};
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, Osc52, TermMode};
use alacritty_terminal::vte::ansi::{
    Attr, CharsetIndex, ClearMode, CursorShape, CursorStyle, Handler, Hyperlink as NewLink,
    KeyboardModes, KeyboardModesApplyBehavior, LineClearMode, Mode, NamedPrivateMode, PrivateMode,
    Rgb, StandardCharset, TabulationClearMode,
};
use unicode_width::UnicodeWidthChar;

use super::picture::Row;
use super::scrollback::{Scrollback, wrap};
use crate::protocol::terminal::Size;

/// The library panics where more modes are pushed than this.
const KEYBOARD_MODES: usize = 4_096;

/// Collects what the grid tells while it reads.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<TermEvent>>>);

impl EventListener for Told {
    fn send_event(&self, event: TermEvent) {
        // The library's own answers, where it has any: `queries` gives all of them.
        if !matches!(event, TermEvent::PtyWrite(_) | TermEvent::TextAreaSizeRequest(_)) {
            self.tell(event);
        }
    }
}

impl Told {
    /// Adds to what was told.
    pub fn tell(&self, event: TermEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// What was told since the last call.
    pub fn take(&self) -> Vec<TermEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the grid keeps to itself, and a snapshot needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The first row of the scroll region, and the row behind its last.
    pub region: (usize, usize),
    /// Whether a tab stops in a column.
    pub tabs: Vec<bool>,
    /// Which of the four character sets is used.
    pub charset: usize,
    /// Titles pushed, the newest last.
    pub titles: Vec<Option<String>>,
    pub title: Option<String>,
    /// Keyboard modes pushed on this screen and on the other one.
    pub keyboard: [Vec<u8>; 2],
    pub cursor_style: Option<CursorStyle>,
    /// The character that `CSI b` would repeat.
    pub last: Option<char>,
}

impl Hidden {
    fn new(size: Size) -> Self {
        let (rows, cols) = dimensions(size);
        Self {
            region: (0, rows),
            tabs: (0..cols).map(|col| col % TAB == 0).collect(),
            charset: 0,
            titles: Vec::new(),
            title: None,
            keyboard: Default::default(),
            cursor_style: None,
            last: None,
        }
    }
}

/// Keyboard modes as they are pushed, with what the grid makes of them.
const KEYBOARD: [(TermMode, KeyboardModes); 5] = [
    (TermMode::DISAMBIGUATE_ESC_CODES, KeyboardModes::DISAMBIGUATE_ESC_CODES),
    (TermMode::REPORT_EVENT_TYPES, KeyboardModes::REPORT_EVENT_TYPES),
    (TermMode::REPORT_ALTERNATE_KEYS, KeyboardModes::REPORT_ALTERNATE_KEYS),
    (TermMode::REPORT_ALL_KEYS_AS_ESC, KeyboardModes::REPORT_ALL_KEYS_AS_ESC),
    (TermMode::REPORT_ASSOCIATED_TEXT, KeyboardModes::REPORT_ASSOCIATED_TEXT),
];

/// Those that are on.
pub fn keyboard_modes(mode: TermMode) -> KeyboardModes {
    let on = KEYBOARD.iter().filter(|(flag, _)| mode.contains(*flag));
    on.fold(KeyboardModes::NO_MODE, |all, (_, mode)| all | *mode)
}

/// Columns between tab stops.
const TAB: usize = 8;

/// A grid with its scrollback.
pub struct Model {
    pub term: Term<Told>,
    pub scrollback: Scrollback,
    pub hidden: Hidden,
    pub told: Told,
    /// A synchronised update is under way: nothing is to be shown before its end.
    pub updating: bool,
}

impl Model {
    /// An empty screen.
    pub fn new(size: Size, scrollback: Scrollback) -> Self {
        let told = Told::default();
        let config = Config {
            scrolling_history: 0,
            kitty_keyboard: true,
            osc52: Osc52::Disabled,
            ..Config::default()
        };
        let term = Term::new(config, &Grid(size), told.clone());
        Self { term, scrollback, hidden: Hidden::new(size), told, updating: false }
    }

    /// Whether the program uses the alternate screen.
    pub fn is_alt(&self) -> bool {
        self.term.mode().contains(TermMode::ALT_SCREEN)
    }

    /// How many rows there are, and how many columns.
    pub fn dimensions(&self) -> (usize, usize) {
        (self.term.screen_lines(), self.term.columns())
    }

    /// Gives the grid another size. What it does to its rows is no use: whoever calls puts them right.
    pub fn set_size(&mut self, size: Size) {
        self.term.resize(Grid(size));
        let (rows, cols) = dimensions(size);
        self.hidden.region = (0, rows);
        let from = self.hidden.tabs.len();
        self.hidden.tabs.truncate(cols);
        self.hidden.tabs.extend((from..cols).map(|col| col % TAB == 0));
    }

    /// Whether the row's line goes on in the row below.
    pub fn continues(&self, row: usize) -> bool {
        let line = Line(i32::try_from(row).unwrap_or(0));
        self.term.grid()[line][self.term.last_column()].flags.contains(Flags::WRAPLINE)
    }

    /// Takes down the first rows, which are about to be scrolled off.
    pub fn take_down(&mut self, count: usize) {
        for row in 0..count.min(self.term.screen_lines()) {
            let continues = self.continues(row);
            let row = &self.term.grid()[Line(i32::try_from(row).unwrap_or(0))];
            self.scrollback.push_row(&row[..], continues);
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

    fn wide_at_the_edge(&mut self, c: char) {
        let cursor = &self.term.grid().cursor;
        let full = cursor.input_needs_wrap;
        let edge = cursor.point.column == self.term.last_column();
        let width = if full || edge { c.width().unwrap_or(0) } else { 1 };
        if width > 0 && full {
            self.wraps();
        } else if width == 2 && edge {
            // The only row of a screen is taken down before the grid marks the gap.
            self.term.grid_mut().cursor_cell().flags.insert(Flags::LEADING_WIDE_CHAR_SPACER);
            self.wraps();
        }
    }

    /// A row of the grid, and whether its line goes on in the row below.
    pub fn row(&self, row: usize) -> (&[Cell], bool) {
        let line = Line(i32::try_from(row).unwrap_or(0));
        (&self.term.grid()[line][..], self.continues(row))
    }

    /// Does something with the primary screen, also while the alternate one is shown. It may change the size.
    pub fn on_primary<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        if !self.is_alt() {
            return act(self);
        }
        // The library shows one screen at a time, and clears the alternate one when it is shown: another stands in for it.
        let size = self.dimensions();
        let mut alt = std::mem::replace(
            self.term.grid_mut(),
            alacritty_terminal::Grid::new(size.0, size.1, 0),
        );
        let keyboard = keyboard_modes(*self.term.mode());
        self.term.swap_alt();
        let done = act(self);
        self.term.swap_alt();
        let (height, cols) = self.dimensions();
        if (height, cols) != size {
            alt.resize(false, height, cols);
            touch(&mut alt);
        }
        *self.term.grid_mut() = alt;
        // Showing a screen has set those that were pushed on it last.
        self.term.set_keyboard_mode(keyboard, KeyboardModesApplyBehavior::Replace);
        done
    }

    /// The rows of the primary screen, and whether each one's line goes on in the row below.
    pub fn primary(&mut self) -> Vec<(Row, bool)> {
        self.on_primary(|model| {
            let (height, _) = model.dimensions();
            let rows = (0..height).map(|row| model.row(row));
            rows.map(|(row, continues)| (row.to_vec(), continues)).collect()
        })
    }

    /// Puts rows on the screen in place of what is there, from the top; the rest is blank.
    pub fn lay(&mut self, rows: &[(Row, bool)]) {
        let cols = self.term.columns();
        let grid = self.term.grid_mut();
        let template = std::mem::take(&mut grid.cursor.template);
        erase(grid);
        for (line, (row, continues)) in (0..).map(Line).zip(rows) {
            for (col, cell) in row.iter().take(cols).enumerate() {
                grid[line][Column(col)] = cell.clone();
            }
            if *continues {
                let gap =
                    if row.len() < cols { Flags::LEADING_WIDE_CHAR_SPACER } else { Flags::empty() };
                grid[line][Column(cols - 1)].flags.insert(Flags::WRAPLINE | gap);
            }
        }
        grid.cursor.template = template;
    }

    /// Takes the last rows back from the scrollback, at most so many.
    pub fn take_back(&mut self, count: usize) -> VecDeque<(Row, bool)> {
        let mut rows = VecDeque::new();
        let cols = self.term.columns();
        let mut continues = self.scrollback.open_cells() > 0;
        while rows.len() < count {
            let Some(line) = self.scrollback.pop() else {
                break;
            };
            let wrapped: Vec<_> = wrap(&line, cols).map(|range| line[range].to_vec()).collect();
            for row in wrapped.into_iter().rev() {
                rows.push_front((row, continues));
                continues = true;
            }
            continues = false;
        }
        while rows.len() > count {
            if let Some((row, continues)) = rows.pop_front() {
                self.scrollback.push_row(&row, continues);
            }
        }
        rows
    }

    fn keyboard(&mut self) -> &mut Vec<u8> {
        &mut self.hidden.keyboard[usize::from(self.term.mode().contains(TermMode::ALT_SCREEN))]
    }
}

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
        goto_col(col: usize);
        insert_blank(count: usize);
        move_up(count: usize);
        move_down(count: usize);
        move_forward(count: usize);
        move_backward(count: usize);
        move_down_and_cr(count: usize);
        move_up_and_cr(count: usize);
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
        self.term.input(c);
    }

    #[inline]
    fn linefeed(&mut self) {
        self.goes_down();
        self.term.linefeed();
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
            PrivateMode::Named(NamedPrivateMode::SyncUpdate) => self.updating = false,
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

/// Titles that a program may push; the oldest are forgotten.
const TITLES: usize = 64;

impl Model {
    fn reset_region(&mut self) {
        self.hidden.region = (0, self.term.screen_lines());
    }

    /// Only some modes touch the cursor's style.
    fn note_style(&mut self, mode: PrivateMode) {
        if mode.raw() == PrivateMode::Named(NamedPrivateMode::BlinkingCursor).raw() {
            self.hidden.cursor_style = Some(self.term.cursor_style());
        }
    }
}

/// Erases every cell. The library's own way leaves some that were coloured before the grid became wider: it takes
/// a row for blank whose last cell is.
pub fn erase(grid: &mut alacritty_terminal::Grid<Cell>) {
    touch(grid);
    grid.reset_region(..);
}

/// Makes the library take no row for blank.
pub fn touch(grid: &mut alacritty_terminal::Grid<Cell>) {
    let last = grid.last_column();
    for line in (0..i32::try_from(grid.screen_lines()).unwrap_or(0)).map(Line) {
        // Whoever may have written to a cell is believed to have.
        let _ = &mut grid[line][last];
    }
}

/// Our size in the library's terms, which knows no screen narrower than two columns.
pub struct Grid(pub Size);

fn dimensions(size: Size) -> (usize, usize) {
    (Grid(size).screen_lines(), Grid(size).columns())
}

impl Dimensions for Grid {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.0.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.0.cols.max(2))
    }

    fn last_column(&self) -> Column {
        Column(self.columns() - 1)
    }
}
