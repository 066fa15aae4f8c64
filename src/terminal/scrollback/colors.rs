//! `CSI … m` of the common kinds, read in one pass: what floods of text are coloured with.

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Rgb};

use super::style::NAMES;

/// One parameter of a sequence.
struct Parameter {
    number: u16,
    /// The byte behind it.
    end: u8,
    /// How many bytes both are.
    length: usize,
}

impl Parameter {
    /// Reads the one that stands first. It has three digits at most, so four bytes are looked at in one step.
    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        const HIGH: u32 = 0x8080_8080;
        let mut word = [0; 4];
        match bytes.first_chunk() {
            Some(chunk) => word = *chunk,
            None => word[..bytes.len()].copy_from_slice(bytes),
        }
        let digits = u32::from_le_bytes(word) ^ u32::from_le_bytes([b'0'; 4]);
        // What is more than 9 carries into the high bit.
        let others = (((digits & !HIGH) + 0x7676_7676) | digits) & HIGH;
        let count = others.trailing_zeros() / 8;
        if count > 3 {
            return None;
        }
        let [hundreds, tens, ones, _] = (digits << (24 - 8 * count)).to_le_bytes().map(u16::from);
        let (number, count) = (hundreds * 100 + tens * 10 + ones, count as usize);
        Some(Self { number, end: *bytes.get(count)?, length: count + 1 })
    }
}

/// Applies `CSI … m`, from after its `[`, if it is of the common kind. Gives its length.
#[inline]
pub fn attributes(sequence: &[u8], style: &mut Cell) -> Option<usize> {
    /// No longer ones: with too many parameters a sequence does nothing at all.
    const MOST: usize = 32;
    let mut at = 0;
    loop {
        let Parameter { number, mut end, length } = Parameter::read(&sequence[at..])?;
        at += length;
        match number {
            38 | 48 if end == b';' => {
                let (color, last, length) = color(&sequence[at..])?;
                *(if number == 38 { &mut style.fg } else { &mut style.bg }) = color;
                at += length;
                end = last;
            }
            _ => attribute(number, style)?,
        }
        match end {
            _ if at > MOST => return None,
            b';' => {}
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

/// Reads what follows the 38 or 48 of an indexed colour or an RGB one: the colour, the byte behind it, and their length.
fn color(parameters: &[u8]) -> Option<(Color, u8, usize)> {
    let (mut at, mut end) = (0, b';');
    let mut number = || {
        let next = Parameter::read(&parameters[at..]);
        let next = next.filter(|next| end == b';' && next.length > 1)?;
        (at, end) = (at + next.length, next.end);
        u8::try_from(next.number).ok()
    };
    let color = match number()? {
        5 => Color::Indexed(number()?),
        2 => Color::Spec(Rgb { r: number()?, g: number()?, b: number()? }),
        _ => return None,
    };
    Some((color, end, at))
}
