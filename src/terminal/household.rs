//! What all terminals live on together, and must not take from each other: memory, and turns to flood.

use super::heap::Heap;
use super::turns::Turns;

/// Each owner has a handle.
#[derive(Clone)]
pub(super) struct Household {
    pub heap: Heap,
    pub turns: Turns,
}

impl Household {
    /// Must be called within the runtime.
    pub fn start() -> Self {
        Self { heap: Heap::start(), turns: Turns::new() }
    }
}
