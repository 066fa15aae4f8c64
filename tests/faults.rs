//! What must not harm anybody: hostile output and sizes, programs that misbehave, damaged journals, a full disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rmpv::Value;
use serde_json::{Value as Json, json};

use crate::support::random::Random;
use crate::support::wait::{is_within, wait_until_shown};
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, each_neovim, files_below, process, skip, wait_until,
};

/// Says what it reads.
const ECHO: &str = "echo ready; while read line; do echo \"got $line\"; done";

/// Prints so many numbered lines, and then says what it reads.
pub(crate) const LINES: &str =
    "seq -f 'line %.0f' 3000; echo ready; while read line; do echo \"got $line\"; done";

/// After trouble with the disk the daemon waits ten seconds before it tries again.
const HEALED: Duration = Duration::from_secs(30);

/// The lines of scrollback and screen that are not blank.
pub(crate) fn lines(daemon: &Daemon, name: &str) -> Vec<String> {
    let read = daemon.expect("terminal.read", json!({"id": name, "history": 10_000}));
    let rows = [&read["history_lines"], &read["lines"]].into_iter().filter_map(Json::as_array);
    let rows = rows.flatten().filter_map(Json::as_str);
    rows.filter(|row| !row.is_empty()).map(str::to_owned).collect()
}

/// The folder that has the journals of the sandbox's daemon.
pub(crate) fn journals(sandbox: &Sandbox) -> PathBuf {
    let name = sandbox.socket().display().to_string().replace('/', "%");
    sandbox.path("state/orchflow/journals").join(name)
}

fn folders(sandbox: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(journals(sandbox)).unwrap().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    names
}

