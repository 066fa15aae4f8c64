//! Owns the scenes of the real agent CLIs of the tests: an agent on a daemon of its own, and what a person does with it.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::asks::Asks;
use super::daemon::Daemon;
use super::json::{to_json, to_msgpack};
use super::sandbox::Sandbox;
use super::setting::{Model, find, search_path, serve};
use super::version::skip;
use super::wait::{wait_until, wait_until_shown};

/// Within this time a real CLI does what it is about to do, on a machine that is busy with others of its kind too.
pub const LONG: Duration = Duration::from_secs(120);

/// The name of the first agent on a stage.
pub const NAME: &str = "mine";

/// A daemon for one real agent CLI. Fields are dropped in this order: the sandbox looks last whether anything is left.
pub struct Stage {
    /// A client of the daemon.
    pub client: Daemon,
    model: Model,
    /// The home and the project of the CLI.
    pub sandbox: Sandbox,
    /// Which CLI it is: a profile's name.
    pub program: &'static str,
    /// Which agent is meant: the first one, until somebody else is.
    pub name: &'static str,
    env: Json,
    failing: Json,
}

impl Stage {
    /// Starts the daemon for a test. None, and the test counts as skipped, where the program or a way to keep it from the network is missing.
    #[track_caller]
    pub fn set(program: &'static str, test: &str) -> Option<Self> {
        Self::set_with(program, test, &[])
    }

    /// The same, in a folder of which the program does not know yet whether it is trusted.
    #[track_caller]
    pub fn set_distrusted(program: &'static str, test: &str) -> Option<Self> {
        Self::set_with(program, test, &["--distrusted"])
    }

    #[track_caller]
    fn set_with(program: &'static str, test: &str, args: &[&str]) -> Option<Self> {
        let Some(path) = find(program) else {
            skip(test, &format!("no {program} here; type: scripts/bring-agent {program}"));
            return None;
        };
        let sandbox = Sandbox::new();
        // One of them looks for its settings where XDG_CONFIG_HOME says, and is told them where it is by default.
        symlink("../config", sandbox.path("home/.config")).expect("a link");
        let set = serve(&sandbox, program, args, &path).map_err(|why| skip(test, &why));
        let (model, said) = set.ok()?;
        let client = Daemon::connect(&sandbox);
        let (env, failing) = (said["env"].clone(), said["failing"].clone());
        Some(Self { client, model, sandbox, program, name: NAME, env, failing })
    }

    /// The variables that the program needs here, for whoever starts it with an environment of its own.
    pub fn env(&self) -> Vec<(String, String)> {
        let path = find(self.program).expect("a program that was found before");
        let ours = [("PATH".to_owned(), search_path(&path))];
        let given = self.env.as_object().into_iter().flatten();
        ours.into_iter().chain(given.map(|(name, value)| (name.clone(), text(value)))).collect()
    }

    /// Starts the agent.
    #[track_caller]
    pub fn spawn(&self) {
        self.spawn_with(json!({}));
    }

    /// Starts it so that it soon gives up on an API that fails, where it can be told to.
    #[track_caller]
    pub fn spawn_impatient(&self) {
        self.spawn_with(json!({"env": self.failing}));
    }

    /// Starts it with more parameters.
    #[track_caller]
    pub fn spawn_with(&self, more: Json) {
        let cwd = self.sandbox.path("work");
        let mut params = json!({"profile": self.program, "name": self.name, "cwd": cwd});
        params.as_object_mut().expect("ours").extend(more.as_object().expect("more").clone());
        self.ask("agent.spawn", params);
    }

    /// What is known of the agent.
    #[track_caller]
    pub fn known(&self) -> Json {
        self.client.expect("agent.get", json!({"id": self.name}))
    }

    /// Waits until the model was told all of these words with one request.
    #[track_caller]
    pub fn hears(&self, words: &[&str]) {
        let has = |texts: &[String], word: &&str| texts.iter().any(|text| text.contains(*word));
        wait_until_shown("the model to be told it", LONG, || {
            let heard = self.model.heard();
            let is = heard.iter().any(|texts| words.iter().all(|word| has(texts, word)));
            let cut = |text: &String| text.chars().take(200).collect::<String>();
            let last: Vec<String> = heard.last().into_iter().flatten().map(cut).collect();
            let last = || format!("{last:#?}, wanted {words:?}\n{}", self.describe());
            if is { Ok(()) } else { Err(last()) }
        });
    }

