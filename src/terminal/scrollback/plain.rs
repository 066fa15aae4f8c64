//! Lines of plain text and colours, as floods are made of, read as they were printed: once to measure them when they
//! come, and again to write them down, for those that somebody looks at.
//!
//! What they become must be exactly what the grid would have made of them; the emulator's tests hold both against
//! each other.

use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::vte::ansi::{Color, NamedColor};

use super::LONGEST;
use super::colors::attributes;
use super::line::Writer;
use crate::terminal::width::width;

/// Whole lines at the beginning of some output that can be read without a grid.
pub struct Lines<'a> {
    rest: &'a [u8],
    cols: usize,
    /// The style after the lines read so far.
    pub style: Cell,
}

/// One line was read.
pub struct Read {
    /// How many bytes it had, with its end.
    pub length: usize,
    /// How many rows it takes.
    pub rows: usize,
}

/// Some lines, as they were printed.
#[derive(Debug)]
pub struct Piece<'a> {
    pub bytes: &'a [u8],
    pub lines: usize,
    pub rows: usize,
    /// The style at their beginning, and after their end.
    pub style: Cell,
    pub end: Cell,
    /// The last character in them.
    pub last: Option<char>,
}

/// What becomes of a line that is read: its text and styles are written, or it is only measured.
pub trait Sink {
    /// How many cells the line has so far.
    fn len(&self) -> usize;
    /// Adds text of so many cells.
    fn text(&mut self, text: &[u8], cells: usize);
    /// Adds what a tab leaves behind.
    fn blanks(&mut self, count: usize) {
        const BLANKS: &[u8] = b"        ";
        self.text(&BLANKS[..count], count);
    }
    /// The style of what was added since the last call.
    fn end_run(&mut self, style: &Cell);
    /// Drops plain blanks from its end, but keeps so many cells.
    fn trim(&mut self, keep: usize);
}

/// Measures one line after the other.
#[derive(Default)]
pub struct Measure {
    cells: usize,
    /// The last character, for which `CSI b` may ask.
    last: [u8; 4],
    last_length: usize,
}

impl Measure {
    /// Begins the next line.
    fn clear(&mut self) {
        self.cells = 0;
    }

    fn last(&self) -> Option<char> {
        std::str::from_utf8(&self.last[..self.last_length]).ok()?.chars().next()
    }
}

impl Sink for Measure {
    #[inline]
    fn len(&self) -> usize {
        self.cells
    }

    #[inline]
    fn text(&mut self, text: &[u8], cells: usize) {
        self.cells += cells;
        match text.last() {
            Some(last) if last.is_ascii() => (self.last[0], self.last_length) = (*last, 1),
            // Others come one by one.
            Some(_) => {
                self.last[..text.len()].copy_from_slice(text);
                self.last_length = text.len();
            }
            None => {}
        }
    }

    #[inline]
    fn blanks(&mut self, count: usize) {
        self.cells += count;
    }

    #[inline]
    fn end_run(&mut self, _: &Cell) {}

    #[inline]
    fn trim(&mut self, _: usize) {}
}

impl Sink for Writer {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn text(&mut self, text: &[u8], cells: usize) {
        Self::text(self, text, cells);
    }

    fn end_run(&mut self, style: &Cell) {
        Self::end_run(self, style);
    }

    fn trim(&mut self, keep: usize) {
        Self::trim(self, keep);
    }
}

impl<'a> Lines<'a> {
    /// Reads on from a line's beginning, in this style.
    pub fn new(output: &'a [u8], cols: usize, style: Cell) -> Self {
        Self { rest: output, cols, style }
    }

    /// The next lines, until they have so many bytes; None where there is none that could be read.
    pub fn piece(&mut self, enough: usize) -> Option<Piece<'a>> {
        let (bytes, style) = (self.rest, self.style.clone());
        let (mut length, mut lines, mut rows) = (0, 0, 0);
        let (mut measure, mut last) = (Measure::default(), None);
        while length < enough.max(1) {
            measure.clear();
            let Some(read) = self.next(&mut measure) else {
                break;
            };
            last = measure.last();
            length += read.length;
            rows += read.rows;
            lines += 1;
        }
        let end = self.style.clone();
        (lines > 0).then_some(Piece { bytes: &bytes[..length], lines, rows, style, end, last })
    }

    /// Reads the next line into an empty sink, or says that there is none that could be read: then `style` has not
    /// changed.
    pub fn next(&mut self, sink: &mut impl Sink) -> Option<Read> {
        let mut style = self.style.clone();
        let mut ground = has_ground(&style);
        let mut at = 0;
        loop {
            let text = &self.rest[at..];
            let plain = printable(text);
            self.put(sink, &text[..plain], plain, ground)?;
            at += plain;
            match *self.rest.get(at)? {
                b'\r' if self.rest.get(at + 1) == Some(&b'\n') && !ground => {
                    let rows = sink.len().div_ceil(self.cols).max(1);
                    sink.end_run(&style);
                    // As many rows as it took must remain.
                    sink.trim(if rows > 1 { (rows - 1) * self.cols + 1 } else { 0 });
                    self.rest = &self.rest[at + 2..];
                    self.style = style;
                    return Some(Read { length: at + 2, rows });
                }
                0x1b if self.rest.get(at + 1) == Some(&b'[') => {
                    sink.end_run(&style);
                    at += 2 + attributes(&self.rest[at + 2..], &mut style)?;
                    ground = has_ground(&style);
                }
                b'\t' => {
                    sink.end_run(&style);
                    self.tab(sink)?;
                    at += 1;
                }
                byte if byte >= 0xc2 => {
                    let (c, length) = character(&self.rest[at..])?;
                    (width(c) == Some(1)).then_some(())?;
                    self.put(sink, &self.rest[at..at + length], 1, ground)?;
                    at += length;
                }
                _ => return None,
            }
        }
    }

    /// Adds text, unless a row would be scrolled in with a coloured ground.
    #[inline]
    fn put(&self, sink: &mut impl Sink, text: &[u8], cells: usize, ground: bool) -> Option<()> {
        if sink.len() + cells >= LONGEST || ground && self.wraps(sink.len(), cells) {
            return None;
        }
        sink.text(text, cells);
        Some(())
    }

    /// Whether so many cells after so many others begin another row.
    fn wraps(&self, before: usize, cells: usize) -> bool {
        cells > 0 && before + cells > before.div_ceil(self.cols).max(1) * self.cols
    }

    /// A tab leaves blanks behind, plain ones, and stops in the last column.
    fn tab(&self, sink: &mut impl Sink) -> Option<()> {
        let read = sink.len();
        if read > 0 && read.is_multiple_of(self.cols) {
            return None; // The row is full: the grid makes a new line of it.
        }
        let col = read % self.cols;
        let blanks = (8 - col % 8).min(self.cols - 1 - col);
        sink.blanks(blanks);
        sink.end_run(&Cell::default());
        Some(())
    }
}

/// How many printable ASCII characters come first. Eight at a time are looked at in one step.
#[inline]
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
pub fn character(text: &[u8]) -> Option<(char, usize)> {
    let length = match text.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    let c = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((c, length))
}
