//! Owns the same operations on a JSON file behind a lock, by a small Python program, beside ours.

use serde_json::Value as Json;

use crate::figures::median;
use crate::state::large;
use crate::support::{Sandbox, repository};
use crate::table::{Bar, Figure, Table};

/// How long each of our operations took, in µs.
pub struct Times {
    pub query: Vec<f64>,
    pub update: Vec<f64>,
    pub search: Vec<f64>,
}

/// Runs the program on a file of a megabyte, and adds what it took beside ours.
pub fn beside(table: &mut Table, ours: &mut Times) {
    let sandbox = Sandbox::new();
    let file = sandbox.write("work/state.json", large().to_string());
    let program = repository().join("benches/json_file.py");
    let done = sandbox.command("python3").arg(program).arg(file).output();
    let done = match done {
        Ok(done) if done.status.success() => done,
        other => return table.skip("a JSON file behind a lock", &format!("{other:?}")),
    };
    let told: Json = serde_json::from_slice(&done.stdout).expect("JSON");
    for (name, what, ours) in [
        ("query", "one value read", &ours.query),
        ("update", "one value changed", &ours.update),
        ("search", "a search through 1 MB", &ours.search),
    ] {
        let times: Vec<f64> =
            told[name].as_array().expect("times").iter().filter_map(Json::as_f64).collect();
        let milliseconds: Vec<f64> = times.iter().map(|us| us / 1e3).collect();
        let line = format!("{what}, in a JSON file of 1 MB behind a lock");
        table.add(line, Figure::median(&milliseconds, "ms"), Bar::None);
        let line = format!("{what}, in a JSON file / ours");
        table.add(line, Figure::of(median(&times) / median(ours), "×"), Bar::None);
    }
}
