//! What the answers to a program's questions depend on, read from the model.

use alacritty_terminal::Term;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::{CursorShape, NamedPrivateMode, PrivateMode};

use super::model::{PRIVATE_MODES, keyboard_modes};
use super::pen;
use super::queries::State;
use crate::protocol::terminal::Size;

/// The number of kitty's flags that are on.
pub(super) fn keyboard_flags(mode: TermMode) -> u8 {
    keyboard_modes(mode).bits()
}

/// A terminal at the moment of a question.
pub(super) struct Now<'a, T> {
    pub term: &'a Term<T>,
    pub size: Size,
    /// In a synchronised update.
    pub updating: bool,
}

impl<T> State for Now<'_, T> {
    fn cursor(&self) -> (usize, usize) {
        let point = self.term.grid().cursor.point;
        (usize::try_from(point.line.0).unwrap_or(0) + 1, point.column.0 + 1)
    }

    fn size(&self) -> (u16, u16) {
        (self.size.rows, self.size.cols)
    }

    fn mode(&self, private: bool, number: u16) -> Option<bool> {
        let mode = self.term.mode();
        match (private, number) {
            (true, 2026) => Some(self.updating),
            (true, 12) => Some(self.term.cursor_style().blinking),
            (true, 1049) => Some(mode.contains(TermMode::ALT_SCREEN)),
            (true, _) => {
                let known = |named: NamedPrivateMode| PrivateMode::Named(named).raw() == number;
                let (flag, _) = PRIVATE_MODES.into_iter().find(|(_, named)| known(*named))?;
                Some(mode.contains(flag))
            }
            (false, 4) => Some(mode.contains(TermMode::INSERT)),
            (false, 20) => Some(mode.contains(TermMode::LINE_FEED_NEW_LINE)),
            (false, _) => None,
        }
    }

    fn keyboard(&self) -> u8 {
        keyboard_flags(*self.term.mode())
    }

    fn cursor_shape(&self) -> u8 {
        let style = self.term.cursor_style();
        let steady = u8::from(!style.blinking);
        match style.shape {
            CursorShape::Underline => 3 + steady,
            CursorShape::Beam => 5 + steady,
            _ => 1 + steady,
        }
    }

    fn style(&self) -> String {
        pen::parameters(&self.term.grid().cursor.template)
    }
}
