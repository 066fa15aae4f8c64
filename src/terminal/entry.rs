//! What is typed, followed so far that it is known when text was submitted: pure.

/// Follows the bytes that are typed into one terminal.
#[derive(Debug, Default)]
pub(super) struct Entry {
    state: State,
    /// Something that is to be read was typed since the last Enter.
    has_text: bool,
    /// Between the marks of a paste: an Enter there is a part of it.
    pasting: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Text,
    Escape,
    /// In a key, a mouse report or a mark, with its number so far.
    Sequence(u16),
    /// In what a terminal answers.
    Answer,
}

impl Entry {
    /// Takes what is typed. Whether it submits text.
    pub fn typed(&mut self, data: &[u8]) -> bool {
        data.iter().filter(|byte| self.take(**byte)).count() > 0
    }

    fn take(&mut self, byte: u8) -> bool {
        let state = std::mem::take(&mut self.state);
        self.state = match (state, byte) {
            (_, 0x1b) => State::Escape,
            (State::Escape, b'[' | b'O') => State::Sequence(0),
            (State::Escape, b']' | b'P' | b'_' | b'^') => State::Answer,
            // With Alt an Enter breaks the line in most programs.
            (State::Escape, _) | (State::Answer, 0x07) => State::Text,
            (State::Answer, _) => State::Answer,
            (State::Sequence(number), b'0'..=b'9') => {
                State::Sequence(number.saturating_mul(10).saturating_add(u16::from(byte - b'0')))
            }
            (State::Sequence(number), 0x40..=0x7e) => {
                if byte == b'~' && matches!(number, 200 | 201) {
                    self.pasting = number == 200;
                }
                State::Text
            }
            (State::Sequence(_), _) => State::Sequence(0),
            (State::Text, _) => return self.text(byte),
        };
        false
    }

    fn text(&mut self, byte: u8) -> bool {
        match byte {
            b'\r' if !self.pasting => std::mem::take(&mut self.has_text),
            // Control-C and Control-U take back what was typed.
            0x03 | 0x15 if !self.pasting => {
                self.has_text = false;
                false
            }
            _ => {
                self.has_text |= byte > b' ' && byte != 0x7f;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enter_submits_what_is_to_be_read_and_nothing_else_does() {
        for (typed, submits) in [
            (&["do it\r"][..], true),
            (&["do ", "it", "\r"], true),
            (&["\x1b[200~do\rit\x1b[201~", "\r"], true),
            (&["\x1b[200~do\rit\x1b[2", "01~\r"], true),
            (&["äöü\r"], true),
            (&["\r"], false),
            (&["  \r"], false),
            (&["do it"], false),
            (&["do it\x03\r"], false),
            (&["do it\n"], false),
            (&["\x1b[200~do\x1b[Ait\r"], false),
            // Arrows, a mouse that is moved, a window that is looked at, an answer of the terminal.
            (&["\x1b[A\x1b[1;5B\x1bOA\r"], false),
            (&["\x1b[<35;20;10M\x1b[I\r"], false),
            (&["\x1b]11;rgb:1414/1616/1b1b\x1b\\\x1bP>|nvim\x1b\\\r"], false),
            (&["do\x1b\rit"], false),
        ] {
            let mut entry = Entry::default();
            let submitted = typed.iter().filter(|part| entry.typed(part.as_bytes())).count() > 0;
            assert_eq!(submitted, submits, "{typed:?}");
        }
        let mut entry = Entry::default();
        assert!(entry.typed(b"do it\r"));
        assert!(!entry.typed(b"\r"), "what was submitted is not submitted again");
    }
}
