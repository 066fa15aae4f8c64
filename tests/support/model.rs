//! Owns what a screen should look like in Neovim by the word of the emulator library alone: nothing of our own painting
//! is used, so that its faults show.

use std::fmt::Write;

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::{Color, Processor};

use super::grid::Grid;
use super::style::Style;
use super::version::Version;

/// The sixteen colours that the tests' editors are given, so that each can be told from every other.
pub fn ansi_colour(index: u8) -> u32 {
    0x10_10_10 + u32::from(index) * 0x0b_0d_0f
}

/// The mark that the tests' editors put on the cell of the cursor where they draw it themselves: Neovim 0.10.
pub const CURSOR_MARK: u32 = 0x01_23_45;

/// Any of the 256 colours as Neovim's terminal has them: sixteen, a cube of 6 × 6 × 6, and 24 greys.
fn indexed(index: u8) -> u32 {
    match index {
        0..16 => ansi_colour(index),
        16..232 => {
            let level = |part: u8| u32::from(part) * 0x33;
            let cube = index - 16;
            level(cube / 36) << 16 | level(cube / 6 % 6) << 8 | level(cube % 6)
        }
        _ => (u32::from(index) - 232) * 0xff / 23 * 0x01_01_01,
    }
}

struct Size(usize, usize);

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.1
    }
    fn screen_lines(&self) -> usize {
        self.1
    }
    fn columns(&self) -> usize {
        self.0
    }
}

/// The emulator library, told the same bytes as a terminal.
pub struct Model {
    term: Term<VoidListener>,
    parser: Processor,
    version: Version,
}

impl Model {
    /// A blank screen, as this Neovim should show it.
    pub fn new(version: Version, columns: usize, rows: usize) -> Self {
        let config = Config { scrolling_history: 0, kitty_keyboard: true, ..Config::default() };
        let term = Term::new(config, &Size(columns, rows), VoidListener);
        Self { term, parser: Processor::new(), version }
    }

    /// Another blank one of the same kind.
    pub fn again(&self) -> Self {
        let (columns, rows) = self.size();
        Self::new(self.version, columns, rows)
    }

    /// Reads a program's output, and ends whatever synchronised update it leaves open.
    pub fn feed(&mut self, bytes: &[u8]) {
        const ABOVE: &[u8] = b"\x1b[1J";
        let mut rest = bytes;
        // The library forgets the first row where the cursor is in the second.
        while let Some(at) = rest.windows(ABOVE.len()).position(|sequence| sequence == ABOVE) {
            self.parser.advance(&mut self.term, &rest[..at]);
            if self.term.grid().cursor.point.line == 1 {
                self.term.grid_mut().reset_region(..Line(1));
            }
            self.parser.advance(&mut self.term, ABOVE);
            rest = &rest[at + ABOVE.len()..];
        }
        self.parser.advance(&mut self.term, rest);
        if self.parser.sync_timeout().sync_timeout().is_some() {
            self.parser.stop_sync(&mut self.term);
        }
    }

    fn size(&self) -> (usize, usize) {
        (self.term.columns(), self.term.screen_lines())
    }

    /// Text and look of one cell.
    fn cell(&self, row: usize, column: usize) -> (String, Style) {
        let line = Line(i32::try_from(row).expect("a row"));
        let row = &self.term.grid()[line];
        let (cell, last) = (&row[Column(column)], column + 1 == self.term.columns());
        let has = |column: usize, flag| row[Column(column)].flags.contains(flag);
        let (wide, spacer) = (Flags::WIDE_CHAR, Flags::WIDE_CHAR_SPACER);
        let follows = column > 0 && has(column - 1, wide);
        let whole = has(column, wide) && !last && has(column + 1, spacer);
        let text = if has(column, spacer) && follows {
            // Of a skin tone both cells are blank.
            if is_modifier(row[Column(column - 1)].c) { " ".to_owned() } else { String::new() }
        } else if has(column, spacer) || has(column, wide) && !whole {
            " ".to_owned()
        } else {
            let marks = cell.zerowidth().into_iter().flatten();
            // Neovim would write them out; they are left away.
            let gone = |mark: char| matches!(mark, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
            let kept = marks.filter(|mark| !gone(**mark) && (whole || **mark != '\u{fe0f}'));
            std::iter::once(unjoined(cell.c)).chain(kept.copied()).collect()
        };
        (text, self.style(cell))
    }

    fn colour(&self, colour: Color) -> Option<u32> {
        let set = |index: usize| {
            self.term.colors()[index]
                .map(|c| u32::from(c.r) << 16 | u32::from(c.g) << 8 | u32::from(c.b))
        };
        match colour {
            Color::Spec(c) => Some(u32::from(c.r) << 16 | u32::from(c.g) << 8 | u32::from(c.b)),
            Color::Named(name) if name as usize >= 16 => set(name as usize),
            Color::Named(name) => {
                set(name as usize).or_else(|| u8::try_from(name as usize).ok().map(indexed))
            }
            Color::Indexed(index) => set(usize::from(index)).or_else(|| Some(indexed(index))),
        }
    }

    /// Neovim's terminal shows no more than this of a style.
    fn style(&self, cell: &Cell) -> Style {
        let has = |flag| cell.flags.contains(flag);
        let mut style = Style::default();
        style.fg = self.colour(cell.fg);
        style.bg = self.colour(cell.bg);
        let link = cell.hyperlink().filter(|_| self.version == Version::V0_12);
        style.url = link.map(|link| link.uri().to_owned());
        let underlines = [
            (Flags::UNDERLINE, "underline"),
            (Flags::DOUBLE_UNDERLINE, "underdouble"),
            (Flags::UNDERCURL, "undercurl"),
            // These two it shows as plain ones.
            (Flags::DOTTED_UNDERLINE, "underline"),
            (Flags::DASHED_UNDERLINE, "underline"),
        ];
        style.underline = underlines.into_iter().find(|(flag, _)| has(*flag)).map(|(_, name)| name);
        let flags = [
            (Flags::BOLD, "bold"),
            (Flags::ITALIC, "italic"),
            (Flags::INVERSE, "reverse"),
            (Flags::STRIKEOUT, "strikethrough"),
            (Flags::DIM, "dim"),
            (Flags::HIDDEN, "conceal"),
        ];
        let newer = ["dim", "conceal"];
        for (flag, name) in flags {
            if has(flag) && (self.version == Version::V0_12 || !newer.contains(&name)) {
                style.set(name);
            }
        }
        style
    }

    /// Row and column of the cursor; None while it is hidden.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        let point = self.term.grid().cursor.point;
        let place = (usize::try_from(point.line.0).unwrap_or(0), point.column.0);
        self.term.mode().contains(TermMode::SHOW_CURSOR).then_some(place)
    }

