//! The command line: one file per verb.

mod attach;
mod call;
mod daemon;
mod export;
mod hook;
mod keeper;
mod status;
mod stop;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::fault::{Fault, Kind, Result};
use crate::places::{Places, check_folder};
use crate::rpc::Client;

/// How a program ends that was called wrongly, by the custom of most.
const USAGE: u8 = 2;

/// Terminals and agents that outlive your editor.
#[derive(Debug, Parser)]
#[command(name = "orchflow", version, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start the daemon if none runs, and print where it listens
    Daemon(daemon::Args),
    /// Show a terminal in this one, without an editor
    Attach(attach::Args),
    /// Write what a terminal has printed to a file
    Export(export::Args),
    /// Call a method of the daemon and print its answer as JSON
    Call(call::Args),
    /// Tell what an agent does; its program calls this
    Hook(hook::Args),
    /// Hold programs; the daemon starts it
    #[command(hide = true)]
    Keeper,
    /// Say whether a daemon runs, and what it holds
    Status(status::Args),
    /// End the daemon
    Stop(stop::Args),
}

/// Reads a command line; where it asks for help or is none, says so and gives how to end.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> std::result::Result<Args, ExitCode> {
    let words: Vec<OsString> = words.into_iter().collect();
    Args::try_parse_from(&words).map_err(|error| {
        // Nobody reads: there is no other place to say it.
        let _ = error.print();
        // A program takes the failure of its hook for a word on what it does: one stops it, whatever that was.
        let is_hook = words.get(1).is_some_and(|verb| verb == "hook");
        if is_hook || !error.use_stderr() { ExitCode::SUCCESS } else { ExitCode::from(USAGE) }
    })
}

/// Runs a command line.
pub fn run(args: Args) -> ExitCode {
    let places = Places::from_env();
    // `call` is for programs, which read errors as JSON; for the others it depends on who reads.
    let json = matches!(args.verb, Verb::Call(_)) || !std::io::stderr().is_terminal();
    let done = match args.verb {
        Verb::Attach(args) => match attach::run(&args, &places) {
            Ok(code) => return code,
            Err(fault) => Err(fault),
        },
        Verb::Daemon(args) => daemon::run(&args, &places),
        Verb::Export(args) => export::run(&args, &places),
        Verb::Call(args) => call::run(&args, &places),
        Verb::Hook(args) => {
            hook::run(args, &places);
            Ok(())
        }
        Verb::Keeper => keeper::run(&places),
        Verb::Status(args) => status::run(&args, &places),
        Verb::Stop(args) => stop::run(&args, &places),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            report(&fault, json);
            ExitCode::FAILURE
        }
    }
}

fn report(fault: &Fault, json: bool) {
    let text = match serde_json::to_string(fault) {
        Ok(text) if json => text,
        _ => format!("orchflow: {fault}"),
    };
    // Nobody reads: there is no other place to say it.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints to standard output. Whoever closes it early has read enough.
fn print(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::new(Kind::Unavailable, format!("nothing can be printed: {error}")))
        }
        _ => Ok(()),
    }
}

/// Whether a keeper listens: then programs go on, whether or not a daemon runs.
fn keeps(places: &Places) -> bool {
    std::os::unix::net::UnixStream::connect(places.keeper_socket()).is_ok()
}

/// Connects to a running daemon; None where there is none.
fn connect(places: &Places) -> Result<Option<Client>> {
    if !places.folder().exists() {
        return Ok(None);
    }
    check_folder(places.folder())?;
    Client::connect(&places.socket)
}
