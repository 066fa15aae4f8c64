//! Terminals that flood take turns, one at a time: between two of them whoever else has something to do comes, so that an
//! echo waits for one turn at a time and not for a round of all.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::yield_now;

/// Shared by all terminals.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

/// Ends the turn when it is dropped.
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    /// Waits for a turn, first come, first served. What has happened outside meanwhile is heard before it begins.
    pub async fn mine(&self) -> Turn {
        // Never closed: without a permit one would only be less polite.
        let permit = self.0.clone().acquire_owned().await.ok();
        yield_now().await;
        Turn { _permit: permit }
    }
}
