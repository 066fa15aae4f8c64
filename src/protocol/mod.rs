//! The protocol's one definition: every method and notice with its types, from which dispatch, Lua types and docs are made.

pub mod agent;
pub mod board;
pub mod daemon;
mod docs;
pub mod inbox;
mod lua;
mod shape;
pub mod state;
pub mod terminal;
pub mod view;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

pub use docs::markdown;
pub use lua::annotations;

use crate::fault::Fault;

/// The version spoken here. Another major cannot be talked to; another minor can.
pub const VERSION: Version = Version { major: 1, minor: 1 };

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// Changes when an old peer would misunderstand.
    pub major: u32,
    /// Changes when something is added.
    pub minor: u32,
}

/// The parameters of methods that take none, and the result of methods that only succeed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// One method or notice as the generators see it.
pub struct Entry {
    /// `noun.verb` for a method, `noun.past` for a notice.
    pub name: &'static str,
    /// What it does, one sentence.
    pub doc: &'static str,
    /// The schema of its one map parameter.
    pub params: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of its result; notices have none.
    pub result: Option<fn(&mut SchemaGenerator) -> Schema>,
}

/// Defines the closed list of methods: an enum that carries decoded parameters, its decoder, and the table for docs.
macro_rules! methods {
    ($($name:literal $variant:ident($params:ty) -> $result:ty, $doc:literal;)*) => {
        /// A decoded call: which method, with its parameters.
        #[derive(Clone, Debug)]
        pub enum Call { $(#[doc = $doc] $variant($params),)* }

        impl Call {
            /// The decoder for the named method, or None where there is no such method.
            pub fn decode<D: Decode>(method: &str, with: D) -> Option<Result<Self, Fault>> {
                match method {
                    $($name => Some(with.decode::<$params>().map(Self::$variant)),)*
                    _ => None,
                }
            }

            /// The method's name on the wire.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }

        /// All methods, in the order of the documentation.
        pub const METHODS: &[Entry] = &[$(Entry {
            name: $name,
            doc: $doc,
            params: |generator| generator.subschema_for::<$params>(),
            result: Some(|generator| generator.subschema_for::<$result>()),
        },)*];
    };
}

/// Defines the closed list of notices.
macro_rules! notices {
    ($($name:literal $variant:ident($params:ty), $doc:literal;)*) => {
        /// An event as told to a client.
        #[derive(Clone, Debug)]
        pub enum Notice { $(#[doc = $doc] $variant($params),)* }

        impl Notice {
            /// The notice's name on the wire.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }

        impl Serialize for Notice {
            /// Only the payload: the name travels beside it.
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(payload) => payload.serialize(s),)* }
            }
        }

        /// All notices, in the order of the documentation.
        pub const NOTICES: &[Entry] = &[$(Entry {
            name: $name,
            doc: $doc,
            params: |generator| generator.subschema_for::<$params>(),
            result: None,
        },)*];
    };
}

/// Turns a message's parameters into a type; the rpc room knows how.
pub trait Decode {
    /// The parameters as `T`, or what is wrong with them and where.
    fn decode<T: for<'de> Deserialize<'de>>(self) -> Result<T, Fault>;
}

methods! {
    "hello" Hello(daemon::HelloParams) -> daemon::Hello,
        "Must be the first call: tells the daemon who is there, and the client what it talks to.";
    "client.follow" ClientFollow(daemon::FollowParams) -> Empty,
        "May come first instead of `hello`: this connection then ends when that client's does. So an editor, which is not told of its own connection's end, learns of it.";
    "daemon.info" DaemonInfo(Empty) -> daemon::Info,
        "What this daemon is, where it keeps things, and how much it holds.";
    "daemon.stop" DaemonStop(daemon::StopParams) -> daemon::Stopped,
        "Ends the daemon. While programs run it refuses, unless `force` is set, which ends them, or `keep`, which leaves them to the next daemon.";
    "terminal.open" TerminalOpen(terminal::OpenParams) -> terminal::Opened,
        "Starts a program in a new terminal.";
    "terminal.list" TerminalList(Empty) -> terminal::Listing,
        "All terminals, oldest first.";
    "terminal.get" TerminalGet(terminal::IdParams) -> terminal::Info,
        "One terminal.";
    "terminal.write" TerminalWrite(terminal::WriteParams) -> Empty,
        "Types into a terminal. Sent as a notification, the order of keystrokes is kept.";
    "terminal.resize" TerminalResize(terminal::ResizeParams) -> Empty,
        "Sets a terminal's size.";
    "terminal.signal" TerminalSignal(terminal::SignalParams) -> Empty,
        "Sends a signal to the terminal's foreground processes.";
    "terminal.close" TerminalClose(terminal::IdParams) -> Empty,
        "Ends the program (TERM, then KILL) and forgets the terminal.";
    "terminal.rename" TerminalRename(terminal::RenameParams) -> terminal::Info,
        "Gives a terminal another name.";
    "terminal.update" TerminalUpdate(terminal::UpdateParams) -> terminal::Info,
        "Says what a terminal is for, and its tags.";
    "terminal.read" TerminalRead(terminal::ReadParams) -> terminal::Screen,
        "The screen, and if wanted the last lines of the scrollback, as text.";
    "terminal.history" TerminalHistory(terminal::HistoryParams) -> terminal::History,
        "Whole lines of scrollback and primary screen with their colours, a page at a time.";
    "terminal.search" TerminalSearch(terminal::SearchParams) -> terminal::Found,
        "Looks for a regular expression in the whole lines of scrollback and primary screen.";
    "terminal.journal" TerminalJournal(terminal::IdParams) -> terminal::Journal,
        "Where a terminal's raw output is kept.";
    "terminal.wait" TerminalWait(terminal::WaitParams) -> terminal::Happened,
        "Waits until the program exits, a pattern is on the screen or scrolled by, or output has paused.";
    "agent.spawn" AgentSpawn(agent::SpawnParams) -> agent::Spawned,
        "Starts an agent in a terminal of its own.";
    "agent.profiles" AgentProfiles(Empty) -> agent::Profiles,
        "The programs that can be started, ours and those of the user's own profiles.";
    "agent.list" AgentList(Empty) -> agent::Listing,
        "All agents, oldest first.";
    "agent.get" AgentGet(agent::IdParams) -> agent::Info,
        "One agent.";
    "agent.prompt" AgentPrompt(agent::PromptParams) -> Empty,
        "Gives an agent something to do. Answered when it was taken: when the agent does something after it was submitted.";
    "agent.compose" AgentCompose(agent::ComposeParams) -> agent::Composed,
        "Words with references to files, in the syntax of an agent's program and relative to its directory: what to give to `agent.prompt` or `agent.spawn`.";
    "agent.wait" AgentWait(agent::WaitParams) -> agent::Info,
        "Waits until an agent is in one of these statuses.";
    "agent.explain" AgentExplain(agent::IdParams) -> agent::Explained,
        "Why an agent is thought to be in its status, and what each source has said.";
    "agent.interrupt" AgentInterrupt(agent::IdParams) -> Empty,
        "Stops what an agent does at the moment, as a person would by a key.";
    "agent.rename" AgentRename(agent::RenameParams) -> agent::Info,
        "Gives an agent, and its terminal, another name.";
    "agent.stop" AgentStop(agent::IdParams) -> Empty,
        "Ends an agent's program (TERM, then KILL) with whatever it has left in its session. Its terminal stays, and can be read.";
    "agent.resume" AgentResume(agent::ResumeParams) -> agent::Spawned,
        "Goes on with an earlier conversation: the agent's own in its own terminal, or a copy or any other in a new one.";
    "agent.report" AgentReport(agent::ReportParams) -> Empty,
        "An agent's program tells of an event, by `orchflow hook`.";
    "inbox.list" InboxList(Empty) -> inbox::Listing,
        "Every open question of every agent.";
    "inbox.answer" InboxAnswer(inbox::AnswerParams) -> agent::Info,
        "Presses a choice of a question. Answered when the agent does not wait for it any more, with what it does then; refused where that question is not the one that is open.";
    "board.open" BoardOpen(board::OpenParams) -> board::Opened,
        "Paints the swarm as rows of text for the calling client, and paints what changes, 60 times a second at most.";
    "board.update" BoardUpdate(board::UpdateParams) -> Empty,
        "Paints a board differently from now on: another size, other rows, or nothing while it is hidden.";
    "board.close" BoardClose(board::IdParams) -> Empty,
        "Paints a board no more.";
    "state.get" StateGet(state::GetParams) -> state::Got,
        "The values of a document that a JSONPath selects.";
    "state.set" StateSet(state::SetParams) -> state::Written,
        "Puts a value at every place that a path selects. Answered when it is kept, like all changes of documents.";
    "state.merge" StateMerge(state::MergeParams) -> state::Written,
        "Merges a JSON merge patch (RFC 7386) into the value at every place that a path selects.";
    "state.delete" StateDelete(state::DeleteParams) -> state::Written,
        "Removes every place that a path selects.";
    "state.increment" StateIncrement(state::IncrementParams) -> state::Written,
        "Adds to every number that a path selects. No count is lost, however many count at once.";
    "state.append" StateAppend(state::AppendParams) -> state::Written,
        "Adds an element to the end of every array that a path selects.";
    "state.cas" StateCas(state::CasParams) -> state::Written,
        "Compare and set: as `state.set`, where the document still has the version that was read; else a conflict, which tells the present one.";
    "state.batch" StateBatch(state::BatchParams) -> state::Batched,
        "Several changes, of several documents too: all of them, or none where one fails, and then the error names it.";
    "state.list" StateList(Empty) -> state::Listing,
        "All documents.";
    "state.history" StateHistory(state::HistoryParams) -> state::History,
        "The latest changes of a document: who, when, what.";
    "state.export" StateExport(state::ScopeParams) -> state::Exported,
        "A whole document.";
    "state.import" StateImport(state::ImportParams) -> state::Written,
        "Replaces a whole document.";
    "state.watch" StateWatch(state::WatchParams) -> state::Watched,
        "Tells this client with `state.changed` whenever what a path selects becomes something else.";
    "state.unwatch" StateUnwatch(state::UnwatchParams) -> Empty,
        "Ends a watch.";
    "view.open" ViewOpen(view::OpenParams) -> view::Opened,
        "Shows a terminal in a Neovim terminal channel (`nvim_open_term`) of the calling editor.";
    "view.resize" ViewResize(view::ResizeParams) -> Empty,
        "The view's window has another size. The terminal takes the size of the view that was last opened, resized or typed in.";
    "view.renew" ViewRenew(view::IdParams) -> Empty,
        "A frame has reached the view after a resize that the daemon heard of later: its scrollback is made anew, where the editor has said that it can be erased.";
    "view.hide" ViewHide(view::IdParams) -> Empty,
        "The view is on no screen: it gets no frames until `view.show`.";
    "view.show" ViewShow(view::IdParams) -> Empty,
        "The view is on a screen again, and is made right at once.";
    "view.close" ViewClose(view::IdParams) -> Empty,
        "Stops showing. The terminal goes on.";
}

notices! {
    "terminal.opened" TerminalOpened(terminal::Info), "A terminal was opened.";
    "terminal.restarted" TerminalRestarted(terminal::Info), "Another program runs in the terminal, whose own had ended: an agent was resumed.";
    "terminal.titled" TerminalTitled(terminal::Titled), "The program set another title: told at most four times a second, the last always.";
    "terminal.renamed" TerminalRenamed(terminal::Renamed), "A terminal was given another name.";
    "terminal.updated" TerminalUpdated(terminal::Updated), "Other facts than before, at most four times a second.";
    "terminal.command_started" TerminalCommandStarted(terminal::CommandStarted), "A shell has started a command, where it marks its prompts (OSC 133).";
    "terminal.command_finished" TerminalCommandFinished(terminal::CommandFinished), "A shell's command has ended.";
    "terminal.notified" TerminalNotified(terminal::Notified), "The program wants its person's attention (OSC 9, 99, 777).";
    "terminal.belled" TerminalBelled(terminal::Belled), "The program has rung the bell.";
    "terminal.exited" TerminalExited(terminal::Exited), "The program has ended. Its screen stays until the terminal is closed, or forgotten: of those that have ended fifty are kept.";
    "terminal.closed" TerminalClosed(terminal::Closed), "The terminal is gone, its views with it: somebody has closed it, or it had ended and a new one was one too many.";
    "agent.spawned" AgentSpawned(agent::Info), "An agent was started, or taken over from an earlier daemon.";
    "agent.changed" AgentChanged(agent::Info), "An agent is in another status, or the evidence for it is of another kind.";
    "inbox.opened" InboxOpened(inbox::Question), "An agent asks something.";
    "inbox.changed" InboxChanged(inbox::Question), "More of an open question can be read.";
    "inbox.closed" InboxClosed(inbox::Closed), "A question does not wait any more, and how it ended.";
    "board.painted" BoardPainted(board::Painted), "Rows of a board of this client look different. Nobody else is told.";
    "state.changed" StateChanged(state::Changed), "What a watched path selects is not what it was. Nobody but the client that watches is told.";
    "call.answered" CallAnswered(daemon::Answered), "The answer to a call that an editor sent as a notification with a token.";
    "call.failed" CallFailed(daemon::Failed), "A call that was sent as a notification without a token could not be carried out.";
    "events.lost" EventsLost(daemon::Lost), "The client was too slow to be told everything: it must list again.";
    "daemon.stopping" DaemonStopping(Empty), "The daemon ends now, because it was asked to.";
}
