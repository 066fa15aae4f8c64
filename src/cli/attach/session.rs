//! One view on the tty, from its opening to its end: waits for daemon, keyboard and signals at once, on one thread.

use std::convert::Infallible;
use std::io;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::backlog::Backlog;
use super::keys::{Keys, Sequence};
use super::signals::{News, Signals};
use super::tty::{MODES_OFF, Tty};
use super::view::{Frame, View};
use crate::fault::{Fault, Kind, internal};
use crate::protocol::daemon::Failed;
use crate::protocol::terminal::{
    Closed, Exit, Exited, IdParams, Info, Renamed, ResizeParams, WriteParams,
};
use crate::protocol::view::Opened;
use crate::rpc::{Heard, Link, Payload};

/// With so many bytes on their way to the daemon, the keyboard waits.
const MOST_TYPED: usize = 64 << 10;

/// How much is read from the keyboard at once; a tty gives at most 4 KB.
const PIECE: usize = 4 << 10;

/// Why a view ends.
#[derive(Debug)]
pub(super) enum End {
    /// The person has typed the keys.
    Detached,
    /// The program has exited, and the person has seen it.
    Exited(Exit),
    /// The terminal was closed.
    Closed,
    /// A signal came that must be heard where there is no view.
    Signalled(News),
    /// The tty is gone.
    HungUp,
    /// The daemon is gone, or does not answer as it should.
    Lost(Fault),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Lost(fault)
    }
}

/// The only I/O of a session itself is with its tty.
impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::HungUp
    }
}

type Turn = Result<(), End>;

/// The view.
pub(super) struct Session<'a> {
    tty: &'a Tty,
    link: Link,
    terminal: &'a mut Info,
    read_only: bool,
    keys: Keys,
    backlog: Backlog,
    view: View,
    /// The call that ends it all, as everything typed before is then known to be there.
    leaving: Option<u32>,
}

impl<'a> Session<'a> {
    pub fn new(
        tty: &'a Tty,
        link: Link,
        terminal: &'a mut Info,
        keys: Sequence,
        read_only: bool,
    ) -> Self {
        Self {
            tty,
            link,
            terminal,
            read_only,
            keys: Keys::new(keys),
            backlog: Backlog::default(),
            view: View::default(),
            leaving: None,
        }
    }

    /// Shows the terminal until there is a reason to end.
    pub fn run(mut self, signals: &mut Signals) -> End {
        let Err(end) = self.turns(signals);
        end
    }

    fn turns(&mut self, signals: &mut Signals) -> Result<Infallible, End> {
        self.take_size()?;
        self.view.open(&mut self.link, self.terminal.id, self.tty.size())?;
        loop {
            self.paint()?;
            self.link.send()?;
            let (daemon, keyboard) = self.wait(signals)?;
            signals.take().into_iter().try_for_each(|news| self.signalled(news))?;
            if daemon {
                self.link.receive()?;
                while let Some(heard) = self.link.message()? {
                    self.hear(heard)?;
                }
            }
            if keyboard {
                self.typed()?;
            }
        }
    }

    /// Waits until something is to be done; whether daemon and keyboard have something to say.
    fn wait(&self, signals: &Signals) -> Result<(bool, bool), End> {
        let flag = |wanted, flag| if wanted { flag } else { PollFlags::empty() };
        let daemon = PollFlags::IN | flag(self.link.waiting() > 0, PollFlags::OUT);
        let tty = flag(self.link.waiting() < MOST_TYPED, PollFlags::IN)
            | flag(!self.backlog.rest().is_empty(), PollFlags::OUT);
        let mut all = [
            PollFd::new(signals, PollFlags::IN),
            PollFd::new(&self.link, daemon),
            PollFd::new(self.tty, tty),
        ];
        match poll(&mut all, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(End::Lost(internal(error))),
        }
        let [_, daemon, tty] = all.map(|one| one.revents());
        let gone = PollFlags::HUP | PollFlags::ERR;
        Ok((daemon.intersects(PollFlags::IN | gone), tty.intersects(PollFlags::IN | gone)))
    }

