//! Owns the comparison with what people have today: Neovim's own `:terminal`, tmux where it is installed, and a PTY that is
//! only read, beside ours; the same bytes, the same size, in turn.
//!
//! Type `make bench ARGS=compare`, or a family's name for that one; `ARGS=long` for what takes minutes. At the end comes
//! one table in Markdown, which `scripts/figures` puts into the README. The exit code is 1 where a bar was missed.

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
mod idle;
mod many;
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
use shared::{beside, figures, noise, ours, scene, spent, table};

/// What can be compared. Every name contains the binary's, so that asking for that asks for all.
const FAMILIES: &[(&str, Measure)] = &[
    ("compare_flood", flood::measure),
    ("compare_echo_idle", echo::measure_idle),
    ("compare_echo_flooded", echo::measure_flooded),
    ("compare_memory", memory::measure),
    ("compare_many", many::measure),
    ("compare_idle", idle::measure),
    ("long_many", many::measure_long),
];

fn main() -> ExitCode {
    let all = run(FAMILIES, 1);
    beside::print(&all);
    if all.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