    /// What the model was told with each request.
    pub fn heard(&self) -> Vec<Vec<String>> {
        self.model.heard()
    }

    /// Asks the daemon something of the agent that may take long, and expects success.
    #[track_caller]
    pub fn ask(&self, method: &str, params: Json) -> Json {
        match self.client.rpc().try_request(method, vec![to_msgpack(&params)], LONG) {
            Ok(Ok(answer)) => to_json(&answer),
            Ok(Err(error)) => panic!("{method} {params}: {}\n{}", to_json(&error), self.describe()),
            Err(lost) => panic!("{method} {params}: {lost}\n{}", self.describe()),
        }
    }

    /// Waits until the agent is in one of these statuses.
    #[track_caller]
    pub fn reaches(&self, statuses: &[&str]) -> Json {
        let limit = u64::try_from(LONG.as_millis()).expect("some minutes") - 1_000;
        self.ask("agent.wait", json!({"id": self.name, "status": statuses, "timeout_ms": limit}))
    }

    /// Waits until somebody else has started it.
    #[track_caller]
    pub fn exists(&self) {
        wait_until("the agent", LONG, || {
            self.client.call("agent.get", json!({"id": self.name})).ok()
        });
    }

    /// Gives the agent something to do, and waits until it has taken it.
    #[track_caller]
    pub fn prompt(&self, text: &str) {
        self.ask("agent.prompt", json!({"id": self.name, "text": text}));
    }

    /// Gives it something to do that is refused, and says why.
    #[track_caller]
    pub fn refused(&self, text: &str) -> Json {
        let params = to_msgpack(&json!({"id": self.name, "text": text}));
        match self.client.rpc().try_request("agent.prompt", vec![params], LONG) {
            Ok(Err(fault)) => to_json(&fault),
            other => panic!("{other:?}\n{}", self.describe()),
        }
    }

    /// Interrupts it until it has stopped, as a person would who sees that a busy program has missed it.
    #[track_caller]
    pub fn stops(&self) {
        wait_until_shown("it to stop", LONG, || {
            // It may have stopped meanwhile, and then refuses.
            let _ = self.client.call("agent.interrupt", json!({"id": self.name}));
            let rest = json!({"id": self.name, "status": ["done", "idle"], "timeout_ms": 5_000});
            self.client.call("agent.wait", rest).map(drop).map_err(|_| self.describe())
        });
    }

    /// Types as a person would.
    #[track_caller]
    pub fn types(&self, keys: &str) {
        self.ask("terminal.write", json!({"id": self.name, "data": keys}));
    }

    /// Waits until the inbox has this question of the agent, with all its choices and nothing else, and gives it.
    #[track_caller]
    pub fn asked(&self, asks: &Asks) -> Json {
        let wanted = self.worded(asks);
        self.reaches(&["blocked"]);
        wait_until_shown("the question to stand in the inbox", LONG, || {
            let listed = self.client.expect("inbox.list", json!({}));
            let open = &listed["questions"];
            let seen = json!([open[0]["question"], open[0]["choices"], open[0]["answerable"]]);
            let is_only = open.as_array().is_some_and(|open| open.len() == 1);
            let is = is_only && seen == wanted && open[0]["name"] == self.name;
            if is {
                Ok(open[0].clone())
            } else {
                Err(format!("{listed}, wanted {wanted}\n{}", self.describe()))
            }
        })
    }

    /// The words, the choices, and that they can be answered, as the inbox has them.
    fn worded(&self, asks: &Asks) -> Json {
        let work = self.sandbox.path("work");
        let above = work.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        let question = asks.question.join("\n").replace("{work}", &work.to_string_lossy());
        let choice = |(key, label): &(Option<&str>, &str)| {
            let label = label.replace("{above}", &above);
            key.map_or(json!({"label": label}), |key| json!({"key": key, "label": label}))
        };
        json!([question, asks.choices.iter().map(choice).collect::<Vec<_>>(), true])
    }

