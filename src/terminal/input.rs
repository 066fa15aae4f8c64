//! What was typed and not yet read by the program, bounded, in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::pty::Pty;
use crate::fault::{Fault, Kind, Result};

/// A program that does not read gets so many bytes kept for it; a large paste is a few hundred KB.
const MOST: usize = 4 << 20;

/// How many bytes wait, shared between those who type and the owner who sends.
#[derive(Clone, Debug, Default)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Room {
    /// Takes room for so many bytes, or says that there is none.
    pub fn take(&self, bytes: usize) -> Result<()> {
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
            (waiting + bytes <= MOST).then_some(waiting + bytes)
        });
        taken.map(drop).map_err(|waiting| {
            let message =
                format!("the program does not read its input: {waiting} bytes wait already");
            Fault::new(Kind::Exhausted, message).hint("interrupt it, or close the terminal")
        })
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The queue before the PTY. Room for what comes in was taken by whoever typed it.
pub(super) struct Input {
    queue: VecDeque<u8>,
    room: Room,
}

impl Input {
    pub fn new(room: Room) -> Self {
        Self { queue: VecDeque::new(), room }
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Adds bytes for which room was taken.
    pub fn push(&mut self, bytes: &[u8]) {
        self.queue.extend(bytes);
    }

    /// Adds an answer to a query. A program that asks without ever reading goes without.
    pub fn reply(&mut self, bytes: &[u8]) {
        if self.room.take(bytes.len()).is_ok() {
            self.push(bytes);
        }
    }

    /// Drops everything: nobody will read it.
    pub fn clear(&mut self) {
        self.room.give_back(self.queue.len());
        self.queue.clear();
    }

    /// Sends some, waiting for room in the PTY. Nothing is lost or doubled when the wait is given up.
    pub async fn send(&mut self, pty: &Pty) -> std::io::Result<()> {
        let sent = pty.write(self.queue.as_slices().0).await?;
        self.queue.drain(..sent);
        self.room.give_back(sent);
        Ok(())
    }
}
