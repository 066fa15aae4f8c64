//! What the grid keeps to itself, and a snapshot needs.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::Column;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::{CursorStyle, KeyboardModes, NamedPrivateMode};

use crate::protocol::terminal::Size;

/// What the grid keeps to itself, and a snapshot needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The first row of the scroll region, and the row behind its last.
    pub region: (usize, usize),
    /// Whether a tab stops in a column.
    pub tabs: Vec<bool>,
    /// Which of the four character sets is used.
    pub charset: usize,
    /// Titles pushed, the newest last.
    pub titles: Vec<Option<String>>,
    pub title: Option<String>,
    /// Keyboard modes pushed on this screen and on the other one.
    pub keyboard: [Vec<u8>; 2],
    pub cursor_style: Option<CursorStyle>,
    /// The character that `CSI b` would repeat.
    pub last: Option<char>,
}

impl Hidden {
    /// Of a terminal that has printed nothing.
    pub fn new(size: Size) -> Self {
        let (rows, cols) = dimensions(size);
        Self {
            region: (0, rows),
            tabs: (0..cols).map(|col| col % TAB == 0).collect(),
            charset: 0,
            titles: Vec::new(),
            title: None,
            keyboard: Default::default(),
            cursor_style: None,
            last: None,
        }
    }
}

/// Private modes that are on or off, with what the grid makes of them; those of mice in the order in which each takes over
/// from the one before.
pub const PRIVATE_MODES: [(TermMode, NamedPrivateMode); 13] = [
    (TermMode::APP_CURSOR, NamedPrivateMode::CursorKeys),
    (TermMode::ORIGIN, NamedPrivateMode::Origin),
    (TermMode::LINE_WRAP, NamedPrivateMode::LineWrap),
    (TermMode::SHOW_CURSOR, NamedPrivateMode::ShowCursor),
    (TermMode::MOUSE_REPORT_CLICK, NamedPrivateMode::ReportMouseClicks),
    (TermMode::MOUSE_DRAG, NamedPrivateMode::ReportCellMouseMotion),
    (TermMode::MOUSE_MOTION, NamedPrivateMode::ReportAllMouseMotion),
    (TermMode::FOCUS_IN_OUT, NamedPrivateMode::ReportFocusInOut),
    (TermMode::UTF8_MOUSE, NamedPrivateMode::Utf8Mouse),
    (TermMode::SGR_MOUSE, NamedPrivateMode::SgrMouse),
    (TermMode::ALTERNATE_SCROLL, NamedPrivateMode::AlternateScroll),
    (TermMode::URGENCY_HINTS, NamedPrivateMode::UrgencyHints),
    (TermMode::BRACKETED_PASTE, NamedPrivateMode::BracketedPaste),
];

/// Keyboard modes as they are pushed, with what the grid makes of them.
const KEYBOARD: [(TermMode, KeyboardModes); 5] = [
    (TermMode::DISAMBIGUATE_ESC_CODES, KeyboardModes::DISAMBIGUATE_ESC_CODES),
    (TermMode::REPORT_EVENT_TYPES, KeyboardModes::REPORT_EVENT_TYPES),
    (TermMode::REPORT_ALTERNATE_KEYS, KeyboardModes::REPORT_ALTERNATE_KEYS),
    (TermMode::REPORT_ALL_KEYS_AS_ESC, KeyboardModes::REPORT_ALL_KEYS_AS_ESC),
    (TermMode::REPORT_ASSOCIATED_TEXT, KeyboardModes::REPORT_ASSOCIATED_TEXT),
];

/// Those that are on.
pub fn keyboard_modes(mode: TermMode) -> KeyboardModes {
    let on = KEYBOARD.iter().filter(|(flag, _)| mode.contains(*flag));
    on.fold(KeyboardModes::NO_MODE, |all, (_, mode)| all | *mode)
}

/// Columns between tab stops.
pub const TAB: usize = 8;

/// Our size in the library's terms, which knows no screen narrower than two columns.
pub struct Grid(pub Size);

/// How many rows and columns the library makes of a size.
pub fn dimensions(size: Size) -> (usize, usize) {
    (Grid(size).screen_lines(), Grid(size).columns())
}

impl Dimensions for Grid {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.0.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.0.cols.max(2))
    }

    fn last_column(&self) -> Column {
        Column(self.columns() - 1)
    }
}
