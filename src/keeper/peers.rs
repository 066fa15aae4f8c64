//! Who is connected to a keeper: its daemon, and whoever else knocks.

use std::io;
use std::os::unix::net::{UnixListener, UnixStream};

use super::link::Link;

/// One daemon, one that replaces it, and some that only look whether somebody listens.
const MOST: usize = 8;

/// One connection.
pub(super) struct Peer {
    pub stream: UnixStream,
    pub link: Link,
    /// It has said `Hello`: it is the daemon.
    pub is_daemon: bool,
}

/// All of them, oldest first.
pub(super) struct Peers(Vec<Peer>);

impl Peers {
    /// The first is whoever has started us.
    pub fn new(first: UnixStream) -> io::Result<Self> {
        Ok(Self(vec![peer(first)?]))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.0.iter()
    }

    pub fn get(&mut self, place: usize) -> Option<&mut Peer> {
        self.0.get_mut(place)
    }

    pub fn daemon(&mut self) -> Option<&mut Peer> {
        self.0.iter_mut().find(|peer| peer.is_daemon)
    }

    /// Hangs up.
    pub fn drop(&mut self, place: usize) -> Option<Peer> {
        (place < self.0.len()).then(|| self.0.remove(place))
    }

    /// Makes the peer at this place the daemon. Only a daemon's successor can connect while it lives, so whoever was
    /// it before is on its way out.
    pub fn appoint(&mut self, place: usize) {
        for (at, peer) in self.0.iter_mut().enumerate() {
            peer.is_daemon = at == place;
        }
    }

    /// Lets everybody in who may come.
    pub fn accept(&mut self, listener: &UnixListener) {
        loop {
            match listener.accept() {
                Ok((stream, _)) if is_ours(&stream) => match peer(stream) {
                    Ok(peer) => self.0.push(peer),
                    Err(error) => tracing::warn!(%error, "a connection cannot be used"),
                },
                Ok(_) => tracing::warn!("another user was refused"),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    return;
                }
            }
            if self.0.len() > MOST
                && let Some(oldest) = self.0.iter().position(|peer| !peer.is_daemon)
            {
                tracing::warn!("too many connections: the oldest that has said nothing is dropped");
                self.drop(oldest);
            }
        }
    }
}

fn peer(stream: UnixStream) -> io::Result<Peer> {
    stream.set_nonblocking(true)?;
    Ok(Peer { stream, link: Link::default(), is_daemon: false })
}

/// The folder's rights keep others out already; this holds where somebody has loosened them meanwhile.
#[cfg(target_os = "linux")]
fn is_ours(stream: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream)
        .is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

/// Elsewhere the folder's rights alone decide: the standard library cannot ask.
#[cfg(not(target_os = "linux"))]
fn is_ours(_: &UnixStream) -> bool {
    true
}
