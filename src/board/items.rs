//! Turns what is known of terminals and agents into what a board shows. Pure, but for the places that were looked up.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use super::places::{Place, Places};
use crate::ids::TerminalId;
use crate::protocol::agent::{self, Source, Status};
use crate::protocol::inbox::Question;
use crate::protocol::terminal::{self, Purpose};
use crate::ui::{Item, State, Swarm};

/// Everything at one moment.
pub struct Everything {
    pub terminals: Vec<terminal::Info>,
    pub agents: Vec<agent::Info>,
    pub questions: Vec<Question>,
}

impl Everything {
    /// The directories in it.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        self.terminals.iter().map(|terminal| terminal.cwd.as_path())
    }

    /// As a board shows it; `now` is since 1970.
    pub fn swarm(&self, places: &Places, home: Option<&Path>, now: Duration) -> Swarm {
        let agents: HashMap<TerminalId, &agent::Info> =
            self.agents.iter().map(|agent| (agent.terminal, agent)).collect();
        let questions: HashMap<TerminalId, &Question> =
            self.questions.iter().map(|question| (question.terminal, question)).collect();
        let item = |terminal: &terminal::Info| {
            let agent = agents.get(&terminal.id);
            let place = places.of(&terminal.cwd);
            let item = blank(terminal, &place, home);
            match agent {
                Some(agent) => {
                    of_agent(item, agent, terminal, questions.get(&terminal.id).copied())
                }
                None => of_terminal(item, terminal, now),
            }
        };
        Swarm::of(self.terminals.iter().map(item).collect())
    }
}

fn blank(terminal: &terminal::Info, place: &Place, home: Option<&Path>) -> Item {
    let directory = &terminal.facts.directory;
    let within = match directory.strip_prefix(&place.root) {
        Ok(within) => within.display().to_string(),
        Err(_) => written(directory, home),
    };
    Item {
        terminal: terminal.id,
        agent: None,
        name: terminal.name.clone(),
        kind: String::new(),
        state: State::Running,
        doing: String::new(),
        since_ms: 0,
        session: written(&place.root, home),
        branch: place.branch.clone(),
        within,
        cost: None,
        tokens: None,
    }
}

/// A directory as a person writes it.
fn written(directory: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| directory.strip_prefix(home).ok()) {
        Some(below) if below.as_os_str().is_empty() => "~".to_owned(),
        Some(below) => format!("~/{}", below.display()),
        None => directory.display().to_string(),
    }
}

fn of_agent(
    item: Item,
    agent: &agent::Info,
    terminal: &terminal::Info,
    question: Option<&Question>,
) -> Item {
    let usage = &agent.usage;
    let tokens = match (usage.tokens_in, usage.tokens_out) {
        (None, None) => None,
        (read, written) => Some(read.unwrap_or(0) + written.unwrap_or(0)),
    };
    Item {
        agent: Some(agent.id),
        kind: agent.profile.clone(),
        state: State::of(agent.status, agent.exit.as_ref().map(|exit| exit.code)),
        doing: doing(agent, terminal, question),
        since_ms: agent.for_ms,
        cost: usage.cost,
        tokens,
        ..item
    }
}

/// What an agent asks, what to do about it, its last action, its title, or what it is there for.
fn doing(agent: &agent::Info, terminal: &terminal::Info, question: Option<&Question>) -> String {
    if let Some(advice) = &agent.advice {
        return format!("{} ({})", advice.text, advice.hint);
    }
    if agent.status == Status::Blocked {
        let asked = question.map(|question| question.question.trim());
        let asked = asked.filter(|asked| !asked.is_empty());
        return asked.unwrap_or(&agent.evidence.text).to_owned();
    }
    let evidence = &agent.evidence;
    // An event without words is told by its name, which says nothing to a person.
    let is_name = evidence.rule.ends_with(&evidence.text);
    let by_hook = evidence.source == Some(Source::Hook) && !is_name;
    let action = (agent.status == Status::Working && by_hook).then_some(&evidence.text);
    let words = [action, Some(&terminal.title), agent.purpose.as_ref(), agent.role.as_ref()];
    let mut words = words.into_iter().flatten().filter(|words| !words.trim().is_empty());
    words.next().cloned().unwrap_or_default()
}

fn of_terminal(item: Item, terminal: &terminal::Info, now: Duration) -> Item {
    let facts = &terminal.facts;
    let command = match &terminal.command[..] {
        [_, flag, line] if flag == "-c" => line.clone(),
        command => command.join(" "),
    };
    let running = facts.running.as_ref();
    let since = running.map_or(terminal.opened, |running| running.since);
    let since = terminal.ended.unwrap_or(since);
    let line = running.map(|running| &running.command).filter(|line| !line.trim().is_empty());
    let percent = facts.progress.and_then(|progress| progress.percent);
    let doing = line.cloned().unwrap_or(command);
    Item {
        kind: purpose(facts.purpose),
        state: terminal.exit.as_ref().map_or(State::Running, |exit| State::Exited(exit.code)),
        doing: percent.map_or(doing.clone(), |percent| format!("{percent}% {doing}")),
        since_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX).saturating_sub(since * 1000),
        ..item
    }
}

fn purpose(purpose: Purpose) -> String {
    match purpose {
        Purpose::Other => String::new(),
        known => format!("{known:?}").to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_has_ended_is_told_since_its_end_and_others_since_they_were_opened() {
        let since = |more: serde_json::Value| {
            let mut info = json!({"id": "t1", "name": "one", "command": ["x"], "cwd": "/", "pid": 1, "title": "",
                "rows": 24, "cols": 80, "opened": 100, "directory": "/", "purpose": "other", "tags": []});
            info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let terminals = vec![serde_json::from_value(info).unwrap()];
            let all = Everything { terminals, agents: Vec::new(), questions: Vec::new() };
            let places = Places::new(tokio::sync::watch::Sender::default());
            let swarm = all.swarm(&places, None, Duration::from_secs(130));
            swarm.items().next().unwrap().since_ms
        };
        assert_eq!(since(json!({})), 30_000);
        assert_eq!(since(json!({"ended": 127, "exit": {"code": 3}})), 3_000);
    }
}
