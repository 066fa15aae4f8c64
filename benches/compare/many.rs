//! Owns what many terminals at once do to each other: whether all are served, whether those that flood share fairly, and
//! whether memory stays as it is.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::figures::{ms, percentile};
use crate::noise::pass;
use crate::ours;
use crate::spent;
use crate::support::json::{to_json, to_msgpack};
use crate::support::{Daemon, Sandbox, wait_until};
use crate::table::{Bar, Beside, Figure, Table};

const QUIET: usize = 150;
const FLOODING: usize = 50;

/// A terminal of so many columns and rows.
const SIZE: (usize, usize) = (100, 40);

/// How long progress is watched.
const RACE: Duration = Duration::from_secs(10);

/// How long memory is watched.
const SHORT: Duration = Duration::from_secs(20);
const LONG: Duration = Duration::from_secs(300);

/// How often memory is looked at.
const SAMPLE: Duration = Duration::from_millis(500);

/// What is to come, comes within so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lines after which a scrollback has long been full.
const FULL: f64 = 25_000.0;

/// Answers each line.
const ANSWERS: &str =
    "stty -echo; echo ready; while read -r line; do echo \"answer to $line\"; done";

/// Prints numbered lines of `LENGTH` bytes, and `CR` of the terminal's.
const FLOODS: &str = r#"awk 'BEGIN { for (i = 0; ; i++)
printf "\033[3%dm%010d the quick brown fox jumps over the lazy dog and runs away\033[0m\n", i % 8, i }'"#;
const LENGTH: f64 = 5.0 + 10.0 + 58.0 + 4.0 + 1.0;

pub fn measure(table: &mut Table) {
    watch(SHORT, table);
}

pub fn measure_long(table: &mut Table) {
    watch(LONG, table);
}

fn watch(time: Duration, table: &mut Table) {
    if !spent::COUNTED {
        return table.skip("many terminals", "only Linux tells the memory of another process");
    }
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let start = Instant::now();
    let all = open(&daemon);
    let (quiet, flooding) = all.split_at(QUIET);
    let what = format!("{} terminals opened at once, until all have printed", all.len());
    told(table, what, Figure::of(ms(start.elapsed()), "ms"), Bar::None);
    fill(&daemon, flooding);
    served(&daemon, quiet, table);
    race(&daemon, flooding, table);
    lag(&daemon, flooding, table);
    memory(&sandbox, time, table);
    drop(daemon);
    sandbox.stop_daemon();
}

fn told(table: &mut Table, what: String, figure: Figure, bar: Bar) {
    table.compare(what, Beside { ours: Some(figure), ..Beside::default() }, figure, bar);
}

/// One of them.
struct One {
    id: Json,
    pid: u32,
}

/// Opens all of them with one write, and waits until each has printed something.
fn open(daemon: &Daemon) -> Vec<One> {
    let params =
        |command: &str| to_msgpack(&json!({"command": command, "cols": SIZE.0, "rows": SIZE.1}));
    let quiet = (0..QUIET).map(|_| params(ANSWERS));
    let commands = quiet.chain((0..FLOODING).map(|_| params(FLOODS)));
    let requests: Vec<_> = commands.map(|params| ("terminal.open", vec![params])).collect();
    let tickets = daemon.rpc().send_all(requests);
    let opened = tickets.into_iter().map(|ticket| {
        let answer = daemon.rpc().collect(ticket, PATIENCE).expect("an answer");
        let info = to_json(&answer.expect("a terminal"));
        One { id: info["id"].clone(), pid: info["pid"].as_u64().expect("a process") as u32 }
    });
    let all: Vec<One> = opened.collect();
    let wait = |one: &One| to_msgpack(&json!({"id": one.id, "match": ".", "timeout_ms": 60_000}));
    let tickets = daemon.rpc().send_all(all.iter().map(|one| ("terminal.wait", vec![wait(one)])));
    for ticket in tickets {
        let answer = daemon.rpc().collect(ticket, PATIENCE).expect("an answer");
        assert_eq!(to_json(&answer.expect("a line"))["event"], "matched");
    }
    all
}

