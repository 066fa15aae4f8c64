//! Many terminals, and programs that print too much: everybody is served, and memory is bounded. `make bench ARGS=compare`
//! measures the same at full size.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::json::to_msgpack;
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until};

/// Terminals that are opened at once. As many as are kept once they have ended.
const AT_ONCE: usize = 50;

/// Terminals that flood.
const FLOODING: usize = 20;

/// An answer that comes within this was not kept waiting by those who flood; without turns it would be seconds.
const SOON: Duration = Duration::from_secs(3);

/// What one program that prints too much may add to the daemon's memory. Far less than what it prints.
const LITTLE: u64 = 24 << 20;

/// Prints numbered lines without end.
const FLOOD: &str = r#"awk 'BEGIN { for (i = 1; ; i++) printf "\033[3%dmline %d of a flood that goes on and on and on\033[0m\n", i % 8, i }'"#;

/// The daemon's memory: the most that it ever was where the kernel tells, else what it is.
pub(crate) fn memory(sandbox: &Sandbox, client: &Daemon) -> u64 {
    let pid = sandbox.daemon_pid().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes
        .map(|kilobytes| kilobytes << 10)
        .or_else(|| client.expect("daemon.info", json!({}))["rss"].as_u64())
        .expect("a size")
}

/// Another terminal, that counts: nothing of it may be lost.
struct Bystander {
    sandbox: Sandbox,
    client: Daemon,
    memory: u64,
}

impl Bystander {
    fn new() -> Self {
        let (sandbox, client) = Daemon::start();
        let count = "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.01; done";
        client.open("count", count);
        client.wait_match("count", "^count 1$");
        let memory = memory(&sandbox, &client);
        Self { sandbox, client, memory }
    }

    /// Every number there, in order, and still counting.
    fn numbers(&self) -> Vec<u64> {
        let params = json!({"id": "count", "history": 10_000});
        let screen = self.client.expect("terminal.read", params);
        let lines = |name: &str| screen[name].as_array().cloned().unwrap_or_default();
        let all = lines("history_lines").into_iter().chain(lines("lines"));
        let number = |line: Json| line.as_str()?.strip_prefix("count ")?.parse().ok();
        all.filter_map(number).collect()
    }

    #[track_caller]
    fn has_lost_nothing(&self) {
        let last = self.numbers().last().copied();
        let numbers = wait_until("the other terminal to count on", DEADLINE, || {
            let numbers = self.numbers();
            (numbers.last().copied() > last).then_some(numbers)
        });
        let wanted: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(numbers, wanted);
    }

    #[track_caller]
    fn memory_is_bounded(&self) {
        let grown = memory(&self.sandbox, &self.client).saturating_sub(self.memory);
        assert!(grown < LITTLE, "memory has grown by {grown} bytes");
    }

    /// A program prints something and goes on to `done`; the other terminal does not suffer.
    #[track_caller]
    fn bears(&self, name: &str, command: &str) {
        self.client.open(name, command);
        self.client.wait_match(name, "^done$");
        self.has_lost_nothing();
        self.memory_is_bounded();
    }
}

#[test]
fn fifty_terminals_opened_at_once_that_end_at_once_all_tell_their_last_words_and_exit() {
    let (_sandbox, client) = Daemon::start();
    let request = |n: usize| {
        let command = format!("echo last words of {n}; exit {n}");
        let params = json!({"command": command, "name": format!("quick{n}")});
        ("terminal.open", vec![to_msgpack(&params)])
    };
    let answers = client.rpc().pipelined((0..AT_ONCE).map(request));
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    for n in 0..AT_ONCE {
        let id = format!("quick{n}");
        let end =
            client.expect("terminal.wait", json!({"id": id, "exit": true, "timeout_ms": 50_000}));
        assert_eq!(end["exit"]["code"], n);
        let screen = client.expect("terminal.read", json!({"id": id}));
        assert_eq!(screen["lines"][0], format!("last words of {n}"));
    }
}

#[test]
fn while_twenty_flood_one_that_is_typed_at_answers_soon_and_memory_is_bounded() {
    let (sandbox, client) = Daemon::start();
    client.open("shell", "stty -echo; echo ready; while read x; do echo answer $x; done");
    client.wait_match("shell", "^ready$");
    let before = memory(&sandbox, &client);
    for n in 0..FLOODING {
        client.open(&format!("flood{n}"), FLOOD);
    }
    for n in 0..FLOODING {
        // Its scrollback is full by then. It may be far beyond once its turn of being waited for comes.
        client.wait_match(&format!("flood{n}"), "^line (1[2-9][0-9]{3}|[2-9][0-9]{4}|[0-9]{6,}) ");
    }
    let answers = (0..10).map(|n| {
        let typed = Instant::now();
        client.notify("terminal.write", json!({"id": "shell", "data": format!("{n}\r")}));
        client.wait_match("shell", &format!("^answer {n}$"));
        typed.elapsed()
    });
    let mut answers: Vec<Duration> = answers.collect();
    answers.sort_unstable();
    // The machine may be busy with something else now and then.
    assert!(answers[5] < SOON, "{answers:?}");
    // 10,000 such lines and the blocks that they are in; as cells of a grid they would be 20 MB each.
    let each = memory(&sandbox, &client).saturating_sub(before) / FLOODING as u64;
    assert!(each < 4 << 20, "each has taken {each} bytes");
}

