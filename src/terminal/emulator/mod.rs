//! One terminal's model: what the program's output makes of screen and scrollback, with rows numbered since the
//! terminal's start.

mod again;
mod express;
mod look;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use alacritty_terminal::event::Event as TermEvent;
use alacritty_terminal::vte::ansi::{Handler, Processor, Rgb, Timeout};
use memchr::{memmem, memrchr};

use self::express::Lane;
use super::answers::Now;
use super::lexer::{Found, Lexer};
use super::meaning;
use super::model::Model;
use super::queries::{self, Query, Scanner};
use super::resize::{self, Next};
use super::scrollback::Scrollback;
use super::snapshot;
use super::words;
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::Size;

/// Scrollback lines that an editor's view gets: as many as Neovim's own 'scrollback' keeps in a terminal buffer.
pub const SCROLLBACK: usize = 10_000;

/// Most bytes given to the grid at once: what one PTY read gives.
pub const SLICE: usize = 4_096;

/// Ends any sequence.
const CANCEL: &[u8] = b"\x18";

/// Ends a synchronised update.
const UPDATED: &[u8] = b"\x1b[?2026l";

/// The colours told to programs that ask, until an editor has said its own.
const DEFAULT_COLORS: Colors = Colors { fg: 0x00e0_e2ea, bg: 0x0014_161b };

/// What the model asks its owner to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answer a query of the program.
    Reply(Vec<u8>),
    /// The title has changed; empty where it was reset.
    Title(String),
    /// The bell rang.
    Bell,
}

/// Synchronised updates are not held back from the model, only from views.
#[derive(Default)]
struct Unbuffered;

impl Timeout for Unbuffered {
    fn set_timeout(&mut self, _: Duration) {}

    fn clear_timeout(&mut self) {}

    fn pending_timeout(&self) -> bool {
        false
    }
}

/// The model of one terminal.
pub struct Emulator {
    model: Model,
    parser: Processor<Unbuffered>,
    lexer: Lexer,
    /// The beginning of a character. The parser is given characters whole: cut in two, it loses the one behind.
    held: Vec<u8>,
    scanner: Scanner,
    /// A command that `take_command` gives.
    command: Option<Vec<u8>>,
    size: Size,
    colors: Colors,
    /// What was said last by each private sequence.
    said: BTreeMap<u32, String>,
    lane: Option<Lane>,
    /// The last that was read: the end of a synchronised update may come in pieces.
    tail: Vec<u8>,
    /// So many bytes go to the grid, because the express lane did not help before them.
    slow: usize,
    /// How often the library has failed: never, as far as tests can find out.
    failures: usize,
}

impl Emulator {
    /// An empty screen, and a scrollback that will keep so many lines.
    pub fn new(size: Size, scrollback: usize) -> Self {
        let cols = usize::from(size.cols.max(2));
        Self {
            model: Model::new(size, Scrollback::new(scrollback, cols)),
            parser: Processor::new(),
            lexer: Lexer::new(),
            held: Vec::new(),
            scanner: Scanner::default(),
            command: None,
            size,
            colors: DEFAULT_COLORS,
            said: BTreeMap::new(),
            lane: None,
            tail: Vec::new(),
            slow: 0,
            failures: 0,
        }
    }

    /// Reads some of the program's output, at most `piece` bytes unless they are plain lines, and gives how many it
    /// has read. It stops where a synchronised update ends, as then there is something to show.
    pub fn feed(&mut self, output: &[u8], piece: usize) -> usize {
        self.command = None;
        let taken = self.skim(output);
        self.land();
        if taken > 0 {
            return taken;
        }
        let mut end = piece.min(output.len());
        if let Some(rest) = self.rest_of_update(output).filter(|rest| *rest <= end) {
            end = rest;
        } else if let Some(updated) = memmem::find(&output[..end], UPDATED) {
            end = updated + UPDATED.len();
        } else if end < output.len() && self.slow < end {
            // Where a line ends, the express lane may begin.
            end = memrchr(b'\n', &output[..end]).map_or(end, |at| at + 1);
        }
        let count = self.read(&output[..end]);
        let kept = self.tail.len().saturating_sub(UPDATED.len().saturating_sub(count));
        self.tail.drain(..kept);
        self.tail.extend(&output[count.saturating_sub(UPDATED.len())..count]);
        self.slow = self.slow.saturating_sub(count);
        count
    }

    /// Where the end of a synchronised update ends that has begun in what was read before.
    fn rest_of_update(&self, output: &[u8]) -> Option<usize> {
        let cuts = 1..UPDATED.len();
        let mut cuts = cuts.filter(|cut| self.tail.ends_with(&UPDATED[..*cut]));
        let cut = cuts.find(|cut| output.starts_with(&UPDATED[*cut..]))?;
        Some(UPDATED.len() - cut)
    }

