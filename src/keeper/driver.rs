//! The one task of the daemon that talks to the keeper: it carries orders there, news back, and replaces a keeper that dies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::brakes::Brakes;
use super::files;
use super::greeting::{self, Connection, Greeted, Place};
use super::known::Shared;
use super::wire::{Broken, Holding, News, Order, Start, VERSION};
use super::{Adopted, Held};
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::TerminalId;

/// Programs whose start was asked for and not answered yet; whoever wants one more waits.
pub(super) const STARTING: usize = 64;

/// A program that somebody wants to have started.
pub(super) struct Wanted {
    pub start: Start,
    pub answer: oneshot::Sender<Result<Held>>,
}

/// The task's own things.
pub(super) struct Driver {
    place: Place,
    shared: Shared,
    connection: Option<Connection>,
    starting: BTreeMap<TerminalId, (String, oneshot::Sender<Result<Held>>)>,
    brakes: Brakes,
    /// When to look for a keeper again, where there is something to hold.
    retry: Option<Instant>,
}

/// Why the loop goes round.
enum Wake {
    Wanted(Option<Wanted>),
    Told,
    Came(std::io::Result<bool>),
    Time,
}

impl Driver {
    pub fn new(place: Place, shared: Shared) -> Self {
        Self {
            place,
            shared,
            connection: None,
            starting: BTreeMap::new(),
            brakes: Brakes::default(),
            retry: None,
        }
    }

    /// Takes over what a running keeper holds, if one runs.
    pub async fn adopt(&mut self) -> Result<Vec<Adopted>> {
        let found = match greeting::find(&self.place, 0).await {
            // It may just have died; then the next look finds none. One that hangs is in the way.
            Err(_) => greeting::find(&self.place, 0).await?,
            Ok(found) => found,
        };
        match found {
            Some(greeted) => self.meet(greeted, true).await,
            None => Ok(Vec::new()),
        }
    }

    /// Runs until the daemon says goodbye.
    pub async fn run(mut self, mut wanted: mpsc::Receiver<Wanted>) {
        loop {
            self.tell_all();
            match self.wake(&mut wanted).await {
                Wake::Wanted(Some(wanted)) => self.start(wanted).await,
                Wake::Wanted(None) => return,
                Wake::Told => {
                    let goodbye = self.shared.lock().goodbye.take();
                    if let Some(done) = goodbye {
                        return self.goodbye(done).await;
                    }
                }
                Wake::Came(Ok(true)) => self.hear(),
                Wake::Came(Ok(false)) => self.lost("it has ended"),
                Wake::Came(Err(error)) => self.lost(&error.to_string()),
                Wake::Time => self.replace().await,
            }
        }
    }

    async fn wake(&mut self, wanted: &mut mpsc::Receiver<Wanted>) -> Wake {
        let Self { connection, starting, shared, retry, .. } = self;
        let connected = connection.is_some();
        let retry = retry.filter(|_| !connected);
        tokio::select! {
            wanted = wanted.recv(), if starting.len() < STARTING => Wake::Wanted(wanted),
            () = shared.wake.notified() => Wake::Told,
            came = turn(connection), if connected => Wake::Came(came),
            () = sleep_until(retry.unwrap_or_else(Instant::now).into()), if retry.is_some() => Wake::Time,
        }
    }

    /// Tells the keeper what has changed; not while it is still being told something.
    fn tell_all(&mut self) {
        let Some(connection) = self.connection.as_mut().filter(|c| !c.link.is_sending()) else {
            return;
        };
        let orders = self.shared.lock().untold();
        let told = orders.iter().try_for_each(|order| connection.order(order));
        self.judge(told);
    }

    fn judge(&mut self, done: std::result::Result<(), Broken>) {
        if let Err(broken) = done {
            self.lost(&broken.to_string());
        }
    }

    async fn start(&mut self, wanted: Wanted) {
        let Wanted { start, answer } = wanted;
        if self.connection.is_none()
            && let Err(fault) = self.find_or_start().await
        {
            return drop(answer.send(Err(fault)));
        }
        let Some(connection) = &mut self.connection else {
            return drop(answer.send(Err(internal("there is no keeper"))));
        };
        let (id, note) = (start.id, start.note.clone());
        match connection.order(&Order::Spawn(Box::new(start))) {
            Ok(()) => drop(self.starting.insert(id, (note, answer))),
            Err(Broken::TooLong(length)) => {
                let message = format!("a command with its environment of {length} bytes");
                let fault = Fault::new(Kind::Exhausted, message + " is too long to be started");
                drop(answer.send(Err(fault.hint("put long arguments into a file"))));
            }
            Err(broken) => {
                self.starting.insert(id, (note, answer));
                self.lost(&broken.to_string());
            }
        }
    }

    /// Takes whatever has come.
    fn hear(&mut self) {
        loop {
            let Some(connection) = &mut self.connection else { return };
            match connection.link.take::<News>() {
                Ok(None) => return,
                Ok(Some((news, descriptor))) => self.take(news, descriptor),
                Err(broken) => self.lost(&broken.to_string()),
            }
        }
    }

