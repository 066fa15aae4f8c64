//! One daemon per user: how it starts, whom it refuses, and when it ends.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Sandbox, process, skip, wait_until};

fn run(sandbox: &Sandbox, args: &[&str]) -> Output {
    sandbox.orchflow().args(args).stdin(Stdio::null()).output().unwrap()
}

/// The error that a command printed as JSON.
#[track_caller]
fn error(output: &Output) -> Json {
    assert!(!output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("no JSON: {output:?}"))
}

#[test]
fn two_clients_starting_at_once_get_one_daemon_in_twenty_tries() {
    for _ in 0..20 {
        let sandbox = Sandbox::new();
        // A dead daemon's socket stands in the way.
        fs::create_dir(sandbox.path("run/orchflow")).unwrap();
        fs::set_permissions(sandbox.path("run/orchflow"), fs::Permissions::from_mode(0o700))
            .unwrap();
        drop(UnixListener::bind(sandbox.socket()).unwrap());
        let start = || sandbox.orchflow().arg("daemon").stdout(Stdio::null()).spawn().unwrap();
        let started = [start(), start(), start()];
        for mut child in started {
            assert!(child.wait().unwrap().success());
        }
        let daemons: Vec<u32> = sandbox.processes();
        assert_eq!(daemons.len(), 1, "{daemons:?}");
        let (one, two) = (Daemon::connect(&sandbox), Daemon::connect(&sandbox));
        assert_eq!(one.greeting()["pid"], two.greeting()["pid"]);
        assert_eq!(one.greeting()["pid"], json!(daemons[0]));
    }
}

#[test]
fn a_second_daemon_in_the_foreground_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let fault = error(&run(&sandbox, &["daemon", "--foreground"]));
    assert_eq!(fault["kind"], "conflict");
    assert_eq!(fault["hint"], "look at it: orchflow status");
}

#[test]
fn the_daemon_outlives_the_session_that_started_it() {
    let sandbox = Sandbox::new();
    // A shell of its own session starts it and is hung up.
    let mut shell = sandbox.command("setsid");
    let binary = crate::support::environment::orchflow_binary();
    shell.args(["sh", "-c", &format!("{} daemon && kill -HUP -$$", binary.display())]);
    let _ = shell.stdout(Stdio::null()).status().unwrap();
    assert!(sandbox.daemon_pid().is_some());
}

#[test]
fn a_socket_folder_that_others_can_reach_is_refused_with_what_to_type() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("run/orchflow");
    fs::create_dir(&folder).unwrap();
    for mode in [0o777, 0o770, 0o720, 0o702] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let fault = error(&run(&sandbox, &["daemon"]));
        assert_eq!(fault["kind"], "permission", "{fault}");
        assert_eq!(fault["hint"], format!("chmod 700 {}", folder.display()));
    }
    fs::remove_dir(&folder).unwrap();
    symlink(sandbox.path("tmp"), &folder).unwrap();
    let fault = error(&run(&sandbox, &["daemon"]));
    assert!(fault["message"].as_str().unwrap().contains("is a link"), "{fault}");
    assert!(sandbox.daemon_pid().is_none());
}

