//! Writes cells as escape sequences, changing the style only where it changes.

use std::io::Write;

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::Color;

use super::width::is_pictograph;

/// Flags that select a style, with the SGR code of each.
const STYLES: [(Flags, &str); 11] = [
    (Flags::BOLD, "1"),
    (Flags::DIM, "2"),
    (Flags::ITALIC, "3"),
    (Flags::UNDERLINE, "4"),
    (Flags::DOUBLE_UNDERLINE, "4:2"),
    (Flags::UNDERCURL, "4:3"),
    (Flags::DOTTED_UNDERLINE, "4:4"),
    (Flags::DASHED_UNDERLINE, "4:5"),
    (Flags::INVERSE, "7"),
    (Flags::HIDDEN, "8"),
    (Flags::STRIKEOUT, "9"),
];

/// Marks a wide character whose halves have styles of their own: see `rows::fit_narrow`. Pictures never have this flag.
pub(super) const MOVED: Flags = Flags::LEADING_WIDE_CHAR_SPACER;

/// Which colour of a cell an SGR code sets.
#[derive(Clone, Copy)]
enum Plane {
    Text,
    Ground,
    Underline,
}

/// A growing frame with the style that the next cell would be written in.
#[derive(Default)]
pub(super) struct Pen {
    out: Vec<u8>,
    /// A blank cell that carries the present style.
    style: Cell,
}

impl Pen {
    /// The frame so far.
    pub fn finish(mut self) -> Vec<u8> {
        self.plain();
        self.out
    }

    /// The frame so far, and what makes whatever comes look like this cell.
    pub fn finish_in(mut self, cell: &Cell) -> Vec<u8> {
        self.style(cell);
        self.out
    }

    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// A sequence as it is.
    pub fn raw(&mut self, sequence: &str) {
        self.out.extend_from_slice(sequence.as_bytes());
    }

    /// A formatted sequence. Writing into memory cannot fail, hence the ignored result.
    pub fn put(&mut self, sequence: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(sequence);
    }

    /// To a place, both counted from 0.
    pub fn go(&mut self, row: usize, col: usize) {
        self.put(format_args!("\x1b[{};{}H", row + 1, col + 1));
    }

    /// Back to the default style, as whatever erases or scrolls paints the ground with the present one.
    pub fn plain(&mut self) {
        self.style(&Cell::default());
    }

    /// Erases from the cursor to the end of its row.
    pub fn erase_rest(&mut self) {
        self.plain();
        self.raw("\x1b[K");
    }

    /// Erases the cursor's row, so that the next one is no continuation of it for whoever wraps lines anew.
    pub fn erase_row(&mut self) {
        self.plain();
        self.raw("\x1b[2K");
    }

