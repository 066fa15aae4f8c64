//! One whole line, compact: its text in UTF-8 and the runs of its styles; and how it wraps into rows.

use alacritty_terminal::term::cell::{Cell, Flags};

use super::bytes::{Reader, number};
use super::style;
use crate::terminal::picture::{Half, Row, half};
use crate::terminal::width::width;

/// A line under way: what `Line` reads again. Cleared, not dropped, so that its memory is used again.
#[derive(Debug, Default)]
pub struct Writer {
    text: Vec<u8>,
    /// Of each run the length of its text, and its style. What comes after the last is plain.
    runs: Vec<u8>,
    cells: usize,
    /// Some character is not one cell wide.
    uneven: bool,
    /// Where the present run begins in `text`.
    run: usize,
    /// Where plain text begins that goes up to the present run, and is in no run yet.
    plain: Option<usize>,
}

impl Writer {
    /// Adds the cells of a row. Of a wide character that lost its other half, a blank is left.
    pub fn cells(&mut self, cells: &[Cell]) {
        let mut style: Option<&Cell> = None;
        for (index, cell) in cells.iter().enumerate() {
            if let Some(before) = style.filter(|before| !style::same(before, cell)) {
                self.end_run(before);
            }
            style = Some(cell);
            match half(cells, index) {
                Half::None => self.cell(cell, 1),
                Half::Left => self.cell(cell, 2),
                Half::Right => {}
                Half::Lost => self.cell(&Cell { c: ' ', ..Cell::default() }, 1),
            }
        }
        if let Some(last) = style {
            self.end_run(last);
        }
    }

    fn cell(&mut self, cell: &Cell, width: usize) {
        self.cells += width;
        let c = if cell.c.is_control() { ' ' } else { cell.c };
        self.char(c);
        for &mark in cell.zerowidth().into_iter().flatten() {
            self.char(mark);
            self.uneven = true;
        }
        self.uneven |= width != 1;
    }

    fn char(&mut self, c: char) {
        if c.is_ascii() {
            self.text.push(c as u8);
        } else {
            self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Adds text of so many cells, each character one cell wide, to the present run.
    pub fn text(&mut self, text: &[u8], cells: usize) {
        self.text.extend_from_slice(text);
        self.cells += cells;
    }

    /// Ends the present run, whose style is that of `cell`.
    pub fn end_run(&mut self, cell: &Cell) {
        let length = self.text.len() - self.run;
        if length == 0 {
            return;
        }
        if style::is_plain(cell) {
            self.plain.get_or_insert(self.run);
        } else {
            if let Some(start) = self.plain.take() {
                number(&mut self.runs, self.run - start);
                style::write(&Cell::default(), &mut self.runs);
            }
            number(&mut self.runs, length);
            style::write(cell, &mut self.runs);
        }
        self.run = self.text.len();
    }

    /// Drops plain blanks from the end of the line, whose last run has ended, but keeps so many cells.
    pub fn trim(&mut self, keep: usize) {
        let from = self.plain.unwrap_or(self.run);
        while self.text.len() > from && self.cells > keep && self.text.last() == Some(&b' ') {
            self.text.pop();
            self.cells -= 1;
        }
        self.run = self.text.len();
    }

    /// How many cells the present line has so far.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether each of its characters is one cell wide.
    pub fn is_even(&self) -> bool {
        !self.uneven
    }

    /// Writes the line, whose last run has ended, and begins the next.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        number(out, self.text.len());
        number(out, self.cells << 1 | usize::from(self.uneven));
        number(out, self.runs.len());
        out.extend_from_slice(&self.runs);
        out.extend_from_slice(&self.text);
        self.clear();
    }

    /// Begins the next line, forgetting this one.
    pub fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
        (self.cells, self.uneven, self.run, self.plain) = (0, false, 0, None);
    }
}

/// A line as it was written.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    text: &'a str,
    runs: &'a [u8],
    cells: usize,
    uneven: bool,
}

impl<'a> Line<'a> {
    /// The next line of a block; None at its end, or where it is damaged.
    pub fn read(from: &mut Reader<'a>) -> Option<Self> {
        let length = from.number()?;
        let cells = from.number()?;
        let runs = from.number()?;
        let runs = from.take(runs)?;
        let text = std::str::from_utf8(from.take(length)?).ok()?;
        Some(Self { text, runs, cells: cells >> 1, uneven: cells & 1 == 1 })
    }

    /// Goes past the next line without looking into it; None as for `read`.
    pub fn skip(from: &mut Reader<'_>) -> Option<()> {
        let length = from.number()?;
        let _cells = from.number()?;
        let runs = from.number()?;
        from.take(runs.checked_add(length)?).map(drop)
    }

    /// Its text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// How many rows it takes at this width.
    pub fn rows(&self, cols: usize) -> usize {
        if self.uneven && self.cells > cols {
            wrap(&self.to_cells(), cols).count()
        } else {
            self.cells.div_ceil(cols).max(1)
        }
    }

    /// Its runs: the text of each, and a blank cell of its style.
    pub fn runs(&self) -> impl Iterator<Item = (&'a str, Cell)> + use<'a> {
        let (mut rest, mut runs) = (self.text, Reader(self.runs));
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let run = runs.number().and_then(|length| Some((length, style::read(&mut runs)?)));
            // After the last, all is plain.
            let (length, cell) = run.unwrap_or((rest.len(), Cell::default()));
            let (text, more) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = more;
            Some((text, cell))
        })
    }

    /// Its cells, a wide character in two of them.
    pub fn to_cells(self) -> Row {
        let mut cells = Vec::with_capacity(self.cells);
        for (text, style) in self.runs() {
            text.chars().for_each(|c| push(&mut cells, c, &style));
        }
        cells
    }
}

/// Bytes of a character with its marks: what a cell of Neovim 0.12's own terminal keeps. Without an end to them, one cell
/// would take all memory.
const CLUSTER: usize = 29;

/// Whether one more mark has room in a cell.
pub fn takes_mark(cell: &Cell, mark: char) -> bool {
    let marks = cell.zerowidth().unwrap_or_default();
    let taken: usize = marks.iter().map(|mark| mark.len_utf8()).sum();
    cell.c.len_utf8() + taken + mark.len_utf8() <= CLUSTER
}

fn push(cells: &mut Row, c: char, style: &Cell) {
    match width(c) {
        Some(0) | None => {
            let owner =
                cells.iter_mut().rfind(|cell| !cell.flags.contains(Flags::WIDE_CHAR_SPACER));
            if let Some(cell) = owner
                && takes_mark(cell, c)
            {
                cell.push_zerowidth(c);
            }
        }
        Some(taken) => {
            let mut cell = style.clone();
            cell.c = c;
            if taken == 2 {
                let mut spacer = style.clone();
                cell.flags.insert(Flags::WIDE_CHAR);
                spacer.flags.insert(Flags::WIDE_CHAR_SPACER);
                cells.extend([cell, spacer]);
            } else {
                cells.push(cell);
            }
        }
    }
}

/// The rows that a line's cells take at this width: a wide character is not cut in two.
pub fn wrap(cells: &[Cell], cols: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let mut end = (start + cols.max(2)).min(cells.len());
        if end < cells.len() && cells[end].flags.contains(Flags::WIDE_CHAR_SPACER) {
            end -= 1;
        }
        next = (end < cells.len()).then_some(end);
        Some(start..end)
    })
}