    /// Answers it with its first choice, which is yes, from the inbox: by its key, or its words where it has none. It is gone then.
    #[track_caller]
    pub fn answer(&self, question: &Json) {
        let (id, yes) = (&question["id"], &question["choices"][0]);
        let word = yes.get("key").unwrap_or(&yes["label"]);
        let after = self.ask("inbox.answer", json!({"id": id, "choice": word}));
        assert_ne!(after["status"], "blocked", "{after}");
        let closed = self.client.wait_notice("the question to be closed", |method, closed| {
            (method == "inbox.closed" && closed["id"] == *id).then(|| closed.clone())
        });
        let wanted = json!({"id": id, "agent": question["agent"], "name": self.name, "how": "answered", "choice": yes["label"]});
        assert_eq!(closed, wanted);
        assert_eq!(self.client.expect("inbox.list", json!({}))["questions"], json!([]));
    }

    /// Shows it to somebody for a moment.
    #[track_caller]
    pub fn look_at(&self) {
        let view = self.client.expect(
            "view.open",
            json!({"terminal": self.name, "channel": 1, "rows": 24, "cols": 80, "keep_size": true}),
        );
        self.reaches(&["idle"]);
        self.client.expect("view.close", json!({"view": view["view"]}));
    }

    /// Waits until the evidence has these words.
    #[track_caller]
    pub fn explained(&self, words: &str) {
        wait_until_shown(words, LONG, || {
            let explained = self.explain().to_string();
            if explained.contains(words) { Ok(()) } else { Err(self.describe()) }
        });
    }

    /// Why it is thought to do what it does.
    #[track_caller]
    pub fn explain(&self) -> Json {
        self.client.expect("agent.explain", json!({"id": self.name}))
    }

    /// What its screen shows.
    #[track_caller]
    pub fn screen(&self) -> String {
        rows(&self.client.expect("terminal.read", json!({"id": self.name})))
    }

    /// Waits until its screen shows these words: hooks are quicker than screens.
    #[track_caller]
    pub fn shows(&self, words: &str) {
        wait_until_shown(words, LONG, || {
            if self.screen().contains(words) { Ok(()) } else { Err(self.describe()) }
        });
    }

    /// All statuses that were told of it since the last call, in order, each once; and why, for the message of a test that fails.
    pub fn statuses(&mut self) -> (Vec<String>, String) {
        let told = self.client.rpc().take_notifications();
        let agents = told.iter().filter(|(method, _)| method.starts_with("agent."));
        let changes: Vec<_> =
            agents.filter_map(|(_, params)| params.first().map(to_json)).collect();
        let mut statuses: Vec<_> = changes.iter().map(|change| text(&change["status"])).collect();
        statuses.dedup();
        let why =
            changes.iter().map(|change| format!("{} {}\n", change["status"], change["evidence"]));
        (statuses, why.collect())
    }

    /// SIGKILL to the daemon; the next one, which the keeper starts, is our daemon from then on.
    #[track_caller]
    pub fn kill_daemon(&mut self) {
        let old = self.sandbox.kill_daemon();
        self.client = Daemon::after(&self.sandbox, old);
    }

    /// The agent's process.
    #[track_caller]
    pub fn pid(&self) -> u32 {
        let info = self.client.expect("terminal.get", json!({"id": self.name}));
        info["pid"].as_u64().and_then(|pid| pid.try_into().ok()).expect("a process")
    }

    /// For the message of a test that fails.
    pub fn describe(&self) -> String {
        let call = |method: &str| self.client.call(method, json!({"id": self.name}));
        let shown = call("terminal.read").map(|read| rows(&read));
        format!(
            "{:#}\n{}",
            call("agent.explain").unwrap_or_else(|fault| fault),
            shown.unwrap_or_default()
        )
    }
}

/// What a terminal shows.
fn rows(screen: &Json) -> String {
    let rows = screen["lines"].as_array().into_iter().flatten();
    rows.map(|row| text(row) + "\n").collect::<String>().trim_end().to_owned()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Tests that are played with several real CLIs: `fn name(stage: Stage::set, claude codex) { … }` becomes `name::claude` and `name::codex`.
macro_rules! each_agent {
    ($($(#[$meta:meta])* fn $name:ident($stage:ident: $set:path, $($program:ident)+) $body:block)+) => {$(
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;

            $(#[$meta])*
            fn body($stage: &mut $crate::support::Stage) $body

            $(#[test]
            fn $program() {
                let test = concat!(module_path!(), "::", stringify!($program));
                if let Some(mut stage) = $set(stringify!($program), test) {
                    body(&mut stage);
                }
            })+
        }
    )+};
}
pub(crate) use each_agent;
