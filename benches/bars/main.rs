//! Owns the run of the bars: every figure that was promised, measured anew, judged, and printed as one table.
//!
//! Type `make bench`, or `make bench ARGS=startup` for the families whose name contains that. A new bar is a function in a
//! family's file; a new family is a file and a line in `FAMILIES`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made must end loudly, and its table goes to standard output"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

#[path = "../shared/mod.rs"]
mod shared;

mod agents;
mod board;
mod cores;
mod first_byte;
mod grid;
mod json_file;
mod memory;
mod pipelining;
mod round_trip;
mod sourcing;
mod startup;
mod state;

use std::process::ExitCode;

use shared::run::{Measure, run};
use shared::{figures, ours, scene, spent, table};

/// What can be measured, by name.
const FAMILIES: &[(&str, Measure)] = &[
    ("sourcing", sourcing::measure),
    ("startup", startup::measure),
    ("memory", memory::measure),
    ("round_trip", round_trip::measure),
    ("pipelining", pipelining::measure),
    ("first_byte", first_byte::measure),
    ("agents", agents::measure),
    ("board", board::measure),
    ("state", state::measure),
];

/// So often a family is measured before a bar that it missed in noise counts as missed.
const ATTEMPTS: usize = 3;

fn main() -> ExitCode {
    let all = run(FAMILIES, ATTEMPTS);
    if all.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
