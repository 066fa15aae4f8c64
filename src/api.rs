//! Every verb: plain data in, plain data out. Whoever calls, over whatever wire, ends here.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::agent::Agents;
use crate::board::Boards;
pub use crate::board::Paint;
use crate::fault::{Fault, Kind, Result};
use crate::ids::{ClientId, Counter, ViewId};
use crate::protocol::{Call, Empty, VERSION, agent, daemon, inbox, state, terminal, view};
use crate::state::Documents;
pub use crate::state::Teller;
use crate::terminal::{Readings, Terminal, Terminals, ViewScreen};

/// Whoever calls.
pub trait Caller: Sync {
    /// Its connection.
    fn id(&self) -> ClientId;
    /// What a view paints on: one of its terminal channels.
    fn screen(&self, channel: u64) -> ViewScreen;
    /// How a board's paintings reach it.
    fn paint(&self) -> Paint;
    /// What it calls itself.
    fn name(&self) -> &str;
    /// How notices reach it alone.
    fn tell(&self) -> Teller;
    /// Its colours, if it has told them.
    fn colors(&self) -> Option<daemon::Colors>;
}

/// Turns results into what the wire wants.
pub trait Encode: Sync {
    /// What that is.
    type Out;
    /// The result, turned.
    fn encode<T: Serialize>(&self, result: &T) -> Result<Self::Out>;
}

/// How busy the daemon is.
#[derive(Debug, Default)]
pub struct Pulse {
    clients: AtomicUsize,
    /// Somebody came or went, or a program started or ended.
    pub changed: Notify,
}

/// What does not change during a daemon's life.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it started, in seconds since 1970.
    pub started: u64,
    /// Where it listens.
    pub socket: PathBuf,
    /// Where it keeps its log and state.
    pub state_dir: PathBuf,
    /// The program file it runs from.
    pub binary: PathBuf,
}

/// How the database is.
pub type Condition = Box<dyn Fn() -> daemon::Database + Send + Sync>;

/// The rooms that carry the verbs out.
pub struct Rooms {
    /// The terminals.
    pub terminals: Arc<Terminals>,
    /// The agents.
    pub agents: Arc<Agents>,
    /// The boards.
    pub boards: Arc<Boards>,
    /// The documents.
    pub documents: Documents,
}

/// The verbs.
pub struct Api {
    facts: Facts,
    /// The terminals.
    pub terminals: Arc<Terminals>,
    /// The agents.
    pub agents: Arc<Agents>,
    boards: Arc<Boards>,
    documents: Documents,
    condition: Condition,
    readings: Arc<Readings>,
    views: Mutex<HashMap<ViewId, (ClientId, Terminal)>>,
    view_ids: Counter,
    /// How busy it is.
    pub pulse: Arc<Pulse>,
    stop: watch::Sender<Option<Ending>>,
}

/// How the daemon was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With every program.
    All,
    /// Alone: programs go on, and the next daemon has them.
    Keep,
}

impl Api {
    /// A daemon with nothing in it yet.
    pub fn new(facts: Facts, rooms: Rooms, pulse: Arc<Pulse>, condition: Condition) -> Self {
        let (stop, _) = watch::channel(None);
        let Rooms { terminals, agents, boards, documents } = rooms;
        Self {
            facts,
            terminals,
            agents,
            boards,
            documents,
            condition,
            readings: Arc::default(),
            views: Mutex::default(),
            view_ids: Counter::default(),
            pulse,
            stop,
        }
    }

    /// Becomes something when the daemon is asked to end.
    pub fn stopping(&self) -> watch::Receiver<Option<Ending>> {
        self.stop.subscribe()
    }

    /// A client has said `hello`.
    pub fn present(&self) {
        self.pulse.clients.fetch_add(1, Ordering::Relaxed);
        self.pulse.changed.notify_one();
    }

