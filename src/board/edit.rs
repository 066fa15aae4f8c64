//! What differs between two versions of a row, where it is only text: less to send, and less for an editor to do. Pure.

use crate::protocol::board::{Edit, Row};

/// The stretch of text that differs, if nothing else does and no look begins or ends at it: then every highlight that is there can stay.
pub fn between(at: u32, old: &Row, new: &Row) -> Option<Edit> {
    let same = (&old.spans, old.terminal, old.agent, &old.name, &old.status)
        == (&new.spans, new.terminal, new.agent, &new.name, &new.status);
    // Where the length stays, so does the place of all that follows.
    if !same || old.text.len() != new.text.len() || old.text == new.text {
        return None;
    }
    let (from, to) = differing(&old.text, &new.text);
    let edges = new.spans.iter().flat_map(|span| [span.from as usize, span.to as usize]);
    if edges.into_iter().any(|edge| (from..=to).contains(&edge)) {
        return None;
    }
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(Edit { at, from: number(from), to: number(to), text: new.text[from..to].to_owned() })
}

/// Where two texts of one length differ, in whole characters of both.
fn differing(old: &str, new: &str) -> (usize, usize) {
    let differ = |(a, b): (u8, u8)| a != b;
    let mut from = old.bytes().zip(new.bytes()).position(differ).unwrap_or(0);
    let after = old.bytes().rev().zip(new.bytes().rev()).position(differ).unwrap_or(0);
    let mut to = old.len() - after;
    let is_edge = |at: usize| old.is_char_boundary(at) && new.is_char_boundary(at);
    while !is_edge(from) {
        from -= 1;
    }
    while !is_edge(to) {
        to += 1;
    }
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::board::Span;

    fn row(text: &str) -> Row {
        let span = |from, to| Span { from, to, group: "OrchflowName".into() };
        Row { text: text.into(), spans: vec![span(0, 3), span(13, 16)], ..Row::default() }
    }

    fn told(old: &str, new: &str) -> Option<(u32, u32, String)> {
        between(7, &row(old), &row(new)).map(|edit| (edit.from, edit.to, edit.text))
    }

    #[test]
    fn text_between_highlights_is_told_alone_and_in_whole_characters() {
        assert_eq!(told("one  at 17   15s", "one  at 23   15s"), Some((8, 10, "23".into())));
        assert_eq!(told("one  at 17   15s", "one  at 18   15s"), Some((9, 10, "8".into())));
        assert_eq!(told("one  abéd    15s", "one  abèd    15s"), Some((7, 9, "è".into())));
        assert_eq!(told("one  漢      15s", "one  字      15s"), Some((5, 8, "字".into())));
        assert_eq!(
            told("one  a       125s", "one  a       135s"),
            Some((14, 15, "3".into())),
            "within"
        );
    }

    #[test]
    fn whatever_touches_a_highlight_or_moves_one_is_told_whole() {
        for (old, new) in [
            ("one  same    15s", "one  same    15s"),
            ("one  longer  15s", "one  long  15s"),
            ("one  at 17   15s", "two  at 17   15s"),
            ("one  at 17   15s", "onX at 17    15s"),
            ("one  at 17   15s", "one  at 17  x15s"),
            ("one  at 17   15s", "one  at 18   16s"),
        ] {
            assert_eq!(told(old, new), None, "{old:?} {new:?}");
        }
        let (old, mut new) = (row("one  at 17   15s"), row("one  at 18   15s"));
        new.status = Some("blocked".into());
        assert_eq!(between(0, &old, &new), None, "another status");
        new = row("one  at 18   15s");
        new.spans.pop();
        assert_eq!(between(0, &old, &new), None, "another look");
    }
}