/// The lines on a terminal's screen that are not blank.
fn lines(daemon: &Daemon, one: &One) -> Vec<String> {
    let screen = daemon.expect("terminal.read", json!({"id": one.id}));
    let lines = screen["lines"].as_array().expect("lines").iter().filter_map(Json::as_str);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The number that the program has printed into its last whole line.
fn progress(daemon: &Daemon, one: &One) -> f64 {
    let lines = lines(daemon, one);
    let number = |line: &String| line.get(..10)?.parse().ok();
    lines.iter().rev().find_map(number).unwrap_or(0.0)
}

fn fill(daemon: &Daemon, flooding: &[One]) {
    for one in flooding {
        wait_until("a full scrollback", PATIENCE, || (progress(daemon, one) > FULL).then_some(()));
    }
}

/// Types a line into each terminal that does not flood, one after the other.
fn served(daemon: &Daemon, quiet: &[One], table: &mut Table) {
    let mut times = Vec::new();
    for (number, one) in quiet.iter().enumerate() {
        let start = Instant::now();
        daemon.notify("terminal.write", json!({"id": one.id, "data": format!("{number}\r")}));
        let wanted = format!("answer to {number}$");
        let wait = json!({"id": one.id, "match": wanted, "timeout_ms": 10_000});
        if daemon.expect("terminal.wait", wait)["event"] == "matched" {
            times.push(ms(start.elapsed()));
        }
    }
    let others = format!("while {FLOODING} others flood");
    let silent = Figure::of((quiet.len() - times.len()) as f64, "");
    told(
        table,
        format!("of {QUIET} terminals, without an answer {others}"),
        silent,
        Bar::Never(0.0),
    );
    for percent in [50.0, 99.0] {
        let time = Figure::of(percentile(&times, percent), "ms");
        told(table, format!("line typed → answer {others}, p{percent}"), time, Bar::None);
    }
}

/// What each has printed in the same time.
fn race(daemon: &Daemon, flooding: &[One], table: &mut Table) {
    let start: Vec<(Instant, f64)> =
        flooding.iter().map(|one| (Instant::now(), progress(daemon, one))).collect();
    pass(RACE);
    let speed = |(one, (since, before)): (&One, &(Instant, f64))| {
        (progress(daemon, one) - before) / since.elapsed().as_secs_f64()
    };
    let speeds: Vec<f64> = flooding.iter().zip(&start).map(speed).collect();
    let (slowest, fastest) = (percentile(&speeds, 0.0), percentile(&speeds, 100.0));
    let what = format!("the fastest of {FLOODING} that flood / the slowest, over 10 s");
    told(table, what, Figure::of(fastest / slowest, "×"), Bar::AtMost(3.0));
    let all = speeds.iter().sum::<f64>() * LENGTH / 1e6;
    told(table, format!("{FLOODING} that flood, together"), Figure::of(all, "MB/s"), Bar::None);
}

/// How much of what the programs have written the screens do not show yet: who is not read is held back.
fn lag(daemon: &Daemon, flooding: &[One], table: &mut Table) {
    let lags = flooding.iter().filter_map(|one| {
        // The shell may have become the program, or its parent.
        let writer = writer(one.pid)?;
        let shown = progress(daemon, one) * LENGTH;
        Some((written(writer)? - shown) / 1e6)
    });
    let lags: Vec<f64> = lags.collect();
    assert_eq!(lags.len(), flooding.len(), "every writer is asked");
    let what = format!("written but not shown yet, the most of {FLOODING} that flood");
    told(table, what, Figure::of(percentile(&lags, 100.0), "MB"), Bar::AtMost(1.0));
}

/// The process itself, or its only child.
fn writer(pid: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    match children.split_whitespace().next() {
        Some(child) => child.parse().ok(),
        None => Some(pid),
    }
}

/// How many bytes a process has written.
fn written(pid: u32) -> Option<f64> {
    let io = std::fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    io.lines().find_map(|line| line.strip_prefix("wchar: "))?.parse().ok()
}

fn memory(sandbox: &Sandbox, time: Duration, table: &mut Table) {
    let processes = ours::processes(sandbox);
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed() < time {
        samples.push((start.elapsed().as_secs_f64(), spent::proportional(&processes)));
        pass(SAMPLE);
    }
    let (mean, slope) = line_through(&samples);
    let growth = slope * time.as_secs_f64() / mean * 100.0;
    let during = format!("of {} terminals, over {} s", QUIET + FLOODING, time.as_secs());
    let sizes: Vec<f64> = samples.iter().map(|(_, size)| *size).collect();
    told(table, format!("memory {during}, its growth"), Figure::of(growth, "%"), Bar::Never(5.0));
    told(table, format!("memory {during}, mean"), Figure::of(mean, "MB"), Bar::None);
    told(
        table,
        format!("memory {during}, most"),
        Figure::of(percentile(&sizes, 100.0), "MB"),
        Bar::None,
    );
}

/// The mean of the samples, and how much they grow in a second: least squares.
fn line_through(samples: &[(f64, f64)]) -> (f64, f64) {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (time, size) = (mean(&|sample| sample.0), mean(&|sample| sample.1));
    let together = mean(&|sample| (sample.0 - time) * (sample.1 - size));
    (size, together / mean(&|sample| (sample.0 - time).powi(2)))
}
