//! What is concluded from recordings of the real programs, against what they did: `make status-matrix`.

mod boxes;
mod late;
mod play;
pub mod recording;
mod report;

use std::path::{Path, PathBuf};

use self::late::What;
use self::recording::Truth;
use self::report::Report;
use super::profiles::Profiles;
use super::signs::Millis;

/// Where people read it.
const PAGE: &str = "doc/status-matrix.md";

/// In all recordings together.
const FLAPS: usize = 0;

/// So late something may be concluded, in ms: a screen that waits is believed once it has settled, and what is seen is up to
/// a sight (50 ms) old.
const LATE: Millis = 300;

/// What is slower, and why is told on the page.
const SLOWER: [(&str, What, Millis); 4] = [
    ("claude", What::Early, 200),
    ("codex", What::Ready, 1_300),
    ("gemini", What::Early, 1_700),
    ("opencode", What::Done, 1_900),
];

fn bound(program: &str, what: What) -> Millis {
    let slower = SLOWER.iter().find(|(name, slow, _)| program.starts_with(name) && *slow == what);
    slower.map_or(if what == What::Early { 0 } else { LATE }, |(_, _, bound)| *bound)
}

fn report() -> Report {
    let profiles = Profiles::new(PathBuf::from("/nowhere"));
    let mut report = Report::default();
    for recording in recording::all().iter().filter(|recording| !recording.is_about_its_box()) {
        let profile = profiles.find(&recording.program).unwrap();
        report.add(recording, &play::play(recording, &profile));
    }
    report
}

#[test]
fn recorded_questions_are_all_seen_and_work_is_never_taken_for_its_end() {
    let report = report();
    println!("{}\n{}", report.page(), report.wrong.join("\n"));
    let judged = report.rows.keys().filter(|(_, _, truth)| *truth != Truth::Starting);
    assert_eq!(judged.count(), 6 * 2 * 4, "six programs, two sizes, four truths");
    for ((program, size, truth), row) in &report.rows {
        let part = |status: &str| {
            row.get(status).map_or(0.0, |time| *time as f64 / row.values().sum::<u64>() as f64)
        };
        let row = format!("{program} at {size}: {row:?}");
        match truth {
            Truth::Blocked => assert!(part("blocked") >= 1.0, "a question was missed: {row}"),
            Truth::Working => {
                assert!(part("idle") <= 0.0, "work was taken for its end: {row}");
                assert!(part("working") >= 0.85, "{row}");
            }
            // How late that is concluded is judged below.
            _ => {}
        }
    }
    for ((program, what), times) in &report.late {
        let (bound, late) = (bound(program, *what), late::p95(times));
        assert!(late <= bound, "{program}: {what:?} by {late} ms, and not {bound}: {times:?}");
    }
    assert_eq!(report.flaps(), FLAPS, "{}", report.wrong.join("\n"));
}

#[test]
fn the_page_about_it_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = report().page();
    if std::env::var_os("ORCHFLOW_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "{PAGE} is stale: run `ORCHFLOW_BLESS=1 make status-matrix` and commit it"
    );
}