    /// What the program has just said of itself (OSC), without introducer and end: `feed` stops behind it.
    pub fn take_command(&mut self) -> Option<Vec<u8>> {
        self.command.take()
    }

    /// Gives bytes to the grid, but for what would fill memory without end, up to the end of a command that concerns
    /// more than the grid.
    fn read(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() && self.command.is_none() {
            let (count, found) = self.lexer.next(&bytes[at..]);
            let (skipped, overlong) = (found == Found::Skipped, found == Found::Overlong);
            if let Found::Osc(text) = found {
                note(&mut self.said, text);
                self.command = meaning::concerns(text).then(|| text.to_vec());
            }
            if !skipped {
                self.whole(&bytes[at..at + count]);
            }
            if overlong {
                self.advance(CANCEL);
            }
            at += count;
        }
        at
    }

    /// Gives whole characters to the grid.
    fn whole(&mut self, bytes: &[u8]) {
        let mut held = std::mem::take(&mut self.held);
        let cut = self.lexer.cut_character().len();
        if held.is_empty() {
            let (whole, begun) = bytes.split_at(bytes.len() - cut);
            self.held.extend_from_slice(begun);
            return self.advance(whole);
        }
        held.extend_from_slice(bytes);
        let begun = held.split_off(held.len() - cut);
        self.held = begun;
        self.advance(&held);
    }

    /// Each question is answered by the state that it was asked in.
    fn advance(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((end, query)) = self.scanner.next(rest) {
            let (first, more) = rest.split_at(end);
            rest = more;
            if let Query::Repeat(count) = query {
                self.repeat(first, usize::from(count));
                continue;
            }
            self.guarded(|emulator| emulator.parser.advance(&mut emulator.model, first));
            let Model { term, updating, told, .. } = &self.model;
            let now = Now { term, size: self.size, updating: *updating };
            told.tell(TermEvent::PtyWrite(queries::answer(&query, &now)));
        }
        self.guarded(|emulator| emulator.parser.advance(&mut emulator.model, rest));
    }

    /// Takes output that ends with a wish to repeat a character. No more than a screen of it is made: a few bytes could ask
    /// for millions.
    fn repeat(&mut self, output: &[u8], count: usize) {
        let (height, cols) = self.model.dimensions();
        if count <= height * cols {
            return self.guarded(|emulator| emulator.parser.advance(&mut emulator.model, output));
        }
        self.guarded(|emulator| {
            // The sequence lacks its last byte: it does nothing.
            let begun = output.split_last().map_or(output, |(_, begun)| begun);
            emulator.parser.advance(&mut emulator.model, begun);
            emulator.parser.advance(&mut emulator.model, CANCEL);
            let last = emulator.model.hidden.last;
            last.into_iter().cycle().take(height * cols).for_each(|c| emulator.model.input(c));
        });
    }

    /// Whether a synchronised update is under way: then nothing is to be shown.
    pub fn is_updating(&self) -> bool {
        self.model.updating
    }

    /// Whether one has ended since this was asked last: what is under way is another one.
    pub fn take_updated(&mut self) -> bool {
        std::mem::take(&mut self.model.updated)
    }

    /// Shows what a synchronised update that takes too long has held back.
    pub fn end_update(&mut self) {
        self.model.updating = false;
    }

    /// Takes another size: lines wrap anew, and move between screen and scrollback. `nexts` are renumbered.
    pub fn resize(&mut self, size: Size, nexts: &mut [Next]) {
        self.size = size;
        self.guarded(|emulator| resize::resize(&mut emulator.model, size, nexts));
    }

    /// The model as bytes, with as much of its scrollback as `most` bytes hold.
    pub fn save(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        snapshot::save(&mut self.model, self.size, most, &mut bytes);
        bytes.extend_from_slice(self.lexer.pending());
        bytes
    }

    /// The model that was saved; None where the bytes are damaged, or of another version.
    pub fn load(bytes: &[u8], scrollback: usize) -> Option<Self> {
        let (model, size, pending) = snapshot::load(bytes, scrollback)?;
        let mut emulator = Self { model, ..Self::new(size, scrollback) };
        if let Some(last) = emulator.model.hidden.last {
            emulator.repeat_from(last);
        }
        // It was understood when it came.
        let _ = emulator.read(pending);
        emulator.command = None;
        Some(emulator)
    }

