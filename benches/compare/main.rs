//! Owns the comparison with what people have today: Neovim's own `:terminal`, tmux where it is installed, and a PTY that is
//! only read, beside ours; the same bytes, the same size, in turn.
//!
//! Type `make bench ARGS=compare`, or a family's name for that one. Misses are printed as MISSED, and the exit code stays 0
//! until issue 3 is resolved: only a measurement that fails is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be made must end loudly, and its table goes to standard output"
)]

#[path = "../shared/mod.rs"]
mod shared;
#[path = "../../tests/support/mod.rs"]
mod support;

mod echo;
mod flood;
mod memory;
mod pty;
mod report;
mod same;
mod stage;
mod text;
mod tmux;
mod watch;

use std::process::ExitCode;

use shared::run::{Measure, run};
use shared::{figures, noise, scene, spent, table};

/// What can be compared. Every name contains the binary's, so that asking for that asks for all.
const FAMILIES: &[(&str, Measure)] = &[
    ("compare_flood", flood::measure),
    ("compare_echo", echo::measure),
    ("compare_memory", memory::measure),
];

fn main() -> ExitCode {
    let all = run(FAMILIES, 1);
    if all.is_broken() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
