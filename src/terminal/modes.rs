//! Modes that an editor's terminal must share with ours, because it encodes keys, mouse and paste.

use alacritty_terminal::term::TermMode;

use super::answers::keyboard_flags;
use super::pen::Pen;

/// Each with its private mode number.
const MODES: [(TermMode, &str); 8] = [
    (TermMode::APP_CURSOR, "1"),
    (TermMode::BRACKETED_PASTE, "2004"),
    (TermMode::FOCUS_IN_OUT, "1004"),
    (TermMode::MOUSE_REPORT_CLICK, "1000"),
    (TermMode::MOUSE_DRAG, "1002"),
    (TermMode::MOUSE_MOTION, "1003"),
    (TermMode::UTF8_MOUSE, "1005"),
    (TermMode::SGR_MOUSE, "1006"),
];

/// Writes what turns one set of modes into another.
pub(super) fn write(pen: &mut Pen, before: TermMode, after: TermMode) {
    let all = MODES.iter().fold(TermMode::NONE, |all, (mode, _)| all | *mode);
    let (old, new) = (before & all, after & all);
    if old != new {
        // All off, then on: one mouse mode's end ends every mouse mode.
        for (mode, number) in MODES {
            if old.contains(mode) && (!new.contains(mode) || TermMode::MOUSE_MODE.contains(mode)) {
                pen.put(format_args!("\x1b[?{number}l"));
            }
        }
        for (mode, number) in MODES {
            if new.contains(mode) {
                pen.put(format_args!("\x1b[?{number}h"));
            }
        }
    }
    if (before ^ after).contains(TermMode::APP_KEYPAD) {
        pen.raw(if after.contains(TermMode::APP_KEYPAD) { "\x1b=" } else { "\x1b>" });
    }
    let (old, new) = (keyboard_flags(before), keyboard_flags(after));
    if old != new {
        // Neovim 0.10 does not know them, and goes on encoding keys its own way.
        pen.put(format_args!("\x1b[={new};1u"));
    }
}
