//! The express lane: lines of plain text and colours, as floods are made of, go into the scrollback without ever
//! standing in the grid, where nobody would have seen them.
//!
//! What it does must be exactly what the grid would have done; `emulator_tests` holds both against each other.

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Rgb};
use unicode_width::UnicodeWidthChar;

use super::scrollback::{LONGEST, NAMES, Writer};

/// Whole lines at the beginning of some output that the lane can take.
pub struct Lines<'a> {
    rest: &'a [u8],
    cols: usize,
    /// The style after the lines taken so far.
    pub style: Cell,
}

/// One line was read.
pub struct Read {
    /// How many bytes it had, with its end.
    pub length: usize,
    /// How many rows it takes.
    pub rows: usize,
}

impl<'a> Lines<'a> {
    /// Reads on from a line's beginning, in this style.
    pub fn new(output: &'a [u8], cols: usize, style: Cell) -> Self {
        Self { rest: output, cols, style }
    }

    /// Writes the next line, or says that there is none that the lane could take: then `style` has not changed, but
    /// `writer` is to be cleared.
    pub fn next(&mut self, writer: &mut Writer) -> Option<Read> {
        let mut style = self.style.clone();
        let mut at = 0;
        loop {
            let text = &self.rest[at..];
            let plain = printable(text);
            self.put(writer, &text[..plain], plain, &style)?;
            at += plain;
            match *self.rest.get(at)? {
                b'\r' if self.rest.get(at + 1) == Some(&b'\n') && !has_ground(&style) => {
                    let rows = writer.len().div_ceil(self.cols).max(1);
                    writer.end_run(&style);
                    // As many rows as it took must remain.
                    writer.trim(if rows > 1 { (rows - 1) * self.cols + 1 } else { 0 });
                    self.rest = &self.rest[at + 2..];
                    self.style = style;
                    return Some(Read { length: at + 2, rows });
                }
                0x1b if self.rest.get(at + 1) == Some(&b'[') => {
                    writer.end_run(&style);
                    at += 2 + attributes(&self.rest[at + 2..], &mut style)?;
                }
                b'\t' => {
                    writer.end_run(&style);
                    self.tab(writer)?;
                    at += 1;
                }
                byte if byte >= 0xc2 => {
                    let (c, length) = character(&self.rest[at..])?;
                    (c.width() == Some(1)).then_some(())?;
                    self.put(writer, &self.rest[at..at + length], 1, &style)?;
                    at += length;
                }
                _ => return None,
            }
        }
    }

    /// Adds text, unless a row would be scrolled in with a coloured ground.
    fn put(&self, writer: &mut Writer, text: &[u8], cells: usize, style: &Cell) -> Option<()> {
        if writer.len() + cells >= LONGEST || has_ground(style) && self.wraps(writer.len(), cells) {
            return None;
        }
        writer.text(text, cells);
        Some(())
    }

    /// Whether so many cells after so many others begin another row.
    fn wraps(&self, before: usize, cells: usize) -> bool {
        cells > 0 && before + cells > before.div_ceil(self.cols).max(1) * self.cols
    }

    /// A tab leaves blanks behind, plain ones, and stops in the last column.
    fn tab(&self, writer: &mut Writer) -> Option<()> {
        let written = writer.len();
        if written > 0 && written.is_multiple_of(self.cols) {
            return None; // The row is full: the grid makes a new line of it.
        }
        let col = written % self.cols;
        let blanks = (8 - col % 8).min(self.cols - 1 - col);
        const BLANKS: &[u8] = b"        ";
        writer.text(&BLANKS[..blanks], blanks);
        writer.end_run(&Cell::default());
        Some(())
    }
}

/// How many printable ASCII characters come first. Eight at a time are looked at in one step.
fn printable(text: &[u8]) -> usize {
    const STEP: usize = 8;
    const ONES: u64 = u64::from_le_bytes([1; STEP]);
    const HIGH: u64 = ONES << 7;
    let (steps, rest) = text.as_chunks::<STEP>();
    for (index, step) in steps.iter().enumerate() {
        let bytes = u64::from_le_bytes(*step);
        // A borrow can only mark bytes above the first that is marked rightly, and only the first counts.
        let control = bytes.wrapping_sub(ONES * 0x20) & !bytes;
        let delete = (bytes ^ (ONES * 0x7f)).wrapping_sub(ONES);
        let other = (control | delete | bytes) & HIGH;
        if other != 0 {
            return index * STEP + other.trailing_zeros() as usize / 8;
        }
    }
    steps.len() * STEP + rest.iter().take_while(|byte| (0x20..0x7f).contains(*byte)).count()
}

