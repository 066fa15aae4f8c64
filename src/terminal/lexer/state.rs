//! `vte`'s table of states, reduced to what ends where.

pub const BEL: u8 = 0x07;
pub const CAN: u8 = 0x18;
pub const SUB: u8 = 0x1a;
pub const ESC: u8 = 0x1b;

/// Kinds of places, as far as they end differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ground,
    Escape,
    /// `ESC` and blanks to slashes.
    Intermediate,
    Csi,
    Osc,
    DcsEntry,
    DcsParam,
    DcsIntermediate,
    Dcs,
    /// SOS, PM, APC, and a DCS that makes no sense.
    Ignored,
}

/// What one byte does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Stays,
    /// The text of a command begins after it.
    Begins,
    /// Ends the sequence.
    Ends,
    /// Ends a command.
    Completes,
    /// Begins another sequence; what was before is cut off.
    Restarts,
}

impl State {
    /// How many bytes come first that do nothing: `step` says the same of each, more slowly.
    pub fn run(&self, bytes: &[u8]) -> usize {
        let end = match self {
            State::Csi => bytes.iter().position(|byte| !(0x20..=0x3f).contains(byte)),
            State::Osc | State::Dcs | State::Ignored => {
                bytes.iter().position(|byte| matches!(*byte, BEL | CAN | SUB | ESC | 0x9c))
            }
            _ => Some(0),
        };
        end.unwrap_or(bytes.len())
    }

    /// `vte`'s table of states, reduced to what ends where. Never in ground.
    pub fn step(&mut self, byte: u8) -> Step {
        match (*self, byte) {
            (State::Osc, BEL | ESC) => return Step::Completes,
            (_, CAN | SUB) => return Step::Ends,
            (_, ESC) => return Step::Restarts,
            (State::Osc | State::Ignored, _) => return Step::Stays,
            (State::Csi, 0x40..=0x7e) => return Step::Ends,
            (State::Dcs, 0x9c) => return Step::Ends,
            (State::Csi | State::Dcs, _) => return Step::Stays,
            (State::Escape, 0x20..=0x2f) => *self = State::Intermediate,
            (State::Escape, b'P') => *self = State::DcsEntry,
            (State::Escape, b'[') => *self = State::Csi,
            (State::Escape, b'X' | b'^' | b'_') => *self = State::Ignored,
            (State::Escape, b']') => {
                *self = State::Osc;
                return Step::Begins;
            }
            (State::Escape | State::Intermediate, 0x30..=0x7e) => return Step::Ends,
            (State::DcsEntry | State::DcsParam | State::DcsIntermediate, 0x40..=0x7e) => {
                *self = State::Dcs;
            }
            (State::DcsEntry | State::DcsParam, 0x20..=0x2f) => {
                *self = State::DcsIntermediate;
            }
            (State::DcsEntry, 0x30..=0x3f) => *self = State::DcsParam,
            (State::DcsParam, 0x3c..=0x3f) | (State::DcsIntermediate, 0x30..=0x3f) => {
                *self = State::Ignored;
            }
            _ => {}
        }
        Step::Stays
    }
}
