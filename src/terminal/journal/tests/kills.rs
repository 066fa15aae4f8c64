//! Real ends of real processes: readers killed in the middle of anything, and one whose files may not grow.
//!
//! The readers are this test program itself, started to run one of the ignored tests below.

use std::env;
use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::*;

/// Tells a reader that it is one, and its folder.
const FOLDER: &str = "ORCHFLOW_TEST_JOURNAL";

/// The byte at this place of the endless output.
fn byte(at: u64) -> u8 {
    (1 + (at * 7 + at / 251) % 255) as u8
}

/// How much output there was, if it is what it should be.
fn total(recovered: &Recovered) -> u64 {
    assert_eq!(recovered.trouble, None);
    let mut at = u64::from_le_bytes(recovered.base[..].try_into().unwrap());
    for found in output(recovered) {
        assert_eq!(found, byte(at), "at {at}");
        at += 1;
    }
    at
}

/// Keeps what comes from its standard input, a PTY. Its snapshots are the count of bytes before.
#[test]
#[ignore = "the process that the next test starts, and kills"]
fn a_reader() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let (mut count, mut j) = match Journal::open(folder, 0) {
        Ok((recovered, j)) => (total(&recovered), j),
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
            let mut j = Journal::create(folder, 0).unwrap();
            j.begin(&0_u64.to_le_bytes(), Content::Full, ms(0)).unwrap();
            (0, j)
        }
    };
    loop {
        let at = Duration::from_micros(count);
        if j.is_full() {
            let content = if count % 3 == 0 { Content::Full } else { Content::Light };
            j.begin(&count.to_le_bytes(), content, at).unwrap();
        }
        match j.read(at, |room| Ok(rustix::io::read(rustix::stdio::stdin(), room)?)) {
            Ok(read) => count += read as u64,
            // Nobody holds the other side any more.
            Err(error) => return assert_eq!(error.raw_os_error(), Some(5)),
        }
        assert!(j.keeps());
        if count % 5 == 0 {
            j.rest();
        }
    }
}

fn start(test: &str, folder: &Path, wrapper: &[&str], input: Stdio) -> Child {
    let program = env::current_exe().unwrap();
    let test = format!("terminal::journal::tests::kills::{test}");
    let mut words: Vec<&OsStr> = wrapper.iter().map(OsStr::new).collect();
    words.push(program.as_os_str());
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--exact", &test, "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).stdin(input).stdout(Stdio::null()).spawn().unwrap()
}

/// Both sides of a raw PTY; the second one does not block.
fn pty() -> (OwnedFd, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let slave = rustix::fs::open(name, flags, Mode::empty()).unwrap();
    let mut modes = tcgetattr(&slave).unwrap();
    modes.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
    (master, slave)
}

/// Prints output from `from` to `to`; the reader is to take it before long.
fn print(slave: &OwnedFd, from: u64, to: u64) {
    let mut at = from;
    while at < to {
        let piece: Vec<u8> = (at..to.min(at + 1000)).map(byte).collect();
        let mut fds = [PollFd::new(slave, PollFlags::OUT)];
        let limit = Timespec { tv_sec: 20, tv_nsec: 0 };
        assert_eq!(poll(&mut fds, Some(&limit)).unwrap(), 1, "the reader has stopped at {at}");
        at += rustix::io::write(slave, &piece).unwrap() as u64;
    }
}

#[test]
fn readers_killed_at_any_moment_lose_no_byte_and_double_none() {
    let dir = TempDir::new().unwrap();
    let (master, slave) = pty();
    let input = || Stdio::from(master.as_fd().try_clone_to_owned().unwrap());
    let mut printed = 0;
    let mut kept = 0;
    let amounts = noise(3, 2 * 100);
    for amount in amounts.chunks(2) {
        let mut reader = start("a_reader", dir.path(), &[], input());
        // More than a PTY holds, so that some of it is read; how far it is at the end, chance decides.
        let more = 30_000 + 2 * u64::from(u16::from_le_bytes([amount[0], amount[1]]));
        print(&slave, printed, printed + more);
        printed += more;
        reader.kill().unwrap();
        reader.wait().unwrap();
        let now = total(&Recovered::read(dir.path()).unwrap());
        assert!(kept < now && now <= printed);
        kept = now;
        assert!(on_disk(dir.path()) <= SMALLEST);
    }
    drop(slave);
    let last = start("a_reader", dir.path(), &[], input()).wait().unwrap();
    assert!(last.success());
    assert_eq!(total(&Recovered::read(dir.path()).unwrap()), printed);
}

#[test]
#[ignore = "the process that the next test starts"]
fn a_reader_whose_disk_is_full() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let mut j = journal(Path::new(&folder), LIMIT);
    let mut written = 0;
    while j.keeps() {
        read(&mut j, ms(1), &text(written, 4000));
        written += 4000;
    }
    assert!(!j.is_full());
    assert_eq!(j.take_trouble().unwrap().kind(), io::ErrorKind::FileTooLarge);
    let kept = written - 4000;
    assert!(output(&Recovered::read(Path::new(&folder)).unwrap()) == text(0, kept));
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_ends_the_history_and_not_the_reader() {
    let dir = TempDir::new().unwrap();
    // A limit on the size of files is to the journal what a full disk is. Its signal would end the process, as in C.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" \"$@\""];
    let mut reader = start("a_reader_whose_disk_is_full", dir.path(), &limited, Stdio::null());
    assert!(reader.wait().unwrap().success());
}
