//! What the owners of all terminals have in common.

use super::heap::Heap;
use super::turns::Turns;

/// Each owner has a handle.
#[derive(Clone)]
pub(super) struct Common {
    pub heap: Heap,
    pub turns: Turns,
}

impl Common {
    /// Must be called within the runtime.
    pub fn start() -> Self {
        Self { heap: Heap::start(), turns: Turns::new() }
    }
}
