//! Random streams of what programs print: ours shows what the emulator does at every pause, and what Neovim's own terminal
//! does in the end.

use std::time::Duration;

use super::differences::{Moment, UNJOINED, listed};
use super::{BLANK, PATIENCE, Stage};
use crate::support::model::{Eyes, Model, Widened};
use crate::support::seeds::seeds;
use crate::support::streams::{self, COLUMNS, ROWS};
use crate::support::{DEADLINE, Sandbox, Version, each_neovim};

/// How many streams each Neovim is shown in both terminals,
const STREAMS: u64 = 1000;

/// and how many more with everything in ours, also what Neovim's own terminal shows otherwise.
const DIFFERING: u64 = 250;

/// So many wrong ones are enough to read.
const WRONG: usize = 12;

/// The pauses in each, at which the screen is compared;
const PAUSES: usize = 4;

/// one in so many pauses after every part, so that each is a frame of its own.
const CLOSELY: u64 = 4;

/// Streams are long enough to scroll and short enough for their first faults to stay on the screen.
const PARTS: usize = 40;

/// A faulty stream is made smaller with so little patience for each try: it only helps to read the fault.
const TRY: Duration = Duration::from_millis(300);

/// Ours and Neovim's own, side by side.
struct Pair {
    ours: Stage,
    native: Stage,
    widened: Widened,
}

impl Pair {
    fn new(version: Version, sandbox: &Sandbox) -> Self {
        let stage = |native| Stage::new(version, sandbox, (COLUMNS, ROWS), native);
        let (ours, native) = (stage(false), stage(true));
        let widened = Widened::by(&ours.editor);
        Self { ours, native, widened }
    }

    fn blank(&self) -> Model {
        Model::new(self.ours.editor.version(), &self.widened, COLUMNS, ROWS)
    }

    /// Whether a part may follow those before it; where both are compared not if Neovim's own terminal shows it otherwise.
    fn admits(&self, moment: &Moment<'_>, both: bool) -> bool {
        let version = self.ours.editor.version();
        moment.family != UNJOINED && !(both && listed(version).any(|it| (it.when)(moment)))
    }

    fn stream(&self, seed: u64, both: bool) -> Vec<Part> {
        let (mut model, mut before) = (self.blank(), String::new());
        let mut families = Vec::new();
        let parts = streams::stream(seed, PARTS, |family, part| {
            let admitted =
                self.admits(&Moment { family, part, model: &model, before: &before }, both);
            if admitted {
                model.feed(part.as_bytes());
                before += part;
                families.push(family);
            }
            admitted
        });
        families.into_iter().zip(parts).collect()
    }

    /// Whether each of these may follow those before it.
    fn admits_all(&self, parts: &[Part], both: bool) -> bool {
        let (mut model, mut before) = (self.blank(), String::new());
        parts.iter().all(|(family, part)| {
            let moment = Moment { family, part, model: &model, before: &before };
            let admitted = self.admits(&moment, both);
            model.feed(part.as_bytes());
            before += part;
            admitted
        })
    }

    /// Shows one stream in pieces, and compares after each; at the end also with Neovim's own terminal.
    fn show(&mut self, seed: u64, both: bool) -> Result<(), String> {
        let parts = self.stream(seed, both);
        let mut model = self.blank();
        self.ours.print(BLANK);
        if both {
            self.native.print(&[BLANK, &bytes(&parts)].concat());
        }
        let together = if seed.is_multiple_of(CLOSELY) { 1 } else { PARTS / PAUSES };
        for piece in parts.chunks(together).map(bytes) {
            self.ours.print(&piece);
            model.feed(&piece);
            if let Err(why) = self.ours.becomes(&model, PATIENCE) {
                return Err(format!(
                    "stream {seed} in ours: {}",
                    self.told(&parts, false, both, &why)
                ));
            }
        }
        if both && let Err(why) = self.native.becomes(&model, PATIENCE) {
            return Err(format!(
                "stream {seed} in native: {}",
                self.told(&parts, true, both, &why)
            ));
        }
        Ok(())
    }

    /// A fault, in as small a stream as has it.
    fn told(&mut self, parts: &[Part], native: bool, both: bool, first: &str) -> String {
        let (smallest, why) = self.smallest(parts.to_vec(), native, both);
        format!("{}\n{why}\nat first {first}", bytes(&smallest).escape_ascii())
    }

