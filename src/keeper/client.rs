//! The daemon's handle on the keeper process: cheap, and never waits for it except where a program is started.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::driver::{Driver, STARTING, Wanted};
use super::greeting::Place;
use super::known::Shared;
use super::wire::Start;
use super::{Adopted, Held, Keeper, Spawn};
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::TerminalId;
use crate::protocol::daemon;

/// A program is started within a few ms. On a file system that hangs it may take for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the keeper may take to hear that the daemon ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// A keeper process that runs, or is started with the first program.
pub struct Remote {
    shared: Shared,
    wanted: mpsc::Sender<Wanted>,
}

impl Remote {
    /// Finds the keeper that listens there, if one does, and takes over what it holds. Must be called within the runtime.
    /// One that does not answer is an error: a daemon without what it holds would be worse than none.
    /// Programs may open `files` files.
    pub async fn adopt(
        socket: PathBuf,
        binary: PathBuf,
        files: u64,
    ) -> Result<(Self, Vec<Adopted>)> {
        let shared = Shared::default();
        let (wanted, queue) = mpsc::channel(STARTING);
        let mut driver = Driver::new(Place { socket, binary, files }, shared.clone());
        let adopted = driver.adopt().await?;
        tokio::spawn(driver.run(queue));
        Ok((Self { shared, wanted }, adopted))
    }

    /// The highest number of a terminal that there ever was.
    pub fn highest(&self) -> u64 {
        self.shared.lock().highest
    }

    /// Tells the keeper that the daemon ends on purpose. One that holds nothing ends too.
    pub async fn goodbye(&self) {
        let (done, heard) = oneshot::channel();
        self.shared.lock().goodbye = Some(done);
        self.shared.wake.notify_one();
        if timeout(FAREWELL, heard).await.is_err() {
            tracing::warn!("the keeper does not listen");
        }
    }
}

#[async_trait]
impl Keeper for Remote {
    async fn spawn(&self, id: TerminalId, note: String, spawn: Spawn) -> Result<Held> {
        let Spawn { argv, cwd, env, size } = spawn;
        let start = Start { id, note, argv, cwd, env, rows: size.rows, cols: size.cols };
        let (answer, started) = oneshot::channel();
        let gone = || internal("nobody talks to the keeper any more");
        self.wanted.send(Wanted { start, answer }).await.map_err(|_| gone())?;
        match timeout(PATIENCE, started).await {
            Ok(started) => started.map_err(|_| gone())?,
            Err(_) => {
                let message = "the keeper does not start the program in time";
                Err(Fault::new(Kind::Timeout, message).hint("look at its directory: does it hang?"))
            }
        }
    }

    fn note(&self, id: TerminalId, note: String) {
        self.shared.lock().note(id, note);
        self.shared.wake.notify_one();
    }

    fn forget(&self, id: TerminalId) {
        self.shared.lock().forget(id);
        self.shared.wake.notify_one();
    }

    fn info(&self) -> Option<daemon::Keeper> {
        self.shared.lock().info.clone()
    }
}
