//! One side of a connection between daemon and keeper: bytes and descriptors that came or must go, never waiting.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;

use super::wire::{Broken, Message, decode, encode};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// A frame has one descriptor at most, and frames are taken as soon as they are complete; room for a few more
/// tells who sends them without frames.
const DESCRIPTORS: usize = 4;

#[cfg(target_os = "linux")]
const RECEIVING: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const RECEIVING: RecvFlags = RecvFlags::empty();

/// What is under way. The socket itself is its owner's.
#[derive(Default)]
pub struct Link {
    incoming: Vec<u8>,
    /// None for one that there was no room for.
    came: VecDeque<Option<OwnedFd>>,
    outgoing: VecDeque<Outgoing>,
}

struct Outgoing {
    frame: Vec<u8>,
    sent: usize,
    /// Goes with the frame's first byte.
    descriptor: Option<Arc<OwnedFd>>,
}

impl Link {
    /// Reads once; false when the other side has ended.
    pub fn receive(&mut self, socket: impl AsFd) -> std::io::Result<bool> {
        let start = self.incoming.len();
        self.incoming.resize(start + PIECE, 0);
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut into = [IoSliceMut::new(&mut self.incoming[start..])];
        let got = recvmsg(socket, &mut into, &mut control, RECEIVING);
        let count = got.as_ref().map_or(0, |got| got.bytes);
        self.incoming.truncate(start + count);
        let got = got?;
        let before = self.came.len();
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                self.came.extend(descriptors.map(Some));
            }
        }
        #[cfg(not(target_os = "linux"))]
        for descriptor in self.came.iter().flatten() {
            rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::CLOEXEC)?;
        }
        if got.flags.contains(ReturnFlags::CTRUNC) {
            if self.came.len() > before {
                return Err(std::io::Error::other("more descriptors than any frame has"));
            }
            // Too many files are open. That costs what its frame is about, and not the connection.
            self.came.push_back(None);
        }
        Ok(count > 0)
    }

    /// The next message that has come completely, with its descriptor unless there was no room for that.
    pub fn take<M: Message>(&mut self) -> Result<Option<(M, Option<OwnedFd>)>, Broken> {
        let Some((message, length)) = decode::<M>(&self.incoming)? else {
            // One may have come with the first part of a frame.
            let fits = self.came.len() <= 1;
            return if fits { Ok(None) } else { Err(Broken::Descriptors) };
        };
        self.incoming.drain(..length);
        if self.incoming.is_empty() {
            self.incoming = Vec::new(); // One long frame must not stay taken for ever.
        }
        let descriptor = if message.has_descriptor() {
            self.came.pop_front().ok_or(Broken::Descriptors)?
        } else {
            None
        };
        Ok(Some((message, descriptor)))
    }

    /// Has a message sent by the next `flush`.
    pub fn push(
        &mut self,
        message: &impl Serialize,
        descriptor: Option<Arc<OwnedFd>>,
    ) -> Result<(), Broken> {
        let frame = encode(message)?;
        self.outgoing.push_back(Outgoing { frame, sent: 0, descriptor });
        Ok(())
    }

    /// Whether something waits to be sent.
    pub fn is_sending(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Sends as much as the socket takes now. `WouldBlock` where it takes no more.
    pub fn flush(&mut self, socket: impl AsFd) -> std::io::Result<()> {
        while let Some(first) = self.outgoing.front_mut() {
            match send(&socket, first) {
                Ok(count) => {
                    first.sent += count;
                    first.descriptor = None;
                    if first.sent == first.frame.len() {
                        self.outgoing.pop_front();
                    }
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn send(socket: impl AsFd, outgoing: &Outgoing) -> rustix::io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = outgoing.descriptor.iter().map(AsFd::as_fd).collect();
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(Errno::NOBUFS);
    }
    let bytes = [IoSlice::new(&outgoing.frame[outgoing.sent..])];
    sendmsg(socket, &bytes, &mut control, SendFlags::empty())
}