    /// A connection has ended; `present` if it had said `hello`. Its views end with it.
    pub async fn disconnected(&self, client: ClientId, present: bool) {
        let views: Vec<(ViewId, Terminal)> = self
            .views()
            .extract_if(|_, (owner, _)| *owner == client)
            .map(|(id, (_, t))| (id, t))
            .collect();
        for (id, terminal) in views {
            terminal.close_view(id).await;
        }
        self.boards.disconnected(client);
        self.documents.disconnected(client);
        self.readings.disconnected(client);
        if present {
            self.pulse.clients.fetch_sub(1, Ordering::Relaxed);
        }
        self.pulse.changed.notify_one();
    }

    /// How much there is.
    pub fn counts(&self) -> daemon::Counts {
        let terminals = self.terminals.list();
        daemon::Counts {
            clients: self.pulse.clients.load(Ordering::Relaxed),
            terminals: terminals.len(),
            running: terminals.iter().filter(|terminal| terminal.exit.is_none()).count(),
            views: self.views().len(),
        }
    }

    /// Carries out a call.
    pub async fn call<E: Encode>(&self, caller: &dyn Caller, call: Call, to: E) -> Result<E::Out> {
        let terminals = &self.terminals;
        match call {
            Call::Hello(_) => to.encode(&self.hello(caller)),
            // What it asks for is the connection's business.
            Call::ClientFollow(_) => to.encode(&Empty {}),
            Call::DaemonInfo(_) => to.encode(&self.info()),
            Call::DaemonStop(p) => to.encode(&self.stop(p)?),
            Call::TerminalOpen(p) => {
                let terminal::Info { id, pid, name, .. } = terminals.open(p).await?.info();
                to.encode(&terminal::Opened { id, pid, name })
            }
            Call::TerminalList(_) => to.encode(&terminal::Listing { terminals: terminals.list() }),
            Call::TerminalGet(p) => to.encode(&terminals.find(&p.id)?.info()),
            Call::TerminalWrite(p) => {
                to.encode(&done(terminals.find(&p.id)?.write(p.data.into_vec(), p.view).await)?)
            }
            Call::TerminalResize(p) => {
                let size = terminal::Size { rows: p.rows, cols: p.cols };
                to.encode(&done(terminals.find(&p.id)?.resize(size).await)?)
            }
            Call::TerminalSignal(p) => {
                to.encode(&done(terminals.find(&p.id)?.signal(p.signal).await)?)
            }
            Call::TerminalClose(p) => to.encode(&done(self.close(&p.id).await)?),
            Call::TerminalRename(p) => to.encode(&terminals.rename(&p.id, &p.name).await?),
            Call::TerminalUpdate(p) => to.encode(&terminals.find(&p.id)?.update(&p).await?),
            Call::TerminalRead(p) => to.encode(&terminals.find(&p.id)?.read(p.history).await?),
            Call::TerminalHistory(p) => {
                let terminal = terminals.find(&p.id)?;
                to.encode(&self.readings.history(caller.id(), &terminal, &p).await?)
            }
            Call::TerminalSearch(p) => {
                let terminal = terminals.find(&p.id)?;
                to.encode(&self.readings.search(caller.id(), &terminal, &p).await?)
            }
            Call::TerminalJournal(p) => to.encode(&terminals.find(&p.id)?.journal().await?),
            Call::TerminalWait(p) => to.encode(&terminals.find(&p.id)?.wait(&p).await?),
            Call::AgentSpawn(p) => to.encode(&self.agents.spawn(p).await?),
            Call::AgentProfiles(_) => to.encode(&self.agents.profiles()),
            Call::AgentList(_) => to.encode(&agent::Listing { agents: self.agents.list() }),
            Call::AgentGet(p) => to.encode(&self.agents.get(&p.id)?),
            Call::AgentPrompt(p) => to.encode(&done(self.agents.prompt(p).await)?),
            Call::AgentCompose(p) => to.encode(&self.agents.compose(&p)?),
            Call::AgentWait(p) => to.encode(&self.agents.wait(p).await?),
            Call::AgentExplain(p) => to.encode(&self.agents.explain(&p.id).await?),
            Call::AgentInterrupt(p) => to.encode(&done(self.agents.interrupt(&p.id).await)?),
            Call::AgentStop(p) => to.encode(&done(self.agents.stop(&p.id).await)?),
            Call::AgentRename(p) => to.encode(&self.agents.rename(&p.id, &p.name).await?),
            Call::AgentResume(p) => to.encode(&self.agents.resume(p).await?),
            Call::AgentReport(p) => to.encode(&done(self.agents.report(p).await)?),
            Call::InboxList(_) => to.encode(&inbox::Listing { questions: self.agents.questions() }),
            Call::InboxAnswer(p) => to.encode(&self.agents.answer(p).await?),
            Call::BoardOpen(p) => to.encode(&self.boards.open(caller.id(), &p, caller.paint())?),
            Call::BoardUpdate(p) => to.encode(&done(self.boards.update(caller.id(), p))?),
            Call::BoardClose(p) => to.encode(&done(self.boards.close(caller.id(), p.board))?),
            Call::StateGet(p) => to.encode(&self.documents.get(&p).await?),
            Call::StateSet(p) => to.encode(&self.change(caller, state::Op::Set(p)).await?),
            Call::StateMerge(p) => to.encode(&self.change(caller, state::Op::Merge(p)).await?),
            Call::StateDelete(p) => to.encode(&self.change(caller, state::Op::Delete(p)).await?),
            Call::StateIncrement(p) => {
                to.encode(&self.change(caller, state::Op::Increment(p)).await?)
            }
            Call::StateAppend(p) => to.encode(&self.change(caller, state::Op::Append(p)).await?),
            Call::StateCas(p) => to.encode(&self.change(caller, state::Op::Cas(p)).await?),
            Call::StateImport(p) => to.encode(&self.change(caller, state::Op::Import(p)).await?),
            Call::StateBatch(p) => to.encode(&self.documents.batch(p, who(caller)).await?),
            Call::StateList(_) => to.encode(&self.documents.list().await?),
            Call::StateHistory(p) => to.encode(&self.documents.history(&p).await?),
            Call::StateExport(p) => to.encode(&self.documents.export(&p).await?),
            Call::StateWatch(p) => {
                to.encode(&self.documents.watch(caller.id(), p, caller.tell()).await?)
            }
            Call::StateUnwatch(p) => {
                to.encode(&done(self.documents.unwatch(caller.id(), p.watch))?)
            }
            Call::ViewOpen(p) => to.encode(&self.open_view(caller, &p).await?),
            Call::ViewResize(p) => {
                to.encode(&done(self.view(caller, p.view)?.resize_view(p.view, p.size()).await)?)
            }
            Call::ViewRenew(p) => {
                to.encode(&done(self.view(caller, p.view)?.renew_view(p.view).await)?)
            }
            Call::ViewHide(p) => {
                to.encode(&done(self.view(caller, p.view)?.watch_view(p.view, false).await)?)
            }
            Call::ViewShow(p) => {
                to.encode(&done(self.view(caller, p.view)?.watch_view(p.view, true).await)?)
            }
            Call::ViewClose(p) => to.encode(&done(self.close_view(caller, p.view).await)?),
        }
    }

