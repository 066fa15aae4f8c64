//! What one client may have under way: the bound on a queue that nvim-rs itself does not bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;

/// Calls of one client that are decoded but not answered. Whoever sends more waits in the kernel's buffer.
const MOST: usize = 512;

/// The slots of one client.
#[derive(Debug, Default)]
pub(super) struct Slots {
    taken: AtomicUsize,
    freed: AtomicWaker,
    /// Whether the client has said who it is, and may send more than a few words.
    pub greeted: AtomicBool,
}

impl Slots {
    /// Takes a slot, waiting until one is free. There is one who waits: the reader.
    pub fn poll_take(&self, context: &Context<'_>) -> Poll<()> {
        self.freed.register(context.waker());
        if self.taken.load(Ordering::Acquire) >= MOST {
            return Poll::Pending;
        }
        self.taken.fetch_add(1, Ordering::AcqRel);
        Poll::Ready(())
    }
}

/// One call under way, for which the reader has taken a slot. Dropping it frees the slot.
pub(super) struct Slot(pub Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
        self.0.freed.wake();
    }
}
