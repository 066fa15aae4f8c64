//! Tests of what reaches the model, and of what is told.

use std::sync::Mutex;

use super::*;
use crate::fault::Result;
use crate::ids::TerminalId;
use crate::keeper::{Held, Keeper, Spawn};
use crate::protocol::daemon;
use crate::protocol::terminal::{OpenParams, Size};
use crate::terminal::emulator::{SCROLLBACK, SLICE};
use crate::terminal::launch;
use crate::terminal::note::Note;
use crate::terminal::picture::text;

const SIZE: Size = Size { rows: 10, cols: 20 };

/// Texts of several scripts, sequences, commands, and what is no text.
const PIECES: &[&str] = &[
    "жизнь и др.\u{2014}",
    "é x\u{20ac} ö ",
    "漢字",
    "😀",
    "e\u{301}",
    "abc ",
    "\r\n",
    "\u{1b}[31m",
    "\u{1b}[3J",
    "\u{1b}[2;3H",
    "\u{1b}]8;;http://x\u{1b}\\",
    "\u{1b}]133;B\u{7}",
    "\u{1b}]133;C\u{7}",
    "\u{1b}]9;n\u{1b}[1m",
    "\u{1b}]2;ж",
    "\u{18}",
    "\u{1b}",
];

/// A keeper of nothing: what is heard is left with it.
struct Nobody;

#[async_trait::async_trait]
impl Keeper for Nobody {
    async fn spawn(&self, _: TerminalId, _: String, _: Spawn) -> Result<Held> {
        Err(crate::fault::internal("nothing is started here"))
    }

    fn note(&self, _: TerminalId, _: String) {}

    fn forget(&self, _: TerminalId) {}

    fn info(&self) -> Option<daemon::Keeper> {
        None
    }
}

/// An ear and its model, and the names of what was told.
struct Stage {
    hearing: Hearing,
    emulator: Emulator,
    told: Arc<Mutex<Vec<Event>>>,
}

impl Stage {
    fn new() -> Self {
        let spawn =
            Spawn { argv: Vec::new(), cwd: "/".into(), env: Default::default(), size: SIZE };
        let params: OpenParams = serde_json::from_str("{}").unwrap();
        let facts = launch::facts(&params, &spawn).unwrap();
        let shared = {
            let note = Note::new("one".into(), &spawn, 0, facts, None);
            Shared::new(TerminalId(1), &note, (1, 0), None, Arc::new(Nobody))
        };
        let told = Arc::<Mutex<Vec<Event>>>::default();
        let tell: Tell = {
            let told = told.clone();
            Arc::new(move |event| told.lock().unwrap().push(event))
        };
        Self {
            hearing: Hearing::new(Arc::new(shared), tell),
            emulator: Emulator::new(SIZE, SCROLLBACK),
            told,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = &rest[self.emulator.feed(rest, SLICE)..];
            if let Some(command) = self.emulator.take_command() {
                self.hearing.osc(&command, &self.emulator);
            }
        }
    }

    fn rows(&self) -> Vec<String> {
        let picture = self.emulator.picture("");
        let rows = picture.rows.iter().map(text);
        rows.chain([format!("{} {:?}", picture.top, picture.cursor)]).collect()
    }

    fn news(&self) -> usize {
        self.told.lock().unwrap().len()
    }
}

#[test]
fn however_the_output_is_cut_the_same_is_shown_and_told() {
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..500 {
        let mut bytes: Vec<u8> = (0..random.usize(1..40))
            .flat_map(|_| PIECES[random.usize(..PIECES.len())].bytes())
            .collect();
        if random.u8(..8) == 0 {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        let (mut whole, mut pieces) = (Stage::new(), Stage::new());
        whole.feed(&bytes);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(random.usize(1..=rest.len().min(6)));
            pieces.feed(piece);
            rest = more;
        }
        assert_eq!(whole.rows(), pieces.rows(), "{:?}", String::from_utf8_lossy(&bytes));
        assert_eq!(whole.news(), pieces.news(), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_character_that_comes_in_two_pieces_takes_nothing_with_it() {
    let bytes = "ж и др.".as_bytes();
    for cut in 1..bytes.len() {
        let mut stage = Stage::new();
        stage.feed(&bytes[..cut]);
        stage.feed(&bytes[cut..]);
        assert_eq!(stage.rows()[0], "ж и др.", "cut at {cut}");
    }
}

#[test]
fn a_command_without_end_does_not_reach_the_model() {
    let mut stage = Stage::new();
    let long = vec![b'x'; 4096];
    stage.feed(b"before \x1b]2;");
    for _ in 0..100 {
        stage.feed(&long);
    }
    stage.feed(b"\x07after\x1b]9;note\x07");
    assert_eq!(stage.rows()[0], "before after");
    assert!(matches!(stage.told.lock().unwrap()[..], [Event::TerminalNotified(_)]));
}