    async fn change(&self, caller: &dyn Caller, op: state::Op) -> Result<state::Written> {
        self.documents.change(op, who(caller)).await
    }

    fn hello(&self, caller: &dyn Caller) -> daemon::Hello {
        daemon::Hello {
            version: env!("CARGO_PKG_VERSION").into(),
            protocol: VERSION,
            pid: std::process::id(),
            client: caller.id(),
            capabilities: Vec::new(),
        }
    }

    fn info(&self) -> daemon::Info {
        let facts = self.facts.clone();
        daemon::Info {
            version: env!("CARGO_PKG_VERSION").into(),
            protocol: VERSION,
            pid: std::process::id(),
            started: facts.started,
            socket: facts.socket,
            log: crate::log::current(&facts.state_dir),
            state_dir: facts.state_dir,
            binary: facts.binary,
            counts: self.counts(),
            keeper: self.terminals.keeper(),
            database: Some((self.condition)()),
            rss: resident(),
        }
    }

    fn stop(&self, params: daemon::StopParams) -> Result<daemon::Stopped> {
        let running = self.counts().running;
        if params.force && params.keep {
            return Err(Fault::new(Kind::InvalidParams, "programs cannot be ended and kept")
                .hint("take force or keep"));
        }
        if params.keep {
            self.stop.send_replace(Some(Ending::Keep));
            return Ok(daemon::Stopped { ended: 0 });
        }
        if running > 0 && !params.force {
            let programs = if running == 1 { "program runs" } else { "programs run" };
            return Err(Fault::new(
                Kind::Conflict,
                format!("{running} {programs} and would end with the daemon"),
            )
            .hint("to end them too: orchflow stop --force; to keep them: :Orchflow restart"));
        }
        self.stop.send_replace(Some(Ending::All));
        Ok(daemon::Stopped { ended: running })
    }

