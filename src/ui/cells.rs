//! Text in cells of a screen: how wide it is, what of it may be shown, and where it is cut. Pure.

use unicode_width::UnicodeWidthChar;

/// What stands for a character whose width is not the same everywhere.
const UNSURE: char = '\u{b7}';

/// How many cells a character takes, in every editor that we know.
fn width_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// Text as it can be shown in a row: blanks for what ends lines, nothing that is invisible, turns the direction of
/// writing, or joins several characters to one whose width editors disagree about.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_whitespace() || c.is_control() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            // Flags are two of these.
            '\u{1f1e6}'..='\u{1f1ff}' => out.push(UNSURE),
            '\u{1f000}'..='\u{1faff}' if width_of(c) == 1 => out.push(UNSURE),
            '\u{1f3fb}'..='\u{1f3ff}' => {}
            _ if width_of(c) == 0 && !is_mark(c) => {}
            _ => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Marks that every editor puts upon the character before.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}')
}

/// As much of a text as there is room for; `more` says that there is more.
pub fn cut(text: &str, room: usize, more: char) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        if used + width_of(c) > room - 1 {
            break;
        }
        used += width_of(c);
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push(more);
    out
}

/// As much of the end of a path as there is room for.
pub fn cut_front(text: &str, room: usize, more: char) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 1;
    for c in text.chars().rev() {
        if used + width_of(c) > room {
            break;
        }
        used += width_of(c);
        kept.push(c);
    }
    if room == 0 {
        String::new()
    } else {
        std::iter::once(more).chain(kept.into_iter().rev()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_one_row_without_anything_that_moves_or_hides_text() {
        for (given, shown) in [
            ("two\nlines\tand  more ", "two lines and more"),
            ("\u{1b}[31mred", "[31mred"),
            ("a\u{202e}b\u{200b}c\u{feff}", "abc"),
            ("👩\u{200d}💻 works", "👩💻 works"),
            ("🇩🇪 👍🏽 🛠", "\u{b7}\u{b7} 👍 \u{b7}"),
            ("e\u{301}tude שלום", "e\u{301}tude שלום"),
        ] {
            assert_eq!(clean(given), shown, "{given:?}");
        }
    }

    #[test]
    fn text_is_cut_by_cells_and_never_within_a_character() {
        assert_eq!(cut("漢字漢字", 8, '…'), "漢字漢字");
        assert_eq!(cut("漢字漢字", 7, '…'), "漢字漢…");
        assert_eq!(cut("漢字漢字", 6, '…'), "漢字…");
        assert_eq!(cut("a word", 3, '…'), "a…");
        assert_eq!((cut("abc", 1, '…'), cut("abc", 0, '…')), ("…".into(), String::new()));
        assert_eq!(cut_front("~/src/orchflow", 9, '…'), "…orchflow");
        assert_eq!(
            (cut_front("abc", 1, '…'), cut_front("abc", 0, '…')),
            ("…".into(), String::new())
        );
        for room in 0..12 {
            assert!(width(&cut("漢a字b漢c字", room, '…')) <= room);
            assert!(width(&cut_front("漢a字b漢c字", room, '…')) <= room);
        }
    }
}
