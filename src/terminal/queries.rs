//! Finds what a program asks its terminal, and words the answers: exactly one for each question, whoever looks on. And
//! the one sequence that asks for so much that the library may not have it as it is.
//!
//! The library answers some of these and not others; it is not listened to. Only the colours (`OSC 4`, `10` to `12`) are
//! left to it, because the same sequences set them.

use std::fmt::Write;

/// More of a sequence than this is no question that anybody asks.
const LONGEST: usize = 128;

/// Who answers, as `XTVERSION` tells it.
const NAME: &str = concat!("orchflow(", env!("CARGO_PKG_VERSION"), ")");

/// A question, with the numbers that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// `CSI c` and `ESC Z`: which kind of terminal.
    Attributes,
    /// `CSI > c`: which version of it.
    Secondary,
    /// `CSI = c`: which one of its kind.
    Tertiary,
    /// `CSI 5 n`: whether all is well.
    Status,
    /// `CSI 6 n`, and with `?` the page too: where the cursor stands.
    Cursor { page: bool },
    /// `CSI > q`: its name.
    Version,
    /// `CSI Ps $ p` and `CSI ? Ps $ p`: whether a mode is on.
    Mode { private: bool, number: u16 },
    /// `CSI ? u`: which of kitty's ways of encoding keys are on.
    Keyboard,
    /// `CSI ? 4 m`: how keys with modifiers are encoded, in xterm's way.
    ModifyOtherKeys,
    /// `CSI 14 t`, `16 t` and `18 t`: a size.
    Size(u16),
    /// `DCS $ q Pt ST`: a setting, by the end of the sequence that sets it.
    Setting(String),
    /// `DCS + q Pt ST`: capabilities, by their names in hexadecimal.
    Capabilities(String),
    /// `CSI Ps b`: no question, but the last character again and again.
    Repeat(u16),
}

/// What the answers depend on.
pub(super) trait State {
    /// Row and column of the cursor, from 1.
    fn cursor(&self) -> (usize, usize);
    /// Rows and columns.
    fn size(&self) -> (u16, u16);
    /// Whether a mode is on; None where there is no such mode.
    fn mode(&self, private: bool, number: u16) -> Option<bool>;
    /// Kitty's flags.
    fn keyboard(&self) -> u8;
    /// The number that `CSI Ps SP q` takes for the present cursor.
    fn cursor_shape(&self) -> u8;
    /// The parameters that `CSI … m` takes for the present style, without the first `0`.
    fn style(&self) -> String;
}

/// Where in a sequence the output stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    Escape,
    Csi,
    Dcs,
    /// An escape in a device control string: its end, if a backslash follows.
    DcsEscape,
}

/// Reads a program's output for questions. A sequence may come in pieces, of which only one is kept.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    place: Place,
    sequence: Vec<u8>,
}

impl Scanner {
    /// The first question that ends in `bytes`, and where it ends. To be asked again with the rest.
    pub fn next(&mut self, bytes: &[u8]) -> Option<(usize, Query)> {
        let mut at = 0;
        while at < bytes.len() {
            if self.place == Place::Text {
                // Most output is text: the next escape is what counts.
                at += bytes[at..].iter().position(|byte| *byte == 0x1b)?;
            }
            let query = self.step(bytes[at]);
            at += 1;
            if let Some(query) = query {
                return Some((at, query));
            }
        }
        None
    }

    fn step(&mut self, byte: u8) -> Option<Query> {
        match (self.place, byte) {
            (Place::Dcs, 0x1b) => self.place = Place::DcsEscape,
            (_, 0x1b) => self.begin(Place::Escape),
            // Cancel and substitute end every sequence.
            (_, 0x18 | 0x1a) => self.begin(Place::Text),
            (Place::DcsEscape, b'\\') => {
                let query = device_control(&self.sequence);
                return self.end(query);
            }
            // Whatever else follows an escape begins there, also where a string was not ended.
            (Place::Escape | Place::DcsEscape, b'[') => self.begin(Place::Csi),
            (Place::Escape | Place::DcsEscape, b'P') => self.begin(Place::Dcs),
            (Place::Escape | Place::DcsEscape, b'Z') => return self.end(Some(Query::Attributes)),
            (Place::Csi, 0x40..=0x7e) => {
                let query = control(&self.sequence, byte);
                return self.end(query);
            }
            // A control character is carried out in the middle of a sequence.
            (Place::Csi, 0..0x20) => {}
            (Place::Csi | Place::Dcs, _) => self.keep(byte),
            // What is left is the one byte after an escape that begins something else.
            _ => self.begin(Place::Text),
        }
        None
    }

    fn begin(&mut self, place: Place) {
        self.place = place;
        self.sequence.clear();
    }

    fn end(&mut self, query: Option<Query>) -> Option<Query> {
        self.begin(Place::Text);
        query
    }

    /// One that is too long is read to its end, and then asks nothing.
    fn keep(&mut self, byte: u8) {
        if self.sequence.len() < LONGEST {
            self.sequence.push(byte);
        }
    }
}

