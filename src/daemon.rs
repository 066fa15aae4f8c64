//! One life of the daemon: from the lock over the socket to the last written byte.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};

use crate::agent::Profiles;
use crate::api::{Ending, Facts};
use crate::app::App;
use crate::config::{Config, Durability};
use crate::fault::{Fault, Kind, Result, internal};
use crate::keeper::{self, Remote};
use crate::places::{Places, secure_folder};
use crate::protocol::{Empty, Notice};
use crate::terminal::{JournalPlace, Settings};
use crate::{clock, log, rpc, store};

/// A daemon that was asked to end may take so long: its programs are given time to end.
const PREDECESSOR: Duration = Duration::from_secs(8);

/// One that was killed may still be connected to until the system has closed all it had open.
const DYING: Duration = Duration::from_millis(500);

/// How often to try for the lock meanwhile.
const RETRY: Duration = Duration::from_millis(20);

/// How long the last answers may take to be written.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long the database may take to be written into one file. What is not done then costs nothing but time.
const CLOSING: Duration = Duration::from_secs(2);

/// Lives until asked to end, or idle for the grace time. `ready` is called once it listens.
pub fn run(places: &Places, ready: impl FnOnce()) -> Result<()> {
    let files = keeper::raise();
    let config = Config::load(&places.config)?;
    secure_folder(places.folder())?;
    let _log = log::start(&places.state_dir)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(internal)?;
    runtime.block_on(live(places, &config, files, ready))
}

async fn live(places: &Places, config: &Config, files: u64, ready: impl FnOnce()) -> Result<()> {
    let _life = lock_life(places).await?;
    let room = rustix::net::SocketAddrUnix::new(places.keeper_socket());
    room.map_err(|error| unusable(&places.keeper_socket(), &error.into()))?;
    let (keeper, adopted) = Remote::adopt(places.keeper_socket(), binary(), files).await?;
    let keeper = Arc::new(keeper);
    let listener = listen(&places.socket)?;
    let facts = Facts {
        started: clock::seconds(),
        socket: places.socket.clone(),
        state_dir: places.state_dir.clone(),
        binary: binary(),
    };
    let journal = JournalPlace { root: places.journals(), limit: config.journal() };
    let settings = Settings { scrollback: config.terminal.scrollback, journal };
    let profiles = Profiles::new(places.profiles());
    let full = config.state.durability == Durability::Full;
    let database = store::Settings { file: places.database(), full };
    let kept = (adopted, keeper.highest());
    let app = App::new(facts, keeper.clone(), settings, profiles, kept, database)?;
    app.api.agents.adopt().await;
    let accepting = tokio::spawn(rpc::accept(listener, app.api.clone(), app.hub.clone()));
    tracing::info!(pid = std::process::id(), socket = %places.socket.display(), "listening");
    ready();
    let (why, how) = ending(&app, config.linger()).await?;
    tracing::info!(why, ?how, "ending");
    accepting.abort();
    // Only we can have made this file since we hold the life lock.
    let _ = std::fs::remove_file(&places.socket);
    farewell(&app, &keeper, how).await;
    Ok(())
}

/// This program's file. After an upgrade that is what stands there now.
fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    // Linux says so where the file was replaced.
    let replaced = own.to_str().and_then(|own| own.strip_suffix(" (deleted)")).map(PathBuf::from);
    replaced.filter(|_| !own.exists()).unwrap_or(own)
}

/// Waits for a reason to end, and says what is to become of the programs.
async fn ending(app: &App, linger: Duration) -> Result<(&'static str, Ending)> {
    let mut term = signal(SignalKind::terminate()).map_err(internal)?;
    let mut int = signal(SignalKind::interrupt()).map_err(internal)?;
    let mut stopping = app.api.stopping();
    tokio::select! {
        _ = term.recv() => Ok(("SIGTERM", Ending::Keep)),
        _ = int.recv() => Ok(("SIGINT", Ending::Keep)),
        asked = stopping.wait_for(Option::is_some) => {
            Ok(("asked to", asked.ok().and_then(|how| *how).unwrap_or(Ending::Keep)))
        }
        () = idle(app, linger) => Ok(("idle", Ending::All)),
    }
}

/// Completes when there was neither client nor running program for the grace time. Sleeps only while idle.
async fn idle(app: &App, linger: Duration) {
    loop {
        let counts = app.api.counts();
        let changed = app.api.pulse.changed.notified();
        if counts.clients > 0 || counts.running > 0 {
            changed.await;
        } else if timeout(linger, changed).await.is_err() {
            return;
        }
    }
}

async fn farewell(app: &App, keeper: &Remote, how: Ending) {
    app.hub.tell(&Notice::DaemonStopping(Empty {}));
    app.api.terminals.open_no_more().await;
    if how == Ending::All {
        app.api.terminals.close_all().await;
    }
    keeper.goodbye().await;
    app.hub.end();
    let written = async {
        while app.api.counts().clients > 0 {
            app.api.pulse.changed.notified().await;
        }
    };
    if timeout(FAREWELL, written).await.is_err() {
        tracing::warn!("a client does not read its last messages");
    }
    if timeout(CLOSING, app.store.close()).await.is_err() {
        tracing::warn!("the database takes long to close; the next daemon does what is left of it");
    }
}

/// Takes the lock that only one daemon holds, waiting for a predecessor that is ending.
async fn lock_life(places: &Places) -> Result<File> {
    let file = open_lock(&places.life_lock())?;
    let (until, mut deaf) = (Instant::now() + PREDECESSOR, Instant::now());
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(error) => return Err(internal(error)),
        }
        if UnixStream::connect(&places.socket).await.is_err() {
            deaf = Instant::now();
        }
        if deaf.elapsed() > DYING || Instant::now() > until {
            let message = format!("a daemon runs already, on {}", places.socket.display());
            return Err(Fault::new(Kind::Conflict, message).hint("look at it: orchflow status"));
        }
        sleep(RETRY).await;
    }
}

/// Opens a lock file.
pub fn open_lock(path: &Path) -> Result<File> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(|error| {
        Fault::new(
            Kind::Permission,
            format!("the lock {} cannot be opened: {error}", path.display()),
        )
    })
}

/// Listens, replacing a socket that a dead daemon has left.
fn listen(socket: &Path) -> Result<UnixListener> {
    match std::fs::symlink_metadata(socket) {
        Ok(found) if found.file_type().is_socket() => {
            std::fs::remove_file(socket).map_err(|error| unusable(socket, &error))?;
        }
        Ok(_) => {
            let message = format!("{} is there and is no socket", socket.display());
            return Err(
                Fault::new(Kind::Conflict, message).hint(format!("rm {}", socket.display()))
            );
        }
        Err(_) => {}
    }
    UnixListener::bind(socket).map_err(|error| unusable(socket, &error))
}

fn unusable(socket: &Path, error: &io::Error) -> Fault {
    Fault::new(
        Kind::Unavailable,
        format!("the socket {} cannot be used: {error}", socket.display()),
    )
    .hint("take a shorter path: export ORCHFLOW_SOCKET=$HOME/.orchflow/daemon.sock")
}
