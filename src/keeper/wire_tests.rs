//! Whatever comes over the keeper's socket is a message, a reason to hang up, or not complete yet; never a panic.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use super::link::Link;
use super::wire::{Broken, Holding, LONGEST, Message, News, Order, Start, VERSION, decode, encode};
use crate::ids::TerminalId;
use crate::protocol::terminal::Exit;

/// So many inputs are made up; the generator starts from a fixed seed, so a failure comes again.
const INPUTS: usize = 20_000;

/// A xorshift generator: enough to make things up.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

fn orders() -> Vec<Order> {
    let id = TerminalId(7);
    let start = Start {
        id,
        note: "{\"name\":\"ü\"}".into(),
        argv: vec!["sh".into(), "-c".into(), "echo \u{1b}".into()],
        cwd: "/".into(),
        env: [("A".to_owned(), "b".to_owned())].into(),
        rows: 24,
        cols: 80,
    };
    let holding = Holding { id, pid: 3, start: u64::MAX, note: String::new(), exit: None };
    vec![
        Order::Hello { protocol: VERSION, binary: "/bin/x".into(), highest: 9, files: Some(1024) },
        Order::Spawn(Box::new(start)),
        Order::Hold(holding),
        Order::Note { id, note: "n".repeat(300) },
        Order::Forget { id },
        Order::Goodbye,
        Order::Leave,
    ]
}

fn news() -> Vec<News> {
    let id = TerminalId(7);
    let exit = Some(Exit { code: 3, signal: Some("KILL".into()) });
    vec![
        News::Hello {
            protocol: VERSION,
            version: "1.2.3".into(),
            pid: 4,
            highest: 9,
            held: 2,
            restarts: 1,
            last_crash: Some(7),
            braked: true,
        },
        News::Held(Holding { id, pid: 3, start: 5, note: "{}".into(), exit }),
        News::Spawned { id, pid: 1, start: 2 },
        News::Refused { id, fault: crate::fault::internal("no") },
        News::Exited { id, exit: Exit { code: 0, signal: None } },
    ]
}

#[test]
fn every_order_reads_back_as_it_was_written_however_it_is_cut() {
    for order in orders() {
        let frame = encode(&order).unwrap();
        for end in 0..frame.len() {
            assert!(decode::<Order>(&frame[..end]).unwrap().is_none());
        }
        let (read, length) = decode::<Order>(&frame).unwrap().unwrap();
        assert_eq!((read, length), (order, frame.len()));
    }
}

/// Made up of these frames: some of them cut, with wrong bytes, or garbage from the start.
fn damaged(chance: &mut Chance, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = match chance.below(4) {
        0 => (0..chance.below(64)).map(|_| chance.next() as u8).collect(),
        _ => {
            (0..=chance.below(3)).flat_map(|_| frames[chance.below(frames.len())].clone()).collect()
        }
    };
    for _ in 0..chance.below(4) {
        if !bytes.is_empty() {
            let at = chance.below(bytes.len());
            bytes[at] = chance.next() as u8;
        }
    }
    bytes.truncate(chance.below(bytes.len() + 1).max(bytes.len() / 2));
    bytes
}

#[test]
fn garbage_and_damaged_frames_are_refused_or_waited_for() {
    fn try_all<T: Message>(frames: &[Vec<u8>]) {
        let mut chance = Chance(0x2545_f491_4f6c_dd1d);
        for _ in 0..INPUTS {
            let bytes = damaged(&mut chance, frames);
            // Read until nothing whole is left, as a connection does.
            let mut rest = bytes.as_slice();
            while let Ok(Some((_, length))) = decode::<T>(rest) {
                assert!(length <= rest.len() && length > 0);
                rest = &rest[length..];
            }
        }
    }
    try_all::<Order>(&orders().iter().map(|order| encode(order).unwrap()).collect::<Vec<_>>());
    try_all::<News>(&news().iter().map(|news| encode(news).unwrap()).collect::<Vec<_>>());
}