/// What a control sequence asks, by what stands between `CSI` and its last byte.
fn control(sequence: &[u8], last: u8) -> Option<Query> {
    let text = std::str::from_utf8(sequence).ok()?;
    let number = |text: &str| -> Option<u16> { text.parse().ok() };
    match (last, text) {
        (b'c', "" | "0") => Some(Query::Attributes),
        (b'c', ">" | ">0") => Some(Query::Secondary),
        (b'c', "=" | "=0") => Some(Query::Tertiary),
        (b'n', "5") => Some(Query::Status),
        (b'n', "6") => Some(Query::Cursor { page: false }),
        (b'n', "?6") => Some(Query::Cursor { page: true }),
        (b'q', ">" | ">0") => Some(Query::Version),
        (b'u', "?") => Some(Query::Keyboard),
        (b'm', "?4") => Some(Query::ModifyOtherKeys),
        (b't', "14" | "16" | "18") => number(text).map(Query::Size),
        (b'b', _) => repetition(text),
        (b'p', _) => {
            let mode = text.strip_suffix('$')?;
            let private = mode.starts_with('?');
            let number = number(mode.trim_start_matches('?'))?;
            Some(Query::Mode { private, number })
        }
        _ => None,
    }
}

/// How often something is to be repeated: the first number counts, and what is too long to tell counts as much.
fn repetition(text: &str) -> Option<Query> {
    let end = text.find([';', ':']).unwrap_or(text.len());
    let digits = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b';'));
    let count = text[..end].parse().unwrap_or(u16::MAX);
    let most = if text.len() < LONGEST { count } else { u16::MAX };
    (end > 0 && digits(text)).then_some(Query::Repeat(most))
}

/// What a device control string asks.
fn device_control(string: &[u8]) -> Option<Query> {
    let text = std::str::from_utf8(string).ok().filter(|text| text.len() < LONGEST)?;
    let setting = text.strip_prefix("$q").map(|rest| Query::Setting(rest.to_owned()));
    setting.or_else(|| text.strip_prefix("+q").map(|rest| Query::Capabilities(rest.to_owned())))
}

/// The one answer.
pub(super) fn answer(query: &Query, state: &impl State) -> String {
    match query {
        // A VT220 with colours: what Neovim's own terminal is too, without its clipboard.
        Query::Attributes => "\x1b[?62;22c".to_owned(),
        Query::Secondary => "\x1b[>1;100;0c".to_owned(),
        Query::Tertiary => "\x1bP!|00000000\x1b\\".to_owned(),
        Query::Status => "\x1b[0n".to_owned(),
        Query::Cursor { page } => {
            let (row, column) = state.cursor();
            let mark = if *page { "?" } else { "" };
            let page = if *page { ";1" } else { "" };
            format!("\x1b[{mark}{row};{column}{page}R")
        }
        Query::Version => format!("\x1bP>|{NAME}\x1b\\"),
        Query::Mode { private, number } => {
            let mark = if *private { "?" } else { "" };
            let state = state.mode(*private, *number).map_or(0, |on| if on { 1 } else { 2 });
            format!("\x1b[{mark}{number};{state}$y")
        }
        Query::Keyboard => format!("\x1b[?{}u", state.keyboard()),
        // It is never on: editors encode such keys in their own way.
        Query::ModifyOtherKeys => "\x1b[>4;0m".to_owned(),
        Query::Size(18) => {
            let (rows, columns) = state.size();
            format!("\x1b[8;{rows};{columns}t")
        }
        // In pixels, of which nobody knows anything here; 0 says so.
        Query::Size(16) => "\x1b[6;0;0t".to_owned(),
        Query::Size(_) => "\x1b[4;0;0t".to_owned(),
        Query::Setting(end) => setting(end, state),
        Query::Capabilities(names) => capabilities(names),
        Query::Repeat(_) => String::new(),
    }
}

fn setting(end: &str, state: &impl State) -> String {
    let value = match end {
        "m" => format!("0{}m", state.style()),
        " q" => format!("{} q", state.cursor_shape()),
        _ => return "\x1bP0$r\x1b\\".to_owned(),
    };
    format!("\x1bP1$r{value}\x1b\\")
}

/// The three that programs look for: the terminal's name, its colours, and whether it takes 24-bit ones.
fn capabilities(names: &str) -> String {
    let mut known = String::new();
    for name in names.split(';') {
        let value = match name.to_ascii_uppercase().as_str() {
            "544E" => "xterm-256color",       // TN
            "436F" | "636F6C6F7273" => "256", // Co, colors
            "524742" => "8",                  // RGB
            _ => return "\x1bP0+r\x1b\\".to_owned(),
        };
        let parted = if known.is_empty() { "" } else { ";" };
        // Writing into memory cannot fail, hence the ignored results.
        let _ = write!(known, "{parted}{name}=");
        for byte in value.bytes() {
            let _ = write!(known, "{byte:02X}");
        }
    }
    format!("\x1bP1+r{known}\x1b\\")
}

/// One of the 256 colours, as Neovim's terminal shows it where nobody has set another.
pub(super) fn palette(index: u8) -> [u8; 3] {
    match index {
        0..=8 => {
            let (on, level) = if index == 8 { (7, 0x80) } else { (index, 0xe0) };
            [1, 2, 4].map(|bit| if on & bit == 0 { 0 } else { level })
        }
        9..16 => [1, 2, 4].map(|bit| if index & bit == 0 { 0x40 } else { 0xff }),
        16..232 => [36, 6, 1].map(|step| (index - 16) / step % 6 * 0x33),
        232.. => [u8::try_from(u16::from(index - 232) * 0xff / 23).unwrap_or(u8::MAX); 3],
    }
}

#[cfg(test)]
#[path = "queries_tests.rs"]
mod tests;
