//! The view as the daemon knows it: opened, resized, and given up for another one where the tty is too slow for it.

use super::backlog::Backlog;
use super::tty::{BLANK, MODES_OFF, TOGETHER};
use crate::fault::Result;
use crate::ids::{TerminalId, ViewId};
use crate::protocol::terminal::Size;
use crate::protocol::view::{IdParams, OpenParams, ResizeParams};
use crate::rpc::Link;

/// One view after the other, of the same terminal.
#[derive(Default)]
pub(super) struct View {
    /// Tells the frames of the present view from those of one that was given up.
    channel: u64,
    /// The present view was sent a frame.
    begun: bool,
    /// The tty was too slow for the last view: it gets another when it has caught up.
    behind: bool,
    /// The call that opens the present view, until it is answered.
    opening: Option<u32>,
    id: Option<ViewId>,
}

/// A frame as it came.
pub(super) struct Frame<'a> {
    pub channel: u64,
    pub bytes: &'a [u8],
    /// Whether the program has exited.
    pub exited: bool,
}

impl View {
    /// Opens a view, on a tty that is to be blanked first.
    pub fn open(&mut self, link: &mut Link, terminal: TerminalId, size: Size) -> Result<()> {
        self.channel += 1;
        (self.begun, self.behind) = (false, false);
        let params = OpenParams {
            terminal: terminal.to_string(),
            channel: self.channel,
            rows: size.rows,
            cols: size.cols,
            bare: true,
            // A view that only replaces another one must not change it: the session sees to the size.
            keep_size: true,
            glance: false,
        };
        self.opening = Some(link.call("view.open", &params)?);
        Ok(())
    }

    /// Whether this is the call that has opened it.
    pub fn is_opened_by(&self, call: u32) -> bool {
        self.opening == Some(call)
    }

    /// The daemon has opened it. The tty may have another size by now.
    pub fn opened(&mut self, link: &mut Link, id: ViewId, size: Size) -> Result<()> {
        self.opening = None;
        self.id = Some(id);
        if self.behind { self.give_up(link) } else { self.resize(link, size) }
    }

    /// The view, while there is one.
    pub fn id(&self) -> Option<ViewId> {
        self.id
    }

    /// The tty has this size. A view that is still being opened is resized once it is.
    pub fn resize(&self, link: &mut Link, size: Size) -> Result<()> {
        self.id.map_or(Ok(()), |view| {
            link.tell("view.resize", &ResizeParams { view, rows: size.rows, cols: size.cols })
        })
    }

    /// Takes a frame. Where the tty is behind, it was the last one of this view.
    pub fn frame(
        &mut self,
        link: &mut Link,
        backlog: &mut Backlog,
        frame: &Frame<'_>,
    ) -> Result<()> {
        if frame.channel != self.channel || self.behind {
            return Ok(());
        }
        let (before, after) = TOGETHER;
        let (off, blank) = if self.begun { ("", "") } else { (MODES_OFF, BLANK) };
        // Nobody reads mouse or focus any more, and their reports would count as keys.
        let end = if frame.exited { MODES_OFF } else { "" };
        let [before, off, blank, end, after] = [before, off, blank, end, after].map(str::as_bytes);
        self.begun = backlog.add(&[before, off, blank, frame.bytes, end, after]);
        self.behind = !self.begun;
        if self.behind { self.give_up(link) } else { Ok(()) }
    }

    /// Whether there should be another one, now that the tty has caught up.
    pub fn is_wanted(&self) -> bool {
        self.behind && self.opening.is_none()
    }

    /// No further frame of it is of use. One that is still being opened is given up once it is.
    fn give_up(&mut self, link: &mut Link) -> Result<()> {
        let close = |view| link.tell("view.close", &IdParams { view });
        self.id.take().map_or(Ok(()), close)
    }
}
