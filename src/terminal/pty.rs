//! The master side of a PTY: reading, writing, and its size.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::termios::{Pid, Winsize, tcgetpgrp, tcgetwinsize, tcsetwinsize};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::protocol::terminal::Size;

/// A non-blocking master side.
pub(super) struct Pty(AsyncFd<Arc<OwnedFd>>);

impl Pty {
    /// Uses a non-blocking descriptor, which is handed to another keeper should the present one die. Must be called within the runtime.
    pub fn new(master: Arc<OwnedFd>) -> io::Result<Self> {
        // SAFETY: an `OwnedFd` is open until it is dropped and always gives the same descriptor.
        #[allow(unsafe_code)] // tokio cannot tell `OwnedFd` from types that promise less.
        let registered = unsafe { AsyncFd::register(master) };
        Ok(Self(registered.map_err(|refused| refused.into_parts().1)?))
    }

    /// Completes when there may be something to read.
    pub async fn readable(&self) -> io::Result<()> {
        self.0.readable().await.map(|mut ready| ready.retain_ready())
    }

    /// Reads what is there: None for nothing yet, 0 once nobody holds the other side.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let read = self.0.try_io(Interest::READABLE, |fd| Ok(rustix::io::read(fd, &mut *buffer)?));
        match read {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            // Linux's way of saying that the last holder of the other side is gone.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                Ok(Some(0))
            }
            result => result.map(Some),
        }
    }

    /// Reads what is there, waiting for something; 0 once nobody holds the other side.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.readable().await?;
            if let Some(count) = self.try_read(buffer)? {
                return Ok(count);
            }
        }
    }

    /// Writes some of it, waiting for room.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.async_io(Interest::WRITABLE, |fd| Ok(rustix::io::write(fd, bytes)?)).await
    }

    /// Tells the kernel, and by SIGWINCH the program, the size.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        let size = Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
        Ok(tcsetwinsize(self.0.get_ref(), size)?)
    }

    /// The size that the kernel has; None where it is no PTY.
    pub fn size(&self) -> Option<Size> {
        let Winsize { ws_row: rows, ws_col: cols, .. } = tcgetwinsize(self.0.get_ref()).ok()?;
        Some(Size { rows, cols })
    }

    /// The process group that the keyboard's signals reach.
    pub fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(self.0.get_ref()).ok()
    }
}
