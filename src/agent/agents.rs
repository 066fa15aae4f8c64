//! All agents: started, taken over from an earlier daemon, found, and forgotten with their terminals.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::timeout;

use super::answering::LIST;
use super::compose;
use super::conversation;
use super::driver::{self, COMMANDS, Command, Driver, State};
use super::launch::{self, Here};
use super::memo::Memo;
use super::names;
use super::profile::Profile;
use super::profiles::Profiles;
use crate::event::{Event, Tell};
use crate::fault::{Fault, Kind, Result};
use crate::ids::{AgentId, TerminalId};
use crate::protocol::agent::{
    ComposeParams, Composed, Explained, Info, Profiles as Programs, Program, PromptParams,
    ReportParams, SpawnParams, Spawned, WaitParams, When,
};
use crate::protocol::inbox::{AnswerParams, Question};
use crate::terminal::{Terminal, Terminals};

/// The agents of this daemon.
pub struct Agents {
    pub(super) terminals: Arc<Terminals>,
    pub(super) profiles: Profiles,
    pub(super) here: Here,
    pub(super) tell: Tell,
    table: Mutex<BTreeMap<AgentId, Agent>>,
    /// The number of the next name.
    name: AtomicU64,
}

/// The handle on one agent.
#[derive(Clone)]
pub(super) struct Agent {
    pub terminal: Terminal,
    pub state: watch::Receiver<State>,
    commands: mpsc::Sender<Command>,
    /// Told when the terminal is gone.
    closed: Arc<Notify>,
    /// When it was interrupted last.
    pub interrupted: Arc<Mutex<Option<Instant>>>,
}

impl Agents {
    /// No agents yet.
    pub fn new(terminals: Arc<Terminals>, profiles: Profiles, here: Here, tell: Tell) -> Self {
        let name = AtomicU64::new(u64::from(std::process::id()));
        Self { terminals, profiles, here, tell, table: Mutex::default(), name }
    }

    /// Whoever panicked with this lock has at worst left an agent out or in.
    fn table(&self) -> MutexGuard<'_, BTreeMap<AgentId, Agent>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over those of an earlier daemon. Must be called within the runtime.
    pub async fn adopt(&self) {
        for terminal in self.terminals.with_memo() {
            let Some(memo) = terminal.memo().as_deref().and_then(Memo::read) else {
                continue;
            };
            if let Err(fault) = self.begin(terminal.clone(), memo, true).await {
                tracing::error!(id = %terminal.id(), %fault, "an agent cannot be taken over: it is a terminal only");
            }
        }
    }

    /// Starts one.
    pub async fn spawn(&self, params: SpawnParams) -> Result<Spawned> {
        let profile = self.profiles.find(&params.profile)?;
        let named = conversation::naming(&profile, &params.args);
        let (args, conversation) = named.unzip();
        let memo = Memo { conversation, ..Memo::new(&params) };
        self.start(&profile, params, &args.unwrap_or_default(), memo).await
    }

    /// Starts one with these arguments for its conversation.
    pub(super) async fn start(
        &self,
        profile: &Profile,
        params: SpawnParams,
        conversation: &[String],
        memo: Memo,
    ) -> Result<Spawned> {
        let name = params.name.clone().unwrap_or_else(|| self.free_name());
        let (open, typed) = launch::terminal(profile, &params, conversation, name, &self.here)?;
        self.check_installed(profile, &open)?;
        let memo = memo.beginning_with(params.prompt.as_deref(), typed);
        let terminal = self.terminals.open_with(open, Some(memo.text())).await?;
        let id = self.begin(terminal.clone(), memo, false).await?;
        let about = terminal.info();
        Ok(Spawned { id, name: about.name, terminal: about.id })
    }

    async fn begin(&self, terminal: Terminal, memo: Memo, adopted: bool) -> Result<AgentId> {
        let profile = self.profiles.driving(&memo.profile)?;
        let sighting = terminal.follow().await?;
        let tell = self.tell.clone();
        let (driver, state) = Driver::new(terminal.clone(), profile, memo, sighting, adopted, tell);
        let (commands, queue) = mpsc::channel(COMMANDS);
        let id = AgentId::from(terminal.id());
        let closed = Arc::<Notify>::default();
        let interrupted = Arc::default();
        let agent = Agent { terminal, state, commands, closed: closed.clone(), interrupted };
        (self.tell)(Event::AgentSpawned(agent.info()));
        self.table().insert(id, agent);
        tokio::spawn(driver.run(queue, closed));
        Ok(id)
    }

    fn free_name(&self) -> String {
        let taken = self.terminals.list();
        loop {
            let name = names::name(self.name.fetch_add(1, Ordering::Relaxed) % names::SHORT);
            if taken.iter().all(|terminal| terminal.name != name) {
                return name;
            }
        }
    }

