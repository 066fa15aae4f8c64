//! What happened: the closed list of domain events, and the port through which domain rooms tell them.

use std::sync::Arc;

use crate::protocol::terminal::{
    Belled, Closed, CommandFinished, CommandStarted, Exited, Info, Notified, Renamed, Titled,
    Updated,
};
use crate::protocol::{agent, inbox};

/// A fact in the past tense.
#[derive(Clone, Debug)]
pub enum Event {
    /// A terminal was opened.
    TerminalOpened(Info),
    /// A program set another title.
    TerminalTitled(Titled),
    /// Another program runs in a terminal whose own had ended.
    TerminalRestarted(Info),
    /// A terminal has another name.
    TerminalRenamed(Renamed),
    /// A terminal's facts are others.
    TerminalUpdated(Updated),
    /// A shell has started a command.
    TerminalCommandStarted(CommandStarted),
    /// A shell's command has ended.
    TerminalCommandFinished(CommandFinished),
    /// A program wants its person's attention.
    TerminalNotified(Notified),
    /// A program has rung the bell.
    TerminalBelled(Belled),
    /// A program has ended.
    TerminalExited(Exited),
    /// A terminal is gone.
    TerminalClosed(Closed),
    /// An agent was started, or taken over from an earlier daemon.
    AgentSpawned(agent::Info),
    /// An agent does something else, or the evidence is another.
    AgentChanged(agent::Info),
    /// An agent asks something.
    InboxOpened(inbox::Question),
    /// More of an open question can be read.
    InboxChanged(inbox::Question),
    /// A question does not wait any more.
    InboxClosed(inbox::Closed),
}

/// Where domain rooms tell events. It never blocks: who listens decides what to do when it is slow.
pub type Tell = Arc<dyn Fn(Event) + Send + Sync>;