    /// `CSI b` repeats the character that the parser has seen last.
    fn repeat_from(&mut self, last: char) {
        /// Nothing but seen.
        struct Seen;
        impl Handler for Seen {}
        self.parser.advance(&mut Seen, last.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// The colours to tell programs that ask.
    pub fn set_colors(&mut self, colors: Colors) {
        self.colors = colors;
    }

    /// The scrollback, to be looked at.
    pub fn scrollback_mut(&mut self) -> &mut Scrollback {
        &mut self.model.scrollback
    }

    /// Gives each line of the screen as text.
    pub fn read_screen(&self, each: impl FnMut(&str)) {
        words::lines(&self.model, each);
    }

    /// The same, and what of a line is bright where something of it is faint.
    pub fn read_bright(&self, each: impl FnMut(&str, Option<&str>)) {
        words::lines_and_bright(&self.model, each);
    }

    /// Gives back memory while nothing is printed; true if there is more to give back.
    pub fn rest(&mut self) -> bool {
        self.model.scrollback.pack()
    }

    /// Scrolls the primary screen until it begins with this row, if the cursor is not above it: a resize may have taken
    /// rows back from the scrollback that a view's scrollback still has, and cannot give back. True if anything moved.
    pub fn begin_with(&mut self, number: u64) -> bool {
        let missing = number.saturating_sub(self.top());
        let mut count = 0;
        if missing > 0 {
            self.guarded(|emulator| {
                count = emulator.model.on_primary(|model| model.scroll_off(missing));
            });
        }
        count > 0
    }

    /// How often the library has failed.
    #[cfg(test)]
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// What the program has asked for since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        let events = self.model.told.take();
        events.into_iter().filter_map(|event| self.effect(event)).collect()
    }

    fn effect(&self, event: TermEvent) -> Option<Effect> {
        let reply = match event {
            TermEvent::Title(title) => return Some(Effect::Title(printable(&title))),
            TermEvent::ResetTitle => return Some(Effect::Title(String::new())),
            TermEvent::Bell => return Some(Effect::Bell),
            TermEvent::PtyWrite(text) => text,
            TermEvent::ColorRequest(index, format) => format(self.color(index)?),
            // The clipboard is nobody's business here; the rest concerns a window we do not have.
            _ => return None,
        };
        Some(Effect::Reply(reply.into_bytes()))
    }

    /// What the program or the editor has set, else what Neovim's terminal shows. 256 and 258 stand for the text, 257
    /// for its ground.
    fn color(&self, index: usize) -> Option<Rgb> {
        let number = match index {
            256 | 258 => self.colors.fg,
            257 => self.colors.bg,
            _ => {
                let [r, g, b] = queries::palette(u8::try_from(index).ok()?);
                u32::from_be_bytes([0, r, g, b])
            }
        };
        let [_, r, g, b] = number.to_be_bytes();
        Some(self.model.term.colors()[index].unwrap_or(Rgb { r, g, b }))
    }

    /// Lets the library work. Should it panic, this one terminal goes on with an empty screen and its scrollback, and no
    /// other notices. It is not made again from its journal, whose last bytes would make it fail again.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            self.failures += 1;
            tracing::error!(
                failures = self.failures,
                "the terminal model failed, and was started anew with its scrollback"
            );
            let cols = usize::from(self.size.cols.max(2));
            let mut scrollback =
                std::mem::replace(&mut self.model.scrollback, Scrollback::new(0, cols));
            scrollback.pop_open();
            scrollback.set_cols(cols);
            self.model = Model::new(self.size, scrollback);
            self.parser = Processor::new();
        }
    }
}

/// Keeps the text of a command (OSC) that no standard knows: programs tell their state by such.
fn note(said: &mut BTreeMap<u32, String>, text: &[u8]) {
    /// Below, numbers have a meaning to terminals.
    const PRIVATE: u32 = 1_400;
    /// So many numbers, and characters of each.
    const MOST: usize = 8;
    const LONGEST: usize = 200;
    let code = text.split(|byte| *byte == b';').next().unwrap_or_default();
    let Some(number) = std::str::from_utf8(code).ok().and_then(|code| code.parse().ok()) else {
        return;
    };
    if number >= PRIVATE && (said.len() < MOST || said.contains_key(&number)) {
        let rest = String::from_utf8_lossy(text.get(code.len() + 1..).unwrap_or_default());
        said.insert(number, rest.chars().filter(|c| !c.is_control()).take(LONGEST).collect());
    }
}

/// A title without what cannot be seen, and not longer than anyone reads.
fn printable(title: &str) -> String {
    title.chars().filter(|c| meaning::can_be_seen(*c)).take(256).collect()
}

#[cfg(test)]
mod tests;