pub(crate) fn log(sandbox: &Sandbox) -> String {
    let files = files_below(&sandbox.path("state/orchflow"), "log").into_iter();
    let mut files: Vec<PathBuf> = files.filter(|path| !path.ends_with("keeper.log")).collect();
    // One for each day, and a test may run around midnight.
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[track_caller]
pub(crate) fn wait_log(sandbox: &Sandbox, sentence: &str) {
    wait_log_times(sandbox, sentence, 1);
}

/// Waits until the log says it so often, and checks that it does not say it more often. A thread of its own writes the log,
/// so that what has happened may not be there yet.
#[track_caller]
pub(crate) fn wait_log_times(sandbox: &Sandbox, sentence: &str, times: usize) {
    let said = wait_until_shown(&format!("the log to say {sentence:?}"), HEALED, || {
        let log = log(sandbox);
        let said = log.matches(sentence).count();
        if said >= times { Ok(said) } else { Err(log) }
    });
    assert!(times == 1 || said == times, "{sentence:?} is said {said} times: {}", log(sandbox));
}

/// Ends the daemon with SIGKILL, and nobody starts another while `meanwhile` runs.
fn while_down(sandbox: &Sandbox, meanwhile: impl FnOnce()) -> Daemon {
    // A keeper that is stopped cannot start one.
    let keeper = sandbox.keeper_pid().unwrap();
    process::signal(keeper, rustix::process::Signal::STOP);
    let old = sandbox.kill_daemon();
    meanwhile();
    process::signal(keeper, rustix::process::Signal::CONT);
    // The keeper starts a few, and then leaves it to people.
    let started = is_within(Duration::from_secs(1), || {
        // One that was killed may still be connected to for a moment.
        sandbox.daemon_pid().is_some_and(|pid| pid != old)
    });
    if !started {
        sandbox.start_daemon();
    }
    wait_until_shown("the next daemon", DEADLINE, || {
        Daemon::try_connect(&sandbox.socket()).map_err(|why| format!("{why}; {}", log(sandbox)))
    })
}

/// The processor time that a process has taken, in clock ticks (10 ms).
#[cfg(target_os = "linux")]
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn memory(pid: u32, key: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn sizes_that_cannot_be_are_refused_and_extreme_ones_lose_no_line() {
    let (_sandbox, daemon) = Daemon::start();
    daemon.open("other", LINES);
    daemon.wait_match("other", "ready");
    let other = lines(&daemon, "other");
    daemon.open("elastic", &format!("{LINES} & wait"));
    daemon.wait_match("elastic", "ready");
    let before = daemon.expect("terminal.history", json!({"id": "elastic"}))["lines"].clone();
    for (rows, cols) in [(0, 80), (24, 0), (1001, 80), (24, 1001), (65_536, 80), (-1, 80)] {
        let size = json!({"id": "elastic", "rows": rows, "cols": cols});
        assert_eq!(daemon.call("terminal.resize", size).unwrap_err()["kind"], "invalid_params");
        let open = json!({"command": ["true"], "rows": rows, "cols": cols});
        assert_eq!(daemon.call("terminal.open", open).unwrap_err()["kind"], "invalid_params");
        let view = json!({"terminal": "elastic", "channel": 1, "rows": rows, "cols": cols});
        assert_eq!(daemon.call("view.open", view).unwrap_err()["kind"], "invalid_params");
    }
    for (rows, cols) in [(1, 1), (1000, 1000), (1, 1000), (1000, 1), (2, 2), (24, 80)] {
        daemon.expect("terminal.resize", json!({"id": "elastic", "rows": rows, "cols": cols}));
    }
    let after = daemon.expect("terminal.history", json!({"id": "elastic"}))["lines"].clone();
    assert_eq!(texts(&after), texts(&before));
    assert_eq!(lines(&daemon, "other"), other);
}

/// The lines that are not blank.
fn texts(lines: &Json) -> Vec<String> {
    let text = |line: &Json| match line {
        Json::String(text) => text.clone(),
        line => line["text"].as_str().unwrap_or_default().to_owned(),
    };
    lines.as_array().unwrap().iter().map(text).filter(|text| !text.is_empty()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_without_its_terminal_costs_nothing_and_can_be_closed() {
    let (sandbox, daemon) = Daemon::start();
    let hide = "echo hiding; trap '' HUP; exec <&- >&- 2>&-; sleep 1000; exit 9";
    let pid = daemon.open("hidden", hide);
    let short = "echo hiding; trap '' HUP; exec <&- >&- 2>&-; sleep 2; exit 9";
    daemon.open("short", short);
    daemon.wait_match("hidden", "hiding");
    let both = || ticks(sandbox.daemon_pid().unwrap()) + ticks(sandbox.keeper_pid().unwrap());
    let before = both();
    let ended = json!({"id": "short", "exit": true, "timeout_ms": 50_000});
    assert_eq!(daemon.expect("terminal.wait", ended)["exit"], json!({"code": 9}));
    // A loop that is busy would have taken some two hundred.
    assert!(both() - before < 20, "{} ticks", both() - before);
    assert!(process::alive(pid));
    daemon.expect("terminal.close", json!({"id": "hidden"}));
    assert!(!process::alive(pid));
    wait_until("what it started to end", DEADLINE, || {
        (sandbox.processes().len() == 2).then_some(())
    });
}

#[test]
fn a_shell_that_starts_hundreds_of_programs_harms_nobody_and_is_closed_with_all() {
    let (sandbox, daemon) = Daemon::start();
    daemon.open("other", ECHO);
    daemon.wait_match("other", "ready");
    let many = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); true & sleep 1000 & done; echo ready; \
                while :; do true & done";
    daemon.open("many", many);
    daemon.wait_match("many", "ready");
    daemon.answers("other", "meanwhile");
    daemon.expect("terminal.close", json!({"id": "many"}));
    // The daemon, its keeper and the other shell are left.
    wait_until("all of them to end", DEADLINE, || (sandbox.processes().len() == 3).then_some(()));
    daemon.answers("other", "after");
}

#[test]
fn a_line_without_an_end_keeps_nobody_waiting_and_memory_bounded() {
    let (sandbox, daemon) = Daemon::start();
    daemon.open("other", LINES);
    daemon.wait_match("other", "ready");
    let other = lines(&daemon, "other");
    let long = "head -c 40000000 /dev/zero | tr '\\0' x; echo; echo over; read x";
    daemon.open("long", long);
    daemon.wait_match("long", "xxx");
    assert_eq!(lines(&daemon, "other"), other, "while it is printed");
    daemon.expect("terminal.wait", json!({"id": "long", "match": "^over", "timeout_ms": 60_000}));
    if cfg!(target_os = "linux") {
        let most = memory(sandbox.daemon_pid().unwrap(), "VmHWM");
        assert!(most < 120_000, "{most} KB");
    }
    assert!(
        lines(&daemon, "long").iter().all(|line| line.bytes().all(|b| b == b'x') || line == "over")
    );
    let next = while_down(&sandbox, || {});
    next.wait_match("long", "^over");
    assert_eq!(lines(&next, "other"), other);
}

#[test]
fn bytes_that_are_no_text_are_taken_wherever_they_come() {
    let (sandbox, daemon) = Daemon::start();
    daemon.open("other", ECHO);
    daemon.wait_match("other", "ready");
    let mut random = Random::new(3);
    let mut bytes: Vec<u8> = (0..200_000).map(|_| (random.below(256)) as u8).collect();
    // Nor in what a program says of itself.
    for start in ["2;", "7;file:///", "9;", "133;C;cmdline_url=", "8;;file://", "777;notify;"] {
        bytes.extend_from_slice(b"\x1b]");
        bytes.extend_from_slice(start.as_bytes());
        bytes.extend_from_slice(b"\xff\xc3\x28\xed\xa0\x80\x07");
    }
    bytes.extend_from_slice(b"\x18\x1bc\xff\xfe\xc3 here\xe2\x82\r\n");
    let file = sandbox.write("work/noise", &bytes);
    let show = format!("stty -echo; cat {}; printf '\\nend of it\\n'; cat", file.display());
    daemon.open("noise", &show);
    daemon.wait_match("noise", "end of it");
    let read = daemon.expect("terminal.read", json!({"id": "noise", "history": 1_000}));
    assert!(read["lines"][0].as_str().unwrap().contains("here"), "{read}");
    let next = while_down(&sandbox, || {});
    assert_eq!(next.expect("terminal.read", json!({"id": "noise", "history": 1_000})), read);
    // Typed as bytes, it arrives; where text must be, it is refused.
    let write = |data: Value| {
        let map = vec![("id".into(), "other".into()), ("data".into(), data)];
        next.rpc().request("terminal.write", vec![Value::Map(map)])
    };
    write(Value::Binary(b"\xff\xfe\n".to_vec())).unwrap();
    next.wait_match("other", "got \u{fffd}");
    let name = rmpv::decode::read_value(&mut &b"\xa2\xff\xfe"[..]).unwrap();
    let params = Value::Map(vec![("id".into(), name)]);
    assert!(next.rpc().request("terminal.get", vec![params]).is_err());
    next.answers("other", "after");
}

/// What somebody does to a file's bytes.
type Damage = Box<dyn Fn(&mut Vec<u8>)>;

/// Ways in which a file can be damaged.
fn damages(random: &mut Random) -> Vec<(&'static str, Damage)> {
    let (at, bit) = (random.below(1 << 30), random.below(8));
    vec![
        ("cut off", Box::new(move |bytes| bytes.truncate(at % bytes.len().max(1)))),
        (
            "one bit other",
            Box::new(move |bytes| {
                let at = at % bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }),
        ),
        (
            "garbage",
            Box::new(move |bytes| bytes.iter_mut().for_each(|b| *b = b.wrapping_mul(31) ^ 0x5a)),
        ),
        ("empty", Box::new(Vec::clear)),
    ]
}

fn damage(folder: &Path, name: &str, change: &dyn Fn(&mut Vec<u8>)) {
    let path = folder.join(name);
    if let Ok(mut bytes) = fs::read(&path) {
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

/// Whether these are some of the lines that `LINES` has printed, in order, none left out between.
#[track_caller]
fn assert_part(lines: &[String], what: &str) {
    let number = |line: &String| line.strip_prefix("line ")?.parse::<u64>().ok();
    let numbers: Vec<u64> = lines.iter().filter_map(number).collect();
    // The first of them may be the end of one.
    for pair in numbers.windows(2) {
        assert_eq!(pair[0] + 1, pair[1], "{what}: {lines:?}");
    }
}

#[test]
fn a_journal_that_is_damaged_anywhere_costs_history_at_most_and_the_log_says_so() {
    let (sandbox, mut daemon) = Daemon::start();
    daemon.open("other", LINES);
    daemon.wait_match("other", "ready");
    let other = lines(&daemon, "other");
    let mut random = Random::new(5);
    let mut count = 1;
    for file in ["a", "b", "c", "landing"] {
        for (how, change) in damages(&mut random) {
            let what = format!("{file} {how}");
            let name = format!("victim{count}");
            count += 1;
            let pid = daemon.open(&name, LINES);
            daemon.wait_match(&name, "ready");
            let folder = journals(&sandbox).join(format!("t{count}"));
            let there = folder.join(file).exists();
            let said = "not all of a journal is whole";
            let before = log(&sandbox).matches(said).count();
            daemon = while_down(&sandbox, || damage(&folder, file, &*change));
            assert!(process::alive(pid), "{what}");
            assert_eq!(lines(&daemon, "other"), other, "{what}");
            let left = lines(&daemon, &name);
            assert_part(&left, &what);
            daemon.answers(&name, "after");
            let whole = left.len() == 3001;
            assert!(whole || there, "{what}: {} lines are left", left.len());
            if !whole {
                wait_log_times(&sandbox, said, before + 1);
            }
            // What is there now is kept as ever.
            let before = lines(&daemon, &name);
            daemon = while_down(&sandbox, || {});
            assert_eq!(lines(&daemon, &name), before, "{what}");
            daemon.expect("terminal.close", json!({"id": name}));
            assert_eq!(folders(&sandbox), ["t1"], "{what}");
        }
    }
}

#[test]
fn a_journal_that_is_gone_or_something_else_costs_history_only_and_the_log_says_so() {
    let (sandbox, mut daemon) = Daemon::start();
    daemon.open("other", LINES);
    daemon.wait_match("other", "ready");
    let other = lines(&daemon, "other");
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("deleted", |folder| fs::remove_dir_all(folder).unwrap()),
        ("a file", |folder| {
            fs::remove_dir_all(folder).unwrap();
            fs::write(folder, "something else").unwrap();
        }),
        ("full of folders", |folder| {
            for name in ["a", "b", "c", "landing", "next"] {
                let _ = fs::remove_file(folder.join(name));
                fs::create_dir_all(folder.join(name).join("below")).unwrap();
            }
        }),
        ("a link to nowhere", |folder| {
            fs::remove_dir_all(folder).unwrap();
            symlink("/nonexistent/folder", folder).unwrap();
        }),
    ];
    for (number, (how, change)) in changes.into_iter().enumerate() {
        let name = format!("victim{number}");
        let pid = daemon.open(&name, LINES);
        daemon.wait_match(&name, "ready");
        let folder = journals(&sandbox).join(format!("t{}", number + 2));
        daemon = while_down(&sandbox, || change(&folder));
        assert!(process::alive(pid), "{how}");
        daemon.answers(&name, "after");
        assert_eq!(lines(&daemon, &name), ["after", "got after"], "{how}: its screen starts blank");
        assert_eq!(lines(&daemon, "other"), other, "{how}");
        wait_log_times(&sandbox, "a terminal's journal is lost", number + 1);
        daemon.expect("terminal.close", json!({"id": name}));
        let _ = fs::remove_dir_all(&folder).or_else(|_| fs::remove_file(&folder));
    }
}

#[test]
fn a_journal_that_may_not_be_read_is_begun_anew_once_it_may() {
    let name = "a_journal_that_may_not_be_read_is_begun_anew_once_it_may";
    if rustix::process::geteuid().is_root() {
        return skip(name, "root may read everything");
    }
    let (sandbox, daemon) = Daemon::start();
    let pid = daemon.open("echo", ECHO);
    daemon.wait_match("echo", "ready");
    let folder = journals(&sandbox).join("t1");
    let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    let daemon = while_down(&sandbox, || set(0o000));
    daemon.answers("echo", "locked");
    assert!(process::alive(pid));
    wait_log(&sandbox, "output is not kept on disk");
    set(0o700);
    wait_log(&sandbox, "output is kept on disk again");
    let daemon = while_down(&sandbox, || {});
    daemon.wait_match("echo", "^got locked$");
}

#[test]
fn a_disk_that_takes_no_journal_is_told_once_and_heals_by_itself() {
    let sandbox = Sandbox::new();
    // Whatever is to be made below a file fails, for root too.
    let root = journals(&sandbox);
    fs::create_dir_all(root.parent().unwrap()).unwrap();
    fs::write(&root, "in the way").unwrap();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let pid = daemon.open("echo", ECHO);
    daemon.wait_match("echo", "ready");
    daemon.answers("echo", "one");
    let told = |n: &str, told: &Json| {
        (n == "terminal.notified" && told["source"] == "orchflow").then(|| told.clone())
    };
    let warning = daemon.wait_notice("a warning", told);
    assert_eq!((&warning["name"], &warning["urgency"]), (&json!("echo"), &json!("critical")));
    let body = warning["body"].as_str().unwrap();
    assert!(body.starts_with("output is not kept on disk"), "{body}");
    daemon.answers("echo", "two");
    let (unkept, again) = ("output is not kept on disk", "output is kept on disk again");
    for name in ["second", "third"] {
        daemon.open(name, ECHO);
        daemon.wait_match(name, "ready");
        daemon.answers(name, "one");
    }
    wait_log_times(&sandbox, unkept, 3);
    fs::remove_file(&root).unwrap();
    // The terminals are quiet: it is tried again all the same.
    wait_log_times(&sandbox, again, 3);
    // Of each terminal once, however often it was tried.
    wait_log_times(&sandbox, unkept, 3);
    // Notices come in order, and this one is the last.
    daemon.expect("terminal.rename", json!({"id": "third", "name": "last"}));
    let next = daemon.wait_notice("the last notice", |n, params| {
        told(n, params).or_else(|| (n == "terminal.renamed").then_some(Json::Null))
    });
    assert_eq!(next, Json::Null, "the person is told once for all");
    let next = while_down(&sandbox, || {});
    assert!(process::alive(pid));
    assert_eq!(lines(&next, "echo"), ["ready", "one", "got one", "two", "got two"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_in_trouble_for_a_reason_of_its_own_hides_no_full_disk() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 1");
    let root = journals(&sandbox);
    fs::create_dir_all(&root).unwrap();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    // Nothing can be made in its folder, as it is none.
    let in_the_way = root.join("t1");
    fs::write(&in_the_way, "in the way").unwrap();
    daemon.open("odd", ECHO);
    let warning = |name: &str| {
        daemon.wait_notice(&format!("a warning of {name}"), |n, told| {
            let ours =
                n == "terminal.notified" && told["source"] == "orchflow" && told["name"] == name;
            ours.then(|| told["body"].as_str().unwrap().to_owned())
        })
    };
    assert!(!warning("odd").contains("No space left"));
    let print = "while read x; do seq -f \"line %.0f\" 100000; echo end; done";
    daemon.open("much", print);
    // This device is always full.
    let next = root.join("t2/next");
    wait_until("its journal", DEADLINE, || symlink("/dev/full", &next).ok());
    daemon.expect("terminal.write", json!({"id": "much", "data": "\n"}));
    let body = warning("much");
    assert!(body.contains("No space left on device"), "{body}");
    fs::remove_file(in_the_way).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_becomes_full_stops_no_terminal_and_output_is_kept_again_later() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 1");
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    daemon.open("other", LINES);
    daemon.wait_match("other", "ready");
    let other = lines(&daemon, "other");
    let print = "n=0; while read x; do n=$((n+1)); seq -f \"round $n line %.0f\" 100000; echo \"end $n\"; done";
    daemon.open("much", print);
    // Where the next segment is written first there is no room: this device is always full.
    let next = journals(&sandbox).join("t2/next");
    wait_until("its journal", DEADLINE, || symlink("/dev/full", &next).ok());
    daemon.expect("terminal.write", json!({"id": "much", "data": "\n"}));
    daemon.wait_match("much", "^end 1$");
    wait_log(&sandbox, "No space left on device");
    assert!(log(&sandbox).contains("output is not kept on disk"));
    let count = |lines: &[String]| lines.iter().filter(|line| line.starts_with("round 1 ")).count();
    assert!(count(&lines(&daemon, "much")) > 9_000, "the terminal has it");
    wait_log(&sandbox, "output is kept on disk again");
    let before = lines(&daemon, "much");
    let after = while_down(&sandbox, || {});
    assert_eq!(lines(&after, "much"), before);
    assert_eq!(lines(&after, "other"), other);
    after.expect("terminal.write", json!({"id": "much", "data": "\n"}));
    after.wait_match("much", "^end 2$");
}

#[test]
fn the_journal_of_a_terminal_that_is_closed_or_forgotten_is_deleted() {
    let (sandbox, daemon) = Daemon::start();
    daemon.open("echo", ECHO);
    wait_until("its journal", DEADLINE, || (folders(&sandbox) == ["t1"]).then_some(()));
    daemon.expect("terminal.close", json!({"id": "echo"}));
    assert!(folders(&sandbox).is_empty());
    for number in 0..60 {
        let name = format!("quick{number}");
        daemon.open(&name, "exit");
        daemon.expect("terminal.wait", json!({"id": name, "exit": true, "timeout_ms": 50_000}));
    }
    let listing = daemon.expect("terminal.list", json!({}))["terminals"].clone();
    let ids: Vec<&str> =
        listing.as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert!(ids.len() <= 51);
    // And what became of them is said.
    wait_log(&sandbox, "forgotten: 50 that have ended are kept id=t2 name=\"quick0\"");
    wait_until_shown("the journals of the others to be deleted", DEADLINE, || {
        let left = folders(&sandbox);
        if left == ids { Ok(()) } else { Err(format!("{left:?}")) }
    });
}

#[test]
fn who_has_just_ended_or_is_looked_at_is_not_forgotten_for_others_that_end() {
    let (_sandbox, daemon) = Daemon::start();
    daemon.open("seen", "echo seen; exit 1");
    daemon.open("late", "read x; echo important; exit 3");
    let ended = |name: &str| {
        daemon.expect("terminal.wait", json!({"id": name, "exit": true, "timeout_ms": 50_000}));
    };
    ended("seen");
    daemon.expect("view.open", json!({"terminal": "seen", "channel": 1, "rows": 24, "cols": 80}));
    for number in 0..52 {
        daemon.open(&format!("quick{number}"), "exit");
        ended(&format!("quick{number}"));
    }
    daemon.expect("terminal.write", json!({"id": "late", "data": "\r"}));
    ended("late");
    daemon.open("another", "exit");
    for (name, line) in [("seen", "seen"), ("late", "important")] {
        let lines = daemon.expect("terminal.read", json!({"id": name}))["lines"].clone();
        assert!(lines.as_array().unwrap().contains(&json!(line)), "{name}: {lines}");
    }
    assert_eq!(
        daemon.call("terminal.read", json!({"id": "quick0"})).unwrap_err()["kind"],
        "not_found"
    );
}

#[test]
fn journals_that_nobody_comes_back_to_are_bounded() {
    let sandbox = Sandbox::new();
    let root = journals(&sandbox);
    for number in 1..=30 {
        fs::create_dir_all(root.join(format!("t{number}"))).unwrap();
        fs::write(root.join(format!("t{number}/a")), "old").unwrap();
    }
    fs::create_dir_all(root.join("mine")).unwrap();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let left: Vec<String> = (11..=30).map(|number| format!("t{number}")).collect();
    assert_eq!(folders(&sandbox)[..20], left);
    assert_eq!(folders(&sandbox)[20..], ["mine"], "what is not ours is left alone");
    daemon.open("echo", ECHO);
    assert_eq!(daemon.expect("terminal.get", json!({"id": "echo"}))["id"], "t31");
}

#[test]
fn terminal_scrollback_decides_how_many_lines_are_kept() {
    // They fall out in blocks of 32 KB, so there may be some more.
    for (config, least, most) in [
        ("", 10_000, 11_000),
        ("[terminal]\nscrollback = 100", 100, 1_000),
        ("[terminal]\nscrollback = 0", 0, 600),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("config/orchflow/config.toml", config);
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let line = "of a hundred characters, so that a block is not a whole scrollback of lines";
        daemon.open("lines", &format!("seq -f 'line %.0f {line}' 20000; echo ready; read x"));
        daemon.wait_match("lines", "^ready");
        let check = |daemon: &Daemon| {
            let found =
                daemon.expect("terminal.search", json!({"id": "lines", "pattern": "^line 20000 "}));
            assert_eq!(found["matches"].as_array().unwrap().len(), 1);
            let number = |key: &str| found[key].as_u64().unwrap();
            let kept = number("screen_line") - number("first_line");
            assert!((least..=most).contains(&kept), "{config}: {kept}");
        };
        check(&daemon);
        check(&while_down(&sandbox, || {}));
    }
}

#[test]
fn terminal_journal_decides_how_much_is_kept_on_disk() {
    let kept = |config: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("config/orchflow/config.toml", config);
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        daemon.open(
            "much",
            "seq -f 'a line of some length that fills the disk: %.0f' 150000; echo end; read x",
        );
        daemon.wait_match("much", "^end$");
        let files = fs::read_dir(journals(&sandbox).join("t1")).into_iter().flatten().flatten();
        let size: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
        let daemon = while_down(&sandbox, || {});
        (size, lines(&daemon, "much").len())
    };
    let (four, one, none) =
        (kept(""), kept("[terminal]\njournal = 1"), kept("[terminal]\njournal = 0"));
    assert!((1_100_000..=4_000_000).contains(&four.0), "{four:?}");
    assert!((200_000..=1_000_000).contains(&one.0), "{one:?}");
    assert!(four.1 > 10_000 && one.1 > 1_000, "{four:?} {one:?}");
    assert_eq!(none, (0, 0), "and nothing of it is there after a crash");
}

#[test]
fn a_configuration_out_of_bounds_is_refused_with_its_path() {
    for (config, part) in [
        (
            "[terminal]\nscrollback = 10000000",
            "at terminal.scrollback: 10000000 is too much: at most 1000000 lines",
        ),
        ("[terminal]\njournal = 257", "at terminal.journal: 257 is too much: at most 256 MB"),
        ("[terminal]\nscrollback = -1", "at terminal.scrollback: invalid value"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("config/orchflow/config.toml", config);
        let output = sandbox.orchflow().arg("daemon").output().unwrap();
        let fault: Json = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(fault["kind"], "invalid_params");
        assert!(fault["message"].as_str().unwrap().contains(part), "{fault}");
        assert_eq!(fault["hint"], "the keys: :help orchflow-config-file");
    }
}

/// Collects what is said.
const COLLECT: &str = "
_G.notes = {}
vim.notify = function(text, level) table.insert(_G.notes, { text, level }) end
";

each_neovim! {
    fn that_output_is_not_kept_is_said_even_while_the_terminal_is_in_sight(version) {
        let sandbox = Sandbox::new();
        let root = journals(&sandbox);
        fs::create_dir_all(root.parent().unwrap()).unwrap();
        fs::write(&root, "in the way").unwrap();
        let editor = Editor::with(version).lua(COLLECT).config("notify", json!(false)).start(&sandbox);
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'echo' })", json!([ECHO]));
        editor.wait_text("ready");
        let note = editor.wait_lua("a message", "return _G.notes[1]", Json::Null);
        let start = "echo: output is not kept on disk: were the daemon to crash now";
        assert!(note[0].as_str().unwrap().starts_with(start), "{note}");
        assert_eq!(note[1], 3, "a warning");
        fs::remove_file(root).unwrap();
    }

    fn a_title_is_shown_and_never_evaluated(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 24).start(&sandbox);
        let title = r#"printf '\033]2;%%{execute("let g:pwned=1")}%%#Error#%%=\001\177red\007'; echo titled; read x"#;
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'web' })", json!([title]));
        editor.wait_text("titled");
        let shown = editor.wait_lua("the title", "return vim.b.term_title ~= nil and #vim.b.term_title > 5 and vim.b.term_title", Json::Null);
        assert!(!shown.as_str().unwrap().contains(|c: char| c.is_control()), "{shown}");
        editor.command("set title laststatus=2 | stopinsert | redraw!");
        editor.wait_lua("nothing to run", "return vim.g.pwned == nil", Json::Null);
    }
}
