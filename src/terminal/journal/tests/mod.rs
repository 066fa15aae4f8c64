//! What a journal keeps, how much of the disk it takes, and what it does when that fails.

mod damage;
mod kills;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::format::HEAD;
use super::*;

const LIMIT: u64 = 1024 * 1024;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A journal that has begun with the snapshot `base`.
fn journal(folder: &Path, limit: u64) -> Journal {
    let mut journal = Journal::create(folder, limit).unwrap();
    journal.begin(b"base", Content::Full, ms(0)).unwrap();
    journal
}

/// One read that brings `bytes`.
fn read(journal: &mut Journal, at: Duration, bytes: &[u8]) {
    let count = journal.read(at, |room| {
        room[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    });
    assert_eq!(count.unwrap(), bytes.len());
    assert_eq!(journal.last(), bytes);
}

/// One read that brings `bytes`, during which the daemon is killed.
fn killed_in_read(mut journal: Journal, at: Duration, bytes: &[u8]) {
    let segment = journal.segment.as_mut().unwrap();
    segment.prepare(at, &mut journal.landing).unwrap();
    segment.offer(&mut journal.landing)[..bytes.len()].copy_from_slice(bytes);
}

/// All output that was recovered.
fn output(recovered: &Recovered) -> Vec<u8> {
    let outputs = recovered.records().filter_map(|record| match record.what {
        What::Output(bytes) => Some(bytes),
        What::Resized(_) => None,
    });
    outputs.flatten().copied().collect()
}

/// Text whose every piece of eight bytes is another.
fn text(from: usize, len: usize) -> Vec<u8> {
    (from / 8..).flat_map(|n| format!("{n:07}\n").into_bytes()).skip(from % 8).take(len).collect()
}

/// Bytes that cannot be packed.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed + 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// The bytes of all files below.
fn on_disk(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn output_and_sizes_come_back_in_order_with_their_times() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), LIMIT);
    read(&mut j, ms(5), b"one");
    read(&mut j, ms(9), b"two");
    j.resized(Size { rows: 40, cols: 300 }, ms(10));
    read(&mut j, ms(11), b"three");
    read(&mut j, ms(27), b"four");
    j.rest();
    read(&mut j, ms(28), b"five");
    drop(j);
    let recovered = Recovered::read(dir.path()).unwrap();
    let records: Vec<_> = recovered.records().map(|r| (r.at, r.what)).collect();
    let wanted = [
        (ms(5), What::Output(b"onetwo")),
        (ms(10), What::Resized(Size { rows: 40, cols: 300 })),
        (ms(11), What::Output(b"three")),
        (ms(27), What::Output(b"four")),
        (ms(28), What::Output(b"five")),
    ];
    assert_eq!(records, wanted);
    assert_eq!((&recovered.base[..], recovered.began), (&b"base"[..], ms(0)));
    assert_eq!((recovered.elapsed, recovered.trouble), (ms(28), None));
}

#[test]
fn what_was_read_but_not_recorded_when_the_daemon_was_killed_comes_back_once() {
    let dir = TempDir::new().unwrap();
    let mut wanted = text(0, 100);
    let mut j = journal(dir.path(), LIMIT);
    read(&mut j, ms(1), &wanted);
    for round in 0..50 {
        let more = text(wanted.len(), if round % 2 == 0 { OFFER } else { 1 + round });
        killed_in_read(j, ms(2 + round as u64), &more);
        wanted.extend(more);
        let (recovered, next) = Journal::open(dir.path(), LIMIT).unwrap();
        assert!(output(&recovered) == wanted, "in round {round}");
        assert_eq!(recovered.trouble, None);
        j = next;
        // A read that brings nothing leaves an empty record behind, which must not be taken for something.
        let nothing = j.read(ms(3), |_| Err(io::ErrorKind::WouldBlock.into()));
        assert_eq!(nothing.unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
    let after = text(wanted.len(), 10);
    j.resized(Size::DEFAULT, ms(60));
    read(&mut j, ms(61), &after);
    wanted.extend(after);
    assert!(output(&Recovered::read(dir.path()).unwrap()) == wanted);
}

#[test]
fn nuls_within_output_are_kept() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), LIMIT);
    read(&mut j, ms(1), b"a\0\0");
    killed_in_read(j, ms(2), b"\0b");
    assert_eq!(output(&Recovered::read(dir.path()).unwrap()), b"a\0\0\0b");
}

#[test]
fn a_chain_of_full_and_light_segments_recovers_exactly_and_keeps_within_its_limit() {
    for snapshot_bytes in [10, 60_000, 300_000] {
        let dir = TempDir::new().unwrap();
        let mut j = Journal::create(dir.path(), LIMIT).unwrap();
        let mut written = 0;
        let mut bases = Vec::new();
        for round in 0..12_u8 {
            let content = if round % 3 == 0 { Content::Full } else { Content::Light };
            let snapshot = noise(round.into(), snapshot_bytes);
            j.begin(&snapshot, content, ms(round.into())).unwrap();
            bases.push((snapshot, written));
            while !j.is_full() {
                read(&mut j, ms(round.into()), &text(written, 4095));
                written += 4095;
            }
            assert!(on_disk(dir.path()) <= LIMIT, "{} bytes in round {round}", on_disk(dir.path()));
            let recovered = Recovered::read(dir.path()).unwrap();
            assert_eq!(recovered.trouble, None, "in round {round}");
            let from = if content == Content::Light { bases.len() - 2 } else { bases.len() - 1 };
            let (base, start) = &bases[from];
            assert!(recovered.base == *base, "in round {round}");
            assert!(output(&recovered) == text(*start, written - start), "in round {round}");
        }
        assert_eq!(j.take_trouble().map(|e| e.to_string()), None);
    }
}

