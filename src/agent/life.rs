//! What happens to agents: they are stopped, resumed and renamed.

use std::time::Duration;

use tokio::time::timeout;

use super::agents::{Agent, Agents};
use super::conversation::{bringing_back, resuming};
use super::driver::Command;
use super::launch;
use super::memo::Memo;
use super::profile::Profile;
use crate::event::Event;
use crate::fault::{Fault, Kind, Result};
use crate::ids::TerminalId;
use crate::protocol::agent::{Info, ResumeParams, SpawnParams, Spawned, Status};
use crate::protocol::terminal::OpenParams;

/// An agent's owner knows of its program's end within so long, on a machine that has much to do.
const KNOWN: Duration = Duration::from_secs(1);

impl Agents {
    /// Ends an agent's program, and what it has left in its session; its terminal stays.
    pub async fn stop(&self, key: &str) -> Result<()> {
        let mut agent = self.find(key)?;
        agent.terminal.stop().await?;
        // Whoever asks next is told so.
        let known = agent.state.wait_for(|state| state.status == Status::Exited);
        let _ = timeout(KNOWN, known).await;
        Ok(())
    }

    /// A terminal is about to be closed: what an agent that has ended has left in its session is not to outlive it.
    pub async fn leave(&self, terminal: TerminalId) {
        let Some(agent) = self.of(terminal).filter(|agent| agent.terminal.has_ended()) else {
            return;
        };
        if let Err(fault) = agent.terminal.stop().await {
            tracing::warn!(%terminal, %fault, "an agent has left something behind");
        }
    }

    /// Gives an agent another name.
    pub async fn rename(&self, key: &str, name: &str) -> Result<Info> {
        let agent = self.find(key)?;
        self.terminals.rename(&agent.terminal.id().to_string(), name).await?;
        Ok(agent.info())
    }

    /// A terminal has another name, and so has its agent.
    pub fn renamed(&self, terminal: TerminalId) {
        if let Some(agent) = self.of(terminal) {
            (self.tell)(Event::AgentChanged(agent.info()));
        }
    }

    /// Goes on with an earlier conversation.
    pub async fn resume(&self, params: ResumeParams) -> Result<Spawned> {
        match (&params.id, &params.profile) {
            (Some(id), None) if params.fork => {
                let agent = self.find(id)?;
                self.fork(&agent, params).await
            }
            (Some(id), None) => {
                let agent = self.find(id)?;
                self.bring_back(&agent, params.prompt).await
            }
            (None, Some(name)) => {
                let profile = self.profiles.find(name)?;
                let spawn = new_agent(&profile, &params);
                self.go_on(&profile, spawn, params.conversation, params.fork).await
            }
            _ => Err(Fault::new(Kind::InvalidParams, "either id or profile says what is resumed")
                .hint("id = \"an agent\", or profile = \"claude\", conversation = \"its name\"")),
        }
    }

    /// The same agent again, in its own terminal.
    async fn bring_back(&self, agent: &Agent, prompt: Option<String>) -> Result<Spawned> {
        let info = agent.info();
        let (id, name, terminal) = (info.id, info.name, info.terminal);
        if !agent.terminal.has_ended() {
            let fault = Fault::new(Kind::Conflict, format!("{name} runs"));
            return Err(fault.hint(format!(
                ":Orchflow stop {name}; or a copy of its conversation: fork = true"
            )));
        }
        let memo = agent.state.borrow().memo.clone();
        let profile = self.profiles.find(&memo.profile)?;
        let args = bringing_back(&profile, memo.conversation.as_deref())?;
        let spawn = SpawnParams { prompt, cwd: Some(info.cwd), ..again(&memo) };
        let profile = going_on(profile);
        let (open, typed) = launch::terminal(&profile, &spawn, &args, name.clone(), &self.here)?;
        self.check_installed(&profile, &open)?;
        let memo = memo.beginning_with(spawn.prompt.as_deref(), typed);
        self.terminals.restart(terminal, open, memo.text()).await?;
        let Memo { first, passed, .. } = memo;
        agent.ask(|answer| Command::BeginAgain { first, passed, answer }).await?;
        Ok(Spawned { id, name, terminal })
    }

    /// Another agent with a copy of its conversation.
    async fn fork(&self, agent: &Agent, params: ResumeParams) -> Result<Spawned> {
        let memo = agent.state.borrow().memo.clone();
        let profile = self.profiles.find(&memo.profile)?;
        let ResumeParams { prompt, name, role, purpose, cwd, size, .. } = params;
        let known = again(&memo);
        let (role, purpose) = (role.or(known.role.clone()), purpose.or(known.purpose.clone()));
        let cwd = cwd.or_else(|| Some(agent.info().cwd));
        let spawn = SpawnParams { prompt, name, role, purpose, cwd, size, ..known };
        self.go_on(&profile, spawn, memo.conversation, true).await
    }

    async fn go_on(
        &self,
        profile: &Profile,
        spawn: SpawnParams,
        conversation: Option<String>,
        fork: bool,
    ) -> Result<Spawned> {
        let args = resuming(profile, conversation.as_deref(), fork)?;
        // A copy has a name of its own, which its program will tell.
        let conversation = conversation.filter(|_| !fork);
        let memo = Memo { conversation, ..Memo::new(&spawn) };
        self.start(&going_on(profile.clone()), spawn, &args, memo).await
    }

    /// Whether the program is there, before a terminal is opened that would only say that it is not.
    pub(super) fn check_installed(&self, profile: &Profile, open: &OpenParams) -> Result<()> {
        let Some(program) = self.terminals.missing(open) else {
            return Ok(());
        };
        let message = format!("{} is not installed: there is no {program} in PATH", profile.title);
        let fault = Fault::new(Kind::NotFound, message);
        let file = format!(
            "put it there, or name another one in {}.toml: :help orchflow-profiles",
            profile.name
        );
        Err(fault.hint(if profile.install.is_empty() { file } else { profile.install.clone() }))
    }
}

/// As it was started.
fn again(memo: &Memo) -> SpawnParams {
    let Memo { profile, role, purpose, args, env, clear_env, .. } = memo.clone();
    SpawnParams { profile, role, purpose, args, env, clear_env, ..SpawnParams::default() }
}

/// Some programs drop a prompt that is given beside a conversation.
fn going_on(mut profile: Profile) -> Profile {
    if profile.conversation.typed {
        profile.prompt.first.clear();
    }
    profile
}

fn new_agent(profile: &Profile, params: &ResumeParams) -> SpawnParams {
    let ResumeParams { prompt, cwd, name, role, purpose, env, clear_env, size, .. } =
        params.clone();
    let profile = profile.name.clone();
    let args = Vec::new();
    SpawnParams { profile, prompt, cwd, name, role, purpose, args, env, clear_env, size }
}
