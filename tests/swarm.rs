//! Many agents at once: the right status for each, nothing for the editor to do meanwhile, and every prompt once, whole, in order.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::support::json::{to_json, to_msgpack};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, fake_agent, wait_until};

/// Agents at once, an even share of each kind.
const AGENTS: usize = 50;

/// Agents that are prompted, and how often each; as many prompts as may wait for one.
const PROMPTED: usize = 10;
const PROMPTS: usize = 100;

/// How long all the prompts may take together. Each is typed, seen, submitted and taken; on a machine of its own that is 0.2 s.
const LONG: Duration = Duration::from_secs(300);

/// So long nothing is to happen.
const QUIET: Duration = Duration::from_secs(2);

/// What one of the fifty does, by its first argument.
const PROGRAM: &str = r#"#!/bin/sh
title() { printf '\033]0;%s\007' "$1"; }
case $1 in
  flood) title 'at work'; exec awk 'BEGIN { for (i = 1; ; i++) print "line", i, "of a flood" }' ;;
  block) title 'at work'; printf 'May I go on? (y/n) '; read -r answer; title 'ready'; echo "answered $answer"; read -r more ;;
  exit) title 'at work'; exit "$2" ;;
  turn) title 'ready'; read -r task; title 'at work'; until [ -e go ]; do sleep 0.05; done; title 'ready'; read -r more ;;
  idle) title 'ready'; read -r more ;;
esac
"#;

/// Takes prompts as agent programs do: whatever comes before an Enter that was typed apart. It tells by two sequences of its
/// own when it begins and ends. What it reads goes through a pipe: bash makes a tty turn an Enter into a line's end.
const TAKER: &str = r#"
stty raw echo
[ "$1" = plain ] || printf '\033[?2004h'
printf '\033]7003;ready\007'
cat | while IFS= read -r -d $'\r' text; do
  [ -n "$text" ] || continue # an Enter that was pressed again
  number=$((number + 1))
  printf '\033]7001;begin %d\007' $number
  printf '%s\036' "$text" >>"$2"
  printf '\033[2J\033[H\033]7002;end %d\007' $number
done
"#;

const PROFILE: &str = r#"
name = "swarm"
title = "One of many"
command = ["bash", "PROGRAM"]
[prompt]
interrupt = "\u0003"
[[osc]]
code = 0
status = "working"
match = '^at work'
[[osc]]
code = 0
status = "done"
match = '^ready'
[[osc]]
code = 7001
status = "working"
match = '^begin'
[[osc]]
code = 7002
status = "done"
match = '^end'
[[osc]]
code = 7003
status = "done"
match = '^ready'
[[screen]]
status = "blocked"
match = '(?m)^May I go on\? \(y/n\)\s*\z'
"#;

fn start(program: &str) -> (Sandbox, Daemon) {
    fake_agent::start_with(|sandbox| fake_agent::write(sandbox, "swarm", program, PROFILE))
}

fn spawn(sandbox: &Sandbox, client: &Daemon, name: &str, args: &[&str]) {
    let params = json!({"profile": "swarm", "name": name, "role": args[0], "args": args});
    fake_agent::spawn(sandbox, client, params);
}

#[track_caller]
fn wait(client: &Daemon, name: &str, status: impl Serialize) -> Json {
    let params = json!({"id": name, "status": status, "timeout_ms": 60_000});
    client.expect("agent.wait", params)
}

/// Nobody is told anything of an agent for a while.
#[track_caller]
fn nothing_happens(client: &Daemon) {
    client.rpc().take_notifications();
    let told = client.try_wait_notice(QUIET, |method, info| {
        method.starts_with("agent.").then(|| format!("{method} {info}"))
    });
    assert!(told.is_err(), "{told:?}");
}

