//! Owns how soon an editor knows what an agent does: from a hook's process that is started, and from what the program
//! prints, to the notice in Neovim; and how soon a new agent is there, and a hook has said what it has to say.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::Instant;

use serde_json::json;

use crate::figures::{ms, percentile};
use crate::scene;
use crate::support::{Daemon, Editor, Sandbox, Version};
use crate::table::{Bar, Figure, Table};

/// Of each kind in one scene.
const SAMPLES: usize = 120;
const SPAWNS: usize = 60;

/// Terminals that flood beside.
const FLOODING: usize = 10;

const FLOOD: &str = r#"exec awk 'BEGIN { for (i = 1; ; i++) printf "\033[3%dmline %d of a flood\033[0m\n", i % 8, i }'"#;

/// What was promised, in milliseconds; of a hundred samples five may be worse.
const BY_HOOK: Bar = Bar::AtMost(50.0);
const BY_SCREEN: Bar = Bar::AtMost(300.0);
const SPAWN: Bar = Bar::AtMost(20.0);
/// Beside floods a process waits for a core like any other: then it is only told.
const HOOK: Bar = Bar::AtMost(20.0);

/// It prints what it is sent through a pipe with a name, if it is given one.
const PROFILE: &str = r#"
name = "bench"
title = "An agent to measure"
command = ["sh", "-c", "exec cat $PIPE"]
[hooks]
env = { FILE = "{file}" }
name = "bench.json"
file = '{"hooks": "{orchflow} hook bench Begin"}'
[hooks.events]
Begin = { signal = "working" }
Ask = { signal = "blocked", keep = { question = "question" } }
[[screen]]
status = "blocked"
match = '(?m)^May I go on\?'
[[screen]]
status = "working"
match = '(?m)^at work'
[[screen]]
status = "idle"
match = '(?m)^>'
"#;

/// What it prints for each status, and what that is measured as.
const SCREENS: [(&str, &str); 3] =
    [("working", "at work"), ("blocked", "May I go on?"), ("done", "> ")];

/// Tells when it hears of a status, by the clock that we have too.
const LISTEN: &str = r"
local channel = ...
require('orchflow.notices').on('agent.changed', function(info)
  vim.rpcnotify(channel, 'heard', info.name, info.status, vim.uv.hrtime())
end)
";

pub fn measure(table: &mut Table) {
    spawns(table);
    for version in Version::ALL {
        if version.path().is_none() {
            table.skip(&format!("agents in Neovim {version}"), "it is not here");
            continue;
        }
        for flooding in [0, FLOODING] {
            let scene = Scene::new(version, flooding);
            scene.by_hook(table);
            scene.by_screen(table);
        }
    }
}

/// One agent, an editor that is told of it, and what floods beside.
struct Scene {
    editor: Editor,
    daemon: Daemon,
    // Last: what it was the place of must have ended before.
    sandbox: Sandbox,
    beside: String,
    flooding: bool,
    /// A moment, and the editor's clock then.
    zero: Instant,
    at_zero: u64,
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/agents/bench.toml", PROFILE);
    sandbox.start_daemon();
    sandbox
}

/// How long a call of `agent.spawn` takes.
fn spawns(table: &mut Table) {
    let sandbox = sandbox();
    let daemon = Daemon::connect(&sandbox);
    let spawn = |_| {
        let begun = Instant::now();
        let spawned = daemon.expect("agent.spawn", json!({"profile": "bench"}));
        let took = ms(begun.elapsed());
        daemon.expect("terminal.close", json!({"id": spawned["terminal"]}));
        took
    };
    let times: Vec<f64> = (0..SPAWNS).map(spawn).collect();
    add(table, "agent.spawn", &times, SPAWN);
}

impl Scene {
    fn new(version: Version, flooding: usize) -> Self {
        let sandbox = sandbox();
        let daemon = Daemon::connect(&sandbox);
        for number in 0..flooding {
            daemon.open(&format!("flood{number}"), FLOOD);
        }
        let editor = scene::editor(version, &sandbox);
        let channel = editor.call("nvim_get_api_info", &json!([]))[0].clone();
        editor.lua(LISTEN, json!([channel]));
        let beside = match flooding {
            0 => format!("Neovim {version}"),
            _ => format!("Neovim {version}, {flooding} floods beside"),
        };
        let (zero, at_zero) = clock(&editor);
        let flooding = flooding > 0;
        Self { editor, daemon, sandbox, beside, flooding, zero, at_zero }
    }