    async fn close(&self, key: &str) -> Result<()> {
        let id = self.terminals.find(key)?.id();
        self.agents.leave(id).await;
        self.terminals.close(key).await?;
        self.views().retain(|_, (_, terminal)| terminal.id() != id);
        Ok(())
    }

    /// A table is whole at every point where a panic could leave it.
    fn views(&self) -> MutexGuard<'_, HashMap<ViewId, (ClientId, Terminal)>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open_view(
        &self,
        caller: &dyn Caller,
        params: &view::OpenParams,
    ) -> Result<view::Opened> {
        let terminal = self.terminals.find(&params.terminal)?;
        let size = params.size().check()?;
        let id = ViewId(self.view_ids.next());
        self.views().insert(id, (caller.id(), terminal.clone()));
        let screen = caller.screen(params.channel);
        let view::OpenParams { bare, keep_size, glance, .. } = *params;
        let screen = ViewScreen { bare, keep_size, glance, ..screen };
        let opened = terminal.open_view(id, size, screen, caller.colors()).await;
        if let Err(fault) = opened {
            self.views().remove(&id);
            return Err(fault);
        }
        Ok(view::Opened { view: id, terminal: terminal.info() })
    }

    /// The terminal of a view, which must be the caller's own.
    fn view(&self, caller: &dyn Caller, id: ViewId) -> Result<Terminal> {
        match self.views().get(&id) {
            Some((owner, terminal)) if *owner == caller.id() => Ok(terminal.clone()),
            _ => Err(Fault::new(Kind::NotFound, format!("this client has no view {id}"))
                .hint("a view is its own client's, until its terminal is closed")),
        }
    }

    async fn close_view(&self, caller: &dyn Caller, id: ViewId) -> Result<()> {
        let terminal = self.view(caller, id)?;
        self.views().remove(&id);
        terminal.close_view(id).await;
        Ok(())
    }
}

/// A client as it is remembered. Ids are given anew by each daemon, names are not.
fn who(caller: &dyn Caller) -> String {
    /// Enough for a program's name; whoever calls itself more is not remembered by all of it.
    const LONGEST: usize = 40;
    let name: String = caller.name().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    format!("{name} ({})", caller.id())
}

/// The result of what only succeeds.
fn done(result: Result<()>) -> Result<Empty> {
    result.map(|()| Empty {})
}

/// Resident memory in bytes.
#[cfg(target_os = "linux")]
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let resident: u64 = pages.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(resident * rustix::param::page_size() as u64)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<u64> {
    None
}
