//! Random messages, whole and damaged, in random pieces, through what reads from a client: what comes out is what
//! `rmpv` alone reads in the same bytes, and no more is kept than a message and a read.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::AsyncReadExt as _;
use rmpv::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;

use super::codec::Params;
use super::guard::{CHUNK, Guard};
use super::scan::random::Random;
use super::scan::{FIRST, Kind, LONGEST, Scanner};
use super::slots::Slots;
use crate::protocol::daemon::HelloParams;
use crate::protocol::terminal::{OpenParams, SignalParams, WaitParams, WriteParams};
use crate::protocol::{Decode as _, view};

/// A budget of cases, not of time: the same everywhere, and a few seconds in the dev profile.
const CASES: u64 = 1_500;

/// Lengths at which msgpack counts in another way.
const LENGTHS: &[usize] = &[0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 255, 256, 300, 65_535, 65_536];

/// Names that mean something, so that parameters get further than their first field.
const NAMES: &[&str] = &[
    "id",
    "data",
    "command",
    "env",
    "name",
    "rows",
    "cols",
    "signal",
    "client",
    "protocol",
    "view",
    "terminal",
    "channel",
    "match",
    "timeout_ms",
    "purpose",
    "tags",
    "colors",
    "version",
];

fn some_bytes(random: &mut Random) -> Vec<u8> {
    // The long ones are rare: they say the same a thousand times.
    let most = if random.once_in(20) { LENGTHS.len() } else { LENGTHS.len() - 5 };
    let length = *random.of(&LENGTHS[..most]);
    (0..length).map(|_| random.next() as u8).collect()
}

/// A text, mostly; Neovim's may be any bytes.
fn text(random: &mut Random) -> Value {
    let bytes = some_bytes(random);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(bytes) if random.once_in(2) => {
            let length = u32::try_from(bytes.as_bytes().len()).unwrap();
            let coded = [&[0xdb][..], &length.to_be_bytes(), bytes.as_bytes()].concat();
            return rmpv::decode::read_value(&mut coded.as_slice()).unwrap();
        }
        Err(bytes) => bytes.as_bytes().iter().map(|byte| char::from(byte % 128)).collect(),
    };
    text.into()
}

fn value(random: &mut Random, depth: usize) -> Value {
    let nested = if depth == 0 { 9 } else { 12 };
    match random.below(nested) {
        0 => Value::Nil,
        1 => Value::from(random.once_in(2)),
        2 => Value::from(random.next() >> random.below(64)),
        3 => Value::from((random.next() as i64) >> random.below(64)),
        4 => Value::F32(random.below(1000) as f32 / 8.0),
        5 => Value::F64(random.below(1000) as f64 / 8.0),
        6 => Value::Binary(some_bytes(random)),
        7 => Value::Ext(random.next() as i8, some_bytes(random)),
        8 => text(random),
        9 => Value::Array((0..random.below(20)).map(|_| value(random, depth - 1)).collect()),
        _ => Value::Map(
            (0..random.below(20))
                .map(|_| ((*random.of(NAMES)).into(), value(random, depth - 1)))
                .collect(),
        ),
    }
}

/// A request, an answer or a notification.
fn message(random: &mut Random) -> Vec<u8> {
    let kind = random.below(3) as u64;
    let mut parts = vec![Value::from(kind)];
    parts.extend((0..if kind == 2 { 2 } else { 3 }).map(|_| value(random, 3)));
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &Value::Array(parts)).unwrap();
    bytes
}

/// Changes, takes out and repeats some of it.
fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(5) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.insert(at, random.next() as u8),
            _ => bytes.extend_from_within(at..end),
        }
        if bytes.is_empty() {
            return bytes.push(0xc1);
        }
    }
}

/// What a client's bytes are, as `rmpv` reads them: the messages before the first thing that is none.
fn messages(bytes: &[u8], longest: usize) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut found = Vec::new();
    while let Some(first) = rest.first() {
        let mut after = rest;
        let Ok(Value::Array(parts)) = rmpv::decode::read_value(&mut after) else {
            break;
        };
        let length = rest.len() - after.len();
        let kind = match first {
            0xdc => rest.get(3),
            0xdd => rest.get(5),
            _ => rest.get(1),
        };
        let is_message = matches!(parts.len(), 3 | 4) && kind.is_some_and(|kind| *kind < 3);
        if !is_message || length > longest {
            break;
        }
        found.push(&rest[..length]);
        rest = after;
    }
    found
}

