//! The `orchflow` program: hands its arguments to the library.

use std::process::ExitCode;

use clap::Parser;
use orchflow::cli;

fn main() -> ExitCode {
    cli::run(cli::Args::parse())
}
