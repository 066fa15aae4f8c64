//! The `orchflow` program: hands its arguments to the library.

use std::process::ExitCode;

use orchflow::cli;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(args) => cli::run(args),
        Err(code) => code,
    }
}
