//! How a keeper stands with its daemon, and that it starts it again when it is lost.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::protocol::terminal::Exit;

use super::brakes::Brakes;
use super::files;

#[derive(Debug, PartialEq)]
enum Daemon {
    /// None has said `Hello` yet.
    Expected,
    Here,
    /// It has said goodbye: whoever needs a daemon starts one.
    Dismissed,
    /// It is gone without a word, and is started again at this time.
    Lost(Instant),
    /// It was started again, as this process, and has not said `Hello` yet.
    Started(u32),
    /// It is lost too often: whoever needs a daemon starts one.
    Braked,
}

/// What the keeper knows of its daemon.
pub(super) struct Revival {
    daemon: Daemon,
    /// The program of the last one.
    binary: PathBuf,
    /// How many files programs may open, and the next daemon until it raises that: as many as the last daemon was given.
    pub limit: u64,
    brakes: Brakes,
    /// How often it was started again.
    pub restarts: u64,
    /// When it was last lost, in seconds since 1970.
    pub last_crash: Option<u64>,
}

impl Revival {
    pub fn new(limit: u64) -> Self {
        Self {
            daemon: Daemon::Expected,
            binary: PathBuf::new(),
            limit,
            brakes: Brakes::default(),
            restarts: 0,
            last_crash: None,
        }
    }

    /// Whether none has come yet.
    pub fn is_expected(&self) -> bool {
        self.daemon == Daemon::Expected
    }

    /// Whether it is lost too often.
    pub fn is_braked(&self) -> bool {
        self.daemon == Daemon::Braked
    }

    /// When there is something to do though nothing happens.
    pub fn due(&self) -> Option<Instant> {
        match self.daemon {
            Daemon::Lost(due) => Some(due),
            _ => None,
        }
    }

    /// A daemon has said `Hello`.
    pub fn came(&mut self, binary: PathBuf, limit: Option<u64>) {
        (self.daemon, self.binary) = (Daemon::Here, binary);
        self.limit = limit.unwrap_or(self.limit);
    }

    /// It has said goodbye.
    pub fn dismissed(&mut self) {
        self.daemon = Daemon::Dismissed;
    }

    /// Its connection has ended. With nothing held, nobody needs it.
    pub fn hung_up(&mut self, held: usize) {
        if self.daemon == Daemon::Here && held > 0 {
            self.lost("its connection has ended", held);
        }
    }

    /// A child of the keeper has ended that held no terminal: it may be the daemon that was started last.
    pub fn ended(&mut self, pid: u32, exit: &Exit, held: usize) {
        if self.daemon == Daemon::Started(pid) {
            self.lost(&format!("it ended at once, with {}", exit.code), held);
        }
    }

    /// Starts a daemon if it is time.
    pub fn revive(&mut self, now: Instant, held: usize) {
        if self.due().is_some_and(|due| due <= now) {
            self.restarts += 1;
            let binary = self.binary.display();
            match files::with_limit(self.limit, || start(&self.binary)) {
                Ok(pid) => {
                    tracing::info!(pid, %binary, "a daemon was started");
                    self.daemon = Daemon::Started(pid);
                }
                Err(error) => self.lost(&format!("{binary} cannot be run: {error}"), held),
            }
        }
    }

    fn lost(&mut self, why: &str, held: usize) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        self.last_crash = now.ok().map(|since| since.as_secs());
        self.daemon = match self.brakes.release(Instant::now()) {
            Ok(due) => {
                tracing::warn!(why, held, "the daemon is lost; it is started again");
                Daemon::Lost(due)
            }
            Err(_) => {
                tracing::error!(why, held, "the daemon is lost too often; a client must start it");
                Daemon::Braked
            }
        };
    }
}

fn start(binary: &Path) -> std::io::Result<u32> {
    let mut command = Command::new(binary);
    command.args(["daemon", "--foreground", "--detached"]).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.spawn()?.id())
}
