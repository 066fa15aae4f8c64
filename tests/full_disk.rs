//! A disk that is full, truly: of two megabytes, for the journals alone.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::faults::{LINES, journals, lines, log, wait_log, wait_log_times};
use crate::support::environment::orchflow_binary;
use crate::support::{Daemon, Sandbox, process, skip};

/// Prints half a megabyte, which is more than lands before something is appended, and waits for the next line.
const PRINT: &str = "n=0; echo ready; while read x; do n=$((n+1)); \
                     seq -f \"round $n line %.0f of much\" 25000; echo \"end $n\"; done";

/// What the log says of each terminal that is in trouble.
const UNKEPT: &str = "output is not kept on disk";

/// Runs a program in a place where it may mount what nobody else sees.
fn apart(sandbox: &Sandbox, script: &str) -> std::process::Command {
    let mut command = sandbox.command("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    let mount = "mount -t tmpfs -o size=2m none \"$1\"";
    command.arg(format!("{mount} && {script}")).arg(orchflow_binary()).arg(journals(sandbox));
    command
}

/// The file that takes all the room, on the disk as the daemon of this moment sees it.
fn filler(sandbox: &Sandbox) -> PathBuf {
    let (daemon, journals) = (sandbox.daemon_pid().unwrap(), journals(sandbox));
    PathBuf::from(format!("/proc/{daemon}/root{}/filler", journals.display()))
}

fn fill(sandbox: &Sandbox) {
    let mut file = fs::File::create(filler(sandbox)).unwrap();
    let full = std::iter::repeat_with(|| file.write_all(&[0; 4096])).find_map(Result::err).unwrap();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

/// What a person is told of a disk, if this notice is that.
fn warning(method: &str, told: &Json) -> Option<Json> {
    (method == "terminal.notified" && told["source"] == "orchflow").then(|| told.clone())
}

#[test]
fn a_segment_that_cannot_grow_is_told_once_for_all_stops_nobody_and_costs_no_other_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 1");
    fs::create_dir_all(journals(&sandbox)).unwrap();
    if !apart(&sandbox, "true").output().is_ok_and(|tried| tried.status.success()) {
        return skip("a full disk", "this user may not mount one");
    }
    sandbox.run(&mut apart(&sandbox, "exec \"$0\" daemon")).expect_success();
    let daemon = Daemon::connect(&sandbox);
    let quiet = daemon.open("quiet", LINES);
    daemon.wait_match("quiet", "ready");
    for name in ["one", "two"] {
        daemon.open(name, PRINT);
        daemon.wait_match(name, "^ready$");
    }
    fill(&sandbox);
    // Each has its segment by now; what it prints is to be appended to that.
    for name in ["one", "two"] {
        daemon.expect("terminal.write", json!({"id": name, "data": "\n"}));
        daemon.wait_match(name, "^end 1$");
        assert!(lines(&daemon, name).len() > 9_000, "the terminal has it");
    }
    let body = daemon.wait_notice("a warning", warning)["body"].to_string();
    assert!(body.contains("No space left on device"), "{body}");
    wait_log_times(&sandbox, UNKEPT, 2);
    // Notices come in order, and this one is the last.
    daemon.expect("terminal.rename", json!({"id": "two", "name": "last"}));
    let next = daemon.wait_notice("the last notice", |method, told| {
        warning(method, told).or_else(|| (method == "terminal.renamed").then_some(Json::Null))
    });
    assert_eq!(next, Json::Null, "the person is told once for both, and for all that failed");
    daemon.answers("quiet", "meanwhile");
    let before = lines(&daemon, "quiet");
    let next = Daemon::after(&sandbox, sandbox.kill_daemon());
    assert_eq!(lines(&next, "quiet"), before, "{}", log(&sandbox));
    assert!(process::alive(quiet));
    next.answers("quiet", "after");
    fs::remove_file(filler(&sandbox)).unwrap();
    wait_log(&sandbox, "output is kept on disk again");
    next.expect("terminal.write", json!({"id": "one", "data": "\n"}));
    next.wait_match("one", "^end 2$");
}