    /// Writes the cells of one row; the cursor already stands on the first, in column `col`.
    pub fn cells(&mut self, cells: &[Cell], col: usize) {
        for (offset, cell) in cells.iter().enumerate() {
            if cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
                continue;
            }
            self.style(cell);
            let wide = cell.flags.contains(Flags::WIDE_CHAR);
            // The second half of a wide character may lie beyond a narrower view.
            let cut = wide && offset + 1 == cells.len();
            if wide && !cut {
                self.ground(cell, &cells[offset + 1], col + offset);
            }
            self.text(cell, cut);
            // Editors measure such clusters by their own tables: say where the next cell is.
            let marked = cell.zerowidth().is_some_and(|marks| !marks.is_empty());
            if wide || marked || !cell.c.is_ascii() && ambiguous(cell.c) {
                self.put(format_args!("\x1b[{}G", col + offset + 1 + usize::from(wide) + 1));
            }
        }
    }

    /// Prepares the two cells of a wide character, which comes to stand in column `col`. Where an editor gives it one cell, the other
    /// must not keep what stood there; and of one that was moved the other cell keeps the style that it is given here.
    fn ground(&mut self, left: &Cell, right: &Cell, col: usize) {
        if left.flags.contains(MOVED) || is_doubtful(left.c) {
            self.raw(" ");
            self.style(right);
            self.put(format_args!(" \x1b[{}G", col + 1));
            self.style(left);
        }
    }

    /// A cell's characters. What an editor would join with the next cell's is kept apart, or all that follows in
    /// the row would stand in wrong columns.
    fn text(&mut self, cell: &Cell, cut: bool) {
        let wide = cell.flags.contains(Flags::WIDE_CHAR);
        match cell.c {
            _ if cut => self.char(' '),
            // Editors join a skin tone with the emoji before it.
            '\u{1f3fb}'..='\u{1f3ff}' => self.raw("  "),
            // Half a flag; a whole one is shown as its two letters.
            c @ '\u{1f1e6}'..='\u{1f1ff}' => {
                self.out.push(b'A' + (u32::from(c) - u32::from('\u{1f1e6}')) as u8);
            }
            c => self.char(c),
        }
        for &mark in cell.zerowidth().unwrap_or_default() {
            // Editors write the first out, as `<200b>`; the second would make a narrow cell wide.
            if !is_written_out(mark) && (wide || is_pictograph(cell.c) || mark != '\u{fe0f}') {
                self.char(mark);
            }
        }
    }

    fn char(&mut self, c: char) {
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn style(&mut self, cell: &Cell) {
        let wanted = Cell { c: ' ', flags: styled(cell), extra: None, fg: cell.fg, bg: cell.bg };
        let (underline, link) = (cell.underline_color(), cell.hyperlink());
        let present = &self.style;
        if present.flags != wanted.flags
            || present.fg != wanted.fg
            || present.bg != wanted.bg
            || present.underline_color() != underline
        {
            self.sgr(&wanted, underline);
            // Neovim 0.12 resets the link too, others keep it.
            let linked = self.style.hyperlink().is_some();
            self.style = wanted;
            self.style.set_underline_color(underline);
            if linked && link.is_none() {
                self.link("", "");
            }
        }
        if self.style.hyperlink() != link {
            match &link {
                Some(to) => self.link(&clean(to.id()), &clean(to.uri())),
                None => self.link("", ""),
            }
            self.style.set_hyperlink(link);
        }
    }

    fn link(&mut self, id: &str, uri: &str) {
        let id = if id.is_empty() { String::new() } else { format!("id={id}") };
        self.put(format_args!("\x1b]8;{id};{uri}\x1b\\"));
    }

    fn sgr(&mut self, style: &Cell, underline: Option<Color>) {
        self.raw("\x1b[0");
        for (flag, code) in STYLES {
            if style.flags.contains(flag) {
                self.put(format_args!(";{code}"));
            }
        }
        self.color(";", style.fg, Plane::Text);
        // Neovim 0.10 crashes on more than 16 numbers in one sequence: all flags and one long colour are 14.
        match style.bg {
            Color::Named(_) => self.color(";", style.bg, Plane::Ground),
            _ => self.color("m\x1b[", style.bg, Plane::Ground),
        }
        if let Some(color) = underline {
            self.color("m\x1b[", color, Plane::Underline);
        }
        self.raw("m");
    }

    /// Writes what selects a colour, after what parts it from what stands before.
    fn color(&mut self, parted: &str, color: Color, plane: Plane) {
        let (low, high, long) = match plane {
            Plane::Text => (30, 90, 38),
            Plane::Ground => (40, 100, 48),
            // There is no short form: 58 with an index.
            Plane::Underline => (0, 0, 58),
        };
        match color {
            Color::Named(name) => match (name as usize, plane) {
                (n @ 0..16, Plane::Underline) => self.put(format_args!("{parted}58:5:{n}")),
                (n @ 0..8, _) => self.put(format_args!("{parted}{}", low + n)),
                (n @ 8..16, _) => self.put(format_args!("{parted}{}", high + n - 8)),
                _ => {} // Default text and ground: SGR 0 has set them.
            },
            Color::Indexed(n) if matches!(plane, Plane::Underline) => {
                self.put(format_args!("{parted}58:5:{n}"));
            }
            Color::Indexed(n) => self.put(format_args!("{parted}{long};5;{n}")),
            Color::Spec(c) if matches!(plane, Plane::Underline) => {
                self.put(format_args!("{parted}58:2::{}:{}:{}", c.r, c.g, c.b));
            }
            Color::Spec(c) => self.put(format_args!("{parted}{long};2;{};{};{}", c.r, c.g, c.b)),
        }
    }
}

/// What `CSI … m` takes for a cell's style, after a `0`: empty where it is plain.
pub(super) fn parameters(cell: &Cell) -> String {
    let mut pen = Pen::default();
    pen.sgr(cell, cell.underline_color());
    let written = String::from_utf8(pen.out).unwrap_or_default().replace("m\x1b[", ";");
    written.trim_start_matches("\x1b[0").trim_end_matches('m').to_owned()
}

fn styled(cell: &Cell) -> Flags {
    STYLES.iter().fold(Flags::empty(), |all, (flag, _)| all | (cell.flags & *flag))
}

/// Characters beyond the blocks that every width table agrees on (Latin, Greek, Cyrillic, box drawing, blocks).
fn ambiguous(c: char) -> bool {
    !matches!(c, '\u{a1}'..='\u{52f}' | '\u{2500}'..='\u{259f}')
}

/// Wide characters beyond those that every width table agrees on (Chinese, Japanese and Korean).
fn is_doubtful(c: char) -> bool {
    !matches!(c, '\u{3001}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}')
}

/// A link must not end its own sequence early.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Marks of no width that Neovim holds for no marks, and for nothing that can be printed. Some join two cells.
pub(super) fn is_written_out(mark: char) -> bool {
    matches!(mark, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
