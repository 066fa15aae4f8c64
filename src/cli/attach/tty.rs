//! The person's tty while a terminal is shown on it: made ready, and put back as it was whatever happens.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};

use crate::fault::{Fault, Kind, Result};
use crate::protocol::terminal::Size;

/// How long a tty that takes nothing is waited for, when it is to be put back.
const PATIENCE: Duration = Duration::from_secs(1);

/// Another screen, so that nothing of the person's own is written over; the title and the keyboard's mode are kept.
const ENTER: &str = "\x1b[?1049h\x1b[22;0t\x1b[>0u";

/// Undoes what frames can have switched on: link, style, keys, mouse, focus, paste, cursor.
pub(super) const MODES_OFF: &str = "\x1b]8;;\x1b\\\x1b[m\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1003l\
    \x1b[?1005l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[0 q";

/// The blank terminal that the first frame of a view is made for: no margins, no insertion, plain characters.
pub(super) const BLANK: &str = "\x1b[r\x1b[4l\x1b[?6l\x1b[?7h\x1b(B\x0f\x1b[H\x1b[2J";

/// What a frame stands between, so that it is shown at once or not at all.
pub(super) const TOGETHER: (&str, &str) = ("\x1b[?2026h", "\x1b[?2026l");

/// Ends whatever sequence was cut short, before everything is undone.
const CUT: &str = "\x18\x1b\\\x1b[?2026l";

/// Undoes `ENTER`. The last two where a terminal has one cursor for both screens.
const LEAVE: &str = "\x1b[<u\x1b[23;0t\x1b[?1049l\x1b[?25h\x1b[0 q";

/// The tty. Clones are the same one.
#[derive(Clone)]
pub(super) struct Tty(Arc<Device>);

struct Device {
    /// Opened anew, because not to block is a property that would be shared with the person's shell.
    file: OwnedFd,
    /// Its settings, while it is not as it was.
    saved: Mutex<Option<Termios>>,
}

impl Tty {
    /// The tty that is standard input and output.
    pub fn open() -> Result<Self> {
        let (input, output) = (rustix::stdio::stdin(), rustix::stdio::stdout());
        for (name, stream) in [("input", input), ("output", output)] {
            if !isatty(stream) {
                let message = format!("the standard {name} is no terminal to show another in");
                let hint = "for scripts: orchflow call terminal.read '{\"id\": \"NAME\"}'";
                return Err(Fault::new(Kind::Unavailable, message).hint(hint));
            }
        }
        let name = rustix::termios::ttyname(input, Vec::new());
        let path = name.map_or_else(
            |_| PathBuf::from("/dev/tty"),
            |name| PathBuf::from(std::ffi::OsStr::from_bytes(name.to_bytes())),
        );
        Self::of(&path).map_err(|error| {
            let message = format!("{} cannot be opened: {error}", path.display());
            Fault::new(Kind::Permission, message).hint("after su or sudo: script -qc 'orchflow …'")
        })
    }

    fn of(path: &std::path::Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self(Arc::new(Device { file, saved: Mutex::new(None) })))
    }

    /// Its size. A tty that knows none gets the usual one.
    pub fn size(&self) -> Size {
        let known = tcgetwinsize(&self.0.file).ok().filter(|s| s.ws_row > 0 && s.ws_col > 0);
        known.map_or(Size::DEFAULT, |size| Size {
            rows: size.ws_row.min(Size::MAX),
            cols: size.ws_col.min(Size::MAX),
        })
    }

    /// Makes it ready: keys come as they are typed, on a screen of its own. Until the guard is dropped.
    pub fn enter(&self) -> io::Result<Entered> {
        let before = tcgetattr(&self.0.file)?;
        let mut raw = before.clone();
        raw.make_raw();
        if let Ok(mut saved) = self.0.saved.lock() {
            *saved = Some(before);
        }
        let entered = Entered(self.clone());
        tcsetattr(&self.0.file, OptionalActions::Now, &raw)?;
        self.0.write_patiently(ENTER.as_bytes());
        Ok(entered)
    }

    /// Puts it back as it was. It does so once, from wherever it is called first.
    pub fn restore(&self) {
        self.0.restore();
    }

    /// Reads what was typed; 0 where there is nothing now, an error once the tty is gone.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match retry_on_intr(|| rustix::io::read(&self.0.file, &mut *buffer)) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            result => passing(result),
        }
    }

    /// Writes what there is room for.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        passing(retry_on_intr(|| rustix::io::write(&self.0.file, bytes)))
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.file.as_fd()
    }
}

impl Device {
    fn restore(&self) {
        let saved = match self.saved.try_lock() {
            Ok(mut saved) => saved.take(),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().take(),
            // A panic within this very function.
            Err(TryLockError::WouldBlock) => None,
        };
        // In the background the tty is somebody else's, who has his own settings on it.
        let Some(before) = saved.filter(|_| self.is_ours()) else {
            return;
        };
        self.write_patiently([CUT, MODES_OFF, LEAVE].concat().as_bytes());
        // It can only fail where the tty is gone.
        let _ = tcsetattr(&self.file, OptionalActions::Now, &before);
    }

    /// Whether we are in the tty's foreground; also where nobody can say.
    fn is_ours(&self) -> bool {
        let group = rustix::termios::tcgetpgrp(&self.file);
        group.map_or(true, |group| group == rustix::process::getpgrp())
    }

    /// Writes all of it, as long as the tty takes some now and then.
    fn write_patiently(&self, mut bytes: &[u8]) {
        let until = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            match rustix::io::write(&self.file, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let left = until.saturating_duration_since(Instant::now());
                    let mut room = [PollFd::new(&self.file, PollFlags::OUT)];
                    let timeout = left.try_into().ok();
                    if left.is_zero() || poll(&mut room, timeout.as_ref()) == Ok(0) {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }
}

/// A tty that shows a terminal. Dropped, it is put back as it was.
pub(super) struct Entered(Tty);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// Lets a panic be read: the tty is put back before the message is written.
pub(super) fn restore_before_panic(tty: &Tty) {
    let (tty, told) = (tty.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        tty.restore();
        told(panic);
    }));
}

/// That there is nothing, or no room, now is no error.
fn passing(result: rustix::io::Result<usize>) -> io::Result<usize> {
    match result {
        Err(Errno::AGAIN) => Ok(0),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    #[test]
    fn a_panic_finds_the_tty_as_it_was_before_its_message_is_written() {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let tty = Tty::of(std::path::Path::new(name.to_str().unwrap())).unwrap();
        let settings = || format!("{:?}", tcgetattr(&tty).unwrap());
        let before = settings();
        restore_before_panic(&tty);
        let end = std::panic::catch_unwind(|| {
            let _entered = tty.enter().unwrap();
            assert_ne!(settings(), before);
            panic!("as wanted");
        });
        assert!(end.is_err());
        assert_eq!(settings(), before);
        let mut written = vec![0; 4096];
        let count = rustix::io::read(&master, &mut written).unwrap();
        let written = String::from_utf8_lossy(&written[..count]).into_owned();
        assert_eq!(written, [ENTER, CUT, MODES_OFF, LEAVE].concat(), "once, not twice");
    }
}