    /// Gives the terminal this tty's size.
    fn take_size(&mut self) -> Turn {
        if self.read_only {
            return Ok(());
        }
        let size = self.tty.size();
        let id = self.terminal.id.to_string();
        let params = ResizeParams { id, rows: size.rows, cols: size.cols };
        Ok(self.link.tell("terminal.resize", &params)?)
    }

    fn signalled(&mut self, news: News) -> Turn {
        match news {
            News::Resized => {
                self.view.resize(&mut self.link, self.tty.size())?;
                self.take_size()
            }
            other => Err(End::Signalled(other)),
        }
    }

    fn hear(&mut self, heard: Heard) -> Turn {
        match heard {
            Heard::Frame { channel, bytes } => {
                let exited = self.terminal.exit.is_some();
                let frame = Frame { channel, bytes: &bytes, exited };
                self.view.frame(&mut self.link, &mut self.backlog, &frame)?;
            }
            Heard::Notice { name, payload } => self.notice(&name, &payload)?,
            Heard::Answer { call, .. } if self.leaving == Some(call) => return Err(End::Detached),
            Heard::Answer { call, result } if self.view.is_opened_by(call) => {
                let opened: Opened = result?.read()?;
                self.view.opened(&mut self.link, opened.view, self.tty.size())?;
                *self.terminal = opened.terminal;
            }
            Heard::Answer { .. } => {}
        }
        Ok(())
    }

    /// Writes what the tty takes, and has it painted anew where it was too slow.
    fn paint(&mut self) -> Turn {
        while !self.backlog.rest().is_empty() {
            match self.tty.write(self.backlog.rest())? {
                0 => return Ok(()),
                count => self.backlog.wrote(count),
            }
        }
        if self.view.is_wanted() {
            self.view.open(&mut self.link, self.terminal.id, self.tty.size())?;
        }
        Ok(())
    }

    fn notice(&mut self, name: &str, payload: &Payload) -> Turn {
        let id = self.terminal.id;
        match name {
            "terminal.exited" => {
                let exited: Exited = payload.read()?;
                if exited.id == id {
                    self.terminal.exit = Some(exited.exit);
                    // Where there is no room, the next frame says it too.
                    self.backlog.add(&[MODES_OFF.as_bytes()]);
                }
            }
            "terminal.closed" if payload.read::<Closed>()?.id == id => {
                return Err(self.terminal.exit.take().map_or(End::Closed, End::Exited));
            }
            "terminal.renamed" => {
                let renamed: Renamed = payload.read()?;
                if renamed.id == id {
                    self.terminal.name = renamed.name;
                }
            }
            "daemon.stopping" => {
                return Err(Fault::new(Kind::Unavailable, "the daemon was ended").into());
            }
            // The program does not read what is typed.
            "call.failed" if payload.read::<Failed>()?.error.kind == Kind::Exhausted => {
                self.backlog.add(&[b"\x07"]);
            }
            _ => {}
        }
        Ok(())
    }

    fn typed(&mut self) -> Turn {
        let mut buffer = [0; PIECE];
        let count = self.tty.read(&mut buffer)?;
        if count > 0 && self.leaving.is_some() {
            return Err(End::Detached); // The daemon takes too long to answer.
        }
        let typed = self.keys.feed(&buffer[..count]);
        if !typed.bytes.is_empty() {
            if let Some(exit) = self.terminal.exit.take() {
                return Err(End::Exited(exit));
            }
            if !self.read_only {
                let id = self.terminal.id.to_string();
                let view = self.view.id();
                if view.is_none() {
                    self.take_size()?; // As typing in it would, once there is one again.
                }
                let data = serde_bytes::ByteBuf::from(typed.bytes);
                self.link.tell("terminal.write", &WriteParams { id, data, view })?;
            }
        }
        if typed.detach {
            // Any call does: its answer says that all typed before was taken. The view ends with the connection.
            let params = IdParams { id: self.terminal.id.to_string() };
            self.leaving = Some(self.link.call("terminal.get", &params)?);
        }
        Ok(())
    }
}