#[test]
fn a_kill_while_a_segment_begins_leaves_the_history_whole() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), LIMIT);
    read(&mut j, ms(1), b"one ");
    j.begin(b"light", Content::Light, ms(2)).unwrap();
    read(&mut j, ms(3), b"two ");
    let head = Head {
        sequence: 3,
        at: ms(4),
        content: Content::Full,
        base: None,
        raw: 0,
        packed: 0,
        crc: 0,
    };
    j.write_aside(&head, &[]).map(drop).unwrap();
    drop(j);
    let (recovered, mut j) = Journal::open(dir.path(), LIMIT).unwrap();
    assert_eq!((&recovered.base[..], &output(&recovered)[..]), (&b"base"[..], &b"one two "[..]));
    read(&mut j, ms(5), b"three");
    j.begin(b"third", Content::Light, ms(6)).unwrap();
    let recovered = Recovered::read(dir.path()).unwrap();
    assert_eq!((&recovered.base[..], &output(&recovered)[..]), (&b"light"[..], &b"two three"[..]));
}

#[test]
fn a_snapshot_that_is_too_large_is_refused_and_changes_nothing() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), 0);
    let error = j.begin(&noise(1, 200_000), Content::Full, ms(1)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    read(&mut j, ms(2), b"goes on");
    assert_eq!(output(&Recovered::read(dir.path()).unwrap()), b"goes on");
}

#[test]
fn output_goes_on_while_the_disk_takes_nothing_and_is_kept_again_afterwards() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("t1");
    let mut j = journal(&folder, LIMIT);
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "in the way").unwrap();
    let error = j.begin(b"no", Content::Full, ms(1)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    let mut count = 0;
    while j.keeps() {
        assert!(j.take_trouble().is_none());
        read(&mut j, ms(2), &text(0, 4000));
        count += 4000;
        assert!(count < LIMIT, "no segment takes more than its part");
    }
    assert_eq!(j.take_trouble().unwrap().kind(), io::ErrorKind::StorageFull);
    assert!(j.take_trouble().is_none(), "it is told once");
    read(&mut j, ms(3), b"not on the disk");
    assert!(!j.is_full(), "to begin anew now would fail again");
    fs::remove_file(&folder).unwrap();
    j.begin(b"again", Content::Light, ms(4)).unwrap();
    read(&mut j, ms(5), b"kept");
    let recovered = Recovered::read(&folder).unwrap();
    assert_eq!(recovered.base, b"again", "nothing that lacks output is a base");
    assert_eq!(recovered.content, Content::Light);
    assert_eq!(output(&recovered), b"kept");
}

#[test]
fn a_light_segment_after_a_gap_does_not_go_on_from_what_lacks_output() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), LIMIT);
    read(&mut j, ms(1), b"one");
    j.lose(io::ErrorKind::StorageFull.into());
    read(&mut j, ms(2), b"two");
    j.begin(b"light", Content::Light, ms(3)).unwrap();
    let recovered = Recovered::read(dir.path()).unwrap();
    assert_eq!((&recovered.base[..], output(&recovered).len()), (&b"light"[..], 0));
}

#[test]
fn a_resting_journal_maps_nothing_and_a_busy_one_little() {
    let dir = TempDir::new().unwrap();
    let mut j = journal(dir.path(), LIMIT);
    let mapped = || {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let name = dir.path().to_str().unwrap();
        let ranges = maps.lines().filter(|line| line.contains(name)).map(|line| {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            u64::from_str_radix(to, 16).unwrap() - u64::from_str_radix(from, 16).unwrap()
        });
        ranges.sum::<u64>()
    };
    let mut most = 0;
    while !j.is_full() {
        read(&mut j, ms(1), &text(0, 4095));
        most = most.max(mapped());
    }
    assert_eq!(most, 128 * 1024);
    j.rest();
    assert_eq!(mapped(), 0);
    assert!(j.last().is_empty());
}

#[test]
fn a_removed_journal_leaves_nothing_and_a_new_one_nothing_of_an_old_one() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("deep/t1");
    let mut j = journal(&folder, LIMIT);
    j.begin(b"more", Content::Full, ms(1)).unwrap();
    drop(j);
    let j = Journal::create(&folder, LIMIT).unwrap();
    assert_eq!(Recovered::read(&folder).err().unwrap().kind(), io::ErrorKind::NotFound);
    j.remove().unwrap();
    assert!(!folder.exists());
}

#[test]
fn only_its_owner_may_enter() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("t1");
    let _j = journal(&folder, LIMIT);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("a"))), (0o700, 0o600));
}
