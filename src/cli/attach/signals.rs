//! The signals that a view on a tty must hear: as something to wait for beside the other things.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGBUS, SIGCONT, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP,
    SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
};
use signal_hook::low_level::{emulate_default_handler, pipe};

/// All that end a process which does not hear them, the most pressing first. But: nobody can hear KILL; whoever returns
/// from SEGV, ILL or FPE is where it came from, for ever; PIPE is ignored, as a connection that ends is told by its error;
/// and nobody sends real-time signals to who has not asked for them.
const ENDING: &[i32] = &[
    SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGABRT, SIGALRM, SIGBUS, SIGPROF, SIGSYS, SIGTRAP, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
];

/// Those that only Linux has, or that end a process only there.
#[cfg(target_os = "linux")]
const ENDING_HERE: &[Signal] = &[Signal::IO, Signal::POWER, Signal::STKFLT];
#[cfg(not(target_os = "linux"))]
const ENDING_HERE: &[Signal] = &[];

/// The others, after those.
const HEARD: [(i32, News); 3] =
    [(SIGTSTP, News::Stop(SIGTSTP)), (SIGCONT, News::Continued), (SIGWINCH, News::Resized)];

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
        let mut raised = Vec::new();
        let here = ENDING_HERE.iter().map(|signal| signal.as_raw());
        let ending = ENDING.iter().copied().chain(here).map(|signal| (signal, News::End(signal)));
        for (signal, news) in ending.chain(HEARD) {
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

/// Stops as the signal would have stopped us, and returns once continued.
pub(super) fn stop(signal: i32) {
    // The error is for signals that have no default: none of ours.
    let _ = emulate_default_handler(signal);
}

/// Ends as the signal would have ended us.
pub(super) fn end(signal: i32) -> ExitCode {
    let _ = emulate_default_handler(signal);
    // Here are those of which it does not know that they end a process; a shell tells others as this too.
    u8::try_from(128 + signal).map_or(ExitCode::FAILURE, ExitCode::from)
}
