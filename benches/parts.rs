//! Owns the times of single calls, for whoever changes a part and wants to see what that does: no bars, only figures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement that cannot be made must end loudly; criterion's macros make undocumented functions"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use orchflow::terminal::bench::{Lines, Model, View, commands};
use orchflow::terminal::journal::{Content, Journal};
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

/// So much output is fed at once: as much as an owner lets come together in a flood.
const OUTPUT: usize = 256 << 10;

/// What programs print, by kind.
fn outputs() -> [(&'static str, Vec<u8>); 4] {
    let repeat = |piece: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut n = 0;
        while text.len() < OUTPUT {
            text += &piece(n);
            n += 1;
        }
        text.into_bytes()
    };
    let plain =
        |n| format!("line {n} of a build that says what it compiles, and how far it is\r\n");
    let coloured = |n: usize| {
        let (colour, bright) = (n % 8, n * 7 % 256);
        format!(
            "\x1b[1;3{colour}mwarning\x1b[0m: \x1b[38;5;{bright}mline {n}\x1b[0m of many that follow\r\n"
        )
    };
    // Text with commands: hyperlinks, titles.
    let links =
        |n| format!("\x1b]8;;file:///src/{n}.rs\x1b\\src/{n}.rs\x1b]8;;\x1b\\ and more\r\n");
    [
        ("plain lines", repeat(&plain)),
        ("coloured lines", repeat(&coloured)),
        ("lines with links", repeat(&links)),
        ("redraws of a whole screen", repeat(&redraw)),
    ]
}

/// What a full-screen program draws: every row by its place, in pieces.
fn redraw(n: usize) -> String {
    let mut text = "\x1b[?2026h\x1b[H".to_owned();
    for row in 0..40 {
        let colour = (row + n) % 256;
        let written = write!(
            text,
            "\x1b[{};1H\x1b[48;5;{colour}m {n:>6} \x1b[0m│ \x1b[3{}mrow {row} of the list\x1b[39m\x1b[K",
            row + 1,
            row % 8
        );
        written.expect("memory");
    }
    text + "\x1b[?2026l"
}

fn models(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("emulator");
    for (kind, output) in outputs() {
        group.throughput(Throughput::Bytes(output.len() as u64));
        let mut model = Model::blank();
        // Its scrollback is full before it is measured.
        (0..8).for_each(|_| model.feed(&output));
        group.bench_function(format!("feed, {kind}"), |bencher| {
            bencher.iter(|| model.feed(&output));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("lexer");
    for (kind, output) in outputs() {
        group.throughput(Throughput::Bytes(output.len() as u64));
        group.bench_function(kind, |bencher| bencher.iter(|| commands(&output)));
    }
    group.finish();
}

/// A model with a full scrollback of coloured lines.
fn full() -> Model {
    let mut model = Model::blank();
    let [_, (_, output), ..] = outputs();
    (0..8).for_each(|_| model.feed(&output));
    model
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    let screens = [0, 1].map(|n| {
        let mut model = Model::blank();
        model.feed(redraw(n).as_bytes());
        model
    });
    let mut typed = Model::blank();
    typed.feed(redraw(0).as_bytes());
    typed.feed(b"\x1b[20;50Hx");
    let mut between = |what: &str, one: &Model, other: &Model| {
        let mut view = View::blank();
        view.frame(one, 0);
        group.bench_function(what, |bencher| {
            bencher.iter(|| {
                black_box(view.frame(other, 0));
                black_box(view.frame(one, 0));
            });
        });
    };
    between("two, of a whole screen each", &screens[0], &screens[1]);
    between("two, of a key each", &screens[0], &typed);
    between("two, of nothing", &screens[0], &screens[0]);
    let full = full();
    group.bench_function("with 250 lines scrolled in", |bencher| {
        bencher.iter_batched(View::blank, |mut view| view.frame(&full, 250), BatchSize::LargeInput);
    });
    group.finish();
}

fn scrollbacks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scrollback");
    let screen = full();
    let filled = || {
        let mut lines = Lines::none();
        (0..250).for_each(|_| lines.push(&screen));
        lines
    };
    let mut lines = filled();
    group.throughput(Throughput::Elements(40));
    group.bench_function("push 40 rows", |bencher| bencher.iter(|| lines.push(&screen)));
    group.throughput(Throughput::Elements(250));
    let lines = filled();
    group.bench_function("read 250 rows", |bencher| bencher.iter(|| lines.cells(250)));
    let mut packed = filled();
    packed.pack();
    group.bench_function("read 250 rows, packed", |bencher| bencher.iter(|| packed.cells(250)));
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("pack 10,000 rows", |bencher| {
        bencher.iter_batched_ref(filled, Lines::pack, BatchSize::LargeInput);
    });
    group.finish();
}

fn snapshots(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("snapshot");
    let mut model = full();
    let bytes = model.save();
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("save, 10,000 lines", |bencher| bencher.iter(|| model.save()));
    group.bench_function("load, 10,000 lines", |bencher| {
        bencher.iter_with_large_drop(|| Model::load(&bytes).expect("what was saved"));
    });
    group.finish();
}

fn journals(criterion: &mut Criterion) {
    const READ: usize = 4096;
    let sandbox = Sandbox::new();
    let mut journal = Journal::create(&sandbox.path("work/journal"), 4 << 20).expect("a journal");
    let snapshot = full().save();
    let [(_, output), ..] = outputs();
    let mut pieces = output.chunks_exact(READ).cycle();
    let mut group = criterion.benchmark_group("journal");
    group.throughput(Throughput::Bytes(READ as u64));
    group.bench_function("read of 4 KB, with its part of new segments", |bencher| {
        bencher.iter(|| {
            if !journal.keeps() || journal.is_full() {
                let begun = journal.begin(&snapshot, Content::Full, Duration::ZERO);
                begun.expect("a disk that takes it");
            }
            let piece = pieces.next().expect("it goes round");
            let read = journal.read(Duration::from_millis(1), |room| {
                room[..READ].copy_from_slice(piece);
                Ok(READ)
            });
            assert_eq!(read.expect("a disk that takes it"), READ);
            black_box(journal.last());
        });
    });
    group.finish();
}

/// Short: whoever changes a part wants to know soon.
fn brief() -> Criterion {
    let criterion = Criterion::default().sample_size(20);
    criterion.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = parts;
    config = brief();
    targets = reads, writes, batches, models, frames, scrollbacks, snapshots, journals
}
criterion_main!(parts);
