//! What a client's board shows, and which rows it lacks. Pure.

use std::ops::Range;

use super::edit;
use crate::protocol::board::{Edit, Piece, Row};

/// The rows as they were sent.
#[derive(Debug, Default)]
pub struct Shown {
    rows: Vec<Row>,
    /// Something was sent, if only that there is nothing.
    started: bool,
}

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub pieces: Vec<Piece>,
    pub edits: Vec<Edit>,
    pub count: usize,
    /// There are more rows than before, or fewer.
    pub resized: bool,
    /// Rows that nobody sees were left out, though they look different.
    pub owes: bool,
}

impl Difference {
    /// Whether most of so many rows have other words, and nothing else is different.
    pub fn blurs(&self, rows: usize) -> bool {
        !self.resized && self.pieces.is_empty() && self.edits.len() * 2 > rows
    }

    /// Whether nothing is to be sent.
    pub fn is_nothing(&self) -> bool {
        !self.resized && self.pieces.is_empty() && self.edits.is_empty()
    }
}

impl Shown {
    /// Whether these rows differ in their words alone, as far as they are seen.
    pub fn differs_in_words(&self, rows: &[Row], seen: &Range<usize>) -> bool {
        let same = |(at, (new, old)): (usize, (&Row, &Row))| {
            let words = || edit::between(0, old, new).is_some();
            new.terminal == old.terminal && (!seen.contains(&at) || new == old || words())
        };
        rows.len() == self.rows.len() && rows.iter().zip(&self.rows).enumerate().all(same)
    }

    /// The rows that look different, of those that nobody sees only where `whole`, or where they are about something
    /// else than before: whoever is looked for must be found. Rows that are new and blank are not sent. With `edits`, rows of
    /// which only text is different are told by that.
    pub fn differ(
        &mut self,
        rows: Vec<Row>,
        seen: &Range<usize>,
        whole: bool,
        edits: bool,
    ) -> Difference {
        let moved = rows.len() != self.rows.len()
            || rows.iter().zip(&self.rows).any(|(new, old)| new.terminal != old.terminal);
        let whole = whole || moved;
        let (mut pieces, mut edited) = (Vec::<Piece>::new(), Vec::new());
        let mut owes = false;
        let count = rows.len();
        let resized = count != self.rows.len() || !self.started;
        self.rows.resize_with(count, Row::default);
        for (at, row) in rows.into_iter().enumerate() {
            if self.rows[at] == row {
                continue;
            } else if !whole && !seen.contains(&at) {
                owes = true;
                continue;
            }
            let begin = u32::try_from(at).unwrap_or(u32::MAX);
            let edit = edits.then(|| edit::between(begin, &self.rows[at], &row)).flatten();
            self.rows[at] = row.clone();
            if let Some(edit) = edit {
                edited.push(edit);
                continue;
            }
            match pieces.last_mut() {
                Some(last) if last.at as usize + last.rows.len() == at => last.rows.push(row),
                _ => pieces.push(Piece { at: begin, rows: vec![row] }),
            }
        }
        self.started = true;
        Difference { pieces, edits: edited, count, resized, owes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TerminalId;

    fn rows(texts: &[&str]) -> Vec<Row> {
        let row = |(at, text): (usize, &&str)| Row {
            text: (*text).to_owned(),
            terminal: Some(TerminalId(at as u64)),
            ..Row::default()
        };
        texts.iter().enumerate().map(row).collect()
    }

    fn sent(difference: Difference) -> (Vec<(u32, String)>, usize, bool) {
        assert!(!difference.is_nothing());
        let text = |piece: &Piece| {
            let texts: Vec<&str> = piece.rows.iter().map(|row| row.text.as_str()).collect();
            (piece.at, texts.join(""))
        };
        (difference.pieces.iter().map(text).collect(), difference.count, difference.owes)
    }

    #[test]
    fn only_rows_that_look_different_are_sent_and_neighbours_together() {
        let mut shown = Shown::default();
        let all = 0..10;
        let first = shown.differ(rows(&["a", "b", "c", "d"]), &all, true, false);
        assert_eq!(sent(first), (vec![(0, "abcd".into())], 4, false));
        assert!(shown.differ(rows(&["a", "b", "c", "d"]), &all, true, false).is_nothing());
        let second = shown.differ(rows(&["A", "B", "c", "D"]), &all, false, false);
        assert_eq!(sent(second), (vec![(0, "AB".into()), (3, "D".into())], 4, false));
        let fewer = shown.differ(rows(&["A"]), &all, false, false);
        assert_eq!(sent(fewer), (vec![], 1, false));
        assert_eq!(sent(shown.differ(vec![], &all, false, false)), (vec![], 0, false));
    }

    #[test]
    fn with_edits_a_row_is_told_by_the_text_that_differs_and_the_rest_whole() {
        let mut shown = Shown::default();
        let all = 0..10;
        shown.differ(rows(&["at 17", "at 17", "at 17"]), &all, true, true);
        let told = shown.differ(rows(&["at 18", "at 17", "gone"]), &all, false, true);
        let edits: Vec<_> =
            told.edits.iter().map(|edit| (edit.at, edit.from, &edit.text[..])).collect();
        assert_eq!(edits, [(0, 4, "8")]);
        assert_eq!(sent(told), (vec![(2, "gone".into())], 3, false));
        assert!(shown.differ(rows(&["at 18", "at 17", "gone"]), &all, false, true).is_nothing());
    }

    #[test]
    fn other_words_in_most_rows_blur_and_anything_else_does_not() {
        let mut shown = Shown::default();
        let all = 0..10;
        assert!(!shown.differ(rows(&["at 17", "at 17", "a"]), &all, true, true).blurs(3));
        let next = rows(&["at 18", "at 18", "a"]);
        assert!(shown.differs_in_words(&next, &all));
        assert!(shown.differ(next, &all, false, true).blurs(3));
        assert!(!shown.differs_in_words(&rows(&["gone", "at 18", "a"]), &all));
        assert!(!shown.differs_in_words(&rows(&["at 18", "at 18"]), &all));
        assert!(!shown.differ(rows(&["at 19", "at 18", "a"]), &all, false, true).blurs(3));
    }

    #[test]
    fn nothing_is_shown_as_nothing_once() {
        let mut shown = Shown::default();
        assert_eq!(sent(shown.differ(vec![], &(0..5), true, false)), (vec![], 0, false));
        assert!(shown.differ(vec![], &(0..5), true, false).is_nothing());
    }

    #[test]
    fn rows_that_nobody_sees_come_later_unless_they_are_about_somebody_else() {
        let mut shown = Shown::default();
        shown.differ(rows(&["a", "b", "c"]), &(0..2), true, false);
        let seen = shown.differ(rows(&["A", "b", "C"]), &(0..2), false, false);
        assert_eq!(sent(seen), (vec![(0, "A".into())], 3, true));
        let later = shown.differ(rows(&["A", "b", "C"]), &(0..2), true, false);
        assert_eq!(sent(later), (vec![(2, "C".into())], 3, false));
        let mut moved = rows(&["A", "b", "X"]);
        moved[2].terminal = Some(TerminalId(9));
        assert_eq!(
            sent(shown.differ(moved, &(0..2), false, false)),
            (vec![(2, "X".into())], 3, false)
        );
    }
}
