//! What a terminal's owner can be asked to do.

use std::path::PathBuf;

use tokio::sync::oneshot;

use super::history::Moment;
use super::view;
use super::wait::Conditions;
use crate::fault::Result;
use crate::ids::ViewId;
use crate::keeper::Held;
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::{Happened, Info, Purpose, Screen, Signal, Size};

/// One request to a terminal's owner. They are carried out in the order in which they were sent.
pub(super) enum Command {
    /// Type; if in a view, the terminal takes that view's size.
    Write { data: Vec<u8>, view: Option<ViewId> },
    /// Take a size.
    Resize(Size),
    /// Signal the foreground processes.
    Signal(Signal, oneshot::Sender<Result<()>>),
    /// Read the screen and so many lines of the scrollback.
    Read(Option<usize>, oneshot::Sender<Screen>),
    /// Give all whole lines as they are now.
    Moment(oneshot::Sender<Moment>),
    /// It has another name.
    Renamed,
    /// Say where the journal is, if one is kept.
    Journal(oneshot::Sender<Option<PathBuf>>),
    /// Know what the terminal is for, and its tags.
    Update(Option<Purpose>, Option<Vec<String>>, oneshot::Sender<Info>),
    /// Answer when one of the conditions holds.
    Wait(Conditions, oneshot::Sender<Happened>),
    /// Show the terminal in a view.
    OpenView { id: ViewId, size: Size, screen: view::Screen, colors: Option<Colors> },
    /// A view's window has another size.
    ResizeView(ViewId, Size),
    /// A view's scrollback is not what it is taken for.
    RenewView(ViewId),
    /// A view is on a screen, or is not.
    WatchView(ViewId, bool),
    /// Somebody follows what is on the screen from now on.
    Follow,
    /// Another program runs there: the one before has ended.
    Restart(Held, Vec<String>, oneshot::Sender<Result<()>>),
    /// Stop showing.
    CloseView(ViewId),
    /// End the program and forget the terminal; answers when both is done.
    Close(oneshot::Sender<()>),
}

impl Command {
    /// Whether it is about what the terminal looks like, so that all output must have been taken in.
    pub fn looks(&self) -> bool {
        !matches!(
            self,
            Self::Signal(..)
                | Self::Journal(_)
                | Self::Renamed
                | Self::CloseView(_)
                | Self::Close(_)
        )
    }

    /// Whether the terminal may get another size.
    pub fn may_resize(&self) -> bool {
        matches!(
            self,
            Self::Write { view: Some(_), .. }
                | Self::Resize(_)
                | Self::OpenView { .. }
                | Self::ResizeView(..)
        )
    }
}