/// Sends bytes in random pieces, and gives what was handed on, and how much the guard has kept at most.
async fn through(random: &mut Random, bytes: &[u8], greeted: bool) -> (Vec<u8>, usize) {
    let (mut client, daemon) = UnixStream::pair().unwrap();
    let slots = Arc::<Slots>::default();
    slots.greeted.store(greeted, Ordering::Relaxed);
    let mut guard = Guard::new(daemon.into_split().0, slots);
    let mut cuts = random.clone();
    let send = async move {
        let most = *cuts.of(&[3, 60, 5_000, 100_000]);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((1 + cuts.below(most)).min(rest.len()));
            // Where it fails, the daemon has hung up.
            if client.write_all(piece).await.is_err() {
                return;
            }
            rest = more;
            tokio::task::yield_now().await;
        }
    };
    let mut buffer = vec![0; 1 + random.below(9_000)];
    let receive = async move {
        let (mut whole, mut kept) = (Vec::new(), 0);
        while let Ok(count @ 1..) = guard.read(&mut buffer).await {
            whole.extend_from_slice(&buffer[..count]);
            kept = kept.max(guard.kept());
        }
        (whole, kept.max(guard.kept()))
    };
    futures::join!(send, receive).1
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work)
}

#[test]
fn whole_messages_come_through_whatever_the_cuts_and_nothing_else_does() {
    run(async {
        let (mut whole, mut refused) = (0, 0);
        for seed in 0..CASES {
            let mut random = Random::new(seed);
            let mut bytes: Vec<u8> =
                (0..1 + random.below(5)).flat_map(|_| message(&mut random)).collect();
            let damaged = random.once_in(2);
            if damaged {
                damage(&mut random, &mut bytes);
            }
            let greeted = random.once_in(2);
            let longest = if greeted { LONGEST } else { FIRST };
            let wanted = messages(&bytes, longest);
            let (handed, kept) = through(&mut random, &bytes, greeted).await;
            assert_eq!(handed, wanted.concat(), "case {seed}, damaged: {damaged}");
            // A vector doubles when it grows.
            assert!(kept <= 2 * (longest + CHUNK), "case {seed}: {kept} bytes kept");
            whole += wanted.len();
            refused += usize::from(handed.len() < bytes.len());
        }
        assert!(
            whole > 1_000 && refused > 200,
            "{whole} whole, {refused} refused: too few of a kind"
        );
    });
}

#[test]
fn whatever_a_call_is_given_becomes_its_parameters_or_a_fault() {
    /// Tells only whether.
    fn fits<T: for<'de> serde::Deserialize<'de>>(value: &Value) -> bool {
        Params(value.clone()).decode::<T>().is_ok()
    }
    for seed in 0..CASES {
        let value = value(&mut Random::new(seed), 3);
        let fits = [
            fits::<HelloParams>(&value),
            fits::<OpenParams>(&value),
            fits::<SignalParams>(&value),
            fits::<WaitParams>(&value),
            fits::<WriteParams>(&value),
            fits::<view::OpenParams>(&value),
        ];
        let is_one =
            value.is_map() || value.is_nil() || value.as_array().is_some_and(Vec::is_empty);
        assert!(is_one || !fits.contains(&true), "case {seed}: {value}");
    }
}

#[test]
fn values_within_values_without_end_are_refused_and_not_followed_down() {
    let nested = |depth: usize| [vec![0x93, 2, 0xa0], vec![0x91; depth], vec![0xc0]].concat();
    let deep = nested(90_000);
    let found = Scanner::default().scan(&deep, LONGEST);
    assert_eq!(found, Ok(Some((deep.len(), Kind::Notification))), "its end is where it is");
    assert!(rmpv::decode::read_value(&mut deep.as_slice()).is_err(), "and nvim-rs refuses it");
    // As deep as that goes.
    for depth in 990..1_030 {
        if let Ok(value) = rmpv::decode::read_value(&mut nested(depth).as_slice()) {
            let map = Value::Map(vec![("env".into(), value)]);
            assert!(Params(map).decode::<OpenParams>().is_err(), "{depth}");
        }
    }
}
