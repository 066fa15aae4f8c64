//! Journals that are not what was written: cut off, with flipped bits, or garbage from the start.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

/// The files of the two segments that `written` writes.
const OLDER: &str = "a";
const NEWER: &str = "c";

const FILES: [&str; 3] = [OLDER, NEWER, LANDING];

/// What was written to the journals below.
struct Written {
    dir: TempDir,
    /// The output since the first snapshot, and where the second one stands in it.
    output: Vec<u8>,
    second: usize,
}

/// Two segments, the second one of this content; nothing is open.
fn written(content: Content) -> Written {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), 0);
    let output = text(0, 9000);
    for (n, piece) in output.chunks(1000).enumerate() {
        if n == 5 {
            j.begin(b"second", content, ms(200)).unwrap();
        }
        read(&mut j, ms(20 * n as u64), piece);
        j.resized(Size { rows: 24, cols: 80 + n as u16 }, ms(20 * n as u64));
    }
    j.rest();
    Written { dir, output, second: 5000 }
}

impl Written {
    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.dir.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }

    /// What is recovered is what was written, from a snapshot up to some place; whatever is missing is told.
    fn check(&self) {
        let (recovered, mut j) = Journal::open(self.dir.path(), 0).unwrap();
        let output = output(&recovered);
        let from = match &recovered.base[..] {
            b"base" => 0,
            b"second" => self.second,
            base => {
                assert!(base.is_empty() && output.is_empty());
                self.output.len()
            }
        };
        assert!(self.output[from..].starts_with(&output));
        let whole = from < self.output.len() && from + output.len() == self.output.len();
        assert!(whole || recovered.trouble.is_some(), "{} bytes from {from}", output.len());
        // However it looked, it can be written to, and read again.
        j.begin(b"anew", Content::Full, ms(500)).unwrap();
        read(&mut j, ms(501), b"goes on");
        let again = Recovered::read(self.dir.path()).unwrap();
        assert_eq!(again.base, b"anew");
        assert_eq!(super::output(&again), b"goes on");
    }
}

#[test]
fn a_segment_cut_off_anywhere_gives_what_stands_before_and_says_so() {
    for (name, content) in [
        (OLDER, Content::Light),
        (NEWER, Content::Light),
        (LANDING, Content::Light),
        (OLDER, Content::Full),
        (NEWER, Content::Full),
    ] {
        let written = written(content);
        let whole = FILES.map(|name| fs::read(written.dir.path().join(name)).unwrap());
        let length = fs::metadata(written.dir.path().join(name)).unwrap().len() as usize;
        // Every place in the head and the first records, and some in the rest and in the reserve.
        for cut in (0..1200).chain((1200..length).step_by(4093)) {
            // What the check below began the time before.
            let _ = fs::remove_file(written.dir.path().join("b"));
            for (name, bytes) in FILES.iter().zip(&whole) {
                fs::write(written.dir.path().join(name), bytes).unwrap();
            }
            written.change(name, |bytes| bytes.truncate(cut));
            written.check();
        }
    }
}

/// Where the landing's first half has output, and how much of it is looked at: more than one read brings.
const LANDED: std::ops::Range<usize> = 32..6000;

#[test]
fn a_bit_that_flips_anywhere_near_a_record_that_waits_is_told_and_makes_nothing_up() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), 0);
    let wanted = text(0, 500);
    read(&mut j, ms(1), &wanted);
    // Nothing more is there, so the program is waited for: the record stays open.
    j.read(ms(2), |_| Err(io::ErrorKind::WouldBlock.into())).unwrap_err();
    drop(j);
    let path = dir.path().join(LANDING);
    let whole = fs::read(&path).unwrap();
    let base = landing::LENGTH / 2 * usize::from(whole[0] == 0);
    for at in LANDED {
        let mut bytes = whole.clone();
        bytes[base + at] ^= 1 << (at % 8);
        fs::write(&path, bytes).unwrap();
        let recovered = Recovered::read(dir.path()).unwrap();
        let output = output(&recovered);
        assert!(wanted.starts_with(&output), "at {at}: {} bytes", output.len());
        assert!(recovered.trouble.is_some(), "at {at}");
    }
    fs::write(&path, whole).unwrap();
    let recovered = Recovered::read(dir.path()).unwrap();
    assert_eq!((output(&recovered), recovered.trouble), (wanted, None));
}

#[test]
fn a_lost_older_segment_leaves_the_light_snapshot_and_is_told() {
    let written = written(Content::Light);
    fs::remove_file(written.dir.path().join(OLDER)).unwrap();
    let recovered = Recovered::read(written.dir.path()).unwrap();
    assert_eq!((&recovered.base[..], recovered.content), (&b"second"[..], Content::Light));
    assert_eq!(output(&recovered), &written.output[written.second..]);
    let trouble = recovered.trouble.unwrap();
    assert_eq!(trouble, "the segment with its scrollback is missing or damaged");
}