/// How often a process was woken so far, where the kernel counts.
fn wakings(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// The kind of each, by its number, with what it is given.
fn kind(number: usize) -> (&'static str, &'static str) {
    [
        ("flood", "working"),
        ("block", "blocked"),
        ("exit", "exited"),
        ("turn", "idle"),
        ("idle", "idle"),
    ][number % 5]
}

fn name(number: usize) -> String {
    format!("m{number}")
}

each_neovim! {
    fn fifty_agents_that_flood_ask_end_and_wait_have_the_right_status_and_leave_the_editor_alone(version) {
        let (sandbox, client) = start(PROGRAM);
        let editor = Editor::start(version, &sandbox);
        editor.lua(CONNECT, Json::Null);
        editor.wait_lua("a connection", "return vim.g.connected", Json::Null);
        for number in 0..AGENTS {
            spawn(&sandbox, &client, &name(number), &[kind(number).0, &number.to_string()]);
        }
        for number in 0..AGENTS {
            let info = wait(&client, &name(number), [kind(number).1]);
            if kind(number).0 == "exit" {
                assert_eq!(info["exit"]["code"], number, "{info}");
            }
        }
        for number in (0..AGENTS).filter(|number| kind(*number).0 == "turn") {
            client.expect("agent.prompt", json!({"id": name(number), "text": "go"}));
            wait(&client, &name(number), ["working"]);
        }
        // Ten flood, ten ask, ten work, ten wait: nothing changes, and so nobody is told anything.
        editor.wait_lua("what has happened", HEARD, json!(AGENTS));
        let before = wakings(editor.pid());
        nothing_happens(&client);
        let woken = wakings(editor.pid()) - before;
        assert!(woken <= 5, "the editor was woken {woken} times by agents that flood");
        turn_over(&sandbox, &client);
        editor.wait_lua("that", "return vim.g.done == ...", json!(AGENTS / 5));
        rest(&sandbox, &client);
    }
}

/// Connects, and counts agents that were spawned and that are done.
const CONNECT: &str = r"
vim.g.spawned, vim.g.done = 0, 0
local done = {}
local notices = require('orchflow.notices')
notices.on('agent.spawned', function() vim.g.spawned = vim.g.spawned + 1 end)
notices.on('agent.changed', function(info)
  if info.status == 'done' and info.role == 'turn' and not done[info.name] then
    done[info.name], vim.g.done = true, vim.g.done + 1
  end
end)
require('orchflow').list(function(_, terminals) vim.g.connected = terminals ~= nil end)
";

const HEARD: &str = "return vim.g.spawned == ...";

/// Each that works is done, each question is answered.
fn turn_over(sandbox: &Sandbox, client: &Daemon) {
    sandbox.write("work/go", "");
    for number in 0..AGENTS {
        match kind(number).0 {
            "turn" => drop(wait(client, &name(number), ["done"])),
            "block" => {
                client.expect("terminal.write", json!({"id": name(number), "data": "y\r"}));
                client.wait_match(&name(number), "^answered y$");
                wait(client, &name(number), ["idle", "done"]);
            }
            _ => {}
        }
    }
}

/// Once those that flood have ended, the daemon has nothing to do either.
fn rest(sandbox: &Sandbox, client: &Daemon) {
    for number in (0..AGENTS).filter(|number| kind(*number).0 == "flood") {
        client.expect("agent.stop", json!({"id": name(number)}));
        wait(client, &name(number), ["exited"]);
    }
    let daemon = sandbox.daemon_pid().unwrap();
    // What terminals have begun, such as packing their scrollback, is finished first.
    let woken = wait_until("the daemon to rest", DEADLINE, || {
        let before = wakings(daemon);
        nothing_happens(client);
        Some(wakings(daemon) - before).filter(|woken| *woken <= 3)
    });
    assert!(woken <= 3);
}

#[test]
fn a_thousand_prompts_to_ten_agents_arrive_once_each_whole_and_in_order() {
    let (sandbox, client) = start(TAKER);
    for agent in 0..PROMPTED {
        let file = sandbox.path(format!("work/taken{agent}"));
        let how = ["plain", "bracketed"][agent % 2];
        spawn(&sandbox, &client, &name(agent), &[how, file.to_str().unwrap()]);
        wait(&client, &name(agent), ["idle"]);
    }
    let begun = Instant::now();
    let requests = (0..PROMPTS * PROMPTED).map(|number| {
        let (agent, text) = (number % PROMPTED, text(number / PROMPTED, number % PROMPTED));
        ("agent.prompt", vec![to_msgpack(&json!({"id": name(agent), "text": text}))])
    });
    let tickets = client.rpc().send_all(requests);
    for (number, ticket) in tickets.into_iter().enumerate() {
        let left = LONG.saturating_sub(begun.elapsed());
        let answer = client.rpc().collect(ticket, left).expect("an answer");
        assert!(answer.is_ok(), "prompt {number}: {:?}", answer.map_err(|fault| to_json(&fault)));
    }
    println!("{} prompts to {PROMPTED} agents: {:.1?}", PROMPTS * PROMPTED, begun.elapsed());
    (0..PROMPTED).for_each(|agent| has_taken(&sandbox.path(format!("work/taken{agent}")), agent));
}

/// Lines, other alphabets, and now and then 64 KB.
fn text(number: usize, agent: usize) -> String {
    let words = format!("prompt {number} for {agent}: äöü 漢字 🦀");
    match number % 10 {
        3 => format!("{words}\nand a line\n\n\tand another"),
        7 if number == 17 => words.repeat((64 << 10) / words.len()),
        _ => words,
    }
}

#[track_caller]
fn has_taken(file: &Path, agent: usize) {
    let taken = std::fs::read_to_string(file).unwrap();
    let taken: Vec<&str> = taken.split_terminator('\u{1e}').collect();
    assert_eq!(taken.len(), PROMPTS, "agent {agent}");
    for (number, taken) in taken.into_iter().enumerate() {
        let text = text(number, agent);
        let wanted = match agent % 2 {
            0 => text,
            _ => format!("\u{1b}[200~{text}\u{1b}[201~"),
        };
        assert!(
            taken == wanted,
            "prompt {number} of agent {agent}: {} bytes, not {}",
            taken.len(),
            wanted.len()
        );
    }
}
