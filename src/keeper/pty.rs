//! Opens a PTY and starts a program on it: the only place that speaks to `portable-pty`.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::fault::{Fault, Kind, Result, internal};
use crate::protocol::terminal::Size;

use super::{Spawn, files};

/// Starts `program` with `spawn`'s arguments; gives the master side and the process.
/// The program may open `limit` files.
pub(super) fn start(program: &Path, spawn: &Spawn, limit: u64) -> Result<(OwnedFd, u32)> {
    let pair = native_pty_system().openpty(pty_size(spawn.size)).map_err(|error| {
        Fault::new(Kind::Exhausted, format!("no terminal can be opened: {error:#}"))
            .hint("close some terminals: :Orchflow list")
    })?;
    // Before anything is started: what fails leaves nothing behind.
    let master = master(pair.master.as_ref())?;
    let mut command = CommandBuilder::new(program);
    command.args(&spawn.argv[1..]);
    command.cwd(&spawn.cwd);
    command.env_clear();
    for (name, value) in &spawn.env {
        command.env(name, value);
    }
    let child =
        files::with_limit(limit, || pair.slave.spawn_command(command)).map_err(|error| {
            let message = format!("{} cannot be started: {error:#}", program.display());
            Fault::new(Kind::Unavailable, message)
        })?;
    let pid = child.process_id().ok_or_else(|| internal("the child has no process id"))?;
    Ok((master, pid))
}

/// A non-blocking descriptor of our own for the master side.
fn master(pty: &dyn MasterPty) -> Result<OwnedFd> {
    let raw = pty.as_raw_fd().ok_or_else(|| internal("the PTY has no descriptor"))?;
    // SAFETY: `pty` owns `raw` and outlives the borrow, which ends with this function.
    #[allow(unsafe_code)] // portable-pty gives its descriptor as a bare number only.
    let borrowed = unsafe { BorrowedFd::borrow_raw(raw) };
    let own = files::above_own(borrowed)?;
    let flags = fcntl_getfl(&own).map_err(internal)?;
    fcntl_setfl(&own, flags | OFlags::NONBLOCK).map_err(internal)?;
    Ok(own)
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.cols, pixel_width: 0, pixel_height: 0 }
}