#[test]
fn a_connection_that_is_fed_damaged_frames_in_pieces_ends_or_waits() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let frames: Vec<_> = orders().iter().map(|order| encode(order).unwrap()).collect();
    for _ in 0..INPUTS / 40 {
        let (one, two) = pair();
        let mut link = Link::default();
        let mut bytes = damaged(&mut chance, &frames);
        while !bytes.is_empty() {
            let piece: Vec<u8> = bytes.drain(..1 + chance.below(bytes.len())).collect();
            rustix::io::write(&one, &piece).unwrap();
            // What is broken is hung up on.
            let came = link.receive(&two).is_ok();
            if !came
                || std::iter::from_fn(|| link.take::<Order>().transpose())
                    .any(|order| order.is_err())
            {
                break;
            }
        }
    }
}

#[test]
fn a_frame_longer_than_any_is_refused_before_it_has_come() {
    let head = u32::try_from(LONGEST + 1).unwrap().to_be_bytes();
    assert!(matches!(decode::<Order>(&head), Err(Broken::TooLong(_))));
    let note = "x".repeat(LONGEST);
    let refused = encode(&Order::Note { id: TerminalId(1), note });
    assert!(matches!(refused, Err(Broken::TooLong(_))));
}

fn pair() -> (UnixStream, UnixStream) {
    let (one, two) = UnixStream::pair().unwrap();
    one.set_nonblocking(true).unwrap();
    two.set_nonblocking(true).unwrap();
    (one, two)
}

#[test]
fn descriptors_arrive_with_their_own_messages_in_whatever_pieces() {
    let (one, two) = pair();
    let (mut from, mut to) = (Link::default(), Link::default());
    let mut sent = Vec::new();
    for number in 1..=100 {
        let (end, other) = UnixStream::pair().unwrap();
        let id = TerminalId(number);
        from.push(&News::Refused { id, fault: crate::fault::internal("x".repeat(5000)) }, None)
            .unwrap();
        let end = Arc::new(OwnedFd::from(end));
        from.push(&News::Spawned { id, pid: 1, start: 2 }, Some(end)).unwrap();
        sent.push(other);
    }
    let mut came = Vec::new();
    while came.len() < sent.len() {
        let _ = from.flush(&one);
        let _ = to.receive(&two);
        while let Some((news, descriptor)) = to.take::<News>().unwrap() {
            if let News::Spawned { id, .. } = news {
                came.push((id, descriptor.unwrap()));
            }
        }
    }
    drop(from);
    for ((id, descriptor), mut other) in came.into_iter().zip(sent) {
        let text = id.to_string();
        rustix::io::write(&descriptor, text.as_bytes()).unwrap();
        drop(descriptor);
        let mut read = String::new();
        std::io::Read::read_to_string(&mut other, &mut read).unwrap();
        assert_eq!(read, text);
    }
}

#[test]
fn a_promised_descriptor_that_is_missing_and_an_unpromised_one_break_the_connection() {
    let (one, two) = pair();
    let (mut from, mut to) = (Link::default(), Link::default());
    from.push(&News::Spawned { id: TerminalId(1), pid: 1, start: 2 }, None).unwrap();
    from.flush(&one).unwrap();
    to.receive(&two).unwrap();
    assert!(matches!(to.take::<News>(), Err(Broken::Descriptors)));

    let (one, two) = pair();
    let (mut from, mut to) = (Link::default(), Link::default());
    let (end, _) = UnixStream::pair().unwrap();
    let end = Arc::new(OwnedFd::from(end));
    for _ in 0..2 {
        from.push(&Order::Goodbye, Some(end.clone())).unwrap();
        from.flush(&one).unwrap();
        to.receive(&two).unwrap();
    }
    assert!(to.take::<Order>().unwrap().is_some());
    assert!(to.take::<Order>().unwrap().is_some());
    assert!(matches!(to.take::<Order>(), Err(Broken::Descriptors)));
}
