//! The database: one thread that owns it, what waits for it, and what it keeps. The only room that knows SQLite.

mod commit;
mod damage;
mod documents;
mod file;
mod migrations;
mod packed;
mod thread;
mod trouble;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::fault::{Fault, Result, internal};
use crate::protocol::daemon::Database;
use crate::state::{Group, Shelf};

/// Jobs that wait. Beyond, callers wait until there is room; each client has 512 calls under way at most.
const WAITING: usize = 1024;

/// Where and how it is kept.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file, in a folder of its own.
    pub file: PathBuf,
    /// Whether a change is only answered once it would outlive a loss of power.
    pub full: bool,
}

/// What a job works with.
pub(crate) struct Desk<'d> {
    /// The database. In a job that writes, what it does there is undone if the job fails.
    pub sql: &'d Connection,
    /// The documents that this group of jobs changes. For jobs that write.
    pub group: &'d mut Group,
    /// Where committed documents are put.
    pub shelf: &'d Shelf,
    /// Why the database must be set aside, once that is known.
    pub damage: &'d Damage,
}

/// What was found wrong with the open database while it was used.
#[derive(Default)]
pub(crate) struct Damage(Cell<Option<String>>);

impl Damage {
    /// An error as a caller is told it; what is damage is noted.
    fn told(&self, error: &rusqlite::Error, sql: &Connection) -> Fault {
        if trouble::is_damage(error) {
            self.0.set(Some(error.to_string()));
        }
        trouble::fault(error, Path::new(sql.path().unwrap_or_default()))
    }

    /// What was found, which is then forgotten here.
    fn found(&self) -> Option<String> {
        self.0.take()
    }
}

/// Reads what is committed, and answers.
type Read = Box<dyn FnOnce(Result<&mut Desk<'_>>) + Send>;

/// Writes, and says how to answer once it is known whether that is committed; an error where it has failed by itself.
type Write = Box<dyn FnOnce(Result<&mut Desk<'_>>) -> (bool, Settle) + Send>;

/// Answers: with the fault for which nothing was committed, if there was one.
type Settle = Box<dyn FnOnce(Option<&Fault>) + Send>;

enum Job {
    Read(Read),
    Write(Write),
    Close(oneshot::Sender<()>),
}

/// A handle to the database's thread.
#[derive(Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
    condition: Arc<Mutex<Database>>,
}

impl Store {
    /// Starts the thread. It opens the database when it is first needed, and again after whatever was wrong with it.
    pub fn start(settings: Settings, shelf: Arc<Shelf>) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let condition = Arc::new(Mutex::new(Database::of(settings.file.clone())));
        let thread = thread::Thread::new(settings, shelf, waiting, condition.clone());
        let spawned = std::thread::Builder::new().name("store".into()).spawn(move || thread.run());
        spawned.map_err(internal)?;
        Ok(Self { jobs, condition })
    }

    /// How the database is, as far as is known.
    pub fn condition(&self) -> Database {
        self.condition.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads what is committed.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Read = Box::new(move |desk| {
            // Who asked may be gone.
            let _ = answer.send(desk.and_then(work));
        });
        self.wait(Job::Read(job), answered).await
    }

    /// Writes, with whatever else waits to be written, and answers when that is committed.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Write = Box::new(move |desk| {
            let done = desk.and_then(work);
            let settle: (bool, Settle) = (
                done.is_err(),
                Box::new(move |fault| {
                    let fault = fault.filter(|_| done.is_ok()).cloned();
                    // Who asked may be gone.
                    let _ = answer.send(fault.map_or(done, Err));
                }),
            );
            settle
        });
        self.wait(Job::Write(job), answered).await
    }

    async fn wait<T>(&self, job: Job, answered: oneshot::Receiver<Result<T>>) -> Result<T> {
        self.jobs.send(job).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// Writes what waits, and closes the database so that it is one file. Nothing is taken afterwards.
    pub async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.jobs.send(Job::Close(answer)).await.is_ok() {
            // It may end without an answer; then there is nothing to wait for.
            let _ = answered.await;
        }
    }
}

fn ended() -> Fault {
    internal("the database's thread has given this up")
}
