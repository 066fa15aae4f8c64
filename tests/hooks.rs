//! `orchflow hook` harms nobody: it waits for no program that does not close its pipe, and for no daemon that does not answer.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{ChildStdin, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketType};
use rustix::process::Signal;
use serde_json::json;

use crate::support::fake_agent::{spawn, start, wait};
use crate::support::{Sandbox, process};

/// Runs a hook as a program does that writes this to it, and gives what became of it, and how long that took.
fn hook(sandbox: &Sandbox, event: &str, write: impl FnOnce(ChildStdin)) -> (Output, Duration) {
    let mut command = sandbox.orchflow();
    command.args(["hook", "fake", event]).env("ORCHFLOW_TERMINAL", "t1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    write(child.stdin.take().unwrap());
    let done = child.wait_with_output().unwrap();
    (done, begun.elapsed())
}

#[track_caller]
fn says_nothing((done, took): (Output, Duration)) {
    assert!(done.status.success(), "{done:?}");
    assert!(done.stdout.is_empty() && done.stderr.is_empty(), "{done:?}");
    // Half a second by its own measure; the rest is a machine that is busy.
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_hook_with_much_to_say_or_no_end_is_heard_all_the_same() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine"}));
    wait(&client, "mine", &["idle"]);
    // 10 MB of characters that are more than a byte each: it is cut between two, and the program can write all of it.
    says_nothing(hook(&sandbox, "Begin", |mut stdin| {
        stdin
            .write_all(&[b"x".as_slice(), "äöü".repeat(5 << 20 >> 2).as_bytes()].concat())
            .unwrap();
    }));
    assert_eq!(wait(&client, "mine", &["working"])["evidence"]["rule"], "hook Begin");
    let mut open = None;
    says_nothing(hook(&sandbox, "End", |mut stdin| {
        stdin.write_all(b"{}").unwrap();
        open = Some(stdin);
    }));
    assert_eq!(wait(&client, "mine", &["done"])["evidence"]["rule"], "hook End");
    drop(open);
}

#[test]
fn a_hook_that_is_called_wrongly_stops_no_agent() {
    let sandbox = Sandbox::new();
    for words in
        [&["hook"][..], &["hook", "claude"], &["hook", "claude", "Stop", "x", "y"], &["hook", "-x"]]
    {
        let run = sandbox.run(sandbox.orchflow().args(words));
        assert_eq!((run.status.code(), run.stdout.as_str()), (Some(0), ""), "{words:?}");
        assert!(run.stderr.contains("Usage"), "{words:?}: {}", run.stderr);
    }
    assert_eq!(sandbox.run(sandbox.orchflow().arg("hoook")).status.code(), Some(2));
}

#[test]
fn a_hook_waits_for_no_daemon_that_hangs_and_for_no_socket_that_is_full() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, json!({"name": "mine"}));
    wait(&client, "mine", &["idle"]);
    let daemon = sandbox.daemon_pid().unwrap();
    let say = |mut stdin: ChildStdin| stdin.write_all(b"{}").unwrap();
    process::signal(daemon, Signal::STOP);
    says_nothing(hook(&sandbox, "Begin", say));
    process::signal(daemon, Signal::CONT);
    client.expect("terminal.close", json!({"id": "mine"}));
    drop(client);
    sandbox.stop_daemon();
    let (_listener, _waiting) = full_socket(&sandbox);
    says_nothing(hook(&sandbox, "Begin", say));
}

/// A socket in the daemon's place that nobody takes connections from, and the one that fills it.
fn full_socket(sandbox: &Sandbox) -> (OwnedFd, UnixStream) {
    let listener = net::socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    net::bind(&listener, &SocketAddrUnix::new(sandbox.socket()).unwrap()).unwrap();
    net::listen(&listener, 0).unwrap();
    let waiting = UnixStream::connect(sandbox.socket()).unwrap();
    (listener, waiting)
}
