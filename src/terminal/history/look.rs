//! How lines look: each style once, in terms that an editor's highlights have.

use std::collections::HashMap;

use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::{Color, Rgb};

use super::moment::Page;
use crate::protocol::terminal::Style;
use crate::terminal::scrollback::style;

/// Nobody follows a longer link; such are left out.
const LINK: usize = 2 << 10;

/// Links are left out once the styles of one answer weigh so much.
const LINKS: usize = 256 << 10;

/// What a style weighs without its link, as so many bytes of text.
const STYLE: usize = 32;

/// The steps of the colours 16 to 231, a cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The styles of one answer.
#[derive(Default)]
pub struct Styles {
    known: HashMap<Vec<u8>, Option<usize>>,
    styles: Vec<Style>,
    weight: usize,
}

impl Styles {
    /// The number of a cell's style; None where it is plain.
    pub fn number(&mut self, cell: Cell, page: &Page) -> Option<usize> {
        let mut key = Vec::new();
        style::write(&cell, &mut key);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut wanted = style_of(&page.shown(cell));
        if wanted.link.as_ref().is_some_and(|link| link.len() > LINK || self.weight > LINKS) {
            wanted.link = None;
        }
        let number = (wanted != Style::default()).then(|| self.add(wanted));
        self.known.insert(key, number);
        number
    }

    fn add(&mut self, wanted: Style) -> usize {
        self.weight += STYLE + wanted.link.as_ref().map_or(0, String::len);
        self.styles.push(wanted);
        self.styles.len() - 1
    }

    /// What they weigh, as so many bytes of text.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// All of them.
    pub fn finish(self) -> Vec<Style> {
        self.styles
    }
}

fn style_of(cell: &Cell) -> Style {
    let has = |flag| cell.flags.contains(flag);
    let (fg, fg_index) = color(cell.fg);
    let (bg, bg_index) = color(cell.bg);
    let (sp, sp_index) = cell.underline_color().map_or((None, None), color);
    Style {
        fg,
        fg_index,
        bg,
        bg_index,
        sp,
        sp_index,
        bold: has(Flags::BOLD),
        dim: has(Flags::DIM),
        italic: has(Flags::ITALIC),
        underline: has(Flags::UNDERLINE),
        underdouble: has(Flags::DOUBLE_UNDERLINE),
        undercurl: has(Flags::UNDERCURL),
        underdotted: has(Flags::DOTTED_UNDERLINE),
        underdashed: has(Flags::DASHED_UNDERLINE),
        reverse: has(Flags::INVERSE),
        strikethrough: has(Flags::STRIKEOUT),
        hidden: has(Flags::HIDDEN),
        link: cell.hyperlink().map(|link| link.uri().chars().filter(|c| !c.is_control()).collect()),
    }
}

/// A colour's value, unless it is the editor's to say, and its number in the palette, or the nearest there.
fn color(color: Color) -> (Option<u32>, Option<u8>) {
    match color {
        Color::Named(name) => (None, u8::try_from(name as usize).ok().filter(|n| *n < 16)),
        Color::Indexed(index) => (value(index), Some(index)),
        Color::Spec(Rgb { r, g, b }) => {
            (Some(u32::from_be_bytes([0, r, g, b])), Some(nearest([r, g, b])))
        }
    }
}

/// The value of a colour beyond the first sixteen.
fn value(index: u8) -> Option<u32> {
    let [r, g, b] = match index {
        0..16 => return None,
        16..232 => {
            let n = usize::from(index - 16);
            [STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    };
    Some(u32::from_be_bytes([0, r, g, b]))
}

/// The number of the nearest colour beyond the first sixteen, whose values are the editor's.
fn nearest(wanted: [u8; 3]) -> u8 {
    let distance = |index: &u8| -> u32 {
        let [_, r, g, b] = value(*index).unwrap_or_default().to_be_bytes();
        let apart = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        [r, g, b].into_iter().zip(wanted).map(|(a, b)| apart(a, b)).sum()
    };
    (16..=255).min_by_key(distance).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_their_values_and_the_nearest_of_the_palette() {
        assert_eq!(color(Color::Indexed(9)), (None, Some(9)));
        assert_eq!(color(Color::Indexed(196)), (Some(0x00ff_0000), Some(196)));
        assert_eq!(color(Color::Indexed(255)), (Some(0x00ee_eeee), Some(255)));
        let spec = |r, g, b| color(Color::Spec(Rgb { r, g, b }));
        assert_eq!(spec(0xff, 1, 0), (Some(0x00ff_0100), Some(196)));
        assert_eq!(spec(127, 128, 129), (Some(0x007f_8081), Some(244)));
    }
}
