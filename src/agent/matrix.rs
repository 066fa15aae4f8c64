//! What is concluded from recordings of the real programs, against what they did: `make status-matrix`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::hook;
use super::profile::Profile;
use super::profiles::Profiles;
use super::senses::Senses;
use super::signs::Millis;
use crate::protocol::agent::{PAYLOAD, Source, Status};
use crate::protocol::terminal::Size;
use crate::terminal::Player;

/// Every so often it is looked at what is concluded.
const STEP: Millis = 50;

/// So long after something has happened a conclusion may lag behind.
const LAG: Millis = 700;

/// How often what was concluded, by program and truth.
type Matrix = BTreeMap<(String, &'static str), BTreeMap<String, usize>>;

/// A recording with its truth.
struct Recording {
    name: String,
    program: String,
    size: Size,
    /// When, what kind, what.
    events: Vec<(Millis, String, Json)>,
}

fn recordings() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/agents");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Recording {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let head = lines.next().unwrap();
    let number = |name: &str| u16::try_from(head[name].as_u64().unwrap()).unwrap();
    let event = |event: Json| {
        let at = (event[0].as_f64().unwrap() * 1000.0) as Millis;
        (at, event[1].as_str().unwrap().to_owned(), event[2].clone())
    };
    Recording {
        name: file.file_stem().unwrap().to_string_lossy().into_owned(),
        program: head["orchflow"]["program"].as_str().unwrap().to_owned(),
        size: Size { rows: number("height"), cols: number("width") },
        events: lines.map(event).collect(),
    }
}

/// What a truth may be taken for.
fn truth(mark: &str) -> Option<(&'static str, &'static [Status])> {
    match mark {
        "starting" => Some((
            "starting",
            &[Status::Starting, Status::Working, Status::Idle, Status::Unknown, Status::Blocked],
        )),
        "working" => Some(("working", &[Status::Working])),
        "blocked" => Some(("blocked", &[Status::Blocked])),
        // Whether somebody has looked is not in a recording.
        "done" | "idle" => Some(("done", &[Status::Idle])),
        _ => None,
    }
}

/// Plays a recording, and counts what is concluded of it. Gives the moments at which that was wrong.
fn play(recording: &Recording, profile: &Profile, matrix: &mut Matrix) -> Vec<String> {
    let (mut senses, mut player) = (Senses::new(0), Player::new(recording.size));
    let mut wrong = Vec::new();
    let mut now: Option<(&'static str, &'static [Status])> = None;
    let (mut since, mut next) = (0, 0);
    for (index, (at, kind, what)) in recording.events.iter().enumerate() {
        while next < *at {
            // Before a truth ends its successor may already show.
            let ends = recording.events[index..]
                .iter()
                .find(|(_, kind, _)| kind == "m")
                .map(|(end, ..)| *end);
            let sure = next >= since + LAG && ends.is_none_or(|end| next + 100 < end);
            if let Some((name, right)) = now.filter(|_| sure) {
                let concluded = senses.signs.conclude(next);
                let status = format!("{:?}", concluded.status).to_lowercase();
                if !right.contains(&concluded.status) {
                    let source = concluded.source;
                    wrong.push(format!(
                        "{} at {next}: {name} taken for {status} ({source:?}: {})",
                        recording.name, concluded.reason
                    ));
                }
                let row = matrix.entry((recording.program.clone(), name)).or_default();
                *row.entry(status).or_default() += 1;
            }
            next += STEP;
        }
        let text = || what.as_str().unwrap_or_default();
        match &**kind {
            "o" => {
                let sight = player.play(text().as_bytes());
                senses.look(profile, &sight, *at);
            }
            "h" => {
                let (event, payload) =
                    (what["event"].as_str().unwrap(), what["payload"].to_string());
                let payload: String = if payload.len() > PAYLOAD { String::new() } else { payload };
                if let Some(sign) = hook::hear(profile, event, &payload, *at).unwrap().sign {
                    senses.signs.hear(Source::Hook, sign);
                }
            }
            "m" => (now, since) = (truth(text()), *at),
            _ => {}
        }
    }
    wrong
}

fn table(matrix: &Matrix) -> String {
    let columns = ["starting", "working", "blocked", "idle", "unknown"];
    let mut table = format!(
        "| program | truth | {} |\n|---|---|{}\n",
        columns.join(" | "),
        "--:|".repeat(columns.len())
    );
    for ((program, truth), row) in matrix {
        let all: usize = row.values().sum();
        let part = |column: &&str| {
            row.get(*column)
                .map_or(String::new(), |n| format!("{:.1} %", *n as f64 * 100.0 / all as f64))
        };
        let cells: Vec<String> = columns.iter().map(part).collect();
        let _ = writeln!(table, "| {program} | {truth} | {} |", cells.join(" | "));
    }
    table
}

/// Which part of the moments of a truth was taken for something, at most or at least. Bounds to be tightened: a question that
/// is missed, or work that is taken for its end, is a fault of a rule.
const BLOCKED_SEEN: f64 = 0.99;
const WORKING_TAKEN_FOR_IDLE: f64 = 0.07;

#[test]
fn recorded_questions_are_seen_and_work_is_seldom_taken_for_its_end() {
    let profiles = Profiles::new(PathBuf::from("/nowhere"));
    let mut matrix = Matrix::new();
    let mut wrong = Vec::new();
    for recording in recordings() {
        let profile = profiles.find(&recording.program).unwrap();
        wrong.extend(play(&recording, &profile, &mut matrix));
    }
    println!("{}\n{}", table(&matrix), wrong.join("\n"));
    let part = |row: &BTreeMap<String, usize>, status: &str| {
        let all: usize = row.values().sum();
        row.get(status).map_or(0.0, |n| *n as f64 / all as f64)
    };
    assert!(matrix.len() >= 24, "six programs, four truths");
    for ((program, truth), row) in &matrix {
        match *truth {
            "blocked" => assert!(part(row, "blocked") >= BLOCKED_SEEN, "{program}: {row:?}"),
            "working" => {
                assert!(part(row, "idle") <= WORKING_TAKEN_FOR_IDLE, "{program}: {row:?}");
            }
            _ => {}
        }
    }
}