#[test]
fn a_socket_folder_of_another_user_is_refused() {
    let name = "a_socket_folder_of_another_user_is_refused";
    if !rustix::process::geteuid().is_root() {
        return skip(name, "only root can give a folder away");
    }
    let sandbox = Sandbox::new();
    let folder = sandbox.path("run/orchflow");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::chown(&folder, Some(12_345), None).unwrap();
    let fault = error(&run(&sandbox, &["call", "daemon.info"]));
    assert_eq!(fault["kind"], "permission");
    assert!(fault["message"].as_str().unwrap().contains("belongs to user 12345"), "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains("export ORCHFLOW_SOCKET="), "{fault}");
}

#[test]
fn another_users_process_is_not_served() {
    let name = "another_users_process_is_not_served";
    if !rustix::process::geteuid().is_root() {
        return skip(name, "only root can become another user");
    }
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    // Somebody has opened the way to the socket meanwhile.
    let root = sandbox.path(".");
    for (path, mode) in [
        (root.as_path(), 0o755),
        (&sandbox.path("run"), 0o755),
        (&sandbox.path("run/orchflow"), 0o755),
        (&sandbox.socket(), 0o777),
    ] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let talk = "my $s = IO::Socket::UNIX->new(Peer => shift) or die; print sysread($s, my $b, 1)";
    let mut stranger = sandbox.command("setpriv");
    stranger.args(["--reuid", "12345", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", talk]);
    let asked = stranger.arg(sandbox.socket()).output();
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(sandbox.path("run/orchflow"), private).unwrap();
    match asked {
        Ok(asked) if asked.status.success() => {
            assert_eq!(asked.stdout, b"0", "it was not hung up on");
        }
        other => skip(name, &format!("no setpriv or perl: {other:?}")),
    }
    Daemon::connect(&sandbox);
}

#[test]
fn a_socket_path_that_is_no_socket_is_left_alone() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("run/orchflow/daemon.sock", "precious");
    fs::set_permissions(sandbox.path("run/orchflow"), fs::Permissions::from_mode(0o700)).unwrap();
    let fault = error(&run(&sandbox, &["daemon"]));
    assert_eq!(fault["kind"], "conflict");
    assert_eq!(fs::read_to_string(file).unwrap(), "precious");
}

#[test]
fn an_idle_daemon_ends_after_the_grace_time_and_a_busy_one_does_not() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[daemon]\nlinger = 2");
    sandbox.start_daemon();
    let pid = {
        let client = Daemon::connect(&sandbox);
        let pid = client.greeting()["pid"].as_u64().unwrap() as u32;
        client.expect("terminal.open", json!({"command": ["sleep", "3"], "name": "busy"}));
        pid
    };
    // No client any more, but a program.
    let client = Daemon::connect(&sandbox);
    assert_eq!(client.greeting()["pid"], json!(pid));
    client.expect("terminal.wait", json!({"id": "busy", "exit": true, "timeout_ms": 50_000}));
    assert!(process::alive(pid), "a client is there");
    drop(client);
    process::wait_gone("the idle daemon", pid, DEADLINE);
    assert!(!sandbox.socket().exists());
}

#[test]
fn the_grace_time_is_ten_minutes_unless_configured() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let pid = sandbox.daemon_pid().unwrap();
    assert!(!crate::support::wait::is_within(Duration::from_secs(2), || !process::alive(pid)));
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused_with_its_path() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[daemon]\nlingre = 5");
    let fault = error(&run(&sandbox, &["daemon"]));
    assert_eq!(fault["kind"], "invalid_params");
    let message = fault["message"].as_str().unwrap();
    assert!(message.contains("config.toml: at daemon.lingre: unknown field"), "{message}");
    assert_eq!(fault["hint"], "the keys: :help orchflow-config-file");
}

#[test]
fn stop_refuses_while_a_program_runs_and_force_ends_it() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let opened = client.expect("terminal.open", json!({"command": ["sleep", "1000"]}));
    let fault = error(&run(&sandbox, &["stop"]));
    assert_eq!(fault["kind"], "conflict");
    assert!(fault["message"].as_str().unwrap().starts_with("1 program runs"), "{fault}");
    let stopped = run(&sandbox, &["stop", "--force"]);
    assert_eq!(
        String::from_utf8_lossy(&stopped.stdout),
        "the daemon has ended, and 1 program with it\n"
    );
    assert!(!process::alive(opened["pid"].as_u64().unwrap() as u32));
    client.wait_notice("the daemon to say that it ends", |name, _| {
        (name == "daemon.stopping").then_some(())
    });
    client.rpc().wait_ended();
}

#[test]
fn a_daemon_that_is_told_to_end_by_signal_leaves_its_programs_to_the_next() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let opened = client.expect("terminal.open", json!({"command": "sleep 1000 & sleep 1000"}));
    let pid = sandbox.daemon_pid().unwrap();
    process::signal(pid, rustix::process::Signal::TERM);
    process::wait_gone("the daemon", pid, DEADLINE);
    assert!(process::alive(opened["pid"].as_u64().unwrap() as u32));
    assert!(!sandbox.socket().exists(), "nobody has started another");
    sandbox.start_daemon();
    let listed = Daemon::connect(&sandbox).expect("terminal.list", json!({}));
    assert_eq!(listed["terminals"][0]["pid"], opened["pid"]);
}

#[test]
fn status_tells_what_runs_and_that_nothing_runs() {
    let sandbox = Sandbox::new();
    let status = |args: &[&str]| String::from_utf8(run(&sandbox, args).stdout).unwrap();
    assert_eq!(status(&["status"]), "no daemon is running\n");
    assert_eq!(status(&["status", "--json"]), "{\"held\":false,\"lost\":[],\"running\":false}\n");
    assert!(sandbox.daemon_pid().is_none(), "asking starts none");
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    client.expect("terminal.open", json!({"command": ["sleep", "1000"], "name": "nap"}));
    client.expect("terminal.open", json!({"command": ["sh", "-c", "exit 7"], "name": "end"}));
    client.expect("terminal.wait", json!({"id": "end", "exit": true, "timeout_ms": 50_000}));
    let text = status(&["status"]);
    assert!(text.contains("t1   nap  pid "), "{text}");
    assert!(text.contains("t2   end  exited 7"), "{text}");
    let all: Json = serde_json::from_str(&status(&["status", "--json"])).unwrap();
    assert_eq!(all["running"], true);
    let counts = &all["info"]["counts"];
    assert_eq!(
        (&counts["terminals"], &counts["running"], &counts["clients"]),
        (&json!(2), &json!(1), &json!(2))
    );
    assert_eq!(all["terminals"][1]["exit"]["code"], 7);
}

