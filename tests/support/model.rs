//! Owns what a screen should look like in Neovim by the word of the emulator library alone: nothing of our own painting
//! is used, so that its faults show.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line, Point};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::{CharsetIndex, Color, Handler, Processor, StandardCharset};

use unicode_width::UnicodeWidthChar;

use super::grid::Grid;
use super::nvim::Editor;
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

/// Narrow characters by the library that an editor draws in two cells: terminals are to give them two. (Of flags only the
/// letters are shown.)
#[derive(Clone)]
pub struct Widened(Arc<HashSet<char>>);

impl Widened {
    /// Asks the editor.
    pub fn by(editor: &Editor) -> Self {
        let code = "local all = {} for code = 0x1f000, 0x1fbff do \
                    if vim.fn.strdisplaywidth(vim.fn.nr2char(code)) == 2 then table.insert(all, code) end end return all";
        let wide = editor.lua(code, serde_json::Value::Null);
        let codes = wide.as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64);
        let chars = codes.filter_map(|code| char::from_u32(u32::try_from(code).ok()?));
        let narrow = |c: &char| c.width() == Some(1) && !('\u{1f1e6}'..='\u{1f1ff}').contains(c);
        Self(Arc::new(chars.filter(narrow).collect()))
    }

    /// All of them, in order.
    pub fn all(&self) -> Vec<char> {
        let mut all: Vec<char> = self.0.iter().copied().collect();
        all.sort_unstable();
        all
    }

    /// A character that nobody has and that the library gives two cells, in the place of such a one,
    fn put_off(&self, c: char) -> char {
        let other =
            if self.0.contains(&c) { char::from_u32(u32::from(c) + 0x2_0000) } else { None };
        other.unwrap_or(c)
    }

    /// and back.
    fn put_on(&self, c: char) -> char {
        let own = u32::from(c).checked_sub(0x2_0000).and_then(char::from_u32);
        own.filter(|own| self.0.contains(own)).unwrap_or(c)
    }
}

/// The emulator library, told the same bytes as a terminal.
pub struct Model {
    term: Term<VoidListener>,
    parser: Processor,
    version: Version,
    widened: Widened,
}

impl Model {
    /// A blank screen, as this Neovim should show it.
    pub fn new(version: Version, widened: &Widened, columns: usize, rows: usize) -> Self {
        let config = Config { scrolling_history: 0, kitty_keyboard: true, ..Config::default() };
        let term = Term::new(config, &Size(columns, rows), VoidListener);
        Self { term, parser: Processor::new(), version, widened: widened.clone() }
    }

    /// Another blank one of the same kind.
    pub fn again(&self) -> Self {
        let (columns, rows) = self.size();
        Self::new(self.version, &self.widened, columns, rows)
    }

