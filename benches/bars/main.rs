//! Owns the run of the bars: every figure that was promised, measured anew, judged, and printed as one table.
//!
//! Type `make bench`, or `make bench ARGS=idle` for the families whose name contains that. A new bar is a function in a
//! family's file; a new family is a file and a line in `FAMILIES`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made must end loudly, and its table goes to standard output"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod cores;
mod figures;
mod first_byte;
mod idle;
mod memory;
mod noise;
mod pipelining;
mod round_trip;
mod scene;
mod sourcing;
mod spent;
mod startup;
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use noise::Noise;
use table::Table;

/// Measures one family and adds its lines.
type Measure = fn(&mut Table);

/// What can be measured, by name.
const FAMILIES: &[(&str, Measure)] = &[
    ("sourcing", sourcing::measure),
    ("startup", startup::measure),
    ("memory", memory::measure),
    ("idle", idle::measure),
    ("round_trip", round_trip::measure),
    ("pipelining", pipelining::measure),
    ("first_byte", first_byte::measure),
];

/// A missed bar is measured so often where others kept the machine busy meanwhile: their noise is not our figure.
const ATTEMPTS: usize = 3;

fn main() -> ExitCode {
    // Cargo says `--bench`; other options are criterion's, to which the same command line goes.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    noise::adopt_orphans();
    table::print_head();
    let mut all = Table::default();
    for (name, measure) in FAMILIES.iter().filter(|(name, _)| is_wanted(name)) {
        let table = attempt(name, *measure);
        table.print();
        all.append(table);
    }
    all.print_end();
    if all.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures a family in a quiet moment, again where noise may have spoiled it.
fn attempt(name: &str, measure: Measure) -> Table {
    let mut attempt = 1;
    loop {
        let noise = Noise::listen();
        let mut table = Table::default();
        if catch_unwind(AssertUnwindSafe(|| measure(&mut table))).is_err() {
            table.broken(name);
        }
        let heard = noise.end();
        table.heard(name, heard);
        if table.is_whole() || !heard.is_loud() || attempt == ATTEMPTS {
            return table;
        }
        println!("{name}: a bar was missed in {heard}; measured again");
        attempt += 1;
    }
}
