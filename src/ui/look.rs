//! What a state looks like: its glyph, its word, its highlight group. Pure.

use super::swarm::State;
use crate::protocol::board::Icons;

/// What works, turning.
const TURNING: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠧", "⠇", "⠏"];
const TURNING_ASCII: [&str; 4] = ["|", "/", "-", "\\"];

/// Headings.
pub const SESSION: &str = "OrchflowSession";
pub const BRANCH: &str = "OrchflowBranch";
/// What is read first, and what is read last.
pub const NAME: &str = "OrchflowName";
pub const DIM: &str = "OrchflowDim";
/// What the person has chosen.
pub const MARK: &str = "OrchflowMark";
/// What an agent asks.
pub const QUESTION: &str = "OrchflowQuestion";

impl State {
    /// What it is called.
    pub fn word(self) -> String {
        let word = match self {
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Working => "working",
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Unknown => "unknown",
            Self::Running => "running",
            Self::Exited(code) => return format!("exit {code}"),
        };
        word.to_owned()
    }

    /// How it looks.
    pub fn group(self) -> &'static str {
        match self {
            Self::Blocked => "OrchflowBlocked",
            Self::Done => "OrchflowDone",
            Self::Working => "OrchflowWorking",
            Self::Starting => "OrchflowStarting",
            Self::Idle => "OrchflowIdle",
            Self::Unknown => "OrchflowUnknown",
            Self::Running => "OrchflowRunning",
            Self::Exited(0) => "OrchflowExited",
            Self::Exited(_) => "OrchflowFailed",
        }
    }

    /// The one character that stands for it.
    pub fn glyph(self, icons: Icons) -> &'static str {
        match (self, icons) {
            (Self::Blocked, Icons::Unicode) => "⚑",
            (Self::Blocked, Icons::Ascii) => "!",
            (Self::Done, Icons::Unicode) => "✓",
            (Self::Done, Icons::Ascii) => "v",
            (Self::Working, Icons::Unicode) => "●",
            (Self::Working, Icons::Ascii) => "*",
            (Self::Starting, Icons::Unicode) => "◌",
            (Self::Starting, Icons::Ascii) => "~",
            (Self::Idle, Icons::Unicode) => "○",
            (Self::Idle, Icons::Ascii) => "o",
            (Self::Unknown, _) => "?",
            (Self::Running, Icons::Unicode) => "▸",
            (Self::Running, Icons::Ascii) => ">",
            (Self::Exited(_), Icons::Unicode) => "×",
            (Self::Exited(_), Icons::Ascii) => "x",
        }
    }

    /// The same, where what works turns: `turn` says how far.
    pub fn turning(self, icons: Icons, turn: usize) -> &'static str {
        match (self, icons) {
            (Self::Working, Icons::Unicode) if turn > 0 => TURNING[turn % TURNING.len()],
            (Self::Working, Icons::Ascii) if turn > 0 => TURNING_ASCII[turn % TURNING_ASCII.len()],
            _ => self.glyph(icons),
        }
    }
}

/// What a text that was cut ends with, or a path begins with.
pub fn more(icons: Icons) -> char {
    match icons {
        Icons::Unicode => '…',
        Icons::Ascii => '~',
    }
}

/// What is marked begins with this.
pub fn mark(icons: Icons) -> &'static str {
    match icons {
        Icons::Unicode => "▌",
        Icons::Ascii => "+",
    }
}
