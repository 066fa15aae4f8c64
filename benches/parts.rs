//! Owns the times of single calls, for whoever changes a part and wants to see what that does: no bars, only figures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement that cannot be made must end loudly; criterion's macros make undocumented functions"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value as Json, json};

use support::json::to_msgpack;
use support::{Daemon, Sandbox};

/// A full screen of text in changing colours, as a build prints it.
const FULL: &str = r#"i=0; while [ $i -lt 39 ]; do i=$((i+1));
printf '\033[3%dm%03d the quick brown fox jumps over the lazy dog and runs away, again and again\033[0m\r\n' $((i % 7 + 1)) $i
done; printf end; exec cat"#;

fn open(daemon: &Daemon, command: &Json) -> Json {
    let params = json!({"command": command, "rows": 40, "cols": 100});
    daemon.expect("terminal.open", params)["id"].clone()
}

fn reads(criterion: &mut Criterion) {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let id = open(&daemon, &json!(FULL));
    let printed = json!({"id": id, "match": "^end", "timeout_ms": 10_000});
    daemon.expect("terminal.wait", printed);
    let screen = daemon.expect("terminal.read", json!({"id": id}));
    assert_eq!(screen["lines"].as_array().map(Vec::len), Some(40));
    let params = to_msgpack(&json!({"id": id}));
    criterion.bench_function("terminal.read of a full screen", |bencher| {
        bencher.iter(|| daemon.rpc().request("terminal.read", vec![params.clone()]).unwrap());
    });
}

fn writes(criterion: &mut Criterion) {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let id = open(&daemon, &json!("stty raw -echo; exec cat > /dev/null"));
    let params = to_msgpack(&json!({"id": id, "data": "x"}));
    criterion.bench_function("terminal.write of one key", |bencher| {
        bencher.iter(|| daemon.rpc().request("terminal.write", vec![params.clone()]).unwrap());
    });
}

fn batches(criterion: &mut Criterion) {
    const BATCH: usize = 1000;
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let request = || ("terminal.list", vec![to_msgpack(&json!({}))]);
    let mut group = criterion.benchmark_group("pipelined");
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("terminal.list, a batch of 1,000", |bencher| {
        bencher.iter(|| {
            let answers = daemon.rpc().pipelined((0..BATCH).map(|_| request()));
            assert!(answers.iter().all(Result::is_ok));
        });
    });
    group.finish();
}

criterion_group!(parts, reads, writes, batches);
criterion_main!(parts);
