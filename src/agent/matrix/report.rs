//! Owns the report: how often what was concluded, by program, size and truth, and which of it was wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::late::{self, What};
use super::play::{FLAP, LAG, Played, TICK};
use super::recording::{Event, Recording, Truth};
use crate::agent::signs::Millis;
use crate::protocol::agent::Status;

/// The columns.
const COLUMNS: [(&str, Status); 5] = [
    ("starting", Status::Starting),
    ("working", Status::Working),
    ("blocked", Status::Blocked),
    ("idle", Status::Idle),
    ("unknown", Status::Unknown),
];

/// One row: how long what was concluded.
pub type Row = BTreeMap<&'static str, Millis>;

/// A wrong conclusion, from then to then.
struct Mistake {
    from: Millis,
    to: Millis,
    what: String,
}

/// All that came of the recordings.
#[derive(Default)]
pub struct Report {
    /// By program with its version, size and truth.
    pub rows: BTreeMap<(String, String, Truth), Row>,
    /// How late what was concluded, each time, by program.
    pub late: BTreeMap<(String, What), Vec<Millis>>,
    /// Recordings and flaps by program.
    programs: BTreeMap<String, (usize, usize)>,
    scenes: BTreeSet<String>,
    /// Each wrong conclusion, and each flap, in words.
    pub wrong: Vec<String>,
}

impl Report {
    pub fn add(&mut self, recording: &Recording, played: &Played) {
        let program = format!("{} {}", recording.program, recording.version);
        let size = format!("{}×{}", recording.size.cols, recording.size.rows);
        for moment in &played.moments {
            let column = COLUMNS.iter().find(|(_, status)| *status == moment.concluded.status);
            let (name, _) = column.expect("a program that runs");
            let truth = if moment.truth == Truth::Kept { Truth::Done } else { moment.truth };
            let row = self.rows.entry((program.clone(), size.clone(), truth)).or_default();
            *row.entry(name).or_default() += TICK;
        }
        for mistake in mistakes(played) {
            let Mistake { from, to, what } = mistake;
            self.wrong.push(format!("{} {from}–{to} ms: {what}", recording.name));
        }
        for (what, ms) in late::all(recording, &played.changes) {
            self.late.entry((program.clone(), what)).or_default().push(ms);
        }
        let flaps = flaps(recording, played);
        self.wrong.extend(flaps.iter().map(|flap| format!("{} flaps: {flap}", recording.name)));
        let (recordings, all) = self.programs.entry(program).or_default();
        (*recordings, *all) = (*recordings + 1, *all + flaps.len());
        self.scenes.insert(recording.name.clone());
    }

    /// Changes that were taken back at once, in all recordings.
    pub fn flaps(&self) -> usize {
        self.programs.values().map(|(_, flaps)| flaps).sum()
    }

    /// The page that people read.
    pub fn page(&self) -> String {
        let mut page = head(self.scenes.len());
        for ((program, size, truth), row) in &self.rows {
            let all: Millis = row.values().sum();
            let part = |(name, _): &(&str, Status)| {
                let percent = |time: &Millis| format!("{:.1} %", *time as f64 * 100.0 / all as f64);
                row.get(name).map(percent).unwrap_or_default()
            };
            let cells: Vec<String> = COLUMNS.iter().map(part).collect();
            let (truth, seconds) = (truth.name(), all as f64 / 1000.0);
            let _ = writeln!(
                page,
                "| {program} | {size} | {truth} | {seconds:.1} | {} |",
                cells.join(" | ")
            );
        }
        self.lateness(&mut page);
        let _ = write!(
            page,
            "\n| program | recordings | changes taken back within {FLAP} ms |\n|---|--:|--:|\n"
        );
        for (program, (recordings, flaps)) in &self.programs {
            let _ = writeln!(page, "| {program} | {recordings} | {flaps} |");
        }
        page
    }

    /// The table of how late what is concluded.
    fn lateness(&self, page: &mut String) {
        let names = late::ALL.map(What::name).join(" | ");
        let _ = write!(page, "\n| ms, p95 | {names} |\n|---|{}\n", "--:|".repeat(late::ALL.len()));
        for program in self.programs.keys() {
            let cell = |what| {
                let times = self.late.get(&(program.clone(), what));
                times.map_or("–".to_owned(), |times| late::p95(times).to_string())
            };
            let _ = writeln!(page, "| {program} | {} |", late::ALL.map(cell).join(" | "));
        }
    }
}

fn head(recordings: usize) -> String {
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    format!(
        "<!-- Generated from tests/recordings/agents: run `ORCHFLOW_BLESS=1 make status-matrix`. Do not edit. -->

# What is concluded of agents, and what they did

{recordings} recordings of the real programs are played through the code that concludes an agent's status: what they printed, what their
hooks told, what was typed. Each row is a truth, as the script knew it that drove the program (`scripts/record-agents`), and what part
of that time it was taken for what.

**A question is never missed, and work is never taken for its end**; the test that makes this page fails otherwise.

How changes are treated. The truth is marked when a key was typed, or when words came to be on the screen. What follows is judged
{LAG} ms later, and no more from {LAG} ms before the next mark: the screen is read every 50 ms, and a hook is a process that has to start.
Between the key that ends something, or the model's last word, and the mark of its end both may be true, and nothing is judged. A question may be
told by a hook before it can be seen; then *working* is *blocked* in this table, and it is right.

How late each of them is concluded for good, counted from its mark, is in the second table. A program that is called ready too early has drawn its
prompt before the rest of its screen, and keeps what is typed then. Ready late is codex, which calls itself at work for a while after its start; done
late is opencode, whose event comes that long after its last word on the slow machine of these recordings. *Idle* is before a turn, *done* behind one, also
where somebody has meanwhile written something into its box; recordings go on for three seconds behind each turn.

| program | size | truth | seconds | {} |
|---|---|---|--:|{}
",
        columns.join(" | "),
        "--:|".repeat(columns.len())
    )
}

/// What was wrong, moments that follow each other as one.
fn mistakes(played: &Played) -> Vec<Mistake> {
    let mut all: Vec<Mistake> = Vec::new();
    for moment in played.moments.iter().filter(|moment| !moment.truth.is(moment.concluded.status)) {
        let concluded = &moment.concluded;
        let status = format!("{:?}", concluded.status).to_lowercase();
        let what = format!(
            "{} taken for {status} ({:?}: {})",
            moment.truth.name(),
            concluded.source,
            concluded.reason
        );
        match all.last_mut().filter(|last| last.what == what && moment.at <= last.to + TICK) {
            Some(last) => last.to = moment.at,
            None => all.push(Mistake { from: moment.at, to: moment.at, what }),
        }
    }
    all
}

/// Changes that were taken back at once, though nobody has typed anything meanwhile.
fn flaps(recording: &Recording, played: &Played) -> Vec<String> {
    let typed = |from: Millis, to: Millis| {
        let within = |(at, event): &(Millis, Event)| {
            matches!(event, Event::Input(_)) && (from..=to).contains(at)
        };
        recording.events.iter().any(within)
    };
    let flap = |changes: &[(Millis, Status)]| {
        let [(_, before), (from, status), (to, after)] = *changes else { return None };
        let flaps = before == after && to - from < FLAP && !typed(from.saturating_sub(TICK), to);
        flaps.then(|| format!("{before:?} → {status:?} at {from}, taken back at {to}"))
    };
    played.changes.windows(3).filter_map(flap).collect()
}