#[test]
fn a_line_of_a_hundred_megabytes_takes_little_memory_and_nobody_elses_output() {
    let bystander = Bystander::new();
    bystander.bears("line", "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo done; exec cat");
}

#[test]
fn commands_of_fifty_megabytes_take_little_memory_and_nobody_elses_output() {
    let bystander = Bystander::new();
    for (name, begin, end) in [
        ("osc", "\\033]0;", "\\007"),
        ("dcs", "\\033P", "\\033\\\\"),
        ("apc", "\\033_", "\\033\\\\"),
        ("csi", "\\033[", "\\030"),
    ] {
        let fill = if name == "csi" { "1" } else { "x" };
        let command = format!(
            "printf '{begin}'; head -c 50000000 /dev/zero | tr '\\0' {fill}; printf '{end}\\r\\n'; echo done; exec cat"
        );
        bystander.bears(name, &command);
    }
}

#[test]
fn programs_that_do_not_end_leave_their_terminal_or_end_at_once_take_nobody_elses_output() {
    let bystander = Bystander::new();
    for (name, command) in [
        ("stubborn", "trap '' TERM HUP INT; echo done; while :; do sleep 0.1; done"),
        ("gone", "trap '' HUP; echo done; exec <&- >&- 2>&-; sleep 1000"),
        (
            "many",
            "i=0; while [ $i -lt 300 ]; do i=$((i+1)); true & done; wait; echo done; exec cat",
        ),
        ("titled", r"printf '\033]2;%%{execute(1)}\001\177\007'; echo done; exec cat"),
    ] {
        bystander.bears(name, command);
        bystander.client.expect("terminal.close", json!({"id": name}));
        bystander.has_lost_nothing();
    }
    for number in 0..60 {
        bystander.client.open(&format!("quick{number}"), "exit");
    }
    bystander.has_lost_nothing();
}

#[test]
fn bytes_that_are_no_text_take_nobody_elses_output() {
    let bystander = Bystander::new();
    let mut random = fastrand::Rng::with_seed(7);
    let high: Vec<u8> = (0..1_000_000).map(|_| random.u8(0x80..)).collect();
    let any: Vec<u8> = (0..1_000_000).map(|_| random.u8(..)).collect();
    // Each kind of character without its end, before everything that may follow.
    let begun: Vec<u8> = [&b"\xc3"[..], b"\xe2", b"\xe2\x82", b"\xf0\x9f", b"\xf0\x9f\x91"]
        .iter()
        .flat_map(|begin| (0..=255).flat_map(|next| [begin, &[next, b'x'][..]].concat()))
        .collect();
    for (name, bytes) in [("high", high), ("any", any), ("begun", begun)] {
        let file = bystander.sandbox.write(format!("work/{name}"), bytes);
        // What was begun is cancelled, and the terminal reset.
        let after = "printf '\\030\\033\\\\\\033c'; echo done; exec cat";
        bystander.bears(name, &format!("stty -echo; cat {}; {after}", file.display()));
    }
}

#[test]
fn sizes_that_cannot_be_are_refused_and_extreme_ones_are_borne() {
    let bystander = Bystander::new();
    let client = &bystander.client;
    for (rows, cols) in [(0, 80), (24, 0), (0, 0), (1001, 80), (24, 65_535), (65_535, 65_535)] {
        let size = json!({"rows": rows, "cols": cols});
        let fault = client.call("terminal.open", size).expect_err("it cannot be");
        assert_eq!(fault["kind"], "invalid_params", "{rows} {cols}");
        let size = json!({"id": "count", "rows": rows, "cols": cols});
        let fault = client.call("terminal.resize", size).expect_err("it cannot be");
        assert_eq!(fault["kind"], "invalid_params", "{rows} {cols}");
    }
    let print = "awk 'BEGIN { for (i = 0; i < 3000; i++) print i, \"漢字 and more of it\" }'; read x; printf '\\033[2J\\033[H'; echo done; exec cat";
    client.open("extreme", print);
    for (rows, cols) in [(1, 1), (1000, 1000), (1, 1000), (1000, 1), (2, 2), (24, 80)] {
        client.expect("terminal.resize", json!({"id": "extreme", "rows": rows, "cols": cols}));
        let screen = client.expect("terminal.read", json!({"id": "extreme"}));
        assert_eq!(screen["lines"].as_array().map(Vec::len), Some(rows));
    }
    client.notify("terminal.write", json!({"id": "extreme", "data": "\r"}));
    client.wait_match("extreme", "^done$");
    bystander.has_lost_nothing();
}
