//! What a person sees is what the program drew: random streams and recorded programs, through the daemon and a real Neovim.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::model::{CURSOR_MARK, Model, ansi_colour};
use crate::support::streams::{self, COLUMNS, ROWS};
use crate::support::{DEADLINE, Editor, Grid, Sandbox, Version, each_neovim};

/// Ends whatever is left open, and everything else: the next stream begins on a blank screen.
const BLANK: &[u8] = b"\x18\x1b[?2026l\x1b[?1049l\x1bc\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b7";

/// A terminal in an editor of its own that prints what it is given.
struct Stage {
    editor: Editor,
    pipe: File,
    native: bool,
}

impl Stage {
    /// Ours, or Neovim's own.
    fn new(
        version: Version,
        sandbox: &Sandbox,
        (columns, rows): (usize, usize),
        native: bool,
    ) -> Self {
        let plain = "set laststatus=0 noruler noshowmode noshowcmd shortmess+=F fillchars=eob:\\ ";
        let mut lua = format!("vim.g.loaded_matchparen = 1 vim.cmd([[{plain}]])\n");
        for index in 0..16u8 {
            lua += &format!("vim.g.terminal_color_{index} = '#{:06x}'\n", ansi_colour(index));
        }
        let editor = Editor::with(version).size(columns, rows + 1).lua(&lua).start(sandbox);
        let name = if native { "native" } else { "ours" };
        let path = sandbox.path(format!("tmp/{name}-{columns}-{rows}"));
        let made = sandbox.command("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let print = format!("stty raw -echo; echo ready; exec cat '{}'", path.display());
        if native {
            editor.lua(
                "vim.cmd.enew() vim.fn.termopen(...) vim.cmd.startinsert()",
                json!([["/bin/sh", "-c", print]]),
            );
        } else {
            editor.lua(
                "require('orchflow').terminal({ cmd = ..., split = 'current' })",
                json!([print]),
            );
        }
        editor.wait_text("ready");
        editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
        // Neovim 0.10 draws its cursor as a highlight.
        editor.command(&format!(
            "highlight TermCursor gui=NONE guisp=#{CURSOR_MARK:06x} | highlight clear TermCursorNC"
        ));
        let pipe = File::options().write(true).open(path).unwrap();
        Self { editor, pipe, native }
    }

    fn print(&mut self, bytes: &[u8]) {
        self.pipe.write_all(bytes).unwrap();
    }

    /// Waits until the screen is that of the model; otherwise how it differs.
    fn becomes(&self, model: &Model, timeout: Duration) -> Result<(), String> {
        let look = |grid: &Grid| model.difference(grid, self.native);
        match self.editor.screen_within(timeout, |grid| look(grid).is_none().then_some(())) {
            Some(()) => Ok(()),
            None => look(&self.editor.grid()).map_or(Ok(()), Err),
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Where Neovim's own terminal shows something else than the emulator, with the reason: `doc/fidelity.md` tells it
/// to people. Streams with the family are not compared with it.
struct Difference {
    family: &'static str,
    /// Shows the difference, after a reset.
    sample: &'static str,
}

/// Only Neovim 0.12 shows links.
const LINKS: Difference = Difference { family: "links", sample: "\x1b]8;;http://a/\x1b\\\x1b[0mx" };

const NATIVE: &[Difference] = &[
    Difference { family: "underline colours with semicolons", sample: "\x1b[58;5;9mx" },
    Difference { family: "colon colours with a space", sample: "\x1b[48:2::9:8:7mx" },
    Difference { family: "line erases", sample: "\x1b[1;31Habcdefghij\x1b[K" },
    Difference { family: "alternate screen left open", sample: "x\x1b7yz\x1b[?1049l-" },
    Difference { family: "origin mode", sample: "one\r\ntwo\x1b[?6lx" },
    Difference { family: "line drawing left on", sample: "\x1b(0yz" },
    Difference { family: "palette", sample: "\x1b]4;1;#102030\x07\x1b[31mx" },
    Difference { family: "wrapping repeats", sample: "x\x1b[50b" },
    Difference { family: "SCO saves", sample: "ab\x1b[scd\x1b[ux" },
    Difference { family: "alignment in colour", sample: "\x1b[41m\x1b#8\x1b[m" },
    Difference { family: "cursor visibility not saved", sample: "\x1b7\x1b[?25l\x1b8" },
    Difference {
        family: "insert mode left on",
        sample: "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\r\x1b[4hx\x1b[4l",
    },
    Difference {
        family: "insert mode",
        sample: "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\r\x1b[4hx\x1b[4l",
    },
    Difference { family: "character shifts", sample: "\x1b[1;31Habcdefghij\x1b[1;40H\x1b[3P" },
    Difference {
        family: "wrap mode",
        sample: "\x1b[?7labababababababababababababababababababababababab\x1b[K\x1b[?7h",
    },
    Difference { family: "wide", sample: "한글\x1b[G\u{e0b0}" },
    Difference { family: "tabs", sample: "\x1b[1;31Habcdefghij\t\tx" },
    Difference { family: "controls", sample: "\x1b[1;31Habcdefghij\x0bx" },
    Difference { family: "index", sample: "\x1b[1;31Habcdefghij\x1bDx" },
    Difference { family: "newline mode", sample: "ab\x1b[20h\x0bx" },
    Difference { family: "saves", sample: "\x1b[1;31Habcdefghij\x1b7\r\x1b8x" },
    Difference { family: "emoji", sample: "\x1b[1;40H\x1b[41m👍\x1b[m" },
    Difference { family: "combining at the margin", sample: "\x1b[1;40Ha\u{308}\u{304}\x0bx" },
    Difference { family: "tab stops", sample: "\x1b[3g\x1b[3;33H\x1b[Zx" },
    Difference { family: "emoji clusters", sample: "👍🏽x" },
];

/// All of them.
fn listed() -> impl Iterator<Item = &'static Difference> {
    NATIVE.iter().chain([&LINKS])
}

/// Families that our own frames change: see `Pen::text`.
const UNJOINED: &str = "emoji clusters";

/// What settles at all settles in a fraction of this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many streams each Neovim is shown.
const STREAMS: u64 = 1000;

/// The pauses in each, at which the screen is compared.
const PAUSES: usize = 4;

/// Streams are long enough to scroll and short enough for their first faults to stay on the screen.
const PARTS: usize = 40;

/// A faulty stream is made smaller with so little patience for each try: it only helps to read the fault.
const TRY: Duration = Duration::from_millis(300);

/// Ours and Neovim's own, side by side.
struct Pair {
    ours: Stage,
    native: Stage,
}

impl Pair {
    fn new(version: Version, sandbox: &Sandbox) -> Self {
        let stage = |native| Stage::new(version, sandbox, (COLUMNS, ROWS), native);
        Self { ours: stage(false), native: stage(true) }
    }

    fn blank(&self) -> Model {
        Model::new(self.ours.editor.version(), COLUMNS, ROWS)
    }

    /// Shows one stream in pieces, and compares after each; at the end also with Neovim's own terminal.
    fn show(&mut self, seed: u64) -> Result<(), String> {
        let both = seed % 2 == 1;
        let admit =
            |name: &str| name != UNJOINED && !(both && listed().any(|it| it.family == name));
        let parts = streams::stream(seed, PARTS, admit);
        let (mut model, blank) = (self.blank(), self.blank());
        let faulty = |stage: &mut Stage, name, first: String| {
            let (smallest, why) = smallest(stage, parts.clone(), || blank.again());
            Err(format!(
                "{name}, stream {seed}, made smaller: {}\n{why}\nat first {first}",
                shown(&smallest)
            ))
        };
        self.ours.print(BLANK);
        for pieces in parts.chunks(PARTS / PAUSES) {
            let piece = pieces.concat();
            self.ours.print(&piece);
            model.feed(&piece);
            if let Err(why) = self.ours.becomes(&model, PATIENCE) {
                return faulty(&mut self.ours, "ours", why);
            }
        }
        if both {
            self.native.print(&[BLANK, &parts.concat()].concat());
            if let Err(why) = self.native.becomes(&model, PATIENCE) {
                return faulty(&mut self.native, "native", why);
            }
        }
        Ok(())
    }
}

/// Leaves out of a faulty stream what its fault does not need.
fn smallest(
    stage: &mut Stage,
    mut parts: Vec<Vec<u8>>,
    blank: impl Fn() -> Model,
) -> (Vec<u8>, String) {
    let mut why = |parts: &[Vec<u8>]| {
        let bytes = parts.concat();
        let mut model = blank();
        model.feed(&bytes);
        stage.print(&[BLANK, &bytes].concat());
        stage.becomes(&model, TRY).err()
    };
    let mut last = why(&parts);
    let mut index = 0;
    while last.is_some() && index < parts.len() {
        let taken = parts.remove(index);
        match why(&parts) {
            Some(fault) => last = Some(fault),
            None => {
                parts.insert(index, taken);
                index += 1;
            }
        }
    }
    (parts.concat(), last.unwrap_or_else(|| "only in pieces".to_owned()))
}

each_neovim! {
    fn random_streams_look_right_at_every_pause_and_as_in_a_native_terminal_at_the_end(version) {
        let sandbox = Sandbox::new();
        let mut pair = Pair::new(version, &sandbox);
        for seed in 0..STREAMS {
            if let Err(why) = pair.show(seed) {
                panic!("in Neovim {version}, {why}");
            }
        }
    }

    fn each_listed_difference_to_a_native_terminal_still_exists(version) {
        let sandbox = Sandbox::new();
        let Pair { mut ours, mut native } = Pair::new(version, &sandbox);
        let mut gone = Vec::new();
        let links = (version == Version::V0_12).then_some(&LINKS);
        for difference in NATIVE.iter().chain(links) {
            // What is printed last says that the rest has been drawn.
            let end = format!("\x1b[r\x1b[m\x1b(B\x1b[{ROWS};20Hdrawn");
            let all = [BLANK, difference.sample.as_bytes(), end.as_bytes()].concat();
            let mut model = Model::new(version, COLUMNS, ROWS);
            model.feed(&all);
            ours.print(&all);
            native.print(&all);
            ours.becomes(&model, DEADLINE).unwrap_or_else(|why| panic!("{}: {why}", difference.family));
            native.editor.wait_text("drawn");
            if model.difference(&native.editor.grid(), true).is_none() {
                gone.push(difference.family);
            }
        }
        assert!(gone.is_empty(), "Neovim {version} shows these as we do now, take them off the list: {gone:?}");
    }
}

/// A recorded program: the size of its screen, and what it printed, in the pieces that it came in.
fn recording(path: &std::path::Path) -> ((usize, usize), Vec<Vec<u8>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let head = lines.next().unwrap();
    let number = |key: &str| usize::try_from(head[key].as_u64().unwrap()).unwrap();
    let printed = lines.filter(|event| event[1] == "o");
    let pieces = printed.map(|event| event[2].as_str().unwrap().as_bytes().to_vec()).collect();
    ((number("width"), number("height")), pieces)
}

/// Recordings are compared at so many pauses, spread evenly,
const LOOKS: usize = 40;

/// and each of the many of agents at so many.
const AGENT_LOOKS: usize = 6;

/// Where Neovim's own terminal ends up with another screen after a recording, and which listed family is why.
const OTHERWISE: &[(&str, &str)] = &[("top", "line erases")];

each_neovim! {
    fn recorded_programs_look_right_at_every_pause_and_as_in_a_native_terminal_at_the_end(version) {
        let sandbox = Sandbox::new();
        let folder = crate::support::repository().join("tests/recordings");
        let mut paths = crate::support::files_below(&folder, "cast");
        paths.sort();
        // Those of agents, of several sizes, are there for their statuses too.
        let (agents, mut paths): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| path.parent() != Some(&*folder));
        assert!(paths.len() >= 8, "{paths:?}; type: scripts/record-programs");
        let size = recording(&paths[0]).0;
        let programs = paths.len();
        paths.extend(agents.into_iter().filter(|path| recording(path).0 == size));
        assert!(paths.len() > programs + 20, "recordings of agents");
        let stage = |native| Stage::new(version, &sandbox, size, native);
        let (mut ours, mut native) = (stage(false), stage(true));
        let mut wrong = Vec::new();
        for path in paths {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let (own, pieces) = recording(&path);
            assert_eq!(own, size, "{name} is of another size");
            let mut model = Model::new(version, size.0, size.1);
            ours.print(BLANK);
            let looks = if path.parent() == Some(&*folder) { LOOKS } else { AGENT_LOOKS };
            for piece in pieces.chunks(pieces.len().div_ceil(looks)) {
                let piece = piece.concat();
                ours.print(&piece);
                model.feed(&piece);
                if let Err(why) = ours.becomes(&model, DEADLINE) {
                    panic!("{name} in Neovim {version}: {why}");
                }
            }
            if looks == AGENT_LOOKS {
                continue; // They are compared with the emulator only.
            }
            native.print(&[BLANK, &pieces.concat()].concat());
            let same = native.becomes(&model, PATIENCE);
            match OTHERWISE.iter().find(|(other, _)| *other == name) {
                Some((_, family)) => assert!(same.is_err(), "{name} differs no more by {family}"),
                None => wrong.extend(same.err().map(|why| format!("{name}: {why}"))),
            }
        }
        assert!(wrong.is_empty(), "in Neovim {version}'s own terminal: {}", wrong.join("\n"));
    }
}

#[test]
fn each_listed_difference_is_of_a_family_and_in_the_docs() {
    let docs =
        std::fs::read_to_string(crate::support::repository().join("doc/fidelity.md")).unwrap();
    for difference in listed() {
        let family = difference.family;
        assert!(streams::FAMILIES.iter().any(|it| it.name == family), "no family {family}");
        assert!(docs.contains(&format!("| {family} |")), "doc/fidelity.md lacks {family}");
    }
}
