//! Owns what documents take: a read, a search, a change, a thousand of each, and the memory of a thousand documents.

use std::time::Instant;

use orchflow::rpc::Client;
use rusqlite::Connection;
use serde_json::{Value as Json, json};

use crate::figures::{median, ms, percentile};
use crate::json_file;
use crate::ours;
use crate::support::json::to_msgpack;
use crate::support::{Daemon, Sandbox};
use crate::table::{Bar, Figure, Table};

/// Of each kind, one after the other.
const SAMPLES: usize = 2000;

/// Searches that nobody has asked for before.
const COLD: usize = 20;

/// What a large search looks through: so many items make a document of a megabyte.
const ITEMS: usize = 7_500;

/// Documents of ten kilobytes whose memory is measured.
const DOCUMENTS: usize = 1_000;

pub fn measure(table: &mut Table) {
    let mut ours = times("normal", table);
    let (full, raw) = full();
    let what = "state.set, `full`, and the commit of one row that SQLite makes there";
    table.add(what, Figure::median(&full, "µs"), Bar::None);
    table.add(what, Figure::median(&raw, "µs"), Bar::None);
    let ratio = Figure::of(median(&full) / median(&raw), "×");
    table.add("state.set, `full` / the commit of one row", ratio, Bar::AtMost(2.0));
    memory(table);
    json_file::beside(table, &mut ours);
}

/// How long one call takes, in µs.
fn timed(client: &mut Client, method: &str, params: &Json) -> f64 {
    let start = Instant::now();
    let _: Json = client.call(method, params).expect("an answer");
    start.elapsed().as_secs_f64() * 1e6
}

fn many(client: &mut Client, method: &str, params: &Json) -> Vec<f64> {
    (0..SAMPLES).map(|_| timed(client, method, params)).collect()
}

/// A daemon whose changes outlive so much.
fn daemon(durability: &str) -> (Sandbox, Daemon, Client) {
    let sandbox = Sandbox::new();
    let config = format!("[state]\ndurability = \"{durability}\"");
    sandbox.write("config/orchflow/config.toml", config);
    sandbox.start_daemon();
    let client = Client::connect(&sandbox.socket()).expect("a daemon").expect("one that listens");
    let daemon = Daemon::connect(&sandbox);
    (sandbox, daemon, client)
}

/// Times of small operations in a daemon of that durability; gives those that others are measured beside.
fn times(durability: &str, table: &mut Table) -> json_file::Times {
    let (sandbox, daemon, mut client) = daemon(durability);
    let small = json!({"tasks": {"one": {"title": "first", "n": 0}}, "names": ["a", "b", "c"]});
    daemon.expect("state.import", json!({"scope": "shared", "value": small}));
    let query = json!({"scope": "shared", "path": "$.tasks.one.title"});
    let queries = many(&mut client, "state.get", &query);
    let p99 = Figure::of(percentile(&queries, 99.0), "µs");
    table.add("state.get of one value", Figure::median(&queries, "µs"), Bar::AtMost(100.0));
    table.add("state.get of one value, one in a hundred", p99, Bar::AtMost(1000.0));
    let update = json!({"scope": "shared", "path": "$.tasks.one.n", "value": 1});
    let updates = many(&mut client, "state.set", &update);
    let what = "state.set of one value, `normal`";
    table.add(what, Figure::median(&updates, "µs"), Bar::AtMost(300.0));
    let writes = thousand(&daemon, "state.set", &update);
    table.add("1,000 state.set, sent at once", Figure::of(writes, "ms"), Bar::AtMost(100.0));
    let reads = thousand(&daemon, "state.get", &query);
    table.add("1,000 state.get, sent at once", Figure::of(reads, "ms"), Bar::AtMost(50.0));
    count(&sandbox, &daemon, table);
    let search = search(&daemon, &mut client, table);
    json_file::Times { query: queries, update: updates, search }
}

/// What fifty clients count at once; no count may be lost.
fn count(sandbox: &Sandbox, daemon: &Daemon, table: &mut Table) {
    const CLIENTS: usize = 50;
    const EACH: usize = 1000;
    let params = json!({"scope": "counter", "path": "$.n"});
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = Client::connect(&sandbox.socket()).expect("a daemon");
                let mut client = client.expect("one that listens");
                for _ in 0..EACH {
                    timed(&mut client, "state.increment", &params);
                }
            });
        }
    });
    let rate = (CLIENTS * EACH) as f64 / start.elapsed().as_secs_f64();
    let counted = daemon.expect("state.get", params)["values"].clone();
    assert_eq!(counted, json!([CLIENTS * EACH]));
    table.add("counts of 50 clients, 1,000 each, exact", Figure::of(rate, "/s"), Bar::None);
}

