//! Owns how long a key takes to its echo on the screen: idle, beside Neovim's own, and while other terminals flood.

use std::time::{Duration, Instant};

use rmpv::Value;
use serde_json::json;

use crate::figures::{ms, percentile};
use crate::noise::{Noise, pass};
use crate::stage::{self, BOTH, Whose};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, Version, wait_until};
use crate::table::{Bar, Beside, Figure, Table};
use crate::text::flood;

/// Keys in a row with the same terminal, and such rows.
const KEYS: usize = 60;
const ROWS: usize = 10;

/// A quick typist's time between two keys: what comes before has long settled.
const BETWEEN: Duration = Duration::from_millis(40);

const FLOODING: usize = 10;

/// Prints the very bytes that it reads, itself.
const CAT: &str = "printf 'ready-%s\\r\\n' for-keys; stty raw -echo; exec cat";

/// Beside Neovim's own, while nothing else happens.
pub fn measure_idle(table: &mut Table) {
    with_each("key → echo, idle", idle, table);
}

/// While others flood.
pub fn measure_flooded(table: &mut Table) {
    with_each("key → echo, others flood", flooded, table);
}

fn with_each(what: &str, measure: fn(Version, &mut Table), table: &mut Table) {
    for version in Version::ALL {
        match version.path() {
            Some(_) => measure(version, table),
            None => table.skip(&format!("{what}, Neovim {version}"), "it is not here"),
        }
    }
}

fn idle(version: Version, table: &mut Table) {
    let sandbox = Sandbox::new();
    let editors = BOTH.map(|whose| start(version, &sandbox, whose));
    Noise::listen();
    let mut times = [Vec::new(), Vec::new()];
    for row in 0..ROWS {
        for (editor, times) in editors.iter().zip(&mut times) {
            times.extend(type_row(editor, row));
        }
    }
    let [native, ours] = &times;
    for percent in [50.0, 99.0] {
        let what = format!("key → echo, idle, p{percent}, Neovim {version}");
        let (native, ours) = (percentile(native, percent), percentile(ours, percent));
        let [native_figure, ours_figure] = [native, ours].map(|time| Some(Figure::of(time, "ms")));
        let beside = Beside { native: native_figure, ours: ours_figure, ..Beside::default() };
        table.compare(what, beside, Figure::of(ours / native, "×"), Bar::AtMost(1.2));
    }
}

fn flooded(version: Version, table: &mut Table) {
    let sandbox = Sandbox::new();
    let file = flood(&sandbox, 5_000_000);
    let editor = start(version, &sandbox, Whose::Ours);
    let daemon = Daemon::connect(&sandbox);
    let line = format!("while :; do cat {}; done", file.display());
    for _ in 0..FLOODING {
        daemon.expect("terminal.open", json!({"command": line, "cols": 100, "rows": 40}));
    }
    wait_flood(&daemon);
    let times: Vec<f64> = (0..ROWS).flat_map(|row| type_row(&editor, row)).collect();
    for (percent, bar) in [(50.0, Bar::None), (99.0, Bar::AtMost(25.0))] {
        let what = format!("key → echo, {FLOODING} others flood, p{percent}, Neovim {version}");
        let figure = Figure::of(percentile(&times, percent), "ms");
        table.compare(what, Beside { ours: Some(figure), ..Beside::default() }, figure, bar);
    }
    // Who floods is ended at once, not when the last of the output is read.
    drop(editor);
    sandbox.stop_daemon();
}

fn wait_flood(daemon: &Daemon) {
    let open = daemon.expect("terminal.list", json!({}));
    let ids = open["terminals"].as_array().expect("a list").iter().map(|one| &one["id"]);
    for id in ids.skip(1) {
        wait_until("a flood", DEADLINE, || {
            let screen = daemon.expect("terminal.read", json!({"id": id}));
            let line = screen["lines"][30].as_str().unwrap_or_default().trim().len();
            (line > 0).then_some(())
        });
    }
}

fn start(version: Version, sandbox: &Sandbox, whose: Whose) -> Editor {
    let editor = stage::editor(version, sandbox, whose);
    stage::open(&editor, whose, CAT);
    stage::wait_ready(&editor, "ready-for-keys");
    // The first key finds the program in raw mode.
    editor.wait_screen("the cursor below", |grid| grid.cursor().0 > 0);
    type_key(&editor, "~", 0);
    go_back(&editor);
    editor
}

/// Types a row of a letter of its own, and gives how long each took, in milliseconds.
fn type_row(editor: &Editor, row: usize) -> Vec<f64> {
    let letter = ["a", "b", "c", "d", "e"][row % 5];
    let times = (0..KEYS).map(|column| type_key(editor, letter, column)).collect();
    go_back(editor);
    times
}

/// From the key to the screen that shows it.
fn type_key(editor: &Editor, letter: &str, column: usize) -> f64 {
    pass(BETWEEN);
    let start = Instant::now();
    editor.rpc().notify("nvim_input", vec![Value::from(letter)]);
    editor.wait_screen("the echo", |grid| {
        grid.cells(1).get(column).is_some_and(|cell| cell.text == letter)
    });
    ms(start.elapsed())
}

/// The program prints the carriage return as it is: to the start of the same line.
fn go_back(editor: &Editor) {
    editor.input("<CR>");
    editor.wait_screen("the start of the line", |grid| grid.cursor().1 == 0);
}