    /// Reads a program's output, and ends whatever synchronised update it leaves open.
    pub fn feed(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).expect("output in whole characters");
        let text: String = text.chars().map(|c| self.widened.put_off(c)).collect();
        let mut rest = text.as_bytes();
        while let Some((start, end)) = mended(rest) {
            self.parser.advance(&mut self.term, &rest[..start]);
            self.mend(&rest[start..end]);
            rest = &rest[end..];
        }
        self.parser.advance(&mut self.term, rest);
        if self.parser.sync_timeout().sync_timeout().is_some() {
            self.parser.stop_sync(&mut self.term);
        }
    }

    /// What the library does wrong.
    fn mend(&mut self, sequence: &[u8]) {
        let last = *sequence.last().expect("a sequence");
        let feeds = last < b' ' || sequence == b"\x1bD";
        match last {
            // It forgets the first row where the cursor is in the second.
            b'J' if self.term.grid().cursor.point.line == 1 => {
                self.term.grid_mut().reset_region(..Line(1));
            }
            b'A'..=b'z' if last != b'J' && !feeds && self.has(TermMode::ORIGIN) => {
                return self.move_within(sequence, last);
            }
            _ => {}
        }
        self.parser.advance(&mut self.term, sequence);
        if feeds && self.has(TermMode::LINE_FEED_NEW_LINE) {
            self.term.carriage_return();
        }
    }

    /// It takes the row of the cursor for one of the scroll region.
    fn move_within(&mut self, sequence: &[u8], last: u8) {
        let digits = std::str::from_utf8(&sequence[2..sequence.len() - 1]).expect("digits");
        let count = digits.parse().unwrap_or(1).max(1);
        let Point { line, column } = self.term.grid().cursor.point;
        self.term.goto(0, 0);
        let row = (line - self.term.grid().cursor.point.line).0;
        let (row, column) = match last {
            b'A' => (row - count, column.0),
            b'F' => (row - count, 0),
            b'E' => (row + count, 0),
            b'G' | b'`' => (row, usize::try_from(count).expect("a column") - 1),
            _ => (row + count, column.0),
        };
        self.term.goto(row.max(0), column);
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
            std::iter::once(unjoined(self.widened.put_on(cell.c))).chain(kept.copied()).collect()
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
        // On the second half of a wide character it is shown on the first.
        let column = point.column.0 - usize::from(self.is_on_second_half());
        let place = (usize::try_from(point.line.0).unwrap_or(0), column);
        self.term.mode().contains(TermMode::SHOW_CURSOR).then_some(place)
    }

    /// Whether the next character begins another row.
    pub fn is_at_margin(&self) -> bool {
        self.term.grid().cursor.input_needs_wrap
    }

    /// How many columns there are from the cursor on.
    pub fn room(&self) -> usize {
        self.term.columns() - self.term.grid().cursor.point.column.0
    }

    /// Whether the cursor stands in the first cell of the screen.
    pub fn is_at_home(&self) -> bool {
        self.term.grid().cursor.point == Point::new(Line(0), Column(0))
    }

    /// Whether a mode is on.
    pub fn has(&self, mode: TermMode) -> bool {
        self.term.mode().contains(mode)
    }

    /// Whether some character set draws lines instead of letters.
    pub fn draws_lines(&self) -> bool {
        let grid = self.term.grid();
        let sets = [CharsetIndex::G0, CharsetIndex::G1, CharsetIndex::G2, CharsetIndex::G3];
        let mut cursors = [&grid.cursor, &grid.saved_cursor].into_iter();
        cursors.any(|cursor| sets.iter().any(|set| cursor.charsets[*set] != StandardCharset::Ascii))
    }

    /// Whether what is printed next is a link.
    pub fn links(&self) -> bool {
        self.term.grid().cursor.template.hyperlink().is_some()
    }

    /// Whether some wide character stands on the screen.
    pub fn has_wide(&self) -> bool {
        self.has_wide_behind((0, 0))
    }

    /// Whether some part of a wide character stands at the cursor or behind it.
    pub fn has_wide_ahead(&self) -> bool {
        let point = self.term.grid().cursor.point;
        self.has_wide_behind((usize::try_from(point.line.0).unwrap_or(0), point.column.0))
    }

    fn has_wide_behind(&self, place: (usize, usize)) -> bool {
        let (columns, rows) = self.size();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let flags = |(row, column): (usize, usize)| {
            self.term.grid()[Line(i32::try_from(row).expect("a row"))][Column(column)].flags
        };
        let wide = Flags::WIDE_CHAR | Flags::WIDE_CHAR_SPACER;
        cells.skip_while(|cell| *cell < place).any(|cell| flags(cell).intersects(wide))
    }

    /// Whether the cursor stands on the second half of a wide character.
    fn is_on_second_half(&self) -> bool {
        let Point { line, column } = self.term.grid().cursor.point;
        let is = |column: usize, flag| self.term.grid()[line][Column(column)].flags.contains(flag);
        column.0 > 0 && is(column.0, Flags::WIDE_CHAR_SPACER) && is(column.0 - 1, Flags::WIDE_CHAR)
    }

    /// Where `grid` differs from it, in words for people; None where it is the same.
    pub fn difference(&self, grid: &Grid, eyes: Eyes) -> Option<String> {
        self.difference_but(grid, eyes, |_, _| false)
    }

    /// The same without those cells, given by row and column, that may look otherwise.
    pub fn difference_but(
        &self,
        grid: &Grid,
        eyes: Eyes,
        otherwise: impl Fn(usize, usize) -> bool,
    ) -> Option<String> {
        let (columns, rows) = self.size();
        for row in 0..rows {
            for column in (0..columns).filter(|column| !otherwise(row, *column)) {
                let wanted = self.cell(row, column);
                let seen = seen(grid, row, column);
                if eyes.see(wanted) != eyes.see(seen) {
                    return Some(self.describe(grid, row, column));
                }
            }
        }
        let (wanted, seen) = (self.cursor(), self.cursor_on(grid));
        let lost = eyes == Eyes::Lenient && seen.is_none() && self.version == Version::V0_10;
        if wanted != seen && !(lost && self.is_on_second_half()) {
            return Some(format!("the cursor should be {wanted:?}, and is {seen:?}"));
        }
        None
    }

    /// Whether this mark stands in a cell, which is not shown.
    pub fn is_marked(&self, row: usize, column: usize, mark: char) -> bool {
        let line = Line(i32::try_from(row).expect("a row"));
        let marks = self.term.grid()[line][Column(column)].zerowidth();
        marks.is_some_and(|marks| marks.contains(&mark))
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

/// Where the first sequence is with which the library may do something wrong.
fn mended(bytes: &[u8]) -> Option<(usize, usize)> {
    (0..bytes.len()).find_map(|start| {
        let rest = &bytes[start..];
        if matches!(rest[0], b'\n' | 0x0b | 0x0c) {
            return Some((start, start + 1));
        }
        if rest.starts_with(b"\x1bD") {
            return Some((start, start + 2));
        }
        let inside = rest.strip_prefix(b"\x1b[")?;
        let digits = inside.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let found = match inside.get(digits)? {
            b'J' => &inside[..digits] == b"1",
            last => b"ABEFG`e".contains(last),
        };
        found.then_some((start, start + 2 + digits + 1))
    })
}

/// How closely two cells are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// Whatever Neovim tells a UI.
    Exact,
    /// Not what cannot be seen of a blank cell, such as the colour of its text.
    Looks,
    /// Nor which of two forms a sign of line drawing has, nor that 0.10 shows no cursor on half a character.
    Lenient,
}

impl Eyes {
    fn see(self, (text, style): (String, Style)) -> (String, Style) {
        match self {
            Self::Exact => (text, style),
            Self::Looks => visible((text, style)),
            Self::Lenient => visible((text.replace('⩽', "≤").replace('⩾', "≥"), style)),
        }
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
