//! `orchflow keeper`: what the daemon starts to hold its programs; its standard input is their connection.

use std::os::unix::net::UnixStream;

use rustix::fs::{FlockOperation, flock};

use crate::daemon::open_lock;
use crate::fault::{Fault, Kind, Result, internal};
use crate::places::{Places, check_folder};
use crate::{keeper, log};

pub(super) fn run(places: &Places) -> Result<()> {
    let stdin = rustix::stdio::stdin();
    if rustix::net::sockopt::socket_type(stdin).is_err() {
        return Err(Fault::new(Kind::Conflict, "the daemon starts its keeper itself")
            .hint("orchflow daemon"));
    }
    // A session of its own keeps it alive when the terminal or editor that has started the daemon goes.
    let _ = rustix::process::setsid();
    let daemon = UnixStream::from(stdin.try_clone_to_owned().map_err(internal)?);
    let null = std::fs::File::open("/dev/null").map_err(internal)?;
    rustix::stdio::dup2_stdin(null).map_err(internal)?;
    check_folder(places.folder())?;
    log::start_keeper(&places.state_dir)?;
    let lock = open_lock(&places.keeper_lock())?;
    // A predecessor may still be leaving. The daemon ends us where that takes too long.
    flock(&lock, FlockOperation::LockExclusive).map_err(internal)?;
    let done = keeper::run(&places.keeper_socket(), daemon);
    if let Err(fault) = &done {
        tracing::error!(%fault, "the keeper has failed");
    }
    done
}
