//! What a reboot leaves: journals, without daemon, keeper and programs.

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Sandbox, process};

/// Prints more than a screen, some of it in colour, and stays.
const PRINT: &str = "seq 1 500; printf '\\033[1;31mred\\033[m\\n'; echo ready; read x";

/// Ends everything at once, as the end of the system does.
fn reboot(sandbox: &Sandbox, programs: &[u32]) {
    let keeper = sandbox.keeper_pid().unwrap();
    // So that it starts no other daemon.
    process::signal(keeper, rustix::process::Signal::STOP);
    sandbox.kill_daemon();
    for pid in programs.iter().chain([&keeper]) {
        process::kill(*pid);
        process::wait_gone("what is killed", *pid, DEADLINE);
    }
}

/// What `orchflow export` prints, and what it says.
fn export(sandbox: &Sandbox, args: &[&str]) -> (String, String) {
    let run = sandbox.run(sandbox.orchflow().arg("export").args(args));
    assert!(run.status.success(), "{args:?}: {run:?}");
    (run.stdout, run.stderr)
}

fn status(sandbox: &Sandbox) -> String {
    sandbox.run(sandbox.orchflow().arg("status")).expect_success()
}

/// What `orchflow status --json` says of those that are lost.
fn listed(sandbox: &Sandbox) -> Json {
    let said = sandbox.run(sandbox.orchflow().args(["status", "--json"])).expect_success();
    serde_json::from_str::<Json>(&said).unwrap()["lost"].take()
}

#[test]
fn what_was_printed_before_a_reboot_is_exported_by_the_terminals_name() {
    let (sandbox, daemon) = Daemon::start();
    let pid = daemon.open("web", PRINT);
    daemon.wait_match("web", "^ready$");
    daemon.expect("terminal.rename", json!({"id": "web", "name": "site"}));
    // What is asked of a terminal is done in order.
    daemon.expect("terminal.read", json!({"id": "site"}));
    let formats: [&[&str]; 3] =
        [&["site"], &["site", "--format", "ansi"], &["site", "--format", "asciicast"]];
    let before = formats.map(|args| export(&sandbox, args));
    assert!(before.iter().all(|(_, said)| said.is_empty()), "{before:?}");
    assert!(before[0].0.starts_with("1\n2\n") && before[1].0.contains("\u{1b}[1;31mred"));
    assert_eq!(listed(&sandbox), json!([]));
    reboot(&sandbox, &[pid]);

    let check = || {
        let after = formats.map(|args| export(&sandbox, args));
        for ((now, said), (then, _)) in after.iter().zip(&before) {
            assert_eq!(
                now.lines().skip(1).collect::<Vec<_>>(),
                then.lines().skip(1).collect::<Vec<_>>()
            );
            assert!(said.contains("site (t1): it is lost"), "{said}");
        }
        assert_eq!(after[0].0, before[0].0);
        assert!(status(&sandbox).contains("orchflow export t1"), "{}", status(&sandbox));
        let lost = listed(&sandbox);
        assert_eq!(lost.as_array().map(Vec::len), Some(1), "{lost}");
        assert_eq!((&lost[0]["id"], &lost[0]["name"]), (&json!("t1"), &json!("site")));
        assert_eq!(lost[0]["label"]["command"], json!(["sh", "-c", PRINT]));
    };
    check();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    assert_eq!(daemon.expect("terminal.list", json!({}))["terminals"], json!([]));
    check();
    // A terminal that lives is meant first; the other one still has its id.
    daemon.open("site", "echo another; read x");
    daemon.wait_match("site", "^another$");
    assert_eq!(export(&sandbox, &["site"]), ("another\n".into(), String::new()));
    assert_eq!(export(&sandbox, &["t1"]).0, before[0].0);
    daemon.expect("terminal.close", json!({"id": "site"}));
    assert_eq!(export(&sandbox, &["site"]).0, before[0].0, "what was closed is not lost but gone");
}

#[test]
fn of_lost_terminals_of_one_name_the_newest_is_meant_and_the_others_are_told() {
    let sandbox = Sandbox::new();
    for word in ["first", "second"] {
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let pid = daemon.open("web", &format!("echo {word}; read x"));
        daemon.wait_match("web", word);
        reboot(&sandbox, &[pid]);
    }
    let (printed, said) = export(&sandbox, &["web"]);
    assert_eq!(printed, "second\n");
    assert!(said.contains("older ones of that name: t1"), "{said}");
    assert_eq!(export(&sandbox, &["t1"]).0, "first\n");
}

#[test]
fn a_terminal_that_only_lacks_its_daemon_is_exported_and_not_called_lost() {
    let (sandbox, daemon) = Daemon::start();
    let pid = daemon.open("web", PRINT);
    daemon.wait_match("web", "^ready$");
    let (before, _) = export(&sandbox, &["web"]);
    let daemon_pid = sandbox.daemon_pid().unwrap();
    daemon.expect("daemon.stop", json!({"keep": true}));
    process::wait_gone("the daemon", daemon_pid, DEADLINE);
    let (now, said) = export(&sandbox, &["web"]);
    assert_eq!(now, before);
    assert!(said.contains("no daemon is running (get it back: orchflow daemon)"), "{said}");
    assert!(!status(&sandbox).contains("lost"));
    assert_eq!(listed(&sandbox), json!([]));
    assert!(process::alive(pid));
    sandbox.start_daemon();
    let terminal = Daemon::connect(&sandbox).expect("terminal.get", json!({"id": "web"}));
    assert_eq!(terminal["exit"], Json::Null);
}
