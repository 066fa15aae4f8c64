//! How many descriptors may be open: as many as the system allows, some of them kept in reserve, and for programs as many
//! as they would have without us.

use std::io::ErrorKind;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::fault::{Fault, Kind, Result};

/// What a terminal takes of the daemon: its PTY, the segment that is written and the file where output lands.
const TERMINAL: u64 = 3;

/// What the daemon has open without terminals and clients: log, lock, sockets, and what its runtime waits by.
const DAEMON: u64 = 16;

/// What the daemon keeps free when it opens a terminal: for editors that come (two each), a keeper that has to be
/// replaced (six), and files that are open for a moment, such as the next segments of some journals.
const RESERVE: u64 = 32;

/// Numbers below this are the keeper's own; what it holds has higher ones. It needs nine for itself, nine for whoever is
/// connected, and eight for a moment while a program is started, which must be there with the program's limit too.
const OWN: i32 = 32;

/// macOS takes no more than its OPEN_MAX, even where it says that there is no limit.
const OPEN_MAX: u64 = 10_240;

/// Raises the limit of this process as far as the system allows; gives what it was.
pub fn raise() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let former = current.unwrap_or(u64::MAX);
    let wanted = [maximum, Some(OPEN_MAX).filter(|most| *most > former)];
    let raised = |current: &Option<u64>| {
        setrlimit(Resource::Nofile, Rlimit { current: *current, maximum }).is_ok()
    };
    // With the former limit everything goes on too, only with fewer terminals.
    let _ = wanted.iter().find(|wanted| raised(wanted));
    former
}

/// Does something under another limit, as what it starts inherits that. Only for a process of one thread.
pub(super) fn with_limit<T>(limit: u64, work: impl FnOnce() -> T) -> T {
    let own = getrlimit(Resource::Nofile);
    let limit = limit.min(own.maximum.unwrap_or(u64::MAX));
    let theirs = Rlimit { current: (limit != u64::MAX).then_some(limit), ..own };
    // Where it cannot be set, programs have our limit: more than they need.
    let set = setrlimit(Resource::Nofile, theirs);
    let done = work();
    if set.is_ok()
        && let Err(error) = setrlimit(Resource::Nofile, own)
    {
        tracing::warn!(%error, "the limit of open files stays low");
    }
    done
}

/// Whether the daemon that has so many terminals can open so many more and has still enough in reserve.
pub fn check_room(terminals: usize, more: usize) -> Result<()> {
    let Some(limit) = getrlimit(Resource::Nofile).current else { return Ok(()) };
    let open = match std::fs::read_dir("/dev/fd") {
        Ok(open) => open.count() as u64,
        // Nobody can be asked.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(_) => limit,
    };
    // Some may not have opened all of theirs yet, as when a daemon has just taken them over.
    let taken = open.max(DAEMON + TERMINAL * terminals as u64);
    if taken + TERMINAL * more as u64 + RESERVE <= limit { Ok(()) } else { Err(exhausted()) }
}

/// What there is to say when there are no descriptors.
pub(super) fn exhausted() -> Fault {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let message = format!("another terminal takes too much of the {limit} files that may be open");
    Fault::new(Kind::Exhausted, message).hint("close some: :Orchflow list")
}

/// The same descriptor at a number that is none of the keeper's own.
pub(super) fn above_own(descriptor: impl AsFd) -> Result<OwnedFd> {
    fcntl_dupfd_cloexec(descriptor, OWN).map_err(|_| exhausted())
}
