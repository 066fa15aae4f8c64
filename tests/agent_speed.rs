//! What an agent does is soon told to Neovim: from a hook's process that is started, and from what the program prints.
//! `benches/bars/agents.rs` measures that on a quiet machine; here it must not be lost.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::fake_agent::start_with;
use crate::support::{Daemon, Editor, Sandbox, Version, each_neovim};

/// Five times what is promised: other tests run beside this one, on machines of all kinds.
const BY_HOOK: Duration = Duration::from_millis(5 * 50);
const BY_SCREEN: Duration = Duration::from_millis(5 * 300);

/// How often each is looked at, and how many of those may be worse, as one in twenty may by what is promised.
const SAMPLES: usize = 20;
const WORSE: usize = 1;

/// It prints what it is sent through a pipe with a name. Each of its signs says which one it is.
const PROFILE: &str = r#"
name = "fast"
title = "An agent to measure"
command = ["sh", "-c", "exec cat $PIPE"]
[hooks.events]
Begin = { signal = "working", keep = { note = "number" } }
Ask = { signal = "blocked", keep = { note = "number" } }
[[screen]]
status = "blocked"
match = '(?m)^asks \d+$'
[[screen]]
status = "working"
match = '(?m)^works \d+$'
[[screen]]
status = "idle"
match = '(?m)^waits \d+$'
"#;

/// Tells when it hears of an agent.
const LISTEN: &str = r"
local channel = ...
require('orchflow.notices').on('agent.changed', function(info)
  vim.rpcnotify(channel, 'heard', info.status, info.evidence.text)
end)
";

struct Scene {
    editor: Editor,
    client: Daemon,
    // Last: what it was the place of must have ended before.
    sandbox: Sandbox,
}

impl Scene {
    fn new(version: Version) -> Self {
        let (sandbox, client) =
            start_with(|sandbox| drop(sandbox.write("config/orchflow/agents/fast.toml", PROFILE)));
        let editor = Editor::start(version, &sandbox);
        let channel = editor.call("nvim_get_api_info", &json!([]))[0].clone();
        editor.lua(LISTEN, json!([channel]));
        let connect = "require('orchflow').list(function(_, all) vim.g.connected = all ~= nil end)";
        editor.lua(connect, json!([]));
        editor.wait_lua("a connection", "return vim.g.connected", json!([]));
        Self { editor, client, sandbox }
    }

    /// Starts an agent that prints what comes through this pipe.
    fn spawn(&self, pipe: &str) -> String {
        let params = json!({"profile": "fast", "name": "mine", "env": {"PIPE": pipe}});
        self.client.expect("agent.spawn", params)["terminal"].as_str().unwrap().to_owned()
    }

    /// How long it takes until the editor hears of this status, with this evidence.
    #[track_caller]
    fn heard(&self, begun: Instant, status: &str, words: &str) -> Duration {
        self.editor.wait_notification(&format!("{status}: {words}"), |method, params| {
            let is = |at: usize, text| params.get(at).and_then(rmpv::Value::as_str) == Some(text);
            (method == "heard" && is(0, status) && is(1, words)).then_some(())
        });
        begun.elapsed()
    }
}

#[track_caller]
fn assert_soon(what: &str, mut times: Vec<Duration>, bar: Duration) {
    times.sort();
    assert!(times[times.len() - 1 - WORSE] <= bar, "{what}: more than {bar:?}: {times:?}");
}

each_neovim! {
    fn what_a_hook_tells_is_soon_known_in_neovim(version) {
        let scene = Scene::new(version);
        let terminal = scene.spawn("");
        let take = |number: usize| {
            let (event, status) = [("Begin", "working"), ("Ask", "blocked")][number % 2];
            let begun = Instant::now();
            let mut command = scene.sandbox.orchflow();
            command.args(["hook", "fast", event]).env("ORCHFLOW_TERMINAL", &terminal);
            let mut hook = command.stdin(Stdio::piped()).spawn().unwrap();
            let payload = json!({"number": number}).to_string();
            hook.stdin.take().unwrap().write_all(payload.as_bytes()).unwrap();
            assert!(hook.wait().unwrap().success());
            scene.heard(begun, status, &number.to_string())
        };
        assert_soon("a hook", (0..SAMPLES).map(take).collect(), BY_HOOK);
    }

    fn what_a_program_shows_is_soon_known_in_neovim(version) {
        let scene = Scene::new(version);
        let path = scene.sandbox.path("work/pipe");
        assert!(scene.sandbox.command("mkfifo").arg(&path).status().unwrap().success());
        scene.spawn(&path.display().to_string());
        let mut pipe = File::options().write(true).open(path).unwrap();
        let mut show = |status: &str, words: &str| {
            let begun = Instant::now();
            pipe.write_all(format!("\x1b[2J\x1b[H{words}").as_bytes()).unwrap();
            scene.heard(begun, status, words)
        };
        show("idle", "waits 0");
        // Unasked, what it shows might be how it starts.
        scene.client.expect("terminal.write", json!({"id": "mine", "data": "go\r"}));
        scene.client.wait_match("mine", "go");
        let mut times = Vec::new();
        for number in 1..=SAMPLES {
            for (status, word) in [("working", "works"), ("blocked", "asks"), ("done", "waits")] {
                times.push(show(status, &format!("{word} {number}")));
            }
        }
        assert_soon("a screen", times, BY_SCREEN);
    }
}
