//! The signals that a view on a tty must hear: as something to wait for beside the other things.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::low_level::{emulate_default_handler, pipe};

/// Each with its meaning, the most pressing first.
const HEARD: [(i32, News); 7] = [
    (SIGHUP, News::End(SIGHUP)),
    (SIGTERM, News::End(SIGTERM)),
    (SIGINT, News::End(SIGINT)),
    (SIGQUIT, News::End(SIGQUIT)),
    (SIGTSTP, News::Stop(SIGTSTP)),
    (SIGCONT, News::Continued),
    (SIGWINCH, News::Resized),
];

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// End, as by this signal.
    End(i32),
    /// Stop until continued, as by this signal.
    Stop(i32),
    /// Something that could not be heard had stopped us.
    Continued,
    /// The tty has another size.
    Resized,
}

/// The signals heard from now on.
pub(super) struct Signals {
    /// Has something to read once a signal came.
    woken: UnixStream,
    raised: Vec<(Arc<AtomicBool>, News)>,
}

impl Signals {
    pub fn hear() -> io::Result<Self> {
        let (woken, wake) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let mut raised = Vec::with_capacity(HEARD.len());
        for (signal, news) in HEARD {
            let flag = Arc::new(AtomicBool::new(false));
            // The flag first: handlers run in the order of their registration.
            signal_hook::flag::register(signal, flag.clone())?;
            pipe::register(signal, wake.try_clone()?)?;
            raised.push((flag, news));
        }
        Ok(Self { woken, raised })
    }

    /// All that came since, the most pressing first.
    pub fn take(&mut self) -> Vec<News> {
        // Only that there was something matters, and an error is that there was nothing.
        let mut bytes = [0; 64];
        while self.woken.read(&mut bytes).is_ok_and(|count| count == bytes.len()) {}
        let raised = self.raised.iter().filter(|(flag, _)| flag.swap(false, Ordering::AcqRel));
        raised.map(|(_, news)| *news).collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}

/// Does what the signal does to a program that does not hear it: ends, or stops and returns once continued.
pub(super) fn obey(signal: i32) {
    // The error is for signals that have no default: none of ours.
    let _ = emulate_default_handler(signal);
}
