//! Owns how many small requests a second the daemon answers on one core, asked by a client that does not wait between.

use std::io::{BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rmpv::Value;
use serde_json::{Value as Json, json};

use crate::cores::{self, Core};
use crate::figures::median;
use crate::spent;
use crate::support::json::to_msgpack;
use crate::support::wire::{self, Message};
use crate::support::{Daemon, Sandbox};
use crate::table::{Bar, Figure, Table};

const REQUESTS: u32 = 60_000;

const ROUNDS: usize = 5;

const BAR: Bar = Bar::AtLeast(50_000.0);

/// The requests of one kind, as bytes, so that making them costs nothing while it counts.
struct Load {
    name: &'static str,
    bytes: Vec<u8>,
    rates: Vec<f64>,
    cpu: Duration,
}

pub fn measure(table: &mut Table) {
    if !cores::PINNED {
        return table.skip("pipelining", "only Linux keeps a process to one core");
    }
    let sandbox = Sandbox::new();
    let pid = sandbox.start_daemon();
    cores::pin(pid, Core::First);
    let daemon = Daemon::connect(&sandbox);
    let mut loads = [
        Load::new("terminal.list", &json!({})),
        Load::new("terminal.get", &json!({"id": "small"})),
    ];
    for _ in 0..ROUNDS {
        // Nothing is open, so that the list is a small answer too.
        loads[0].run(&sandbox, pid);
        daemon.expect("terminal.open", json!({"command": ["cat"], "name": "small"}));
        loads[1].run(&sandbox, pid);
        daemon.expect("terminal.close", json!({"id": "small"}));
    }
    for load in &loads {
        let what = format!("pipelined {} on one core", load.name);
        table.add(&what, Figure::of(median(&load.rates), "/s"), BAR);
        let each = load.cpu.as_secs_f64() * 1e6 / (ROUNDS * REQUESTS as usize) as f64;
        table.add(format!("{what}, CPU each"), Figure::of(each, "µs"), Bar::None);
    }
    let after = "resident memory after the pipelining";
    table.add(after, Figure::of(spent::resident(pid).0, "MB"), Bar::None);
}

impl Load {
    fn new(name: &'static str, params: &Json) -> Self {
        let mut bytes = Vec::new();
        for id in 0..REQUESTS {
            wire::request(&mut bytes, id, name, vec![to_msgpack(params)]);
        }
        Self { name, bytes, rates: Vec::new(), cpu: Duration::ZERO }
    }

    /// Sends them all from another core than the daemon's, and takes the time until all are answered.
    fn run(&mut self, sandbox: &Sandbox, pid: u32) {
        let before = spent::of(pid);
        let took = std::thread::scope(|scope| {
            let client = scope.spawn(|| {
                cores::pin_thread(Core::Last);
                exchange(&sandbox.socket(), &self.bytes)
            });
            client.join().expect("a client that got its answers")
        });
        self.cpu += (spent::of(pid) - &before).cpu;
        self.rates.push(f64::from(REQUESTS) / took.as_secs_f64());
    }
}

fn exchange(socket: &Path, bytes: &[u8]) -> Duration {
    let mut writing = UnixStream::connect(socket).expect("a daemon that listens");
    let reading = writing.try_clone().expect("a duplicate");
    let mut answers = BufReader::with_capacity(1 << 16, reading);
    let hello = json!({"client": {"name": "bench"}, "protocol": {"major": 1, "minor": 0}});
    let mut greeting = Vec::new();
    wire::request(&mut greeting, REQUESTS, "hello", vec![to_msgpack(&hello)]);
    writing.write_all(&greeting).expect("a daemon that reads");
    take(&mut answers).expect("an answered hello");
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| writing.write_all(bytes).expect("a daemon that reads"));
        let mut missing = vec![true; REQUESTS as usize];
        for _ in 0..REQUESTS {
            let (id, answer) = take(&mut answers).expect("an answer without an error");
            assert!(answer.is_map(), "{answer}");
            assert!(std::mem::take(&mut missing[id as usize]), "twice {id}");
        }
    });
    start.elapsed()
}

/// The next successful answer; notices of terminals that come and go may lie between.
fn take(answers: &mut BufReader<UnixStream>) -> Option<(u32, Value)> {
    loop {
        match wire::read(answers).ok()? {
            Message::Answer { id, result } => return Some((id, result.ok()?)),
            Message::Notification { .. } => {}
            Message::Request { .. } => return None,
        }
    }
}