    /// Where `grid` differs from it, in words for people; None where it is the same.
    /// `looks_only` leaves out what cannot be seen of a blank cell, such as the colour of its text.
    pub fn difference(&self, grid: &Grid, looks_only: bool) -> Option<String> {
        let (columns, rows) = self.size();
        for row in 0..rows {
            for column in 0..columns {
                let wanted = self.cell(row, column);
                let seen = seen(grid, row, column);
                let (wanted, seen) =
                    if looks_only { (visible(wanted), visible(seen)) } else { (wanted, seen) };
                if wanted != seen {
                    return Some(self.describe(grid, row, column));
                }
            }
        }
        let (wanted, seen) = (self.cursor(), self.cursor_on(grid));
        if wanted != seen {
            return Some(format!("the cursor should be {wanted:?}, and is {seen:?}"));
        }
        None
    }

    /// Where the editor shows the terminal's cursor: 0.10 draws it as a highlight.
    fn cursor_on(&self, grid: &Grid) -> Option<(usize, usize)> {
        if self.version != Version::V0_10 {
            return grid.visible_cursor();
        }
        let (columns, rows) = self.size();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let mut marked =
            cells.filter(|&(row, column)| grid.style(row, column).special == Some(CURSOR_MARK));
        marked.next()
    }

    fn describe(&self, grid: &Grid, row: usize, column: usize) -> String {
        let (columns, rows) = self.size();
        let (text, style) = self.cell(row, column);
        let seen = seen(grid, row, column);
        let mut all = format!(
            "row {row}, column {column} should be {text:?} {style}, and is {:?} {}\n",
            seen.0, seen.1
        );
        for row in 0..rows {
            let line: String = (0..columns).map(|column| self.cell(row, column).0).collect();
            let seen: String = grid.cells(row).iter().map(|cell| cell.text.as_str()).collect();
            let _ = writeln!(all, "wanted |{line}|\nseen   |{seen}|");
        }
        all
    }
}

/// What stands in a cell of the editor's screen.
fn seen(grid: &Grid, row: usize, column: usize) -> (String, Style) {
    let text = grid.cells(row).get(column).map(|cell| cell.text.clone()).unwrap_or_default();
    let mut style = grid.style(row, column);
    style.special = style.special.filter(|colour| *colour != CURSOR_MARK);
    (text, style)
}

/// What can be seen of a cell.
fn visible((text, style): (String, Style)) -> (String, Style) {
    let drawn = ["reverse", "strikethrough"].iter().any(|flag| style.is(flag));
    if text != " " || drawn || style.underline.is_some() {
        return (text, style);
    }
    let mut plain = Style::default();
    plain.bg = style.bg;
    (text, plain)
}

/// What Neovim would join with its neighbour stands alone, so that what follows keeps its column: see `doc/fidelity.md`.
fn unjoined(c: char) -> char {
    match c {
        '\u{1f1e6}'..='\u{1f1ff}' => char::from(b'A' + (u32::from(c) - 0x1f1e6) as u8),
        c if c.is_control() || is_modifier(c) => ' ',
        c => c,
    }
}

/// A skin tone.
fn is_modifier(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}