fn has_ground(style: &Cell) -> bool {
    style.bg != Color::Named(NamedColor::Background)
}

/// The first character of some text that is no ASCII.
fn character(text: &[u8]) -> Option<(char, usize)> {
    let length = match text.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    let c = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((c, length))
}

/// Applies `CSI … m`, from after its `[`, if it is of the common kind. Gives its length.
fn attributes(sequence: &[u8], style: &mut Cell) -> Option<usize> {
    /// No longer ones: with too many parameters a sequence does nothing at all.
    const MOST: usize = 32;
    let sequence = &sequence[..sequence.len().min(MOST)];
    let (mut number, mut at) = (0_u16, 0);
    loop {
        let byte = *sequence.get(at)?;
        at += 1;
        if byte.is_ascii_digit() {
            number = number.checked_mul(10)?.checked_add(u16::from(byte - b'0'))?;
            continue;
        }
        match number {
            38 | 48 if byte == b';' => {
                let (color, length) = color(&sequence[at..])?;
                *(if number == 38 { &mut style.fg } else { &mut style.bg }) = color;
                at += length;
                if sequence[at - 1] == b'm' {
                    return Some(at);
                }
            }
            _ => attribute(number, style)?,
        }
        match byte {
            b';' => number = 0,
            b'm' => return Some(at),
            _ => return None,
        }
    }
}

fn attribute(number: u16, style: &mut Cell) -> Option<()> {
    match number {
        0 => {
            style.fg = Color::Named(NamedColor::Foreground);
            style.bg = Color::Named(NamedColor::Background);
            style.flags = Flags::empty();
            if style.extra.is_some() {
                style.set_underline_color(None);
            }
        }
        1 => style.flags.insert(Flags::BOLD),
        2 => style.flags.insert(Flags::DIM),
        3 => style.flags.insert(Flags::ITALIC),
        7 => style.flags.insert(Flags::INVERSE),
        9 => style.flags.insert(Flags::STRIKEOUT),
        22 => style.flags.remove(Flags::BOLD | Flags::DIM),
        23 => style.flags.remove(Flags::ITALIC),
        27 => style.flags.remove(Flags::INVERSE),
        29 => style.flags.remove(Flags::STRIKEOUT),
        30..=37 => style.fg = Color::Named(NAMES[usize::from(number - 30)]),
        39 => style.fg = Color::Named(NamedColor::Foreground),
        40..=47 => style.bg = Color::Named(NAMES[usize::from(number - 40)]),
        49 => style.bg = Color::Named(NamedColor::Background),
        90..=97 => style.fg = Color::Named(NAMES[usize::from(number - 90 + 8)]),
        100..=107 => style.bg = Color::Named(NAMES[usize::from(number - 100 + 8)]),
        _ => return None,
    }
    Some(())
}

/// Reads what follows the 38 or 48 of an indexed colour or an RGB one, up to and with the `;` or `m` behind it.
fn color(parameters: &[u8]) -> Option<(Color, usize)> {
    let mut at = 0;
    let mut ended = false;
    let mut number = || {
        let (mut number, start) = (0_u8, at);
        loop {
            let byte = *parameters.get(at).filter(|_| !ended)?;
            at += 1;
            match byte {
                b'0'..=b'9' => number = number.checked_mul(10)?.checked_add(byte - b'0')?,
                b';' | b'm' => {
                    ended = byte == b'm';
                    return (at > start + 1).then_some(number);
                }
                _ => return None,
            }
        }
    };
    let color = match number()? {
        5 => Color::Indexed(number()?),
        2 => Color::Spec(Rgb { r: number()?, g: number()?, b: number()? }),
        _ => return None,
    };
    Some((color, at))
}
