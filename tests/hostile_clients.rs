//! Clients that misbehave are dropped; everybody else and every terminal goes on.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::json::to_msgpack;
use crate::support::random::Random;
use crate::support::{DEADLINE, Daemon, Sandbox, wait_until, wire};

/// A terminal that must go on, and a good client that must be served, whatever the others do.
struct Bystander {
    client: Daemon,
    rss: u64,
}

impl Bystander {
    fn new(sandbox: &Sandbox) -> Self {
        sandbox.start_daemon();
        let client = Daemon::connect(sandbox);
        let count = "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.05; done";
        client.expect("terminal.open", json!({"command": count, "name": "count"}));
        let rss = client.expect("daemon.info", json!({}))["rss"].as_u64().unwrap_or(0);
        Self { client, rss }
    }

    fn last(&self) -> u64 {
        let screen = self.client.expect("terminal.read", json!({"id": "count"}));
        let lines = screen["lines"].as_array().unwrap();
        let number = |line: &Json| line.as_str()?.strip_prefix("count ")?.parse().ok();
        lines.iter().rev().find_map(number).unwrap_or(0)
    }

    /// The terminal counts on, and memory has not grown by more than a little.
    #[track_caller]
    fn is_well(&self) {
        let before = self.last();
        wait_until("the terminal to count on", DEADLINE, || {
            (self.last() > before + 1).then_some(())
        });
        let info = self.client.expect("daemon.info", json!({}));
        let grown = info["rss"].as_u64().unwrap_or(0).saturating_sub(self.rss);
        assert!(grown < 24 << 20, "memory has grown by {grown} bytes");
    }
}

/// Connects and writes; gives the connection.
fn write(sandbox: &Sandbox, bytes: &[u8]) -> UnixStream {
    let mut stream = UnixStream::connect(sandbox.socket()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    // The daemon may hang up before all is written.
    let _ = stream.write_all(bytes);
    stream
}

/// Whether the daemon has hung up, after whatever it still had to say.
#[track_caller]
fn is_dropped(mut stream: UnixStream) {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("not hung up on: {error}"),
    }
}

#[test]
fn garbage_drops_only_the_client_that_sent_it() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let megabytes: Vec<u8> =
        (0..8u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let cases: [&[u8]; 9] = [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00",
        b"\xc1",
        b"\x93\x05\xa1a\x90",
        // A response that nobody waits for.
        b"\x94\x01\x00\xc0\xc0",
        // A gigabyte announced: as text, as an array, as a map.
        b"\x93\x02\xdb\x40\x00\x00\x00",
        b"\x93\x02\xa1a\xdd\x40\x00\x00\x00",
        b"\x93\x02\xa1a\x91\xdf\xff\xff\xff\xff",
        &megabytes,
    ];
    for bytes in cases {
        is_dropped(write(&sandbox, bytes));
    }
    // Nested a hundred thousand deep.
    is_dropped(write(&sandbox, &[&b"\x94\x00\x01\xa1a"[..], &[0x91; 200_000]].concat()));
    bystander.is_well();
}

/// What a client sends in a conversation: a right greeting, and some calls that change nothing for others.
fn conversation(random: &mut Random) -> Vec<u8> {
    let calls = [
        ("terminal.list", json!({})),
        ("terminal.get", json!({"id": "none"})),
        ("terminal.read", json!({"id": "none", "history": 3})),
        ("terminal.search", json!({"id": "none", "pattern": "a+", "limit": 2})),
        ("terminal.wait", json!({"id": "none", "match": "x", "timeout_ms": 5})),
        ("view.resize", json!({"view": 99, "rows": 3, "cols": 4})),
    ];
    let hello =
        json!({"client": {"name": "fuzz", "version": "0"}, "protocol": {"major": 1, "minor": 0}});
    let mut bytes = Vec::new();
    wire::request(&mut bytes, 1, "hello", vec![to_msgpack(&hello)]);
    for id in 2..2 + random.below(6) as u32 {
        let (method, params) = random.of(&calls);
        let params = vec![to_msgpack(params)];
        match random.once_in(4) {
            true => wire::notification(&mut bytes, method, params),
            false => wire::request(&mut bytes, id, method, params),
        }
    }
    bytes
}

