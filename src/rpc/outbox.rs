//! What waits to be sent to one client: bounded, in order, written in large pieces by one task.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::io::AsyncWrite;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::Notify;
use tokio::time::{sleep_until, timeout};

use super::codec;
use super::pacing::Pacing;
use crate::fault::Result;
use crate::protocol::Notice;
use crate::protocol::board::Painted;
use crate::protocol::daemon::Lost;
use crate::terminal::Gate;

/// Notices waiting for a client that reads slowly. Beyond, they are dropped and it is told to list again.
const NOTICES: usize = 1 << 20;

/// Answers and notices together. A client that lets so much pile up does not read: it is dropped.
const MOST: usize = 8 << 20;

/// How much is written at once.
const PIECE: usize = 256 << 10;

/// A client that takes nothing for so long is dropped. It can connect again.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a client wants its notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    /// As notifications.
    #[default]
    Plain,
    /// As calls of one Lua function.
    Lua,
}

/// The outbox of one client.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
    overflown: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<Message>,
    bytes: usize,
    dialect: Dialect,
    /// What an editor is not told yet, because it is told so much.
    pacing: Pacing,
    lost: u64,
    /// Nothing is taken any more; what is there is still written.
    ended: bool,
}

#[derive(Debug)]
struct Message {
    bytes: Vec<u8>,
    /// Of a frame: what to open when it was written.
    gate: Option<Arc<Gate>>,
}

impl Outbox {
    /// A queue is whole at every point where a panic could leave it.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on notices go out like this.
    pub fn speak(&self, dialect: Dialect) {
        self.waiting().dialect = dialect;
    }

    /// Adds what has happened. Of what agents do an editor is told no more than it bears.
    pub fn tell(&self, notice: &Notice) -> Result<()> {
        let mut waiting = self.waiting();
        if waiting.dialect == Dialect::Lua {
            let held = match notice {
                Notice::AgentChanged(info) => !waiting.pacing.admit(info, Instant::now()),
                Notice::TerminalClosed(closed) => {
                    waiting.pacing.forget(closed.id.into());
                    false
                }
                _ => false,
            };
            if held {
                drop(waiting);
                self.filled.notify_one();
                return Ok(());
            }
        }
        drop(waiting);
        self.notice(notice.name(), notice)
    }

