//! Owns running a program of a sandbox to its end, with a deadline.

use std::fs::{self, File};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::sandbox::Sandbox;
use super::wait::{DEADLINE, wait_until_shown};

/// Tells the output files of one sandbox apart.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// What a program has left.
#[derive(Debug, Clone)]
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Sandbox {
    /// Runs a program without input to its end. What it starts may live on and even keep the output open: only the
    /// program itself is waited for.
    #[track_caller]
    pub fn run(&self, command: &mut Command) -> Run {
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let paths = ["out", "err"].map(|kind| self.path(format!("tmp/run-{number}.{kind}")));
        let [stdout, stderr] = paths.each_ref().map(|path| File::create(path).expect("a file"));
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let mut child = command.spawn().expect("a program that starts");
        let said = || {
            paths.each_ref().map(|path| {
                String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
            })
        };
        let status = wait_until_shown(&format!("the end of {command:?}"), DEADLINE, || {
            child
                .try_wait()
                .expect("our child")
                .ok_or_else(|| format!("it has printed {:?}", said()))
        });
        let [stdout, stderr] = said();
        Run { status, stdout, stderr }
    }
}

impl Run {
    /// What it printed; panics unless it has succeeded.
    #[track_caller]
    pub fn expect_success(self) -> String {
        assert!(self.status.success(), "{}: {}{}", self.status, self.stdout, self.stderr);
        self.stdout
    }
}
