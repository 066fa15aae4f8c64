//! What is concluded from recordings of the real programs, against what they did: `make status-matrix`.

mod play;
pub mod recording;
mod report;

use std::path::{Path, PathBuf};

use self::recording::Truth;
use self::report::Report;
use super::profiles::Profiles;

/// Where people read it.
const PAGE: &str = "doc/status-matrix.md";

/// In all recordings together: codex calls itself at work for a moment while it starts.
const FLAPS: usize = 3;

fn report() -> Report {
    let profiles = Profiles::new(PathBuf::from("/nowhere"));
    let mut report = Report::default();
    for recording in recording::all() {
        let profile = profiles.find(&recording.program).unwrap();
        report.add(&recording, &play::play(&recording, &profile));
    }
    report
}

#[test]
fn recorded_questions_are_all_seen_and_work_is_never_taken_for_its_end() {
    let report = report();
    println!("{}\n{}", report.page(), report.wrong.join("\n"));
    let judged = report.rows.keys().filter(|(_, _, truth)| *truth != Truth::Starting);
    assert_eq!(judged.count(), 6 * 2 * 3, "six programs, two sizes, three truths");
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
            Truth::Done => assert!(part("idle") >= 0.6, "{row}"),
            Truth::Starting => {}
        }
    }
    assert!(report.flaps() <= FLAPS, "{}", report.wrong.join("\n"));
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
