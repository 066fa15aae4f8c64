//! Some hundred lines of the scrollback in one piece of memory, which is packed while nobody prints.

use std::borrow::Cow;

use alacritty_terminal::term::cell::Cell;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::bytes::Reader;
use super::line::{Line, Writer};
use super::plain::{Lines, Piece};

/// A block that has so many bytes takes no more lines: large enough to pack well, and a few µs to unpack.
pub const FULL: usize = 32 << 10;

/// A block ends with the line that fills it.
const LAST: usize = 1 << 10;

/// The least effort that pays: twice as small as with none that is quicker, and below a millisecond a block.
const LEVEL: u8 = 3;

/// Consecutive lines.
#[derive(Clone, Debug, Default)]
pub struct Block {
    data: Data,
    lines: usize,
    /// How many rows its lines take at the present width.
    rows: usize,
}

#[derive(Clone, Debug)]
enum Data {
    /// As `Line::read` reads it.
    Plain(Vec<u8>),
    /// As it was printed: most lines of a flood are dropped before anybody looks at them.
    Printed(Printed),
    /// With the length that it has when unpacked.
    Packed(Box<[u8]>, usize),
}

/// Whole lines as they were printed.
#[derive(Clone, Debug)]
struct Printed {
    bytes: Vec<u8>,
    /// The width they were printed at: where tabs stop depends on it.
    cols: usize,
    /// The style at their beginning, and after their end.
    style: Cell,
    end: Cell,
}

impl Printed {
    /// What `Line::read` reads.
    fn written(&self) -> Vec<u8> {
        let mut lines = Lines::new(&self.bytes, self.cols, self.style.clone());
        let (mut writer, mut out) = (Writer::default(), Vec::with_capacity(FULL + LAST));
        while lines.next(&mut writer).is_some() {
            writer.finish(&mut out);
        }
        out
    }
}

impl Default for Data {
    fn default() -> Self {
        Self::Plain(Vec::new())
    }
}

impl Block {
    /// One to be filled.
    pub fn new() -> Self {
        Self { data: Data::Plain(Vec::with_capacity(FULL + LAST)), ..Self::default() }
    }

    /// One to be filled with lines as they are printed, from this style on.
    pub fn printed(style: &Cell, cols: usize) -> Self {
        let bytes = Vec::with_capacity(FULL + LAST);
        let (style, end) = (style.clone(), style.clone());
        Self { data: Data::Printed(Printed { bytes, cols, style, end }), ..Self::default() }
    }

    /// Adds lines as they were printed; false if they do not go on with those it has.
    pub fn append(&mut self, piece: &Piece<'_>, cols: usize) -> bool {
        let Data::Printed(printed) = &mut self.data else {
            return false;
        };
        if printed.cols != cols || printed.end != piece.style {
            return false;
        }
        printed.bytes.extend_from_slice(piece.bytes);
        printed.end.clone_from(&piece.end);
        self.lines += piece.lines;
        self.rows += piece.rows;
        true
    }

    /// Whether its lines are as they were printed.
    pub fn is_printed(&self) -> bool {
        matches!(self.data, Data::Printed(_))
    }

    /// Whether it is packed.
    pub fn is_packed(&self) -> bool {
        matches!(self.data, Data::Packed(..))
    }

    /// A block as it was saved; None where it is damaged.
    pub fn load(bytes: &[u8], lines: usize, cols: usize) -> Option<Self> {
        let mut block = Self { data: Data::Plain(bytes.to_vec()), lines, rows: 0 };
        block.rewrap(cols);
        let mut from = Reader(bytes);
        let read = std::iter::from_fn(|| Line::read(&mut from)).count();
        (read == lines && from.0.is_empty()).then_some(block)
    }

    pub fn lines(&self) -> usize {
        self.lines
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes its lines have, not packed. It is another number once they are no longer as they were printed.
    pub fn size(&self) -> usize {
        match &self.data {
            Data::Plain(bytes) => bytes.len(),
            Data::Printed(printed) => printed.bytes.len(),
            Data::Packed(_, size) => *size,
        }
    }

    /// Adds the line under way.
    pub fn push(&mut self, line: &mut Writer, cols: usize) {
        let at = self.plain().len();
        let even = line.is_even().then(|| line.len().div_ceil(cols).max(1));
        line.finish(self.plain());
        let rows =
            || Line::read(&mut Reader(&self.bytes()[at..])).map_or(1, |line| line.rows(cols));
        self.rows += even.unwrap_or_else(rows);
        self.lines += 1;
    }

    /// Takes the last line away.
    pub fn pop<T>(&mut self, cols: usize, read: impl FnOnce(Line<'_>) -> T) -> Option<T> {
        let last = self.lines.checked_sub(1)?;
        let bytes = std::mem::take(self.plain());
        let mut from = Reader(&bytes);
        let skipped = std::iter::from_fn(|| Line::skip(&mut from)).take(last).count();
        let at = bytes.len() - from.0.len();
        let line = Line::read(&mut from).filter(|_| skipped == last)?;
        self.lines = last;
        self.rows -= line.rows(cols).min(self.rows);
        let taken = read(line);
        let mut bytes = bytes;
        bytes.truncate(at);
        self.data = Data::Plain(bytes);
        Some(taken)
    }

    /// Takes over the lines of the block behind it, if both are small.
    pub fn join(&mut self, other: &Self) -> bool {
        let (Data::Plain(bytes), Data::Plain(more)) = (&mut self.data, &other.data) else {
            return false;
        };
        if bytes.len() + more.len() > FULL {
            return false;
        }
        bytes.extend_from_slice(more);
        self.lines += other.lines;
        self.rows += other.rows;
        true
    }

    /// Its lines' bytes.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.data {
            Data::Plain(bytes) => Cow::Borrowed(bytes),
            Data::Printed(printed) => Cow::Owned(printed.written()),
            Data::Packed(bytes, size) => Cow::Owned(unpack(bytes, *size)),
        }
    }

    fn plain(&mut self) -> &mut Vec<u8> {
        self.write();
        match &mut self.data {
            Data::Plain(bytes) => bytes,
            Data::Packed(..) | Data::Printed(_) => unreachable!("it was written"),
        }
    }

    /// Makes its lines such as `Line::read` reads.
    pub fn write(&mut self) {
        if let Cow::Owned(bytes) = self.bytes() {
            self.data = Data::Plain(bytes);
        }
    }

    /// Packs it; false if it was packed already.
    pub fn pack(&mut self) -> bool {
        if self.is_packed() {
            return false;
        }
        let bytes = self.bytes();
        let packed = compress_to_vec(&bytes, LEVEL).into_boxed_slice();
        self.data = Data::Packed(packed, bytes.len());
        true
    }

    /// Counts its rows at another width.
    pub fn rewrap(&mut self, cols: usize) {
        let bytes = self.bytes();
        let mut from = Reader(&bytes);
        let rows = std::iter::from_fn(|| Line::read(&mut from)).map(|line| line.rows(cols)).sum();
        self.rows = rows;
    }
}

/// What was packed here cannot fail to unpack.
fn unpack(bytes: &[u8], size: usize) -> Vec<u8> {
    decompress_to_vec_with_limit(bytes, size).unwrap_or_default()
}
