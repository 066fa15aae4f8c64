//! The reader before nvim-rs: hands it one whole, checked message at a time.
//!
//! nvim-rs reads without bound, decodes a growing message from its start again and again, copies whatever
//! follows it, and queues decoded messages without bound. Behind this reader it never meets any of that.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::io::AsyncRead;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::unix::OwnedReadHalf;
use tokio::time::{Sleep, sleep};

use super::scan::{FIRST, Kind, LONGEST, Scanner};
use super::slots::Slots;

/// A message that has begun must be complete after this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much is read at once.
pub(super) const CHUNK: usize = 16 * 1024;

/// Reads from a client's socket.
pub(super) struct Guard {
    socket: OwnedReadHalf,
    slots: Arc<Slots>,
    scanner: Scanner,
    buffer: Vec<u8>,
    /// What of the buffer was handed on.
    start: usize,
    /// How much of the message being handed on is left.
    left: usize,
    /// A complete message that waits for a slot.
    waiting: Option<usize>,
    /// Runs while part of a message is there.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Guard {
    pub fn new(socket: OwnedReadHalf, slots: Arc<Slots>) -> Self {
        Self {
            socket,
            slots,
            scanner: Scanner::default(),
            buffer: Vec::new(),
            start: 0,
            left: 0,
            waiting: None,
            patience: None,
        }
    }

    /// How much memory it holds.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.buffer.capacity()
    }

    /// Finds the next message. False at the end of the stream.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if let Some(length) = self.waiting {
                ready!(self.slots.poll_take(context));
                self.waiting = None;
                self.left = length;
                return Poll::Ready(Ok(true));
            }
            let greeted = self.slots.greeted.load(Ordering::Relaxed);
            let longest = if greeted { LONGEST } else { FIRST };
            let scanned = self.scanner.scan(&self.buffer[self.start..], longest);
            match scanned.map_err(|bad| io::Error::new(io::ErrorKind::InvalidData, bad))? {
                Some((length, kind)) => {
                    self.patience = None;
                    if kind == Kind::Response {
                        self.left = length;
                        return Poll::Ready(Ok(true));
                    }
                    self.waiting = Some(length);
                }
                None => {
                    if ready!(self.poll_more(context))? == 0 {
                        return Poll::Ready(Ok(false));
                    }
                }
            }
        }
    }

    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if !self.buffer.is_empty() {
            let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
            if patience.as_mut().poll_elapsed(context) {
                let late = "the rest of a message did not come";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, late)));
            }
        }
        let mut chunk = [0; CHUNK];
        let mut read = ReadBuf::new(&mut chunk);
        ready!(Pin::new(&mut self.socket).poll_read(context, &mut read))?;
        self.buffer.extend_from_slice(read.filled());
        Poll::Ready(Ok(read.filled().len()))
    }
}

/// Asks a timer without the noise of `Future`.
trait Elapsed {
    fn poll_elapsed(self, context: &mut Context<'_>) -> bool;
}

impl Elapsed for Pin<&mut Sleep> {
    fn poll_elapsed(self, context: &mut Context<'_>) -> bool {
        std::future::Future::poll(self, context).is_ready()
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.left == 0 && !ready!(self.poll_message(context))? {
            return Poll::Ready(Ok(0));
        }
        let count = self.left.min(into.len());
        let from = self.start;
        into[..count].copy_from_slice(&self.buffer[from..from + count]);
        self.start += count;
        self.left -= count;
        Poll::Ready(Ok(count))
    }
}
