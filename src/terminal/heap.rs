//! Memory that all terminals share: freed memory goes back to the system once many have packed theirs, and few at a time
//! do what takes much of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// Terminals that come to rest one after the other are dealt with together.
const GATHER: Duration = Duration::from_secs(1);

/// So many terminals read their journals at once: all of them together would take gigabytes.
const TURNS: usize = 2;

/// Told by terminals that have freed much, and asked by those that need much.
#[derive(Clone)]
pub(super) struct Heap {
    freed: Arc<Notify>,
    turns: Arc<Semaphore>,
}

impl Heap {
    /// Starts to listen. Must be called within the runtime.
    pub fn start() -> Self {
        let heap = Self { freed: Arc::default(), turns: Arc::new(Semaphore::new(TURNS)) };
        let freed = heap.freed.clone();
        tokio::spawn(async move {
            loop {
                freed.notified().await;
                sleep(GATHER).await;
                give_back();
            }
        });
        heap
    }

    /// Much was freed.
    pub fn freed(&self) {
        self.freed.notify_one();
    }

    /// Waits until it is this terminal's turn to take much. None only where there are no turns any more, as at the end.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.turns.clone().acquire_owned().await.ok()
    }
}

/// The C library keeps freed memory that lies below memory in use: as much as all floods together once took.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back() {
    // SAFETY: it only returns pages that no allocation uses, and takes the locks that it needs.
    #[allow(unsafe_code)] // There is no safe way to ask for it.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other libraries give it back by themselves, or cannot be asked.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