#[test]
fn after_damage_nothing_is_kept_until_a_new_segment_begins() {
    let written = written(Content::Full);
    written.change(LANDING, |bytes| bytes[landing::LENGTH / 2 + 200] ^= 1);
    let (recovered, mut j) = Journal::open(written.dir.path(), 0).unwrap();
    assert_eq!(recovered.trouble.as_deref(), Some("what came last is damaged"));
    assert!(!j.keeps());
    read(&mut j, ms(300), b"nowhere");
    j.begin(b"light", Content::Light, ms(301)).unwrap();
    assert_eq!(Recovered::read(written.dir.path()).unwrap().base, b"light");
}

#[test]
fn a_head_that_promises_a_huge_snapshot_is_not_believed() {
    let written = written(Content::Full);
    let head = fs::read(written.dir.path().join(NEWER)).unwrap()[..HEAD].to_vec();
    for (raw, packed) in [(u32::MAX, 6), (6, u32::MAX), (4096, 8), (0, 8)] {
        written.change(NEWER, |bytes| {
            let mut head = Head::decode(bytes).unwrap();
            (head.raw, head.packed) = (raw, packed);
            let end = bytes.len().min(HEAD + packed as usize);
            head.crc = crc32fast::hash(&bytes[HEAD..end]);
            bytes[..HEAD].copy_from_slice(&head.encode());
        });
        let recovered = Recovered::read(written.dir.path()).unwrap();
        assert_eq!(recovered.base, b"base", "raw {raw}, packed {packed}");
        assert!(recovered.trouble.is_some());
        written.change(NEWER, |bytes| bytes[..HEAD].copy_from_slice(&head));
    }
}

#[test]
fn segments_that_are_huge_or_no_files_are_not_read() {
    let written = written(Content::Full);
    let file = fs::OpenOptions::new().write(true).open(written.dir.path().join(NEWER)).unwrap();
    file.set_len(LARGEST + 1).unwrap();
    let recovered = Recovered::read(written.dir.path()).unwrap();
    assert_eq!(recovered.base, b"base");
    assert!(recovered.trouble.is_some());
    fs::remove_file(written.dir.path().join(NEWER)).unwrap();
    fs::create_dir(written.dir.path().join(NEWER)).unwrap();
    assert!(Recovered::read(written.dir.path()).is_err());
}

/// A place in a file, mostly where something stands.
fn place() -> impl Strategy<Value = usize> {
    let half = landing::LENGTH / 2;
    prop_oneof![0..HEAD, HEAD..HEAD + 200, HEAD..10_000_usize, half..half + 5_000, 0..2 * half]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_cost_what_they_hit_at_most_and_are_told(
        light: bool,
        flips in proptest::collection::vec((0..3_usize, place(), 0..8_u32), 1..4),
    ) {
        let written = written(if light { Content::Light } else { Content::Full });
        for (file, at, bit) in flips {
            written.change(FILES[file], |bytes| {
                let at = at % bytes.len();
                bytes[at] ^= 1 << bit;
            });
        }
        written.check();
    }

    #[test]
    fn garbage_is_no_journal(a: Vec<u8>, b: Vec<u8>, landed: Vec<u8>) {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join(LANDING), landed).unwrap();
        fs::write(dir.path().join("a"), a).unwrap();
        fs::write(dir.path().join("b"), b).unwrap();
        let (recovered, j) = Journal::open(dir.path(), 0).unwrap();
        prop_assert!(recovered.base.is_empty() && recovered.trouble.is_some() && !j.keeps());
        prop_assert_eq!(recovered.records().count(), 0);
    }

    /// Heads and records that are right in themselves, but put together by chance.
    #[test]
    fn garbage_behind_a_right_head_is_walked_without_harm(
        words in proptest::collection::vec(
            prop_oneof![
                Just(format::OPEN), Just(format::OUTPUT), Just(format::SIZE), 0..40_u32, any::<u32>()
            ],
            0..400,
        ),
        sequences in (1..u64::MAX / 2, 1..u64::MAX / 2, any::<u64>()),
        numbers: (u64, u64, u64),
    ) {
        let dir = TempDir::new().unwrap();
        let packed = lz4_flex::block::compress(b"base");
        let (end, time, turn) = numbers;
        for (name, sequence) in [("a", sequences.0), ("b", sequences.1)] {
            let head = Head {
                sequence,
                at: Duration::from_micros(time),
                content: Content::Light,
                base: Some(format::Base { sequence: sequences.2, end }),
                raw: 4,
                packed: packed.len() as u32,
                crc: crc32fast::hash(&packed),
            };
            let mut bytes = head.encode().to_vec();
            bytes.extend(&packed);
            bytes.resize(head.records() as usize, 0);
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let mut landed = [sequences.0.max(sequences.1), 48, turn].map(u64::to_le_bytes).concat();
        landed.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        landed.resize(landing::LENGTH, 0);
        fs::write(dir.path().join(LANDING), landed).unwrap();
        let (recovered, mut j) = Journal::open(dir.path(), 0).unwrap();
        prop_assert_eq!(&recovered.base[..], b"base");
        let bytes: usize = recovered.records().map(|record| match record.what {
            What::Output(output) => output.len(),
            What::Resized(_) => 0,
        }).sum();
        prop_assert!(bytes <= 3 * (4 * words.len() + OFFER));
        j.begin(b"anew", Content::Full, ms(1)).unwrap();
        prop_assert_eq!(&Recovered::read(dir.path()).unwrap().base[..], b"anew");
    }
}
