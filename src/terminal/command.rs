//! What a terminal's owner can be asked to do.

use tokio::sync::oneshot;

use super::view;
use super::wait::Conditions;
use crate::fault::Result;
use crate::ids::ViewId;
use crate::protocol::daemon::Colors;
use crate::protocol::terminal::{Happened, Screen, Signal, Size};

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
    /// Answer when one of the conditions holds.
    Wait(Conditions, oneshot::Sender<Happened>),
    /// Show the terminal in a view.
    OpenView { id: ViewId, size: Size, screen: view::Screen, colors: Option<Colors> },
    /// A view's window has another size.
    ResizeView(ViewId, Size),
    /// Stop showing.
    CloseView(ViewId),
    /// End the program and forget the terminal; answers when both is done.
    Close(oneshot::Sender<()>),
}
