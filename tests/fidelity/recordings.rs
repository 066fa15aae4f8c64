//! Recorded programs: ours shows what the emulator does after each piece, and what Neovim's own terminal does in the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::differences::listed;
use super::{BLANK, PATIENCE, Stage};
use crate::support::model::{Model, Widened};
use crate::support::{DEADLINE, Sandbox, Version, each_neovim};

/// A recorded program: the size of its screen, and what it printed, in the pieces that it came in.
fn recording(path: &Path) -> ((usize, usize), Vec<Vec<u8>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let head = lines.next().unwrap();
    let number = |key: &str| usize::try_from(head[key].as_u64().unwrap()).unwrap();
    let printed = lines.filter(|event| event[1] == "o");
    let pieces = printed.map(|event| event[2].as_str().unwrap().as_bytes().to_vec()).collect();
    ((number("width"), number("height")), pieces)
}

/// Recordings are compared after each piece, as it was read; the many of agents at so many pauses, spread evenly.
const AGENT_LOOKS: usize = 6;

/// Where Neovim's own terminal ends up with another screen after a recording, and which listed difference is why. That
/// one is there, and no other (`differs_only_by`).
const OTHERWISE: &[(&str, &str)] = &[
    ("top", "line erases"),
    ("qwen-0.15.10-turns-80x24", "zero-width spaces"),
    ("qwen-0.15.10-turns-120x40", "zero-width spaces"),
];

/// All recordings: of programs, and those of agents, of several sizes, which are there for their statuses too.
fn all() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let folder = crate::support::repository().join("tests/recordings");
    let mut paths = crate::support::files_below(&folder, "cast");
    paths.sort();
    let (programs, agents): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| path.parent() == Some(&*folder));
    assert!(programs.len() >= 8, "{programs:?}; type: scripts/record-programs");
    assert!(agents.len() > 100, "recordings of agents");
    (programs, agents)
}

/// Shows recordings of one size in both; gives what is wrong with the end in Neovim's own terminal.
fn show(
    version: Version,
    size: (usize, usize),
    paths: &[PathBuf],
    looks: Option<usize>,
) -> Vec<String> {
    let sandbox = Sandbox::new();
    let stage = |native| Stage::new(version, &sandbox, size, native);
    let (mut ours, mut native) = (stage(false), stage(true));
    let widened = Widened::by(&ours.editor);
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (_, pieces) = recording(path);
        let mut model = Model::new(version, &widened, size.0, size.1);
        ours.print(BLANK);
        native.print(&[BLANK, &pieces.concat()].concat());
        let at_once = looks.map_or(1, |looks| pieces.len().div_ceil(looks));
        for piece in pieces.chunks(at_once).map(<[_]>::concat) {
            ours.print(&piece);
            model.feed(&piece);
            if let Err(why) = ours.becomes(&model, DEADLINE) {
                panic!("{name} in Neovim {version}: {why}");
            }
        }
        let same = native.becomes(&model, PATIENCE);
        let wanted = match OTHERWISE.iter().find(|(other, _)| *other == name) {
            Some((_, why)) if same.is_ok() => Err(format!("it differs no more by {why}")),
            Some((_, why)) => differs_only_by(why, &native, &model, &pieces.concat()),
            None => same,
        };
        wrong.extend(wanted.err().map(|why| format!("{name}: {why}")));
    }
    wrong
}

/// Whether Neovim's own terminal shows all that the model does, but for this difference.
fn differs_only_by(why: &str, native: &Stage, model: &Model, printed: &[u8]) -> Result<(), String> {
    match why {
        "line erases" => native.becomes(&erasing(model.again(), printed), PATIENCE),
        "zero-width spaces" => {
            native.becomes_but(model, PATIENCE, |row, column| is_written_out(model, row, column))
        }
        other => Err(format!("nobody knows what {other} make of it")),
    }
}

/// What a terminal shows in which `CSI K` behind the last column erases that: to go right from there only takes the
/// cursor back onto it.
fn erasing(mut model: Model, printed: &[u8]) -> Model {
    let printed = std::str::from_utf8(printed).expect("output in whole characters");
    let mut parts = printed.split("\x1b[K");
    model.feed(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        if model.is_at_margin() {
            model.feed(b"\x1b[C");
        }
        model.feed(b"\x1b[K");
        model.feed(part.as_bytes());
    }
    model
}

/// Whether a zero-width space stands in this cell, or is written out in it as `<200b>`, behind the cell in which it stands.
fn is_written_out(model: &Model, row: usize, column: usize) -> bool {
    let first = column.saturating_sub("<200b>".len());
    (first..=column).any(|column| model.is_marked(row, column, '\u{200b}'))
}

each_neovim! {
    fn recorded_programs_look_right_after_every_piece_and_as_in_a_native_terminal_at_the_end(version) {
        let (programs, _) = all();
        let size = recording(&programs[0]).0;
        assert!(programs.iter().all(|path| recording(path).0 == size));
        let wrong = show(version, size, &programs, None);
        assert!(wrong.is_empty(), "in Neovim {version}'s own terminal: {}", wrong.join("\n"));
    }

    fn recorded_agents_look_right_at_every_pause_and_as_in_a_native_terminal_at_the_end(version) {
        let mut sizes: BTreeMap<_, Vec<PathBuf>> = BTreeMap::new();
        for path in all().1 {
            sizes.entry(recording(&path).0).or_default().push(path);
        }
        let shown = |(size, paths): (&(usize, usize), &Vec<PathBuf>)| show(version, *size, paths, Some(AGENT_LOOKS));
        let wrong: Vec<String> = sizes.iter().flat_map(shown).collect();
        assert!(wrong.is_empty(), "in Neovim {version}'s own terminal: {}", wrong.join("\n"));
    }
}

#[test]
fn each_recording_that_looks_otherwise_is_so_by_a_listed_difference() {
    for (name, why) in OTHERWISE {
        let known = Version::ALL.into_iter().flat_map(listed).any(|it| it.name == *why);
        assert!(known, "{name}: {why}");
    }
}
