//! What happened: the closed list of domain events, and the port through which domain rooms tell them.

use std::sync::Arc;

use crate::ids::TerminalId;
use crate::protocol::terminal::{Exit, Info};

/// A fact in the past tense.
#[derive(Clone, Debug)]
pub enum Event {
    /// A terminal was opened.
    TerminalOpened(Info),
    /// A program set another title.
    TerminalTitled { id: TerminalId, title: String },
    /// A terminal has another name.
    TerminalRenamed { id: TerminalId, name: String },
    /// A program has ended.
    TerminalExited { id: TerminalId, name: String, exit: Exit },
    /// A terminal is gone.
    TerminalClosed { id: TerminalId, name: String },
}

/// Where domain rooms tell events. It never blocks: who listens decides what to do when it is slow.
pub type Tell = Arc<dyn Fn(Event) + Send + Sync>;
