//! What all terminals live on together, and must not take from each other: memory, turns to flood, and a person's patience.

use super::heap::Heap;
use super::trouble::Disk;
use super::turns::Turns;

/// Each owner has a handle.
#[derive(Clone)]
pub(super) struct Household {
    pub heap: Heap,
    pub turns: Turns,
    pub disk: Disk,
}

impl Household {
    /// Must be called within the runtime.
    pub fn start() -> Self {
        Self { heap: Heap::start(), turns: Turns::new(), disk: Disk::default() }
    }
}