#[test]
fn conversations_with_wrong_bytes_in_them_harm_nobody_else() {
    /// Conversations; the seed is fixed, so that a failure comes again.
    const ROUNDS: usize = 2_000;
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let mut random = Random::new(4);
    for round in 0..ROUNDS {
        let mut bytes = conversation(&mut random);
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                _ => bytes.truncate(at.max(1)),
            }
        }
        let (first, second) = bytes.split_at(random.below(bytes.len()));
        let mut stream = write(&sandbox, first);
        let _ = stream.write_all(second); // The daemon may have hung up.
        let _ = stream.shutdown(Shutdown::Write);
        is_dropped(stream);
        if round % 100 == 99 {
            bystander.is_well();
        }
    }
}

#[test]
fn deep_nesting_within_the_bounds_harms_nobody() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let deep = [&b"\x94\x00\x01\xa5hello"[..], &[0x91; 50_000], &[0xc0]].concat();
    is_dropped(write(&sandbox, &deep));
    bystander.is_well();
}

#[test]
fn half_a_message_is_waited_for_only_so_long() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let silent = UnixStream::connect(sandbox.socket()).unwrap();
    let half = write(&sandbox, b"\x94\x00\x01\xa5hel");
    is_dropped(half);
    bystander.is_well();
    // So is the first word.
    silent.set_read_timeout(Some(DEADLINE)).unwrap();
    is_dropped(silent);
}

#[test]
fn a_client_that_never_reads_is_dropped_and_costs_no_memory() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    let hello = b"\x94\x00\x01\xa5hello\x91\x82\xa6client\x81\xa4name\xa1x\xa8protocol\x82\xa5major\x01\xa5minor\x00";
    let mut mute = write(&sandbox, hello);
    mute.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let ask = b"\x94\x00\x02\xadterminal.read\x91\x81\xa2id\xa5count";
    let many: Vec<u8> = ask.iter().copied().cycle().take(ask.len() * 1000).collect();
    // Until the daemon hangs up: the answers would be hundreds of megabytes.
    let error = (0..2_000).find_map(|_| mute.write_all(&many).err()).expect("hung up on");
    let hung_up = [std::io::ErrorKind::BrokenPipe, std::io::ErrorKind::ConnectionReset];
    assert!(hung_up.contains(&error.kind()), "{error}");
    bystander.is_well();
}

#[test]
fn who_follows_a_client_is_hung_up_on_when_that_client_is_dropped() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let id = client.greeting()["client"].as_str().unwrap().to_owned();
    let follow = |id: &str| {
        let rpc = crate::support::Rpc::connect(&sandbox.socket()).unwrap();
        let params = vec![crate::support::json::to_msgpack(&json!({"client": id}))];
        (rpc.request("client.follow", params), rpc)
    };
    let (answer, follower) = follow(&id);
    answer.unwrap();
    assert!(follow("c99").0.is_err());
    // Too long a message: the daemon drops the client, and with it the follower.
    client.rpc().write(b"\x93\x02\xdb\x40\x00\x00\x00");
    follower.wait_ended();
}

#[test]
fn a_stranger_can_send_only_a_few_words() {
    let sandbox = Sandbox::new();
    let bystander = Bystander::new(&sandbox);
    is_dropped(write(&sandbox, b"\x94\x00\x01\xdb\x00\x08\x00\x00"));
    bystander.is_well();
}

#[test]
fn nothing_is_answered_before_hello_and_little_with_another_major_version() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let rpc = crate::support::Rpc::connect(&sandbox.socket()).unwrap();
    let ask = |method: &str, params: Json| {
        let params = vec![crate::support::json::to_msgpack(&params)];
        let answer = rpc.request(method, params);
        answer
            .map(|v| crate::support::json::to_json(&v))
            .map_err(|v| crate::support::json::to_json(&v))
    };
    assert_eq!(ask("terminal.list", json!({})).unwrap_err()["kind"], "protocol");
    let hello = json!({"client": {"name": "future"}, "protocol": {"major": 2, "minor": 0}});
    assert_eq!(ask("hello", hello).unwrap()["protocol"]["major"], 1);
    let fault = ask("terminal.list", json!({})).unwrap_err();
    assert_eq!((&fault["kind"], &fault["hint"]), (&json!("protocol"), &json!(":Orchflow restart")));
    assert_eq!(ask("daemon.info", json!({})).unwrap()["counts"]["running"], 0);
    ask("daemon.stop", json!({})).unwrap();
}

#[test]
fn ten_thousand_pipelined_calls_are_all_answered() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let empty = crate::support::json::to_msgpack(&json!({}));
    let calls = (0..10_000).map(|_| ("terminal.list", vec![empty.clone()]));
    let answers = client.rpc().pipelined(calls);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10_000);
}
