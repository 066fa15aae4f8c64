//! `orchflow daemon`: makes sure that one runs.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::{connect, print};
use crate::daemon::{self, open_lock};
use crate::fault::{Fault, Kind, Result, internal};
use crate::places::{Places, secure_folder};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Stay in the foreground instead of starting a daemon of its own
    #[arg(long)]
    foreground: bool,
    /// Say on standard output how the start went, then let go of the terminal
    #[arg(long, hide = true, requires = "foreground")]
    detached: bool,
}

/// What a detached daemon tells whoever started it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Started {
    Ready,
    Failed(Fault),
}

pub(super) fn run(args: &Args, places: &Places) -> Result<()> {
    if args.detached {
        let done = daemon::run(places, || tell(&Started::Ready));
        if let Err(fault) = &done {
            tell(&Started::Failed(fault.clone()));
        }
        return done;
    }
    if args.foreground {
        let socket = places.socket.display().to_string();
        return daemon::run(places, || drop(print(&socket)));
    }
    ensure(places)?;
    print(&places.socket.display().to_string())
}

/// Starts a daemon unless one runs. Two that do so at once get the same one.
pub(super) fn ensure(places: &Places) -> Result<()> {
    if runs(places)? {
        return Ok(());
    }
    secure_folder(places.folder())?;
    let lock = open_lock(&places.start_lock())?;
    flock(&lock, FlockOperation::LockExclusive).map_err(internal)?;
    if runs(places)? {
        return Ok(());
    }
    match start() {
        // The keeper was as quick as we were.
        Err(fault) if fault.kind == Kind::Conflict && runs(places)? => Ok(()),
        done => done,
    }
}

/// Whether a daemon answers. One that is just dying may still be connected to, and then says nothing: the next
/// one waits for its lock.
fn runs(places: &Places) -> Result<bool> {
    match connect(places) {
        Ok(client) => Ok(client.is_some()),
        Err(fault) if fault.kind == Kind::Unavailable => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn start() -> Result<()> {
    let program = std::env::current_exe().map_err(internal)?;
    let mut child = Command::new(program)
        .args(["daemon", "--foreground", "--detached"])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(internal)?;
    let mut told = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut told).map_err(internal)?;
    }
    match serde_json::from_str(&told) {
        Ok(Started::Ready) => Ok(()),
        Ok(Started::Failed(fault)) => Err(fault),
        Err(_) => Err(internal("the daemon ended without a word")),
    }
}

/// Tells the starter, then closes what it listens on: the daemon's standard output is nobody's. A session of
/// its own keeps the daemon alive when the terminal or editor that started it goes.
fn tell(started: &Started) {
    let _ = rustix::process::setsid();
    if let Ok(text) = serde_json::to_string(started) {
        // The starter may have been interrupted; the daemon lives on.
        let _ = std::io::stdout().write_all(text.as_bytes());
        let _ = std::io::stdout().flush();
    }
    match std::fs::File::options().write(true).open("/dev/null") {
        Ok(null) => drop(rustix::stdio::dup2_stdout(null)),
        Err(error) => tracing::warn!(%error, "standard output stays open"),
    }
}