    fn take(&mut self, news: News, descriptor: Option<std::os::fd::OwnedFd>) {
        match (news, descriptor) {
            (News::Spawned { id, pid, start }, Some(master)) => {
                let Some((note, answer)) = self.starting.remove(&id) else { return };
                let holding = Holding { id, pid, start, note, exit: None };
                let held = self.shared.lock().insert(holding, master);
                if answer.send(Ok(held)).is_err() {
                    self.shared.lock().forget(id);
                }
            }
            (News::Spawned { id, .. }, None) => self.unplaced(id),
            (News::Refused { id, fault }, _) => match self.starting.remove(&id) {
                // The caller may have gone: then nobody minds.
                Some((_, answer)) => drop(answer.send(Err(fault))),
                None => tracing::error!(%id, %fault, "the keeper does not take a terminal over"),
            },
            (News::Exited { id, exit }, _) => self.shared.lock().exited(id, exit),
            (News::Hello { .. } | News::Held(_), _) => {
                self.lost("it speaks out of turn");
            }
        }
    }

    /// A program runs for whose PTY we have no descriptor. The keeper lets go of it, and holds what was there before.
    fn unplaced(&mut self, id: TerminalId) {
        let Some((_, answer)) = self.starting.remove(&id) else { return };
        // The caller may have gone: then nobody minds.
        drop(answer.send(Err(files::exhausted())));
        let before = self.shared.lock().held(id);
        let Some(connection) = &mut self.connection else { return };
        let told = connection.order(&Order::Forget { id }).and_then(|()| match before {
            Some((holding, master)) => connection.link.push(&Order::Hold(holding), Some(master)),
            None => Ok(()),
        });
        self.judge(told);
    }

    /// The keeper is gone. Our own descriptors keep everything alive that it held.
    fn lost(&mut self, why: &str) {
        self.connection = None;
        for (id, (_, answer)) in std::mem::take(&mut self.starting) {
            self.shared.lock().abandon(id);
            let fault = Fault::new(Kind::Unavailable, "the keeper died while it started a program");
            drop(answer.send(Err(fault.hint("try again"))));
        }
        tracing::warn!(why, "the keeper is lost");
        self.shared.lock().info = None;
        let holding = !self.shared.lock().is_empty();
        self.retry = holding.then(|| self.next_try());
    }

    fn next_try(&mut self) -> Instant {
        self.brakes.release(Instant::now()).unwrap_or_else(|later| later)
    }

    /// Hands everything to another keeper.
    async fn replace(&mut self) {
        if let Err(fault) = self.find_or_start().await {
            self.retry = Some(self.next_try());
            tracing::error!(%fault, "there is no other keeper yet");
        }
    }

    async fn find_or_start(&mut self) -> Result<()> {
        let highest = self.shared.lock().highest;
        let greeted = match greeting::find(&self.place, highest).await {
            Ok(Some(greeted)) => greeted,
            // One that dies while it is greeted is as good as none; a start says what else is wrong.
            Ok(None) | Err(_) => greeting::start(&self.place, highest).await?,
        };
        self.meet(greeted, false).await.map(drop)
    }

    /// Settles with a keeper who holds what: what only one of the two knows, the other learns.
    async fn meet(&mut self, greeted: Greeted, adopting: bool) -> Result<Vec<Adopted>> {
        let Greeted { connection, protocol, info, highest, held } = greeted;
        let (mut adopted, mut common) = (Vec::new(), BTreeSet::new());
        {
            let mut known = self.shared.lock();
            known.highest = known.highest.max(highest);
            for (holding, master) in held {
                let id = holding.id;
                common.insert(id);
                if let (true, Some(exit)) = (known.holds(id), &holding.exit) {
                    known.exited(id, exit.clone());
                } else if adopting {
                    adopted.push(known.adopt(holding, master.ok_or_else(files::exhausted)?));
                }
            }
        }
        if protocol.major == VERSION.major {
            tracing::info!(pid = info.pid, held = common.len(), "the keeper is there");
            self.shared.lock().info = Some(info);
            self.settle(connection, &common)?;
        } else {
            tracing::warn!(?protocol, "the keeper speaks another protocol; it is replaced");
            connection.see_off(&Order::Leave).await;
            let highest = self.shared.lock().highest;
            let Greeted { connection, protocol, info, .. } =
                greeting::start(&self.place, highest).await?;
            if protocol.major != VERSION.major {
                let message = format!("{} is of another version", self.place.binary.display());
                return Err(Fault::new(Kind::Protocol, message).hint(":Orchflow restart"));
            }
            self.shared.lock().info = Some(info);
            self.settle(connection, &BTreeSet::new())?;
        }
        Ok(adopted)
    }

    fn settle(&mut self, mut connection: Connection, common: &BTreeSet<TerminalId>) -> Result<()> {
        for (holding, master) in self.shared.lock().all_but(common) {
            connection.link.push(&Order::Hold(holding), Some(master)).map_err(internal)?;
        }
        self.connection = Some(connection);
        self.retry = None;
        Ok(())
    }

    async fn goodbye(mut self, done: oneshot::Sender<()>) {
        self.tell_all();
        if let Some(connection) = self.connection.take() {
            connection.see_off(&Order::Goodbye).await;
        }
        // Whoever waited may have lost patience.
        let _ = done.send(());
    }
}

async fn turn(connection: &mut Option<Connection>) -> std::io::Result<bool> {
    match connection {
        Some(connection) => connection.turn().await,
        None => std::future::pending().await,
    }
}
