//! Who may import whom: the rooms of `ARCHITECTURE.md`, read from the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::files_below;

/// Each room with what it may import of this crate. `protocol` is plain data, so everybody may.
const ROOMS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("fault", &[]),
    ("process", &[]),
    ("clock", &[]),
    ("protocol", &["ids", "fault"]),
    ("event", &["protocol"]),
    ("keeper", &["protocol", "fault", "ids", "process"]),
    ("terminal", &["protocol", "clock", "fault", "ids", "event", "keeper", "process"]),
    ("agent", &["protocol", "fault", "ids", "event", "process", "terminal"]),
    ("ui", &["protocol", "ids"]),
    ("board", &["protocol", "clock", "fault", "ids", "agent", "terminal", "ui"]),
    ("state", &["protocol", "clock", "fault", "ids"]),
    ("store", &["protocol", "clock", "fault", "state"]),
    ("api", &["protocol", "fault", "ids", "agent", "board", "state", "terminal", "log"]),
    ("rpc", &["protocol", "fault", "ids", "api", "terminal"]),
    (
        "app",
        &[
            "protocol", "fault", "agent", "api", "board", "event", "keeper", "rpc", "state",
            "store", "terminal",
        ],
    ),
    ("places", &["fault"]),
    ("config", &["fault"]),
    ("log", &["fault"]),
    (
        "daemon",
        &[
            "protocol", "clock", "fault", "agent", "api", "app", "config", "keeper", "log",
            "places", "rpc", "store", "terminal",
        ],
    ),
    (
        "cli",
        &[
            "protocol", "fault", "ids", "daemon", "keeper", "log", "places", "process", "rpc",
            "terminal",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Libraries that only one room may know.
const ONLY: &[(&str, &[&str])] = &[
    ("portable_pty", &["keeper"]),
    ("nvim_rs", &["rpc"]),
    ("rmpv", &["rpc"]),
    ("rmp_serde", &["rpc"]),
    ("alacritty_terminal", &["terminal"]),
    ("memmap2", &["terminal"]),
    ("lz4_flex", &["store", "terminal"]),
    ("clap", &["cli", "main"]),
    ("rusqlite", &["store"]),
    ("serde_json_path", &["state"]),
];

/// Every source file with its room and its text without comments.
fn files() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = |path: PathBuf| {
        let first = path.strip_prefix(&src).unwrap().iter().next().unwrap();
        let room = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        (room, path, code.join("\n"))
    };
    files_below(&src, "rs").into_iter().map(file).collect()
}

/// The rooms named after `crate::` in this code, also in `use crate::{a, b}`.
fn imported(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split(';').next().unwrap_or_default();
                let mut depth = 0;
                let mut start = true;
                for (index, c) in list.char_indices() {
                    if start && depth == 0 && c.is_alphabetic() {
                        rooms.push(word(&list[index..]));
                        start = false;
                    }
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        _ => {}
                    }
                }
            }
            None => rooms.push(word(rest)),
        }
    }
    rooms
}

#[test]
fn no_room_imports_what_it_may_not() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, path, code) in files() {
        let may = allowed.get(room.as_str());
        let may = may.unwrap_or_else(|| panic!("{room} is a room that this table does not know"));
        for other in imported(&code).into_iter().filter(|other| *other != room) {
            if !may.contains(&other.as_str()) {
                wrong.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_guarded_library_is_known_to_its_room_only() {
    let mut wrong = Vec::new();
    for (room, path, code) in files() {
        for (library, rooms) in ONLY {
            if code.contains(&format!("{library}::")) && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{} uses {library}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_ptys_the_mapping_and_the_heap_contain_unsafe_code() {
    let with: Vec<PathBuf> = files()
        .into_iter()
        .filter(|(_, _, code)| code.contains("unsafe "))
        .map(|(_, path, _)| path)
        .collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let wanted =
        ["keeper/pty.rs", "terminal/heap.rs", "terminal/journal/window.rs", "terminal/pty.rs"];
    let mut wanted = wanted.map(|file| src.join(file)).to_vec();
    let mut found = with;
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn every_source_file_says_first_what_it_owns() {
    for (_, path, _) in files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn the_reader_of_imports_reads_lists_too() {
    assert_eq!(imported("use crate::{a, b::{c, d}, e::f};\ncrate::g::h()"), ["a", "b", "e", "g"]);
}
