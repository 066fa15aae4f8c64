//! What must not harm documents: a killed daemon, damaged files, a folder that cannot be written, a disk that is full.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value as Json, json};

use crate::faults::log;
use crate::state::{database, get};
use crate::support::environment::orchflow_binary;
use crate::support::json::to_msgpack;
use crate::support::random::Random;
use crate::support::seeds::seeds;
use crate::support::{DEADLINE, Daemon, Sandbox, skip, wait_until};

/// Clients that write while the daemon is killed.
const CLIENTS: usize = 20;

/// How many kills a run of all tests has time for. `ORCHFLOW_SEEDS=0..200` makes more.
const KILLS: u64 = 30;

/// A kill comes after as many answers at most.
const LATEST: usize = 400;

/// Counts in two documents at once, and for itself, until the daemon is gone; `acknowledged` is what was answered.
fn count(sandbox: &Sandbox, client: usize, acknowledged: &AtomicU64) {
    let Ok(daemon) = Daemon::try_connect(&sandbox.socket()) else {
        return;
    };
    let own = format!("$.own.c{client}");
    let ops = json!([
        {"op": "increment", "scope": "left", "path": "$.total"},
        {"op": "increment", "scope": "right", "path": "$.total"},
        {"op": "increment", "scope": "left", "path": own},
    ]);
    let params = to_msgpack(&json!({"ops": ops}));
    while let Ok(Ok(_)) = daemon.rpc().try_request("state.batch", vec![params.clone()], DEADLINE) {
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn kills_at_random_moments_lose_nothing_that_was_answered_and_leave_no_half() {
    let sandbox = Sandbox::new();
    let acknowledged: Vec<AtomicU64> = (0..CLIENTS).map(|_| AtomicU64::new(0)).collect();
    let all = || acknowledged.iter().map(|one| one.load(Ordering::SeqCst)).sum::<u64>();
    for seed in seeds(KILLS) {
        sandbox.start_daemon();
        let before = all();
        std::thread::scope(|scope| {
            for (client, acknowledged) in acknowledged.iter().enumerate() {
                let sandbox = &sandbox;
                scope.spawn(move || count(sandbox, client, acknowledged));
            }
            let answers = before + 1 + Random::new(seed).below(LATEST) as u64;
            wait_until("answers", DEADLINE, || (all() >= answers).then_some(()));
            sandbox.kill_daemon();
        });
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let (left, right) = (get(&daemon, "left", "$"), get(&daemon, "right", "$.total"));
        let left = &left[0];
        let own = |client: usize| left["own"][format!("c{client}")].as_u64().unwrap_or(0);
        for (client, acknowledged) in acknowledged.iter().enumerate() {
            let (kept, answered) = (own(client), acknowledged.load(Ordering::SeqCst));
            assert!(kept >= answered, "seed {seed}: of {answered} answered {kept} are kept");
            assert!(kept <= answered + 1, "seed {seed}: {kept} kept, {answered} answered");
            // What was committed and not answered any more counts from now on.
            acknowledged.store(kept, Ordering::SeqCst);
        }
        let sum: u64 = (0..CLIENTS).map(own).sum();
        assert_eq!(
            (&left["total"], &right[0]),
            (&json!(sum), &json!(sum)),
            "seed {seed}: half a batch"
        );
        drop(daemon);
        sandbox.stop_daemon();
    }
}

/// A daemon that was stopped after it has written some documents.
fn written() -> (Sandbox, PathBuf) {
    let (sandbox, daemon) = Daemon::start();
    for n in 0..40 {
        let value = json!({"number": n, "words": format!("some words of {n} ").repeat(40)});
        daemon.expect("state.import", json!({"scope": format!("s{n}"), "value": value}));
    }
    drop(daemon);
    sandbox.stop_daemon();
    let file = database(&sandbox);
    (sandbox, file)
}

/// Starts on a database that cannot be used: it is set aside and told, and a new one is begun.
#[track_caller]
fn is_set_aside(sandbox: &Sandbox, content: &[u8], why: &str) {
    let daemon = start_answering(sandbox);
    assert_eq!(daemon.expect("state.list", json!({})), json!({"documents": []}));
    let database = daemon.expect("daemon.info", json!({}))["database"].clone();
    let lost = &database["lost"];
    assert!(lost["why"].as_str().is_some_and(|said| said.contains(why)), "{database}");
    let kept = PathBuf::from(lost["kept"].as_str().unwrap());
    assert_eq!(fs::read(&kept).unwrap(), content, "it is kept as it was");
    daemon.expect("state.set", json!({"scope": "shared", "path": "$.n", "value": 1}));
    assert!(log(sandbox).contains("the database cannot be used; it is set aside"));
    drop(daemon);
    sandbox.stop_daemon();
    let daemon = start_answering(sandbox);
    assert_eq!(get(&daemon, "shared", "$.n"), json!([1]));
    let info = daemon.expect("daemon.info", json!({}));
    assert_eq!(&info["database"]["lost"], lost, "told until somebody has seen to it");
    fs::remove_file(kept).unwrap();
    drop(daemon);
    sandbox.stop_daemon();
    let daemon = start_answering(sandbox);
    let info = daemon.expect("daemon.info", json!({}));
    assert_eq!(info["database"], json!({"path": crate::state::database(sandbox)}));
}

/// A daemon that has begun, with its terminals as always.
fn start_answering(sandbox: &Sandbox) -> Daemon {
    sandbox.start_daemon();
    let daemon = Daemon::connect(sandbox);
    daemon.expect("terminal.list", json!({}));
    daemon
}

#[test]
fn a_database_that_is_none_is_set_aside() {
    for content in
        [&b""[..], b"SQLite format 4\0", &[0; 8192], "no database ".repeat(1000).as_bytes()]
    {
        let (sandbox, file) = written();
        fs::write(&file, content).unwrap();
        is_set_aside(&sandbox, content, if content.is_empty() { "empty" } else { "damaged" });
    }
}

#[test]
fn a_database_that_is_cut_off_is_set_aside() {
    for part in [1, 2, 3] {
        let (sandbox, file) = written();
        let whole = fs::read(&file).unwrap();
        let content = &whole[..whole.len() * part / 4 / 4096 * 4096 + part % 2 * 100];
        fs::write(&file, content).unwrap();
        is_set_aside(&sandbox, content, "damaged");
    }
}

#[test]
fn a_database_of_a_newer_version_is_set_aside() {
    let (sandbox, file) = written();
    // Where SQLite keeps the version that it leaves to us.
    let version = fs::File::options().write(true).open(&file).unwrap();
    version.write_all_at(&9999_u32.to_be_bytes(), 60).unwrap();
    let content = fs::read(&file).unwrap();
    is_set_aside(&sandbox, &content, "from a newer orchflow: version 9999");
}

#[test]
fn a_bit_that_flips_anywhere_costs_no_wrong_answer() {
    let (sandbox, file) = written();
    let whole = fs::read(&file).unwrap();
    let wanted = |n: usize| json!({"number": n, "words": format!("some words of {n} ").repeat(40)});
    for seed in seeds(20) {
        let mut random = Random::new(seed);
        let (byte, bit) = (random.below(whole.len()), random.below(8));
        let mut content = whole.clone();
        content[byte] ^= 1 << bit;
        fs::write(&file, &content).unwrap();
        let daemon = start_answering(&sandbox);
        let list = || daemon.call("state.list", json!({}));
        // Damage that is found only now is told once, and then there is another database.
        let listed = list().or_else(|_| list()).unwrap()["documents"].clone();
        let info = daemon.expect("daemon.info", json!({}));
        if info["database"].get("lost").is_some() {
            assert_eq!(listed, json!([]), "byte {byte} bit {bit}");
        } else {
            // Where nothing is kept a bit may flip and harm nobody.
            let right = (0..40).all(|n| get(&daemon, &format!("s{n}"), "$") == json!([wanted(n)]));
            assert!(right, "byte {byte} bit {bit}: {listed}");
        }
        drop(daemon);
        sandbox.stop_daemon();
        for entry in fs::read_dir(file.parent().unwrap()).unwrap().flatten() {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

/// Runs a program in a place where it may mount what nobody else sees: a disk of two megabytes for the databases.
fn apart(sandbox: &Sandbox, script: &str) -> Command {
    let mut command = sandbox.command("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    let folder = database(sandbox).parent().unwrap().parent().unwrap().to_owned();
    let mount = "mount -t tmpfs -o size=2m none \"$1\"";
    command.arg(format!("{mount} && {script}")).arg(orchflow_binary()).arg(folder);
    command
}

/// A sandbox whose databases have a disk of their own, and its daemon; none where that cannot be had.
fn with_own_disk(test: &str) -> Option<(Sandbox, Daemon)> {
    let sandbox = Sandbox::new();
    fs::create_dir_all(database(&sandbox).parent().unwrap().parent().unwrap()).unwrap();
    if !apart(&sandbox, "true").output().is_ok_and(|tried| tried.status.success()) {
        skip(test, "this user may not mount one");
        return None;
    }
    sandbox.run(&mut apart(&sandbox, "exec \"$0\" daemon")).expect_success();
    let daemon = Daemon::connect(&sandbox);
    Some((sandbox, daemon))
}

/// A path as the daemon of this moment sees it.
fn inside(sandbox: &Sandbox, path: &std::path::Path) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", sandbox.daemon_pid().unwrap(), path.display()))
}

fn write(daemon: &Daemon, n: usize) -> Result<Json, Json> {
    daemon.call("state.set", json!({"scope": "shared", "path": "$.n", "value": n}))
}

/// Noise that cannot be packed, so that it takes the room that it seems to take.
fn noise(length: usize) -> String {
    let mut random = Random::new(1);
    (0..length).map(|_| char::from(b'!' + u8::try_from(random.below(90)).unwrap())).collect()
}

#[test]
fn a_full_disk_costs_nothing_that_was_kept_and_heals_by_itself() {
    let Some((sandbox, daemon)) = with_own_disk("a full disk for documents") else {
        return;
    };
    write(&daemon, 1).unwrap();
    let filler = inside(&sandbox, &database(&sandbox).with_file_name("filler"));
    let mut file = fs::File::create(&filler).unwrap();
    let full = std::iter::repeat_with(|| std::io::Write::write_all(&mut file, &[0; 4096]));
    full.map_while(Result::ok).for_each(drop);
    drop(file);
    let large = json!({"scope": "large", "path": "$.x", "value": noise(200_000)});
    let error = daemon.call("state.set", large.clone()).unwrap_err();
    assert_eq!(error["kind"], "exhausted", "{error}");
    assert!(error["hint"].as_str().unwrap().contains("df -h"), "{error}");
    assert_eq!(get(&daemon, "large", "$"), json!([]), "nobody sees what was not kept");
    assert_eq!(get(&daemon, "shared", "$.n"), json!([1]));
    let trouble = daemon.expect("daemon.info", json!({}))["database"]["trouble"].clone();
    assert_eq!(trouble["kind"], "exhausted");
    daemon.open("well", "echo ready; cat");
    daemon.wait_match("well", "ready");
    fs::remove_file(filler).unwrap();
    daemon.expect("state.set", large);
    let info = daemon.expect("daemon.info", json!({}));
    assert_eq!(info["database"].get("trouble"), None);
}

#[test]
fn a_disk_that_becomes_read_only_is_told_and_heals_by_itself() {
    let Some((sandbox, daemon)) = with_own_disk("a disk that becomes read-only") else {
        return;
    };
    write(&daemon, 1).unwrap();
    let remount = |how: &str| {
        let folder = database(&sandbox).parent().unwrap().parent().unwrap().to_owned();
        let mut command = sandbox.command("nsenter");
        command.args(["--user", "--preserve-credentials", "--mount", "--target"]);
        command.arg(sandbox.daemon_pid().unwrap().to_string());
        command.args(["mount", "-o", &format!("remount,{how}")]).arg(folder);
        command.output().is_ok_and(|done| done.status.success())
    };
    // Whoever has it open for writing keeps it writable.
    if !remount("ro") {
        return skip("a disk that becomes read-only", "it is in use, or there is no nsenter");
    }
    let error = write(&daemon, 2).unwrap_err();
    assert_eq!(error["kind"], "permission", "{error}");
    assert_eq!(get(&daemon, "shared", "$.n"), json!([1]));
    assert!(remount("rw"));
    write(&daemon, 3).unwrap();
}

/// Starts a daemon whose user may write no more than files' modes say, also where that user is root.
fn start_humble(sandbox: &Sandbox) -> bool {
    let mut command = sandbox.orchflow();
    if rustix::process::geteuid().is_root() {
        let without = "-dac_override,-dac_read_search";
        command = sandbox.command("setpriv");
        command.args(["--bounding-set", without, "--inh-caps", without]).arg(orchflow_binary());
    }
    command.arg("daemon").output().is_ok_and(|done| done.status.success())
}

#[test]
fn a_folder_that_may_not_be_written_is_told_and_heals_by_itself() {
    let (sandbox, file) = written();
    let folder = file.parent().unwrap().to_owned();
    let mode = |path: &std::path::Path, mode: u32| {
        let rights = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(path, rights).unwrap();
    };
    mode(&file, 0o400);
    mode(&folder, 0o500);
    if !start_humble(&sandbox) {
        mode(&folder, 0o700);
        return skip("a folder that may not be written", "there is no setpriv");
    }
    let daemon = Daemon::connect(&sandbox);
    daemon.open("well", "echo ready; cat");
    daemon.wait_match("well", "ready");
    let error = write(&daemon, 2).unwrap_err();
    assert_eq!(error["kind"], "permission", "{error}");
    assert!(error["hint"].is_string(), "{error}");
    let trouble = daemon.expect("daemon.info", json!({}))["database"]["trouble"].clone();
    assert_eq!(trouble["kind"], "permission");
    mode(&folder, 0o700);
    mode(&file, 0o600);
    write(&daemon, 3).unwrap();
    assert_eq!(get(&daemon, "s7", "$.number"), json!([7]), "what was there still is");
}

#[test]
fn a_folder_that_is_gone_or_cannot_be_made_is_told_and_heals_by_itself() {
    let (sandbox, daemon) = Daemon::start();
    write(&daemon, 1).unwrap();
    let databases = database(&sandbox).parent().unwrap().parent().unwrap().to_owned();
    fs::rename(&databases, sandbox.path("moved")).unwrap();
    // What is no folder is in the way of one, whoever we are.
    fs::write(&databases, "in the way").unwrap();
    let error = write(&daemon, 2).unwrap_err();
    assert_eq!(error["kind"], "permission", "{error}");
    assert!(error["hint"].as_str().unwrap().contains("mkdir -p"), "{error}");
    assert_eq!(get(&daemon, "shared", "$.n"), json!([1]), "committed data stays");
    fs::remove_file(&databases).unwrap();
    write(&daemon, 3).unwrap();
    drop(daemon);
    sandbox.stop_daemon();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    assert_eq!(get(&daemon, "shared", "$.n"), json!([3]), "it was written where it belongs");
}

#[test]
fn without_a_place_for_a_database_the_daemon_runs_and_begins_one_later() {
    let sandbox = Sandbox::new();
    let databases = database(&sandbox).parent().unwrap().parent().unwrap().to_owned();
    fs::create_dir_all(databases.parent().unwrap()).unwrap();
    fs::write(&databases, "in the way").unwrap();
    let daemon = start_answering(&sandbox);
    daemon.open("well", "echo ready; cat");
    daemon.wait_match("well", "ready");
    for _ in 0..2 {
        let error = write(&daemon, 1).unwrap_err();
        assert_eq!(error["kind"], "permission", "{error}");
    }
    fs::remove_file(&databases).unwrap();
    write(&daemon, 2).unwrap();
    assert_eq!(get(&daemon, "shared", "$.n"), json!([2]));
}

/// How often the daemon has asked the disk to keep what was written, while it made so many changes one after the other.
fn syncs(durability: &str, changes: usize) -> Option<usize> {
    let sandbox = Sandbox::new();
    let config = format!("[state]\ndurability = \"{durability}\"");
    sandbox.write("config/orchflow/config.toml", config);
    let daemon = start_answering(&sandbox);
    write(&daemon, 0).unwrap();
    let trace = sandbox.path("trace");
    let mut strace = sandbox.command("strace");
    strace.args(["-f", "-e", "trace=fsync,fdatasync", "-o"]).arg(&trace).arg("-p");
    strace.arg(sandbox.daemon_pid().unwrap().to_string());
    strace.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let mut strace = strace.spawn().ok()?;
    let said = std::io::BufReader::new(strace.stderr.take().unwrap());
    let attached =
        std::io::BufRead::lines(said).map_while(Result::ok).any(|line| line.contains("attached"));
    if attached {
        (0..changes).for_each(|n| drop(write(&daemon, n).unwrap()));
    }
    crate::support::process::signal(strace.id(), rustix::process::Signal::INT);
    strace.wait().unwrap();
    attached.then(|| fs::read_to_string(trace).unwrap().matches("sync(").count())
}

#[test]
fn state_durability_decides_whether_each_change_waits_for_the_disk() {
    let test = "state.durability";
    match (syncs("full", 20), syncs("normal", 20)) {
        (Some(full), Some(normal)) => {
            assert!(full >= 20, "{full} of 20 changes have waited for the disk");
            assert!(normal < 5, "{normal} of 20 changes have waited for the disk");
        }
        _ => skip(test, "there is no strace, or it may not trace"),
    }
}