#[test]
fn call_starts_a_daemon_and_prints_json_answers_and_json_errors() {
    let sandbox = Sandbox::new();
    let answer = run(&sandbox, &["call", "terminal.list"]);
    let json: Json = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(json, json!({"terminals": []}));
    assert!(sandbox.daemon_pid().is_some());
    for (args, kind) in [
        (vec!["call", "terminal.lst"], "unknown_method"),
        (vec!["call", "terminal.get", "{\"id\": \"t9\"}"], "not_found"),
        (vec!["call", "terminal.get", "{id}"], "invalid_params"),
        (vec!["call", "terminal.get", "[]"], "invalid_params"),
    ] {
        let fault = error(&run(&sandbox, &args));
        assert_eq!(fault["kind"], kind, "{args:?}");
        assert!(fault["hint"].is_string() || kind == "invalid_params", "{fault}");
    }
}

#[test]
fn an_environment_that_is_no_text_is_no_obstacle() {
    let sandbox = Sandbox::new();
    let bytes = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff\xfe");
    let mut start = sandbox.orchflow();
    assert!(start.arg("daemon").env("BAD", bytes).env("GOOD", "yes").status().unwrap().success());
    let client = Daemon::connect(&sandbox);
    client.expect("terminal.open", json!({"command": "echo $GOOD-${BAD}-; cat", "name": "env"}));
    client.expect("terminal.wait", json!({"id": "env", "match": "^yes--$", "timeout_ms": 50_000}));
}

#[test]
fn a_stale_socket_is_replaced_after_a_crash() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let first = sandbox.kill_daemon();
    assert!(sandbox.socket().exists());
    assert!(run(&sandbox, &["daemon"]).status.success());
    let second = wait_until("another daemon", DEADLINE, || sandbox.daemon_pid());
    assert_ne!(first, second);
}

#[test]
fn the_log_is_kept_in_the_state_folder_and_the_standard_output_is_nobodys() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let info = Daemon::connect(&sandbox).expect("daemon.info", json!({}));
    let log = info["log"].as_str().unwrap();
    assert!(log.starts_with(sandbox.path("state/orchflow").to_str().unwrap()), "{log}");
    let text = wait_until("the log", DEADLINE, || {
        fs::read_to_string(log).ok().filter(|text| text.contains("listening"))
    });
    assert!(text.contains("socket="), "{text}");
    let pid = sandbox.daemon_pid().unwrap();
    if cfg!(target_os = "linux") {
        for fd in 0..3 {
            let target = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap();
            assert_eq!(target.to_str(), Some("/dev/null"));
        }
    }
}

#[test]
fn a_daemon_that_is_ending_opens_no_more() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let (one, two) = (Daemon::connect(&sandbox), Daemon::connect(&sandbox));
    let stubborn = "trap '' TERM HUP; echo ready; while :; do sleep 1; done";
    one.expect("terminal.open", json!({"command": ["sh", "-c", stubborn], "name": "stubborn"}));
    one.expect("terminal.wait", json!({"id": "stubborn", "match": "ready", "timeout_ms": 50_000}));
    one.expect("daemon.stop", json!({"force": true}));
    two.wait_notice("the end to begin", |name, _| (name == "daemon.stopping").then_some(()));
    let fault = two.call("terminal.open", json!({"command": ["sleep", "987"]})).unwrap_err();
    assert_eq!(fault["kind"], "unavailable", "{fault}");
    two.rpc().wait_ended();
}

#[test]
fn two_sockets_in_one_folder_have_a_daemon_each() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let other = sandbox.path("run/orchflow/other.sock");
    let at = |args: &[&str]| {
        let mut command = sandbox.orchflow();
        command.args(args).env("ORCHFLOW_SOCKET", &other).stdin(Stdio::null()).output().unwrap()
    };
    assert!(at(&["daemon"]).status.success());
    let second: Json = serde_json::from_slice(&at(&["call", "daemon.info"]).stdout).unwrap();
    assert_eq!(second["socket"], json!(other));
    assert_ne!(second["pid"], json!(sandbox.daemon_pid().unwrap()));
    assert!(at(&["stop"]).status.success());
}
