//! Writes cells as escape sequences, changing the style only where it changes.

use std::io::Write;

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::Color;

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
            self.char(if cut { ' ' } else { cell.c });
            let marks = cell.zerowidth().unwrap_or_default();
            marks.iter().for_each(|&mark| self.char(mark));
            // Editors measure such clusters by their own tables: say where the next cell is.
            if wide || !marks.is_empty() || !cell.c.is_ascii() && ambiguous(cell.c) {
                self.put(format_args!("\x1b[{}G", col + offset + 1 + usize::from(wide) + 1));
            }
        }
    }

    fn char(&mut self, c: char) {
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn style(&mut self, cell: &Cell) {
        let link = cell.hyperlink();
        if self.style.hyperlink() != link {
            match &link {
                Some(to) => self.link(&clean(to.id()), &clean(to.uri())),
                None => self.link("", ""),
            }
            self.style.set_hyperlink(link);
        }
        let wanted = Cell { c: ' ', flags: styled(cell), extra: None, fg: cell.fg, bg: cell.bg };
        let underline = cell.underline_color();
        let present = &self.style;
        if present.flags == wanted.flags
            && present.fg == wanted.fg
            && present.bg == wanted.bg
            && present.underline_color() == underline
        {
            return;
        }
        self.sgr(&wanted, underline);
        let extra = self.style.extra.take();
        self.style = Cell { extra, ..wanted };
        self.style.set_underline_color(underline);
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
        self.color(style.fg, Plane::Text);
        self.color(style.bg, Plane::Ground);
        if let Some(color) = underline {
            self.color(color, Plane::Underline);
        }
        self.raw("m");
    }

    fn color(&mut self, color: Color, plane: Plane) {
        let (low, high, long) = match plane {
            Plane::Text => (30, 90, 38),
            Plane::Ground => (40, 100, 48),
            // There is no short form: 58 with an index.
            Plane::Underline => (0, 0, 58),
        };
        match color {
            Color::Named(name) => match (name as usize, plane) {
                (n @ 0..16, Plane::Underline) => self.put(format_args!(";58:5:{n}")),
                (n @ 0..8, _) => self.put(format_args!(";{}", low + n)),
                (n @ 8..16, _) => self.put(format_args!(";{}", high + n - 8)),
                _ => {} // Default text and ground: SGR 0 has set them.
            },
            Color::Indexed(n) if matches!(plane, Plane::Underline) => {
                self.put(format_args!(";58:5:{n}"));
            }
            Color::Indexed(n) => self.put(format_args!(";{long};5;{n}")),
            Color::Spec(c) if matches!(plane, Plane::Underline) => {
                self.put(format_args!(";58:2::{}:{}:{}", c.r, c.g, c.b));
            }
            Color::Spec(c) => self.put(format_args!(";{long};2;{};{};{}", c.r, c.g, c.b)),
        }
    }
}

fn styled(cell: &Cell) -> Flags {
    STYLES.iter().fold(Flags::empty(), |all, (flag, _)| all | (cell.flags & *flag))
}

/// Characters beyond the blocks that every width table agrees on (Latin, Greek, Cyrillic, box drawing, blocks).
fn ambiguous(c: char) -> bool {
    !matches!(c, '\u{a1}'..='\u{52f}' | '\u{2500}'..='\u{259f}')
}

/// A link must not end its own sequence early.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