    pub(super) fn find(&self, key: &str) -> Result<Agent> {
        let table = self.table();
        let id = key.parse::<AgentId>().or_else(|_| key.parse::<TerminalId>().map(AgentId::from));
        let found = match id {
            Ok(id) => table.get(&id),
            Err(_) => table.values().find(|agent| agent.terminal.info().name == key),
        };
        found.cloned().ok_or_else(|| {
            Fault::new(Kind::NotFound, format!("there is no agent {key:?}"))
                .hint("look at them: orchflow call agent.list")
        })
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<Info> {
        self.table().values().map(Agent::info).collect()
    }

    /// The programs that can be started.
    pub fn profiles(&self) -> Programs {
        let program = |name: String| match self.profiles.find(&name) {
            Ok(profile) => profile.about(),
            Err(fault) => {
                let title = name.clone();
                Program { name, title, fault: Some(fault.message), ..Program::default() }
            }
        };
        Programs { profiles: self.profiles.names().into_iter().map(program).collect() }
    }

    /// One of them.
    pub fn get(&self, key: &str) -> Result<Info> {
        Ok(self.find(key)?.info())
    }

    /// A hook tells of an event.
    pub async fn report(&self, params: ReportParams) -> Result<()> {
        let ReportParams { id, profile, event, payload, by } = params;
        let agent = self.find(&id)?;
        let own = agent.state.borrow().memo.profile.clone();
        if own != profile {
            let fault = Fault::new(Kind::Conflict, format!("{id} is no {profile}, but {own}"));
            return Err(fault.hint(format!("orchflow hook {own} {event}")));
        }
        agent.ask(|answer| Command::Report { event, payload, by, answer }).await?
    }

    /// Why an agent is thought to do what it does.
    pub async fn explain(&self, key: &str) -> Result<Explained> {
        self.find(key)?.ask(Command::Explain).await
    }

    /// Gives an agent something to do; done when it was taken.
    pub async fn prompt(&self, params: PromptParams) -> Result<()> {
        let PromptParams { id, text, when } = params;
        if text.chars().all(|c| c.is_control() || c.is_whitespace()) {
            let fault = Fault::new(Kind::InvalidParams, "a prompt has words");
            return Err(fault.hint("text = \"what to do\""));
        }
        let at_once = when == When::Now;
        self.find(&id)?.ask(|answer| Command::Prompt { text, at_once, answer }).await?
    }

    /// Words in the syntax of an agent's program.
    pub fn compose(&self, params: &ComposeParams) -> Result<Composed> {
        let (profile, cwd) = match (&params.id, &params.profile) {
            (Some(id), _) => {
                let about = self.find(id)?.info();
                (self.profiles.driving(&about.profile)?, about.cwd)
            }
            (None, Some(name)) => {
                (self.profiles.find(name)?, params.cwd.clone().unwrap_or_default())
            }
            (None, None) => {
                let message = "words are composed for an agent, or for a profile";
                return Err(Fault::new(Kind::InvalidParams, message).hint("id or profile"));
            }
        };
        Ok(Composed { text: compose::compose(&profile.prompt, &cwd, &params.parts) })
    }

    /// Every open question, the one that waits longest first.
    pub fn questions(&self) -> Vec<Question> {
        let asked = |agent: &Agent| driver::question(&agent.terminal, &agent.state.borrow());
        let mut all: Vec<_> = self.table().values().filter_map(asked).collect();
        all.sort_by_key(|question| std::cmp::Reverse(question.for_ms));
        all
    }

    /// Answers one; done when its agent does not wait for it any more.
    pub async fn answer(&self, params: AnswerParams) -> Result<Info> {
        let AnswerParams { id, choice } = params;
        let agent = self.table().get(&id.agent).cloned().ok_or_else(|| {
            Fault::new(Kind::NotFound, format!("there is no question {id}")).hint(LIST)
        })?;
        let number = id.number;
        agent.ask(|answer| Command::Answer { number, choice, answer }).await??;
        Ok(agent.info())
    }

    /// Waits for a status.
    pub async fn wait(&self, params: WaitParams) -> Result<Info> {
        let mut agent = self.find(&params.id)?;
        let limit = Duration::from_millis(params.timeout_ms);
        let wanted = |state: &State| params.status.contains(&state.status);
        let waiting = async { agent.state.wait_for(wanted).await.map(|state| state.clone()) };
        let waited = timeout(limit, waiting).await;
        match waited {
            Ok(Ok(state)) => Ok(driver::info(&agent.terminal, &state)),
            Ok(Err(_)) => Err(agent.gone()),
            Err(_) => {
                let message =
                    format!("none of these statuses came within {} ms", params.timeout_ms);
                Err(Fault::new(Kind::Timeout, message)
                    .hint(format!("orchflow call agent.explain '{{\"id\": \"{}\"}}'", params.id)))
            }
        }
    }

    /// The agent in a terminal, if one is.
    pub(super) fn of(&self, terminal: TerminalId) -> Option<Agent> {
        self.table().get(&terminal.into()).cloned()
    }

    /// A terminal is gone, and its agent with it.
    pub fn forget(&self, terminal: TerminalId) {
        if let Some(agent) = self.table().remove(&terminal.into()) {
            agent.closed.notify_one();
        }
    }
}

impl Agent {
    pub(super) fn info(&self) -> Info {
        driver::info(&self.terminal, &self.state.borrow())
    }

    pub(super) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(command(answer)).await.map_err(|_| self.gone())?;
        answered.await.map_err(|_| self.gone())
    }

    fn gone(&self) -> Fault {
        Fault::new(Kind::NotFound, format!("{} was closed", self.terminal.info().name))
            .hint("look who is there: :Orchflow list")
    }
}
