//! One life of the keeper process: a loop around `poll` over its socket, its daemon, and the ends of programs.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::SIGCHLD;

use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::TerminalId;

use super::desk::{Desk, Done};
use super::ends;
use super::files;
use super::peers::Peers;

/// Without handles on processes, ends of strangers are looked for so often.
const LOOK: std::time::Duration = std::time::Duration::from_millis(500);

/// Lives until nothing is held and no daemon needs it. `first` is the connection to the daemon that has started it.
pub fn run(socket: &Path, first: UnixStream) -> Result<()> {
    let limit = files::raise();
    let listener = listen(socket)?;
    let (ends, told) = UnixStream::pair().map_err(internal)?;
    ends.set_nonblocking(true).map_err(internal)?;
    signal_hook::low_level::pipe::register(SIGCHLD, told).map_err(internal)?;
    let mut peers = Peers::new(first).map_err(internal)?;
    let mut desk = Desk::new(limit);
    tracing::info!(pid = std::process::id(), socket = %socket.display(), "the keeper listens");
    let why = loop {
        let woken = match wait(&listener, &ends, &peers, &desk) {
            Ok(woken) => woken,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(internal(error)),
        };
        if let Done::Over(why) = turn(woken, &listener, &ends, &mut peers, &mut desk) {
            break why;
        }
    };
    tracing::info!(why, "the keeper ends");
    // Only we can have made this file since we hold the lock.
    let _ = std::fs::remove_file(socket);
    Ok(())
}

/// What `poll` has found.
#[derive(Default)]
struct Woken {
    ends: bool,
    listener: bool,
    /// By their places.
    peers: Vec<usize>,
    strangers: Vec<TerminalId>,
}

/// Sleeps until something happens.
fn wait(
    listener: &UnixListener,
    ends: &UnixStream,
    peers: &Peers,
    desk: &Desk,
) -> rustix::io::Result<Woken> {
    let strangers: Vec<(TerminalId, &ends::Stranger)> = desk
        .holdings
        .iter()
        .filter_map(|(id, entry)| Some((id, entry.stranger.as_ref()?)))
        .collect();
    let handles = || strangers.iter().filter_map(|(id, s)| Some((*id, s.handle.as_ref()?)));
    let interest = |descriptor, flags| PollFd::from_borrowed_fd(descriptor, flags);
    let mut fds: Vec<PollFd<'_>> =
        vec![interest(ends.as_fd(), PollFlags::IN), interest(listener.as_fd(), PollFlags::IN)];
    fds.extend(peers.iter().map(|peer| {
        // Who does not read its answers is not listened to meanwhile.
        let sending = peer.link.is_sending();
        interest(peer.stream.as_fd(), if sending { PollFlags::OUT } else { PollFlags::IN })
    }));
    let first_handle = fds.len();
    fds.extend(handles().map(|(_, handle)| interest(handle.as_fd(), PollFlags::IN)));
    let blind = strangers.iter().any(|(_, stranger)| stranger.handle.is_none());
    let until =
        [desk.daemon.due(), blind.then(|| Instant::now() + LOOK)].into_iter().flatten().min();
    let timeout = until.map(|until| until.saturating_duration_since(Instant::now()));
    poll(&mut fds, timeout.and_then(|timeout| Timespec::try_from(timeout).ok()).as_ref())?;
    let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    let mut woken = Woken { ends: ready[0], listener: ready[1], ..Woken::default() };
    woken.peers = (2..first_handle).filter(|at| ready[*at]).map(|at| at - 2).collect();
    let ended = handles().zip(&ready[first_handle..]).filter(|(_, ready)| **ready);
    woken.strangers = ended.map(|((id, _), _)| id).collect();
    let unseen = strangers.iter().filter(|(_, s)| s.handle.is_none() && !s.lives());
    woken.strangers.extend(unseen.map(|(id, _)| *id));
    Ok(woken)
}

/// Does what there is to do.
fn turn(
    woken: Woken,
    listener: &UnixListener,
    ends: &UnixStream,
    peers: &mut Peers,
    desk: &mut Desk,
) -> Done {
    if woken.ends {
        drain(ends.as_fd());
        while let Some((pid, exit)) = ends::reap() {
            desk.reaped(pid, &exit, peers);
        }
    }
    for id in woken.strangers {
        desk.stranger_ended(id, peers);
    }
    // From the last on, as one that is dropped moves those behind it.
    for place in woken.peers.into_iter().rev() {
        if let Done::Over(why) = desk.serve(place, peers) {
            return Done::Over(why);
        }
    }
    if woken.listener {
        peers.accept(listener);
    }
    desk.daemon.revive(Instant::now(), desk.holdings.len());
    Done::Not
}

/// Reads and drops the marks that signals have left.
fn drain(pipe: BorrowedFd<'_>) {
    let mut marks = [0; 256];
    while matches!(rustix::io::read(pipe, &mut marks), Ok(count) if count > 0) {}
}

/// Listens, replacing a socket that a dead keeper has left.
fn listen(socket: &Path) -> Result<UnixListener> {
    let unusable = |error: io::Error| {
        let message = format!("the keeper's socket {} cannot be used: {error}", socket.display());
        Fault::new(Kind::Unavailable, message)
            .hint("take a shorter path: export ORCHFLOW_SOCKET=$HOME/.orchflow/daemon.sock")
    };
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(unusable)?;
    listener.set_nonblocking(true).map_err(unusable)?;
    Ok(listener)
}
