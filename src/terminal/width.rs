//! How many cells a character takes.
//!
//! That is what Unicode says, but for the pictographs that are narrow by themselves and wide where U+FE0F follows. Neovim's
//! grid and its own terminal give these two cells either way, and so do the tables of many programs: with one cell, all that
//! follows in a row would stand one column further right on the screen than the program has it.

use unicode_width::UnicodeWidthChar;

/// Narrow by Unicode, wide in Neovim, first and last of each range. No newer character is like that: they are wide from the
/// start. (Below U+1F000 Neovim has them narrow too.)
const PICTOGRAPHS: [(char, char); 40] = [
    ('\u{1f321}', '\u{1f321}'),
    ('\u{1f324}', '\u{1f32c}'),
    ('\u{1f336}', '\u{1f336}'),
    ('\u{1f37d}', '\u{1f37d}'),
    ('\u{1f396}', '\u{1f397}'),
    ('\u{1f399}', '\u{1f39b}'),
    ('\u{1f39e}', '\u{1f39f}'),
    ('\u{1f3cb}', '\u{1f3ce}'),
    ('\u{1f3d4}', '\u{1f3df}'),
    ('\u{1f3f3}', '\u{1f3f3}'),
    ('\u{1f3f5}', '\u{1f3f5}'),
    ('\u{1f3f7}', '\u{1f3f7}'),
    ('\u{1f43f}', '\u{1f43f}'),
    ('\u{1f441}', '\u{1f441}'),
    ('\u{1f4fd}', '\u{1f4fd}'),
    ('\u{1f549}', '\u{1f54a}'),
    ('\u{1f56f}', '\u{1f570}'),
    ('\u{1f573}', '\u{1f579}'),
    ('\u{1f587}', '\u{1f587}'),
    ('\u{1f58a}', '\u{1f58d}'),
    ('\u{1f590}', '\u{1f590}'),
    ('\u{1f5a5}', '\u{1f5a5}'),
    ('\u{1f5a8}', '\u{1f5a8}'),
    ('\u{1f5b1}', '\u{1f5b2}'),
    ('\u{1f5bc}', '\u{1f5bc}'),
    ('\u{1f5c2}', '\u{1f5c4}'),
    ('\u{1f5d1}', '\u{1f5d3}'),
    ('\u{1f5dc}', '\u{1f5de}'),
    ('\u{1f5e1}', '\u{1f5e1}'),
    ('\u{1f5e3}', '\u{1f5e3}'),
    ('\u{1f5e8}', '\u{1f5e8}'),
    ('\u{1f5ef}', '\u{1f5ef}'),
    ('\u{1f5f3}', '\u{1f5f3}'),
    ('\u{1f5fa}', '\u{1f5fa}'),
    ('\u{1f6cb}', '\u{1f6cb}'),
    ('\u{1f6cd}', '\u{1f6cf}'),
    ('\u{1f6e0}', '\u{1f6e5}'),
    ('\u{1f6e9}', '\u{1f6e9}'),
    ('\u{1f6f0}', '\u{1f6f0}'),
    ('\u{1f6f3}', '\u{1f6f3}'),
];

/// How many cells a character takes; none for a mark, and None for what cannot be printed.
#[inline]
pub(super) fn width(c: char) -> Option<usize> {
    if is_pictograph(c) { Some(2) } else { c.width() }
}

/// Whether it is one of those.
#[inline]
pub(super) fn is_pictograph(c: char) -> bool {
    ('\u{1f321}'..='\u{1f6f3}').contains(&c)
        && PICTOGRAPHS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// A character that nobody has, and that the grid gives two cells, in the place of such a pictograph.
pub(super) fn stand_in(pictograph: char) -> char {
    char::from_u32(u32::from(pictograph) + 0x2_0000).unwrap_or(pictograph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pictograph_is_narrow_by_unicode_and_its_stand_in_wide() {
        for (first, last) in PICTOGRAPHS {
            assert!(first <= last);
            for c in first..=last {
                assert_eq!((c.width(), width(c)), (Some(1), Some(2)), "{c}");
                assert_eq!(stand_in(c).width(), Some(2), "{c}");
            }
        }
        assert_eq!((width('x'), width('漢'), width('\u{301}')), (Some(1), Some(2), Some(0)));
    }
}
