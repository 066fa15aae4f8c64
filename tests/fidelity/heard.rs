//! What a program hears of keys, mouse, pastes and focus in each mode that it may ask for: the same bytes in ours and in
//! Neovim's own terminal.

use std::ops::Range;

use serde_json::json;

use super::{BLANK, Stage};
use crate::support::{DEADLINE, Sandbox, Version, each_neovim, wait_until};

/// What a person does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Key(&'static str),
    Paste(&'static str),
    Focus(bool),
    /// Button, action, modifiers, row and column.
    Mouse(&'static str, &'static str, &'static str, usize, usize),
}

use Deed::{Focus, Key, Mouse, Paste};

/// Out of the terminal, and into it again.
const AWAY: &str = "<C-\\><C-n>i";

const DEEDS: &[Deed] = &[
    Key("a"),
    Key("A"),
    Key("é"),
    Key("漢"),
    Key("<Up>"),
    Key("<Left>"),
    Key("<Home>"),
    Key("<End>"),
    Key("<Insert>"),
    Key("<Del>"),
    Key("<PageUp>"),
    Key("<BS>"),
    Key("<Tab>"),
    Key("<S-Tab>"),
    Key("<CR>"),
    Key("<Esc>"),
    Key("<Space>"),
    Key("<C-a>"),
    Key("<C-Space>"),
    Key("<C-i>"),
    Key("<C-CR>"),
    Key("<S-CR>"),
    Key("<M-CR>"),
    Key("<C-BS>"),
    Key("<S-Space>"),
    Key("<C-S-a>"),
    Key("<M-x>"),
    Key("<C-M-x>"),
    Key("<S-Up>"),
    Key("<C-Left>"),
    Key("<M-Left>"),
    Key("<C-S-End>"),
    Key("<F1>"),
    Key("<F5>"),
    Key("<S-F5>"),
    Key("<C-F6>"),
    Key("<kEnter>"),
    Key("<k5>"),
    Key("<kPlus>"),
    Key("<kUp>"),
    Paste("two\nlines é"),
    Paste("\u{1b}[201~out"),
    Key(AWAY),
    Focus(false),
    Focus(true),
];

/// No press is at the place of another, or Neovim would count clicks.
const CLICKS: &[Deed] = &[
    Mouse("left", "press", "", 1, 2),
    Mouse("left", "drag", "", 2, 6),
    Mouse("left", "release", "", 2, 7),
    Mouse("right", "press", "", 3, 30),
    Mouse("right", "release", "", 3, 30),
    Mouse("middle", "press", "C", 5, 10),
    Mouse("middle", "release", "C", 5, 10),
    Mouse("left", "press", "S", 7, 39),
    Mouse("left", "release", "S", 7, 39),
    Mouse("wheel", "up", "", 4, 4),
    Mouse("wheel", "down", "A", 4, 5),
    Mouse("move", "", "", 8, 8),
];

/// What programs ask for, and whether the mouse is theirs then.
const MODES: &[(&str, bool)] = &[
    ("", false),
    ("\x1b[?1h", false),
    ("\x1b=", false),
    ("\x1b[?1h\x1b=", false),
    ("\x1b[?1h\x1b[?1l", false),
    ("\x1b[?2004h", false),
    ("\x1b[?1004h", false),
    ("\x1b[?1049h\x1b[?1h\x1b[?1004h\x1b[?2004h", false),
    ("\x1b[?1000h", true),
    ("\x1b[?1002h", true),
    ("\x1b[?1003h", true),
    ("\x1b[?1000h\x1b[?1006h", true),
    ("\x1b[?1002h\x1b[?1006h", true),
    ("\x1b[?1003h\x1b[?1006h", true),
    ("\x1b[?1003h\x1b[?1005h", true),
    ("\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[?1004h", true),
    ("\x1b[=1u", false),
    ("\x1b[=2u", false),
    ("\x1b[=4u", false),
    ("\x1b[=8u", false),
    ("\x1b[=16u", false),
    ("\x1b[=31u", false),
    ("\x1b[>1u\x1b[?1h", false),
    ("\x1b[>31u\x1b[<u", false),
    ("\x1b[>1u\x1b[>5u\x1b[<u", false),
    ("\x1b[?1049h\x1b[>1u", false),
];

/// Ends them all: not every reset does.
const END: &[u8] = b"\x1b[?1l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?2004l\x1b>\x1b[<9u\x1b[=0;1u";

/// The key that says that what was done before it has been heard, and the end of what it is heard as.
const LAST: &str = "<F12>";

impl Stage {
    /// Has the program ask for a mode, and waits until the terminal has it.
    fn ask(&mut self, mode: &str, number: usize) {
        let mark = format!("mode {number}.");
        self.print(&[END, BLANK, END, mode.as_bytes(), b"\x1b[H", mark.as_bytes()].concat());
        self.editor.wait_text(&mark);
    }

    fn heard(&self, from: usize) -> Vec<u8> {
        let all = std::fs::read(&self.heard).unwrap_or_default();
        all.get(from..).unwrap_or_default().to_vec()
    }

    fn does(&self, deed: Deed) {
        match deed {
            Key(keys) => self.editor.input(keys),
            Paste(text) => self.editor.paste(text),
            Focus(gained) => drop(self.editor.call("nvim_ui_set_focus", &json!([gained]))),
            Mouse(button, action, modifiers, row, column) => {
                let all = json!([button, action, modifiers, 0, row, column]);
                self.editor.call("nvim_input_mouse", &all);
            }
        }
    }

    /// What the program hears when this is done.
    fn hears(&self, deed: Deed) -> String {
        let from = std::fs::metadata(&self.heard).map_or(0, |file| file.len());
        let from = usize::try_from(from).unwrap();
        self.does(deed);
        self.editor.input(LAST);
        let heard = wait_until(&format!("{LAST} after {deed:?}"), DEADLINE, || {
            let heard = self.heard(from);
            last(&heard).map(|at| heard[..at.start].to_vec())
        });
        heard.escape_ascii().to_string()
    }
}

/// Where `F12` stands at the end of what was heard: `CSI 24 ~`, maybe with modifiers.
fn last(heard: &[u8]) -> Option<Range<usize>> {
    let start = heard.windows(4).rposition(|it| it == b"\x1b[24")?;
    let end = heard.len();
    let rest = &heard[start + 4..];
    let numbers = rest.strip_suffix(b"~")?;
    numbers.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')).then_some(start..end)
}

/// Whether a program that has asked for this hears of it for sure: else nothing might be compared.
fn is_heard(deed: Deed, mode: &str, version: Version) -> bool {
    match deed {
        // To Neovim 0.12 focus is who is typed to.
        Key(AWAY) => version == Version::V0_12 && mode.contains("1004h"),
        Key(_) | Paste(_) => true,
        Focus(_) | Mouse("move" | "left", "" | "drag", ..) => false,
        Mouse(..) => true,
    }
}

each_neovim! {
    fn a_program_hears_of_keys_mouse_paste_and_focus_what_it_would_in_a_native_terminal(version) {
        let sandbox = Sandbox::new();
        let stage = |native| Stage::new(version, &sandbox, (40, 12), native);
        let (mut ours, mut native) = (stage(false), stage(true));
        let mut wrong = Vec::new();
        for (number, (mode, mouse)) in MODES.iter().enumerate() {
            ours.ask(mode, number);
            native.ask(mode, number);
            let clicks = CLICKS.iter().filter(|_| *mouse);
            for deed in DEEDS.iter().chain(clicks) {
                let (wanted, heard) = (native.hears(*deed), ours.hears(*deed));
                let silent = wanted.is_empty() && is_heard(*deed, mode, version);
                assert!(!silent, "{} {deed:?} is not heard natively", mode.escape_debug());
                if wanted != heard {
                    wrong.push(format!("{} {deed:?}: {wanted} natively, {heard} in ours", mode.escape_debug()));
                }
            }
        }
        assert!(wrong.is_empty(), "in Neovim {version}:\n{}", wrong.join("\n"));
    }
}
