//! How the daemon comes to a keeper: it finds one that runs, or starts one, and both say hello.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::link::Link;
use super::wire::{Broken, Holding, News, Order, VERSION};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::{Version, daemon};

/// A keeper is there within some 10 ms, and answers within one. Whatever takes so long hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a keeper is, and what it is to know of the daemon.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its socket.
    pub socket: PathBuf,
    /// This program: what the keeper is started from, and starts the daemon from.
    pub binary: PathBuf,
    /// How many files may be opened by whoever has started the daemon, and hence by programs.
    pub files: u64,
}

/// The daemon's side of a connection.
pub(super) struct Connection {
    stream: UnixStream,
    pub link: Link,
}

impl Connection {
    /// Waits until something can be read or sent, and does it; false when the keeper has ended.
    pub async fn turn(&mut self) -> std::io::Result<bool> {
        let sending = if self.link.is_sending() { Some(Interest::WRITABLE) } else { None };
        let interest = sending.map_or(Interest::READABLE, |sending| sending | Interest::READABLE);
        let ready = self.stream.ready(interest).await?;
        let Self { stream, link } = self;
        let once = |result: std::io::Result<bool>| match result {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(true),
            result => result,
        };
        if ready.is_writable() && sending.is_some() {
            once(stream.try_io(Interest::WRITABLE, || link.flush(&*stream).map(|()| true)))?;
        }
        if ready.is_readable() {
            return once(stream.try_io(Interest::READABLE, || link.receive(&*stream)));
        }
        Ok(true)
    }

    /// Queues an order, and sends at once what goes at once.
    pub fn order(&mut self, order: &Order) -> std::result::Result<(), Broken> {
        self.link.push(order, None)?;
        match self.link.flush(&self.stream) {
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn news(&mut self) -> std::result::Result<(News, Option<OwnedFd>), Broken> {
        loop {
            if let Some(news) = self.link.take()? {
                return Ok(news);
            }
            if !self.turn().await? {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
        }
    }

    /// Sends everything and waits until the keeper has hung up.
    pub async fn see_off(mut self, last: &Order) {
        let gone = async {
            self.order(last)?;
            while self.turn().await? {
                while self.link.take::<News>()?.is_some() {}
            }
            Ok::<(), Broken>(())
        };
        match timeout(PATIENCE, gone).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the keeper has gone"),
            Err(_) => tracing::warn!("the keeper does not hang up"),
        }
    }
}

/// A keeper that has said hello, with all that it holds.
pub(super) struct Greeted {
    pub connection: Connection,
    pub protocol: Version,
    pub info: daemon::Keeper,
    pub highest: u64,
    /// Without its PTY where there was no descriptor for that.
    pub held: Vec<(Holding, Option<OwnedFd>)>,
}

/// A keeper that runs; None where none does.
pub(super) async fn find(place: &Place, highest: u64) -> Result<Option<Greeted>> {
    match UnixStream::connect(&place.socket).await {
        Ok(stream) => greet(stream, place, highest).await.map(Some),
        Err(_) => Ok(None),
    }
}

/// Starts a keeper, which has this side's connection as its standard input.
pub(super) async fn start(place: &Place, highest: u64) -> Result<Greeted> {
    let failed = |error: std::io::Error| {
        let binary = place.binary.display();
        Fault::new(Kind::Unavailable, format!("{binary} cannot be run as keeper: {error}"))
            .hint("see that it is there, then: :Orchflow restart")
    };
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(failed)?;
    ours.set_nonblocking(true).map_err(failed)?;
    let stream = UnixStream::from_std(ours).map_err(failed)?;
    let mut child = tokio::process::Command::new(program(&place.binary))
        .arg("keeper")
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let greeted = greet(stream, place, highest).await;
    if greeted.is_err() {
        // Only what we have just started, and what holds nothing yet.
        let _ = child.start_kill();
    }
    tokio::spawn(async move {
        match child.wait().await {
            Ok(status) => tracing::info!(%status, "a keeper has ended"),
            Err(error) => tracing::warn!(%error, "a keeper cannot be waited for"),
        }
    });
    greeted
}

/// After an upgrade the file may be gone for a moment; Linux can still run what we run.
fn program(binary: &Path) -> &Path {
    let own = Path::new("/proc/self/exe");
    if !binary.exists() && own.exists() { own } else { binary }
}

async fn greet(stream: UnixStream, place: &Place, highest: u64) -> Result<Greeted> {
    let mut connection = Connection { stream, link: Link::default() };
    let silent = |why: &dyn std::fmt::Display| {
        let message = format!("the keeper on {} does not answer: {why}", place.socket.display());
        Fault::new(Kind::Unavailable, message)
            .hint("look at keeper.log beside the log: :Orchflow log")
    };
    match timeout(PATIENCE, hello(&mut connection, place, highest)).await {
        Ok(Ok((protocol, info, highest, held))) => {
            Ok(Greeted { connection, protocol, info, highest, held })
        }
        Ok(Err(broken)) => Err(silent(&broken)),
        Err(_) => Err(silent(&"it hangs")),
    }
}

type Hello = (Version, daemon::Keeper, u64, Vec<(Holding, Option<OwnedFd>)>);

async fn hello(
    connection: &mut Connection,
    place: &Place,
    highest: u64,
) -> std::result::Result<Hello, Broken> {
    let unexpected = || Broken::Io(std::io::Error::other("it speaks out of turn"));
    let binary = place.binary.clone();
    let files = Some(place.files);
    connection.order(&Order::Hello { protocol: VERSION, binary, highest, files })?;
    let (News::Hello { protocol, version, pid, highest, held, restarts, last_crash, braked }, _) =
        connection.news().await?
    else {
        return Err(unexpected());
    };
    let mut holdings = Vec::new();
    while holdings.len() < held {
        match connection.news().await? {
            (News::Held(holding), master) => holdings.push((holding, master)),
            _ => return Err(unexpected()),
        }
    }
    let info = daemon::Keeper { pid, version, restarts, last_crash, braked };
    Ok((protocol, info, highest, holdings))
}
