//! How a run of cells looks, written in a few bytes.

use alacritty_terminal::term::cell::{Cell, Flags, Hyperlink};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Rgb};

use super::bytes::{Reader, number};

/// The flags that can be seen; the others say how a cell came to be where it is.
const SEEN: Flags = Flags::ALL_UNDERLINES
    .union(Flags::INVERSE)
    .union(Flags::BOLD_ITALIC)
    .union(Flags::DIM)
    .union(Flags::HIDDEN)
    .union(Flags::STRIKEOUT);

/// Which parts of a style are written, as bits of its first byte.
const TEXT: u8 = 1;
const GROUND: u8 = 2;
const FLAGS: u8 = 4;
const UNDERLINE: u8 = 8;
const LINK: u8 = 16;

/// How colours begin: below is the number of one of the sixteen, with names.
const INDEXED: u8 = 16;
const RGB: u8 = 17;
/// A name beyond the sixteen: the default text or ground, as the other of the two.
const NAMED: u8 = 18;

/// Whether two cells look the same but for their characters.
pub fn same(a: &Cell, b: &Cell) -> bool {
    a.fg == b.fg
        && a.bg == b.bg
        && a.flags & SEEN == b.flags & SEEN
        && (a.extra.is_none() && b.extra.is_none()
            || a.underline_color() == b.underline_color() && a.hyperlink() == b.hyperlink())
}

/// Whether nothing of a cell can be seen.
pub fn is_blank(cell: &Cell) -> bool {
    (cell.c == ' ' || cell.c == '\t')
        && !cell.flags.contains(Flags::WIDE_CHAR_SPACER)
        && cell.zerowidth().is_none_or(<[char]>::is_empty)
        && is_plain(cell)
}

/// Whether a cell has the default style.
pub fn is_plain(cell: &Cell) -> bool {
    cell.fg == Color::Named(NamedColor::Foreground)
        && cell.bg == Color::Named(NamedColor::Background)
        && !cell.flags.intersects(SEEN)
        && (cell.extra.is_none() || cell.underline_color().is_none() && cell.hyperlink().is_none())
}

/// Appends a cell's style.
pub fn write(cell: &Cell, out: &mut Vec<u8>) {
    if let Some(name) = just_text(cell) {
        return out.extend_from_slice(&[TEXT, name]);
    }
    let at = out.len();
    out.push(0);
    let mut parts = 0;
    if cell.fg != Color::Named(NamedColor::Foreground) {
        parts |= TEXT;
        write_color(cell.fg, out);
    }
    if cell.bg != Color::Named(NamedColor::Background) {
        parts |= GROUND;
        write_color(cell.bg, out);
    }
    let flags = cell.flags & SEEN;
    if !flags.is_empty() {
        parts |= FLAGS;
        out.extend_from_slice(&flags.bits().to_le_bytes());
    }
    if let Some(color) = cell.underline_color() {
        parts |= UNDERLINE;
        write_color(color, out);
    }
    if let Some(link) = cell.hyperlink() {
        parts |= LINK;
        for text in [link.id(), link.uri()] {
            number(out, text.len());
            out.extend_from_slice(text.as_bytes());
        }
    }
    out[at] = parts;
}

/// The number of one of the sixteen colours, if it is all that the style has: the most frequent of all.
#[inline]
fn just_text(cell: &Cell) -> Option<u8> {
    let Color::Named(name) = cell.fg else {
        return None;
    };
    let just = cell.bg == Color::Named(NamedColor::Background)
        && !cell.flags.intersects(SEEN)
        && cell.extra.is_none();
    (just && (name as usize) < usize::from(INDEXED)).then_some(name as u8)
}

fn write_color(color: Color, out: &mut Vec<u8>) {
    match color {
        Color::Named(name) if (name as usize) < usize::from(INDEXED) => out.push(name as u8),
        // Of the others only these two can be set.
        Color::Named(name) => {
            out.extend_from_slice(&[NAMED, u8::from(name == NamedColor::Background)]);
        }
        Color::Indexed(index) => out.extend_from_slice(&[INDEXED, index]),
        Color::Spec(Rgb { r, g, b }) => out.extend_from_slice(&[RGB, r, g, b]),
    }
}

/// A blank cell of the style that was written; None where the bytes are none.
pub fn read(from: &mut Reader<'_>) -> Option<Cell> {
    let parts = from.byte()?;
    let mut cell = Cell::default();
    if parts & TEXT != 0 {
        cell.fg = read_color(from)?;
    }
    if parts & GROUND != 0 {
        cell.bg = read_color(from)?;
    }
    if parts & FLAGS != 0 {
        cell.flags = Flags::from_bits_truncate(u16::from_le_bytes([from.byte()?, from.byte()?]));
        cell.flags &= SEEN;
    }
    if parts & UNDERLINE != 0 {
        cell.set_underline_color(Some(read_color(from)?));
    }
    if parts & LINK != 0 {
        let mut text = || {
            let length = from.number()?;
            std::str::from_utf8(from.take(length)?).ok().map(str::to_owned)
        };
        cell.set_hyperlink(Some(Hyperlink::new(Some(text()?), text()?)));
    }
    Some(cell)
}

fn read_color(from: &mut Reader<'_>) -> Option<Color> {
    match from.byte()? {
        INDEXED => Some(Color::Indexed(from.byte()?)),
        RGB => Some(Color::Spec(Rgb { r: from.byte()?, g: from.byte()?, b: from.byte()? })),
        NAMED => {
            let ground = from.byte()? != 0;
            Some(Color::Named(if ground { NamedColor::Background } else { NamedColor::Foreground }))
        }
        name => NAMES.get(usize::from(name)).copied().map(Color::Named),
    }
}

/// The sixteen, in the order of their numbers.
pub const NAMES: [NamedColor; 16] = [
    NamedColor::Black,
    NamedColor::Red,
    NamedColor::Green,
    NamedColor::Yellow,
    NamedColor::Blue,
    NamedColor::Magenta,
    NamedColor::Cyan,
    NamedColor::White,
    NamedColor::BrightBlack,
    NamedColor::BrightRed,
    NamedColor::BrightGreen,
    NamedColor::BrightYellow,
    NamedColor::BrightBlue,
    NamedColor::BrightMagenta,
    NamedColor::BrightCyan,
    NamedColor::BrightWhite,
];