    /// Adds a notice. It never blocks; one that finds no room is counted as lost.
    pub fn notice<T: Serialize>(&self, name: &str, payload: &T) -> Result<()> {
        let mut waiting = self.waiting();
        if waiting.bytes > NOTICES {
            waiting.lost += 1;
            return Ok(());
        }
        let bytes = encode(waiting.dialect, name, payload)?;
        waiting.push(bytes, None);
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// Adds a notice that must not be lost: how a call went. A client that does not read is given up.
    pub fn outcome<T: Serialize>(&self, name: &str, payload: &T) -> Result<()> {
        let dialect = self.waiting().dialect;
        let bytes = encode(dialect, name, payload)?;
        // The error has done its work already: the client is being dropped.
        let _ = self.answer(&bytes);
        Ok(())
    }

    /// Adds a frame. There is at most one per view, so that frames need no bound of their own.
    pub fn frame(&self, channel: u64, frame: &[u8], number: Option<u64>, gate: &Arc<Gate>) {
        match codec::frame(channel, frame, number) {
            Ok(bytes) => self.waiting().push(bytes, Some(gate.clone())),
            Err(fault) => tracing::error!(%fault, "a frame cannot be encoded"),
        }
        self.filled.notify_one();
    }

    /// Adds what a board looks like now. There is at most one per board, so that they need no bound of their own.
    pub fn painting(&self, painted: Painted, gate: &Arc<Gate>) {
        let mut waiting = self.waiting();
        let notice = Notice::BoardPainted(painted);
        match encode(waiting.dialect, notice.name(), &notice) {
            Ok(bytes) => {
                gate.close();
                waiting.push(bytes, Some(gate.clone()));
            }
            Err(fault) => tracing::error!(%fault, "a painting cannot be encoded"),
        }
        drop(waiting);
        self.filled.notify_one();
    }

    /// Adds what must not be lost; an error where the client does not read.
    fn answer(&self, bytes: &[u8]) -> io::Result<()> {
        let mut waiting = self.waiting();
        if waiting.ended || waiting.bytes > MOST {
            waiting.ended = true;
            self.overflown.notify_one();
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client does not read"));
        }
        waiting.push(bytes.to_vec(), None);
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// Completes when more has piled up than a client that reads would leave.
    pub async fn overflow(&self) {
        self.overflown.notified().await;
    }

    /// Takes nothing any more. What waits is still written.
    pub fn end(&self) {
        self.waiting().ended = true;
        self.filled.notify_one();
    }

    /// Writes until the client is gone, does not read, or everything before `end` is written.
    pub async fn write(&self, mut socket: OwnedWriteHalf) -> io::Result<()> {
        loop {
            let (piece, gates) = self.waiting().take();
            if piece.is_empty() {
                if self.waiting().ended {
                    return Ok(());
                }
                let due = self.waiting().pacing.due();
                let sleep = sleep_until(due.unwrap_or_else(Instant::now).into());
                tokio::select! {
                    () = self.filled.notified() => {}
                    () = sleep, if due.is_some() => {}
                }
                continue;
            }
            // `timeout` around the whole piece: progress below 8 KB/s is none.
            let written = timeout(PATIENCE, socket.write_all(&piece)).await;
            written.map_err(|_| {
                io::Error::new(io::ErrorKind::TimedOut, "the client does not read")
            })??;
            gates.iter().for_each(|gate| gate.sent());
        }
    }
}

impl Waiting {
    fn push(&mut self, bytes: Vec<u8>, gate: Option<Arc<Gate>>) {
        self.bytes += bytes.len();
        self.messages.push_back(Message { bytes, gate });
    }

    /// Adds what was held, as far as it is time for it; all of it where nothing comes any more.
    fn release(&mut self) {
        let now = Instant::now();
        loop {
            let next =
                if self.ended { self.pacing.release_any() } else { self.pacing.release(now) };
            let Some(info) = next else {
                return;
            };
            let notice = Notice::AgentChanged(info);
            match encode(self.dialect, notice.name(), &notice) {
                Ok(bytes) => self.push(bytes, None),
                Err(fault) => tracing::error!(%fault, "a notice cannot be encoded"),
            }
        }
    }

    /// The next piece to write, with the gates of the frames in it.
    fn take(&mut self) -> (Vec<u8>, Vec<Arc<Gate>>) {
        let (mut piece, mut gates) = (Vec::new(), Vec::new());
        self.release();
        while piece.len() < PIECE
            && let Some(message) = self.messages.pop_front()
        {
            self.bytes -= message.bytes.len();
            gates.extend(message.gate);
            if piece.is_empty() {
                piece = message.bytes;
            } else {
                piece.extend_from_slice(&message.bytes);
            }
        }
        let lost = std::mem::take(&mut self.lost);
        if lost > 0 {
            match encode(self.dialect, "events.lost", &Lost { count: lost }) {
                Ok(bytes) => piece.extend_from_slice(&bytes),
                Err(fault) => tracing::error!(%fault, "a notice cannot be encoded"),
            }
        }
        (piece, gates)
    }
}

fn encode<T: Serialize>(dialect: Dialect, name: &str, payload: &T) -> Result<Vec<u8>> {
    match dialect {
        Dialect::Plain => codec::plain_notice(name, payload),
        Dialect::Lua => codec::lua_notice(name, payload),
    }
}

/// Where nvim-rs writes its answers.
pub(super) struct Answers(pub Arc<Outbox>);

impl AsyncWrite for Answers {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.0.answer(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_client_loses_notices_but_is_told_how_many_and_keeps_its_answers() {
        let outbox = Outbox::default();
        let text = "x".repeat(1000);
        for _ in 0..2000 {
            outbox.notice("terminal.titled", &text).unwrap();
        }
        outbox.answer(b"answer").unwrap();
        let mut all = Vec::new();
        loop {
            let (piece, _) = outbox.waiting().take();
            if piece.is_empty() {
                break;
            }
            assert!(piece.len() < PIECE + 2000);
            all.extend(piece);
        }
        assert!(all.len() < NOTICES + 4000);
        let one = codec::plain_notice("terminal.titled", &text).unwrap().len();
        let kept = NOTICES / one + 1;
        let lost = codec::plain_notice("events.lost", &Lost { count: 2000 - kept as u64 }).unwrap();
        assert!(all.windows(lost.len()).any(|window| window == lost));
        assert!(all.windows(6).any(|window| window == b"answer"));
    }

    #[test]
    fn a_client_that_never_reads_is_given_up() {
        let outbox = Outbox::default();
        let answer = vec![0; 1 << 20];
        let taken = (0..100).take_while(|_| outbox.answer(&answer).is_ok()).count();
        assert_eq!(taken, 9, "eight and the one that went over");
        assert!(outbox.waiting().ended);
    }
}