    /// Starts an agent that prints what comes through this pipe, and gives its terminal.
    fn spawn(&self, name: &str, pipe: &str) -> String {
        let params = json!({"profile": "bench", "name": name, "env": {"PIPE": pipe}});
        let spawned = self.daemon.expect("agent.spawn", params);
        spawned["terminal"].as_str().expect("an id").to_owned()
    }

    /// How long after that moment the editor heard of this status, in milliseconds.
    fn heard(&self, name: &str, status: &str, begun: Instant) -> f64 {
        let begun = begun.duration_since(self.zero).as_nanos() as u64 + self.at_zero;
        let heard = self.editor.wait_notification(status, |method, params| {
            let is = |at: usize, text| params.get(at).and_then(rmpv::Value::as_str) == Some(text);
            let told = method == "heard" && is(0, name) && is(1, status);
            let at = told.then(|| params[2].as_u64().expect("a time"));
            // A status whose evidence changes is told again.
            at.filter(|at| *at >= begun)
        });
        (heard - begun) as f64 / 1e6
    }

    fn by_hook(&self, table: &mut Table) {
        let terminal = self.spawn("hooked", "");
        let (mut heard, mut ended) = (Vec::new(), Vec::new());
        for number in 0..SAMPLES {
            let (event, status) = [("Begin", "working"), ("Ask", "blocked")][number % 2];
            let begun = Instant::now();
            let mut command = self.sandbox.orchflow();
            command.args(["hook", "bench", event]).env("ORCHFLOW_TERMINAL", &terminal);
            let mut hook = command.stdin(Stdio::piped()).spawn().expect("orchflow");
            let payload = json!({"question": "May I go on?"}).to_string();
            hook.stdin.take().expect("a pipe").write_all(payload.as_bytes()).expect("a reader");
            hook.wait().expect("our child");
            ended.push(ms(begun.elapsed()));
            heard.push(self.heard("hooked", status, begun));
        }
        add(table, &format!("hook started → notice, {}", self.beside), &heard, BY_HOOK);
        add(
            table,
            &format!("hook started → ended, {}", self.beside),
            &ended,
            if self.flooding { Bar::None } else { HOOK },
        );
    }

    fn by_screen(&self, table: &mut Table) {
        let path = self.sandbox.path("work/pipe");
        let made = self.sandbox.command("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let terminal = self.spawn("seen", &path.display().to_string());
        let mut pipe = File::options().write(true).open(path).expect("a pipe that is read");
        let mut print = |text: &str| {
            let begun = Instant::now();
            pipe.write_all(format!("\x1b[2J\x1b[H{text}").as_bytes()).expect("a reader");
            begun
        };
        self.heard("seen", "idle", print("> "));
        // Nobody has given it anything before: what it showed then might be how it starts.
        let begun = Instant::now();
        self.daemon.expect("terminal.write", json!({"id": terminal, "data": "go\r"}));
        self.heard("seen", "working", begun);
        let mut times = [const { Vec::new() }; SCREENS.len()];
        for (number, (status, text)) in SCREENS.into_iter().cycle().take(SAMPLES * 3).enumerate() {
            let took = self.heard("seen", status, print(text));
            times[number % SCREENS.len()].push(took);
        }
        for ((status, _), times) in SCREENS.iter().zip(&times) {
            add(
                table,
                &format!("screen shows {status} → notice, {}", self.beside),
                times,
                BY_SCREEN,
            );
        }
    }
}

/// A moment, and what Neovim's clock, which is the same, said then in nanoseconds: as well as a round trip can tell.
fn clock(editor: &Editor) -> (Instant, u64) {
    let ask = |_| {
        let before = Instant::now();
        let said = editor.lua("return vim.uv.hrtime()", json!([])).as_u64().expect("a time");
        let trip = before.elapsed();
        (trip, before + trip / 2, said)
    };
    let (_, zero, at_zero) = (0..50).map(ask).min_by_key(|(trip, ..)| *trip).expect("some");
    (zero, at_zero)
}

/// What one sample in twenty is worse than is what was promised.
fn add(table: &mut Table, what: &str, times: &[f64], bar: Bar) {
    table.add(format!("{what}, median"), Figure::of(percentile(times, 50.0), "ms"), Bar::None);
    table.add(format!("{what}, p95"), Figure::of(percentile(times, 95.0), "ms"), bar);
}