/// How long it takes until a thousand calls are answered, in ms: the median of some.
fn thousand(daemon: &Daemon, method: &str, params: &Json) -> f64 {
    let params = to_msgpack(params);
    let round = || {
        let start = Instant::now();
        let calls = (0..1000).map(|_| (method, vec![params.clone()]));
        assert!(daemon.rpc().pipelined(calls).iter().all(Result::is_ok));
        ms(start.elapsed())
    };
    median(&std::iter::repeat_with(round).take(5).collect::<Vec<f64>>())
}

/// A document of a megabyte.
pub fn large() -> Json {
    let item = |n: usize| {
        let name = format!("task number {n} with some words that say what is to be done about it");
        json!({"id": n, "name": name, "status": if n.is_multiple_of(7) { "open" } else { "done" }, "cost": n as f64 / 2.0, "parts": [n, n + 1]})
    };
    json!({"tasks": (0..ITEMS).map(item).collect::<Vec<Json>>()})
}

/// Searches the large document; gives the times of those that are new.
fn search(daemon: &Daemon, client: &mut Client, table: &mut Table) -> Vec<f64> {
    daemon.expect("state.import", json!({"scope": "large", "value": large()}));
    let query = |cost: usize| {
        let path = format!("$.tasks[?@.status == 'open' && @.cost > {cost}].name");
        json!({"scope": "large", "path": path})
    };
    let cold: Vec<f64> = (0..COLD).map(|n| timed(client, "state.get", &query(3500 + n))).collect();
    let again = many(client, "state.get", &query(3500));
    let (cold_ms, what) = (cold.iter().map(|us| us / 1e3), "search through 1 MB");
    let figure = Figure::median(&cold_ms.collect::<Vec<f64>>(), "ms");
    table.add(format!("{what}, new"), figure, Bar::AtMost(10.0));
    table.add(format!("{what}, repeated"), Figure::median(&again, "µs"), Bar::AtMost(200.0));
    cold
}

/// What a change takes that waits for the disk, and what SQLite takes by itself for one row beside it, in turns.
fn full() -> (Vec<f64>, Vec<f64>) {
    let (sandbox, _daemon, mut client) = daemon("full");
    let raw = Connection::open(sandbox.path("state/raw.db")).expect("a database");
    raw.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).expect("WAL");
    raw.pragma_update(None, "synchronous", "FULL").expect("FULL");
    raw.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 0)",
    )
    .expect("a table");
    let mut commit = raw.prepare("UPDATE t SET n = n + 1 WHERE id = 1").expect("a statement");
    let update = json!({"scope": "shared", "path": "$.n", "value": 1});
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        ours.push(timed(&mut client, "state.set", &update));
        let start = Instant::now();
        commit.execute([]).expect("a commit");
        theirs.push(start.elapsed().as_secs_f64() * 1e6);
    }
    (ours, theirs)
}

/// What a thousand documents cost that were written and read.
fn memory(table: &mut Table) {
    let (sandbox, daemon, mut client) = daemon("normal");
    let base = ours::settled(&ours::processes(&sandbox));
    // Members and texts as sessions have them, ten kilobytes together.
    let note = |n: usize| json!({"at": n, "who": "agent", "text": "what was done and why, in some words ".repeat(4)});
    let value = json!({"notes": (0..50).map(note).collect::<Vec<Json>>()});
    let size = value.to_string().len();
    assert!((9_000..11_000).contains(&size), "{size} bytes");
    for n in 0..DOCUMENTS {
        let scope = format!("session-{n}");
        daemon.expect("state.import", json!({"scope": scope, "value": value}));
    }
    let read = |n: usize| json!({"scope": format!("session-{n}"), "path": "$.notes[0].text"});
    let reads: Vec<f64> =
        (0..DOCUMENTS).map(|n| timed(&mut client, "state.get", &read(n))).collect();
    table.add("state.get of each of 1,000 documents", Figure::median(&reads, "µs"), Bar::None);
    let cost = ours::settled(&ours::processes(&sandbox)) - base;
    let what = "memory for 1,000 documents of 10 KB, above base";
    table.add(what, Figure::of(cost, "MB"), Bar::Never(10.0));
}