    /// Leaves out of a faulty stream what its fault does not need.
    fn smallest(&mut self, mut parts: Vec<Part>, native: bool, both: bool) -> (Vec<Part>, String) {
        let mut last = self.fault(&parts, native);
        let mut index = 0;
        while last.is_some() && index < parts.len() {
            let taken = parts.remove(index);
            match self.admits_all(&parts, both).then(|| self.fault(&parts, native)).flatten() {
                Some(fault) => last = Some(fault),
                None => {
                    parts.insert(index, taken);
                    index += 1;
                }
            }
        }
        (parts, last.unwrap_or_else(|| "only in pieces".to_owned()))
    }

    fn fault(&mut self, parts: &[Part], native: bool) -> Option<String> {
        let mut model = self.blank();
        model.feed(&bytes(parts));
        let stage = if native { &mut self.native } else { &mut self.ours };
        stage.print(&[BLANK, &bytes(parts)].concat());
        stage.becomes(&model, TRY).err()
    }
}

/// A part of a stream with its family.
type Part = (&'static str, String);

fn bytes(parts: &[Part]) -> Vec<u8> {
    parts.iter().flat_map(|(_, part)| part.bytes()).collect()
}

each_neovim! {
    fn random_streams_look_right_at_every_pause_and_as_in_a_native_terminal_at_the_end(version) {
        let sandbox = Sandbox::new();
        let mut pair = Pair::new(version, &sandbox);
        let mut wrong = Vec::new();
        for seed in seeds(STREAMS) {
            wrong.extend(pair.show(seed, true).err());
            assert!(wrong.len() < WRONG, "in Neovim {version}:\n{}", wrong.join("\n"));
        }
        for seed in seeds(DIFFERING) {
            wrong.extend(pair.show(seed, false).err());
        }
        assert!(wrong.is_empty(), "in Neovim {version}:\n{}", wrong.join("\n"));
    }

    fn every_character_takes_as_many_cells_as_neovim_draws_it_in(version) {
        let sandbox = Sandbox::new();
        let Pair { mut ours, mut native, widened } = Pair::new(version, &sandbox);
        let all = widened.all();
        assert!(all.len() > 50, "pictographs");
        // Each before text, and before text that is placed, in a colour of its own.
        let line = |c: &char| format!("{c}{c}\x1b[41mx\x1b[m y\x1b[44m{c}\x1b[m\x1b[30G{c}|\r\n");
        for chars in all.chunks(ROWS - 1) {
            let text: String = chars.iter().map(line).collect();
            let mut model = Model::new(version, &widened, COLUMNS, ROWS);
            model.feed(text.as_bytes());
            ours.print(&[BLANK, text.as_bytes()].concat());
            ours.becomes(&model, PATIENCE).unwrap_or_else(|why| panic!("ours: {why}"));
            if version == Version::V0_12 {
                native.print(&[BLANK, text.as_bytes()].concat());
                native.becomes(&model, PATIENCE).unwrap_or_else(|why| panic!("native: {why}"));
            }
        }
    }

    fn each_listed_difference_to_a_native_terminal_still_exists(version) {
        let sandbox = Sandbox::new();
        let Pair { mut ours, mut native, widened } = Pair::new(version, &sandbox);
        let mut gone = Vec::new();
        for difference in listed(version) {
            // What is printed last says that the rest has been drawn. (The cursor may come to stand on half a character.)
            let end = format!("\x1b[r\x1b[m\x1b(B\x1b[{ROWS};20Hdrawn\x1b[1;2H");
            let all = [BLANK, difference.sample.as_bytes(), end.as_bytes()].concat();
            let mut model = Model::new(version, &widened, COLUMNS, ROWS);
            model.feed(&all);
            ours.print(&all);
            native.print(&all);
            ours.becomes(&model, DEADLINE).unwrap_or_else(|why| panic!("{}: {why}", difference.name));
            native.editor.wait_text("drawn");
            if model.difference(&native.editor.grid(), Eyes::Looks).is_none() {
                gone.push(difference.name);
            }
        }
        assert!(gone.is_empty(), "Neovim {version} shows these as we do now, take them off the list: {gone:?}");
    }
}
