//! What a program or a person may ask for costs no more than it is worth: sizes, marks and titles without end.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::load::memory;
use crate::support::{Daemon, Sandbox};

/// A change of size that nobody notices takes milliseconds; one that takes longer than this keeps other terminals waiting
/// on any machine.
const SOON: Duration = Duration::from_secs(5);

/// A screen of a million cells, what it is wrapped to, and what its journal holds: each of them once or twice.
const SCREENS: u64 = 300 << 20;

/// What one program may add that prints nothing but marks.
const LITTLE: u64 = 24 << 20;

/// Fills a screen of 1,000 rows and 1,000 columns, each row a line of its own.
const FILL: &str = r#"awk 'BEGIN { for (i = 0; i < 1000; i++) { r = ""; for (j = 0; j < 199; j++) r = r "abcd "; print r "." } }'; echo done; exec cat"#;

#[track_caller]
fn has_grown_by_less(most: u64, before: u64, sandbox: &Sandbox, client: &Daemon) {
    let grown = memory(sandbox, client).saturating_sub(before) >> 20;
    assert!(grown < most >> 20, "memory has grown by {grown} MB");
}

#[test]
fn a_full_screen_of_a_million_cells_made_narrow_takes_little_memory_and_time_also_when_replayed() {
    let (sandbox, client) = Daemon::start();
    let before = memory(&sandbox, &client);
    let resize = |client: &Daemon, rows: u16, cols: u16| {
        client.expect("terminal.resize", json!({"id": "wide", "rows": rows, "cols": cols}));
    };
    let params = json!({"command": ["sh", "-c", FILL], "name": "wide", "rows": 1000, "cols": 1000});
    client.expect("terminal.open", params);
    client.wait_match("wide", "^done$");
    for (rows, cols) in [(1000, 1), (1000, 1000), (50, 2), (1000, 3)] {
        let start = Instant::now();
        resize(&client, rows, cols);
        // Nobody else waits for it either.
        client.expect("daemon.info", json!({}));
        client.expect("terminal.read", json!({"id": "wide"}));
        let took = start.elapsed();
        assert!(took < SOON, "{rows} x {cols} has taken {took:?}");
    }
    has_grown_by_less(SCREENS, before, &sandbox, &client);
    let client = Daemon::after(&sandbox, sandbox.kill_daemon());
    resize(&client, 24, 80);
    client.wait_match("wide", "^done$");
    has_grown_by_less(SCREENS, before, &sandbox, &client);
}

#[test]
fn marks_upon_marks_in_one_cell_take_little_memory_and_the_text_stays_readable() {
    let (sandbox, client) = Daemon::start();
    let before = memory(&sandbox, &client);
    let marks = "yes \"$(printf '\\314\\201')\" | tr -d '\\n' | head -c 30000000";
    client.open("marks", &format!("printf 'e'; {marks}; printf '|\\r\\n'; echo done; exec cat"));
    client.wait_match("marks", "^done$");
    has_grown_by_less(LITTLE, before, &sandbox, &client);
    let screen = client.expect("terminal.read", json!({"id": "marks"}));
    let line = screen["lines"][0].as_str().unwrap();
    assert!(line.starts_with("e\u{301}") && line.ends_with('|') && line.len() < 40, "{line:?}");
}

#[test]
fn titles_without_end_are_told_in_part_and_the_last_always() {
    let (sandbox, client) = Daemon::start();
    let other = Daemon::connect(&sandbox);
    let start = Instant::now();
    let titles = r#"awk 'BEGIN { for (i = 1; i <= 100000; i++) printf "\033]2;title %d\007", i }'"#;
    client.open("titles", &format!("{titles}; echo done; exec cat"));
    let mut told = BTreeSet::new();
    other.wait_notice("the last title", |name, titled| {
        // Notices are looked at again.
        told.extend((name == "terminal.titled").then(|| titled["title"].to_string()));
        (titled["title"] == "title 100000").then_some(())
    });
    let (told, most) = (told.len(), 2 + start.elapsed().as_millis() / 250);
    assert!(told as u128 <= most, "{told} titles were told, where there was time for {most}");
    let info = client.expect("terminal.get", json!({"id": "titles"}));
    assert_eq!(info["title"], "title 100000");
}
