//! What a keeper does with orders and ends: it carries them out, and tells its daemon.

use std::os::fd::OwnedFd;

use crate::ids::TerminalId;
use crate::protocol::terminal::Exit;

use super::ends::UNKNOWN;
use super::files;
use super::holdings::Holdings;
use super::peers::{Peer, Peers};
use super::revival::Revival;
use super::wire::{Broken, Holding, News, Order, Start, VERSION};

/// Whether the keeper goes on.
pub(super) enum Done {
    Not,
    Over(&'static str),
}

/// Everything that a keeper knows.
pub(super) struct Desk {
    pub holdings: Holdings,
    pub daemon: Revival,
}

impl Desk {
    /// Until a daemon says otherwise, programs may open `limit` files.
    pub fn new(limit: u64) -> Self {
        Self { holdings: Holdings::default(), daemon: Revival::new(limit) }
    }

    /// Reads what a peer says, and does it. It is not listened to while it does not read its answers.
    pub fn serve(&mut self, place: usize, peers: &mut Peers) -> Done {
        let Some(peer) = peers.get(place) else { return Done::Not };
        let open = peer.link.is_sending()
            || match peer.link.receive(&peer.stream) {
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => false,
                open => open.unwrap_or(true),
            };
        let mut goes_on = Ok(Done::Not);
        while matches!(goes_on, Ok(Done::Not)) {
            let Some(peer) = peers.get(place) else { return Done::Not };
            match flush(peer) {
                Err(error) => goes_on = Err(error.into()),
                Ok(()) if peer.link.is_sending() => break,
                Ok(()) => match peer.link.take::<Order>() {
                    Ok(None) => break,
                    Ok(Some((order, descriptor))) => {
                        goes_on = self.carry_out(order, descriptor, place, peers);
                    }
                    Err(broken) => goes_on = Err(broken),
                },
            }
        }
        match goes_on {
            Ok(Done::Not) if open => Done::Not,
            Ok(Done::Not) => self.hung_up(place, peers),
            Ok(over) => over,
            Err(broken) => {
                tracing::warn!(%broken, "a connection is of no use and was dropped");
                self.hung_up(place, peers)
            }
        }
    }

    fn hung_up(&mut self, place: usize, peers: &mut Peers) -> Done {
        let was_daemon = peers.drop(place).is_some_and(|peer| peer.is_daemon);
        if was_daemon {
            self.daemon.hung_up(self.holdings.len());
        }
        self.over_if_idle(peers)
    }

    /// A keeper that nobody needs ends. The daemon that has started it may still be about to speak.
    fn over_if_idle(&mut self, peers: &mut Peers) -> Done {
        let waits = self.daemon.is_expected() && peers.iter().next().is_some();
        if self.holdings.is_empty() && peers.daemon().is_none() && !waits {
            Done::Over("nothing is held")
        } else {
            Done::Not
        }
    }

    fn carry_out(
        &mut self,
        order: Order,
        descriptor: Option<OwnedFd>,
        place: usize,
        peers: &mut Peers,
    ) -> Result<Done, Broken> {
        let Some(peer) = peers.get(place) else { return Ok(Done::Not) };
        match order {
            Order::Hello { binary, highest, files, .. } if !peer.is_daemon => {
                peers.appoint(place);
                let Some(peer) = peers.get(place) else { return Ok(Done::Not) };
                self.holdings.highest = self.holdings.highest.max(highest);
                self.greet(peer)?;
                self.daemon.came(binary, files);
            }
            _ if !peer.is_daemon => {
                return Err(std::io::Error::other("it does not say hello").into());
            }
            Order::Hello { .. } => return Err(std::io::Error::other("it says hello twice").into()),
            Order::Spawn(start) => self.spawn(*start, peer)?,
            Order::Hold(holding) => self.hold(holding, descriptor, peer)?,
            Order::Note { id, note } => {
                if let Err(fault) = self.holdings.note(id, note) {
                    tracing::warn!(%id, %fault, "the older note is kept");
                }
            }
            Order::Forget { id } => self.holdings.forget(id),
            Order::Goodbye => {
                self.daemon.dismissed();
                peers.drop(place);
                return Ok(self.over_if_idle(peers));
            }
            Order::Leave => return Ok(Done::Over("another keeper holds everything")),
        }
        Ok(Done::Not)
    }

    fn greet(&self, peer: &mut Peer) -> Result<(), Broken> {
        let hello = News::Hello {
            protocol: VERSION,
            version: env!("CARGO_PKG_VERSION").into(),
            pid: std::process::id(),
            highest: self.holdings.highest,
            held: self.holdings.len(),
            restarts: self.daemon.restarts,
            last_crash: self.daemon.last_crash,
            braked: self.daemon.is_braked(),
        };
        peer.link.push(&hello, None)?;
        for (id, entry) in self.holdings.iter() {
            let held = News::Held(self.holdings.holding(id, entry));
            peer.link.push(&held, Some(entry.master.clone()))?;
        }
        Ok(())
    }

    fn spawn(&mut self, start: Start, peer: &mut Peer) -> Result<(), Broken> {
        let id = start.id;
        match self.holdings.spawn(start, self.daemon.limit) {
            Ok(entry) => {
                let news = News::Spawned { id, pid: entry.pid, start: entry.start };
                peer.link.push(&news, Some(entry.master.clone()))
            }
            Err(fault) => peer.link.push(&News::Refused { id, fault }, None),
        }
    }

    fn hold(
        &mut self,
        holding: Holding,
        descriptor: Option<OwnedFd>,
        peer: &mut Peer,
    ) -> Result<(), Broken> {
        let (id, told) = (holding.id, holding.exit.is_some());
        let held = match descriptor {
            Some(master) => self.holdings.hold(holding, master),
            None => Err(files::exhausted()),
        };
        match held {
            Ok(entry) => match &entry.exit {
                Some(exit) if !told => {
                    peer.link.push(&News::Exited { id, exit: exit.clone() }, None)
                }
                _ => Ok(()),
            },
            Err(fault) => peer.link.push(&News::Refused { id, fault }, None),
        }
    }

    /// A child of ours has ended.
    pub fn reaped(&mut self, pid: u32, exit: &Exit, peers: &mut Peers) {
        if let Some(id) = self.holdings.reaped(pid, exit) {
            tell(News::Exited { id, exit: exit.clone() }, peers);
        } else {
            self.daemon.ended(pid, exit, self.holdings.len());
        }
    }

    /// A child of another keeper has ended; nobody can say how.
    pub fn stranger_ended(&mut self, id: TerminalId, peers: &mut Peers) {
        self.holdings.ended(id);
        tell(News::Exited { id, exit: UNKNOWN }, peers);
    }
}

/// Sends what it takes now.
fn flush(peer: &mut Peer) -> std::io::Result<()> {
    match peer.link.flush(&peer.stream) {
        Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => Err(error),
        _ => Ok(()),
    }
}

/// Tells the daemon, if there is one. One that is lost learns of it when the next asks.
fn tell(news: News, peers: &mut Peers) {
    let Some(peer) = peers.daemon() else { return };
    // A connection that takes nothing any more is noticed by whoever reads from it.
    if let Err(error) = peer.link.push(&news, None).and_then(|()| Ok(flush(peer)?)) {
        tracing::debug!(%error, "the daemon was not told of an end");
    }
}
