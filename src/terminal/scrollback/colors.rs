//! `CSI … m` of the common kinds, read in one pass: what floods of text are coloured with.

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Rgb};

use super::style::NAMES;

/// Applies `CSI … m`, from after its `[`, if it is of the common kind. Gives its length.
pub fn attributes(sequence: &[u8], style: &mut Cell) -> Option<usize> {
    /// No longer ones: with too many parameters a sequence does nothing at all.
    const MOST: usize = 32;
    let sequence = &sequence[..sequence.len().min(MOST)];
    let (mut number, mut at) = (0_u16, 0);
    loop {
        let byte = *sequence.get(at)?;
        at += 1;
        if byte.is_ascii_digit() {
            // What is too large is none of those known.
            number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
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
        let (mut number, start) = (0_u16, at);
        loop {
            let byte = *parameters.get(at).filter(|_| !ended)?;
            at += 1;
            match byte {
                b'0'..=b'9' => {
                    number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
                }
                b';' | b'm' => {
                    ended = byte == b'm';
                    return u8::try_from(number).ok().filter(|_| at > start + 1);
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
