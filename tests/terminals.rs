//! Terminals through the plain protocol: opening, typing, reading, waiting, ending.

use std::time::Instant;

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, process, wait_until};

fn lines(client: &Daemon, id: &str) -> Vec<String> {
    let screen = client.expect("terminal.read", json!({"id": id}));
    screen["lines"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
}

fn pid(opened: &Json) -> u32 {
    opened["pid"].as_u64().unwrap() as u32
}

#[test]
fn a_command_is_a_list_or_a_shell_line_or_the_shell() {
    let (_sandbox, client) = Daemon::start();
    client.expect(
        "terminal.open",
        json!({"command": ["printf", "%s|", "a b", "$HOME", "*"], "name": "list"}),
    );
    client.expect("terminal.wait", json!({"id": "list", "exit": true, "timeout_ms": 50_000}));
    assert_eq!(lines(&client, "list")[0], "a b|$HOME|*|");
    client.expect("terminal.open", json!({"command": "echo $((6*7)) | tr 4 x", "name": "line"}));
    client.expect("terminal.wait", json!({"id": "line", "exit": true, "timeout_ms": 50_000}));
    assert_eq!(lines(&client, "line")[0], "x2");
    client.expect("terminal.open", json!({"name": "shell"}));
    client.expect("terminal.write", json!({"id": "shell", "data": "echo $0-$((6*7))\r"}));
    client.expect(
        "terminal.wait",
        json!({"id": "shell", "match": "/bin/sh-42", "timeout_ms": 50_000}),
    );
}

#[test]
fn the_program_gets_its_directory_environment_size_and_a_terminal() {
    let (sandbox, client) = Daemon::start();
    let show = "pwd; echo $MINE $TERM $COLORTERM $ORCHFLOW_TERMINAL; stty size; test -t 0 && echo tty; ps -o tpgid= -p $$ >/dev/null; env | grep -c ^NVIM= ; exit 5";
    let opened = client.expect(
        "terminal.open",
        json!({"command": show, "cwd": sandbox.path("home"), "env": {"MINE": "my own", "NVIM": "gone"}, "rows": 10, "cols": 100}),
    );
    let id = opened["id"].as_str().unwrap();
    let exit =
        client.expect("terminal.wait", json!({"id": id, "exit": true, "timeout_ms": 50_000}));
    assert_eq!(exit, json!({"event": "exited", "exit": {"code": 5}}));
    let lines = lines(&client, id);
    assert!(lines[0].ends_with("/home"), "{lines:?}");
    assert_eq!(lines[1], "my own xterm-256color truecolor t1");
    assert_eq!(lines[2], "10 100");
    assert_eq!(lines[3], "tty");
    assert_eq!(lines[4], "1", "what the caller asks for is given");
}

#[test]
fn clear_env_starts_from_nothing() {
    let (_sandbox, client) = Daemon::start();
    client.expect(
        "terminal.open",
        json!({"command": ["/usr/bin/env"], "clear_env": true, "env": {"A": "b"}, "name": "env"}),
    );
    client.expect("terminal.wait", json!({"id": "env", "exit": true, "timeout_ms": 50_000}));
    let mut names: Vec<String> = lines(&client, "env")
        .iter()
        .filter_map(|l| Some(l.split_once('=')?.0.to_owned()))
        .collect();
    names.sort();
    // The socket's path may wrap, but its name stands at the beginning.
    assert_eq!(names, ["A", "COLORTERM", "ORCHFLOW_SOCKET", "ORCHFLOW_TERMINAL", "SHELL", "TERM"]);
}

#[test]
fn bad_calls_change_nothing_and_say_what_to_do() {
    let (sandbox, client) = Daemon::start();
    client.expect("terminal.open", json!({"command": ["sleep", "1000"], "name": "taken"}));
    let file = sandbox.write("work/plain.txt", "x");
    let cases = [
        ("terminal.opn", json!({}), "unknown_method", "opn"),
        ("terminal.open", json!({"comand": "x"}), "invalid_params", "unknown field `comand`"),
        ("terminal.open", json!({"command": 7}), "invalid_params", "a list of strings"),
        ("terminal.open", json!({"command": []}), "invalid_params", "the command is empty"),
        ("terminal.open", json!({"command": ["a\u{0}b"]}), "invalid_params", "NUL"),
        ("terminal.open", json!({"command": ["no-such-program"]}), "not_found", "no-such-program"),
        ("terminal.open", json!({"cwd": "/no/such/folder"}), "not_found", "/no/such/folder"),
        ("terminal.open", json!({"cwd": file}), "invalid_params", "not a directory"),
        ("terminal.open", json!({"cwd": "relative"}), "invalid_params", "absolute"),
        ("terminal.open", json!({"env": {"A=B": "x"}}), "invalid_params", "A=B"),
        ("terminal.open", json!({"name": "taken"}), "conflict", "taken"),
        ("terminal.open", json!({"name": "two words"}), "invalid_params", "two words"),
        ("terminal.open", json!({"name": "t7"}), "invalid_params", "t7"),
        ("terminal.open", json!({"rows": 0}), "invalid_params", "0 rows"),
        ("terminal.open", json!({"rows": 1001}), "invalid_params", "1001 rows"),
        ("terminal.get", json!({"id": "t99"}), "not_found", "t99"),
        ("terminal.get", json!({"id": "nobody"}), "not_found", "nobody"),
        ("terminal.get", json!({"id": 1}), "invalid_params", "at id"),
        ("terminal.write", json!({"id": "taken"}), "invalid_params", "data"),
        ("terminal.signal", json!({"id": "taken", "signal": "BANG"}), "invalid_params", "BANG"),
        (
            "terminal.resize",
            json!({"id": "taken", "rows": 0, "cols": 3}),
            "invalid_params",
            "0 rows",
        ),
        ("terminal.rename", json!({"id": "taken", "name": "a/b"}), "invalid_params", "a/b"),
        (
            "terminal.wait",
            json!({"id": "taken", "timeout_ms": 1}),
            "invalid_params",
            "nothing to wait for",
        ),
        (
            "terminal.wait",
            json!({"id": "taken", "match": "(", "timeout_ms": 1}),
            "invalid_params",
            "regular expression",
        ),
        ("terminal.wait", json!({"id": "taken", "exit": true, "timeout_ms": 1}), "timeout", "1 ms"),
        ("view.close", json!({"view": "v9"}), "not_found", "v9"),
        ("view.close", json!({"view": "9"}), "invalid_params", "`9` is not an id"),
        (
            "view.open",
            json!({"terminal": "nobody", "channel": 3, "rows": 3, "cols": 3}),
            "not_found",
            "nobody",
        ),
    ];
    for (method, params, kind, part) in cases {
        let fault = client.call(method, params.clone()).expect_err(method);
        assert_eq!(fault["kind"], kind, "{method} {params}: {fault}");
        assert!(fault["message"].as_str().unwrap().contains(part), "{method} {params}: {fault}");
    }
    let listing = client.expect("terminal.list", json!({}));
    assert_eq!(listing["terminals"].as_array().unwrap().len(), 1);
    assert_eq!(listing["terminals"][0]["name"], "taken");
}

#[test]
fn ids_are_never_used_again_and_names_are_once_they_are_free() {
    let (_sandbox, client) = Daemon::start();
    let open = |name: &str| {
        client.call("terminal.open", json!({"command": ["sleep", "1000"], "name": name}))
    };
    assert_eq!(open("a").unwrap()["id"], "t1");
    assert_eq!(open("a").unwrap_err()["kind"], "conflict");
    client.expect("terminal.close", json!({"id": "a"}));
    let second = open("a").unwrap()["id"].as_str().unwrap().to_owned();
    assert_ne!(second, "t1");
    assert_eq!(client.call("terminal.get", json!({"id": "t1"})).unwrap_err()["kind"], "not_found");
    let unnamed =
        |_: u8| client.expect("terminal.open", json!({"command": "sleep 1000"}))["name"].clone();
    assert_eq!([unnamed(1), unnamed(2), unnamed(3)], ["sleep", "sleep-2", "sleep-3"]);
}

#[test]
fn everybody_is_told_what_happens() {
    let (sandbox, client) = Daemon::start();
    let other = Daemon::connect(&sandbox);
    let told = |name: &'static str| {
        other.wait_notice(name, move |n, payload| (n == name).then(|| payload.clone()))
    };
    client.expect("terminal.open", json!({"command": "printf '\\033]2;a\\001b\\tc %%{x}\\007'; read x; exit 3", "name": "one"}));
    assert_eq!(told("terminal.opened")["name"], "one");
    assert_eq!(told("terminal.titled")["title"], "abc %{x}");
    client.expect("terminal.rename", json!({"id": "one", "name": "two"}));
    assert_eq!(told("terminal.renamed"), json!({"id": "t1", "name": "two"}));
    client.expect("terminal.write", json!({"id": "two", "data": "\r"}));
    assert_eq!(told("terminal.exited"), json!({"id": "t1", "name": "two", "exit": {"code": 3}}));
    assert_eq!(
        client.call("terminal.write", json!({"id": "two", "data": "x"})).unwrap_err()["kind"],
        "conflict"
    );
    client.expect("terminal.close", json!({"id": "two"}));
    assert_eq!(told("terminal.closed"), json!({"id": "t1", "name": "two"}));
}

#[test]
fn ten_thousand_characters_arrive_complete_and_in_order() {
    let (_sandbox, client) = Daemon::start();
    // Raw, without echo, so that nothing but the count depends on the line discipline.
    client.expect(
        "terminal.open",
        json!({"command": "stty raw -echo; echo ready; head -c 10000 | cksum", "name": "sum"}),
    );
    client.expect("terminal.wait", json!({"id": "sum", "match": "ready", "timeout_ms": 50_000}));
    let text: String = (0..10_000u32).map(|n| char::from(b'!' + (n * 7 % 90) as u8)).collect();
    for key in text.as_bytes().chunks(1) {
        client.notify(
            "terminal.write",
            json!({"id": "sum", "data": std::str::from_utf8(key).unwrap()}),
        );
    }
    let mut cksum = std::process::Command::new("cksum");
    let mut cksum = cksum
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut cksum.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let wanted = String::from_utf8(cksum.wait_with_output().unwrap().stdout).unwrap();
    client.expect(
        "terminal.wait",
        json!({"id": "sum", "match": wanted.trim(), "timeout_ms": 50_000}),
    );
}

#[test]
fn a_program_that_does_not_read_is_not_typed_at_without_end() {
    let (_sandbox, client) = Daemon::start();
    client.expect(
        "terminal.open",
        json!({"command": "stty raw -echo; echo ready; sleep 1000", "name": "deaf"}),
    );
    client.expect("terminal.wait", json!({"id": "deaf", "match": "ready", "timeout_ms": 50_000}));
    let data = "x".repeat(500_000);
    let fault = (0..20)
        .find_map(|_| client.call("terminal.write", json!({"id": "deaf", "data": data})).err())
        .expect("a bound");
    assert_eq!(fault["kind"], "exhausted");
    client.notify("terminal.write", json!({"id": "deaf", "data": data}));
    let failed = client.wait_notice("the failure", |name, payload| {
        (name == "call.failed").then(|| payload.clone())
    });
    assert_eq!(
        (&failed["method"], &failed["error"]["kind"]),
        (&json!("terminal.write"), &json!("exhausted"))
    );
}

#[test]
fn closing_ends_the_program_and_all_it_started_kindly_first() {
    let (sandbox, client) = Daemon::start();
    let mark = sandbox.path("work/ended");
    let kind = format!(
        // The hang-up that follows would end it before it has had its turn, on a busy machine.
        "trap '' HUP; trap 'echo kindly > {}; exit' TERM; echo ready; while :; do sleep 0.01; done",
        mark.display()
    );
    client.expect("terminal.open", json!({"command": ["sh", "-c", kind], "name": "kind"}));
    client.expect("terminal.wait", json!({"id": "kind", "match": "ready", "timeout_ms": 50_000}));
    client.expect("terminal.close", json!({"id": "kind"}));
    assert_eq!(std::fs::read_to_string(mark).unwrap(), "kindly\n");

    let stubborn = "trap '' TERM HUP INT; (trap '' TERM HUP; sleep 1000) & echo ready; while :; do sleep 1; done";
    let opened = client
        .expect("terminal.open", json!({"command": ["sh", "-c", stubborn], "name": "stubborn"}));
    client
        .expect("terminal.wait", json!({"id": "stubborn", "match": "ready", "timeout_ms": 50_000}));
    let started = Instant::now();
    client.expect("terminal.close", json!({"id": "stubborn"}));
    assert!(started.elapsed().as_secs_f32() > 1.0, "it was given time");
    assert!(!process::alive(pid(&opened)));
    // The daemon and its keeper are left.
    wait_until("its children to be gone", DEADLINE, || {
        (sandbox.processes().len() == 2).then_some(())
    });

    // An interactive shell, which ignores TERM, with a job of its own.
    let opened = client
        .expect("terminal.open", json!({"command": ["bash", "--norc", "-i"], "name": "shell"}));
    client.expect("terminal.write", json!({"id": "shell", "data": "sleep 1000 &\rsleep 1000\r"}));
    client.expect(
        "terminal.wait",
        json!({"id": "shell", "match": "^\\[1\\] \\d+", "timeout_ms": 50_000}),
    );
    client.expect("terminal.close", json!({"id": "shell"}));
    assert!(!process::alive(pid(&opened)));
    wait_until("its jobs to be gone", DEADLINE, || (sandbox.processes().len() == 2).then_some(()));
    assert_eq!(client.expect("terminal.list", json!({}))["terminals"], json!([]));
}

#[test]
fn a_signal_reaches_what_runs_in_the_foreground() {
    let (_sandbox, client) = Daemon::start();
    client.expect("terminal.open", json!({"command": ["sh", "-c", "trap 'echo got it' INT; echo ready; while :; do sleep 0.05; done"], "name": "s"}));
    client.expect("terminal.wait", json!({"id": "s", "match": "ready", "timeout_ms": 50_000}));
    client.expect("terminal.signal", json!({"id": "s", "signal": "INT"}));
    client.expect("terminal.wait", json!({"id": "s", "match": "got it", "timeout_ms": 50_000}));
    client.expect("terminal.signal", json!({"id": "s", "signal": "KILL"}));
    let end =
        client.expect("terminal.wait", json!({"id": "s", "exit": true, "timeout_ms": 50_000}));
    assert_eq!(end["exit"], json!({"code": 137, "signal": "KILL"}));
    assert_eq!(
        client.call("terminal.signal", json!({"id": "s", "signal": "INT"})).unwrap_err()["kind"],
        "conflict"
    );
}

#[test]
fn a_terminal_can_be_read_as_a_person_sees_it() {
    let (_sandbox, client) = Daemon::start();
    let print = "for i in 1 2 3 4 5 6 7 8 9; do echo \"line $i  \"; done; printf '\\033]2;my title\\007漢字\\t\\033[31mred'; read x";
    client.expect("terminal.open", json!({"command": print, "name": "r", "rows": 4, "cols": 30}));
    client.expect("terminal.wait", json!({"id": "r", "match": "red", "timeout_ms": 50_000}));
    let screen = client.expect("terminal.read", json!({"id": "r", "history": 3}));
    assert_eq!(
        screen,
        json!({
            "lines": ["line 7", "line 8", "line 9", "漢字    red"],
            "history_lines": ["line 4", "line 5", "line 6"],
            "cursor": {"row": 3, "col": 11}, "rows": 4, "cols": 30,
            "title": "my title", "alt_screen": false, "exit": null,
        })
    );
    let none = client.expect("terminal.read", json!({"id": "r"}));
    assert_eq!(none.get("history_lines"), None);
    client.expect("terminal.resize", json!({"id": "r", "rows": 6, "cols": 30}));
    assert_eq!(lines(&client, "r")[0], "line 5", "a taller screen shows more of the scrollback");
}

#[test]
fn waiting_ends_with_whatever_comes_first() {
    let (_sandbox, client) = Daemon::start();
    let wait = |params: Json| client.expect("terminal.wait", params);
    client.expect(
        "terminal.open",
        json!({"command": "read x; seq 1 5000; echo done; read y", "name": "w"}),
    );
    let quiet = wait(json!({"id": "w", "quiet_ms": 50, "timeout_ms": 50_000}));
    assert_eq!(quiet, json!({"event": "quiet"}));
    client.notify("terminal.write", json!({"id": "w", "data": "\r"}));
    // It flies by between two looks at the screen.
    let seen = wait(json!({"id": "w", "match": "^(25)(0)(x)?1$", "timeout_ms": 50_000}));
    assert_eq!(
        seen,
        json!({"event": "matched", "line": "2501", "text": "2501", "groups": ["25", "0", null]})
    );
    wait(json!({"id": "w", "match": "done", "timeout_ms": 50_000}));
    client.notify("terminal.write", json!({"id": "w", "data": "\r"}));
    let exited = wait(json!({"id": "w", "match": "never", "timeout_ms": 50_000}));
    assert_eq!(exited, json!({"event": "exited", "exit": {"code": 0}}));
    let again = wait(json!({"id": "w", "exit": true, "timeout_ms": 0}));
    assert_eq!(again, exited, "what has happened already is answered at once");
}

#[test]
fn the_last_words_of_a_program_are_there_when_its_end_is_told() {
    let (_sandbox, client) = Daemon::start();
    for n in 0..30 {
        let name = format!("n{n}");
        client.expect(
            "terminal.open",
            json!({"command": format!("seq 1 300; echo last words {n}"), "name": name}),
        );
        client.expect("terminal.wait", json!({"id": name, "exit": true, "timeout_ms": 50_000}));
        let lines = lines(&client, &name);
        assert!(lines.contains(&format!("last words {n}")), "{lines:?}");
    }
}

#[test]
fn only_so_many_ended_terminals_are_kept() {
    let (_sandbox, client) = Daemon::start();
    for n in 0..60 {
        client.expect("terminal.open", json!({"command": ["true"], "name": format!("n{n}")}));
        client.expect(
            "terminal.wait",
            json!({"id": format!("n{n}"), "exit": true, "timeout_ms": 50_000}),
        );
    }
    for n in 0..9 {
        client.wait_notice("that one is forgotten", |name, closed| {
            (name == "terminal.closed" && closed["name"] == format!("n{n}")).then_some(())
        });
    }
    let listing = client.expect("terminal.list", json!({}));
    let terminals = listing["terminals"].as_array().unwrap();
    assert_eq!(terminals.len(), 51, "fifty, and the newest");
    assert_eq!(terminals[0]["name"], "n9");
}

#[test]
fn a_few_bytes_that_ask_for_millions_of_characters_keep_nobody_waiting() {
    let (_sandbox, client) = Daemon::start();
    let repeat = "i=0; while :; do printf 'x\\033[65535b%.0s' 1 2 3 4 5 6 7 8 9 10; done";
    client.expect("terminal.open", json!({"command": repeat, "name": "greedy"}));
    client.expect("terminal.wait", json!({"id": "greedy", "match": "xxx", "timeout_ms": 50_000}));
    let mut waits: Vec<u128> = (0..51)
        .map(|_| {
            let started = Instant::now();
            client.expect("terminal.list", json!({}));
            started.elapsed().as_millis()
        })
        .collect();
    waits.sort_unstable();
    // Unbounded it was 700 ms each time; the machine may be busy now and then.
    assert!(waits[25] < 350, "{waits:?}");
}

#[test]
fn typing_at_a_terminal_that_is_being_closed_keeps_nothing_else_waiting() {
    let (_sandbox, client) = Daemon::start();
    client.expect("terminal.open", json!({"command": ["sh", "-c", "trap '' TERM HUP; echo ready; while :; do sleep 1; done"], "name": "slow"}));
    client.expect("terminal.wait", json!({"id": "slow", "match": "ready", "timeout_ms": 50_000}));
    let closing = client
        .rpc()
        .send("terminal.close", vec![crate::support::json::to_msgpack(&json!({"id": "slow"}))]);
    for _ in 0..500 {
        client.notify("terminal.write", json!({"id": "slow", "data": "x"}));
    }
    let started = Instant::now();
    client.expect("daemon.info", json!({}));
    // Three seconds are what the program is given to end.
    assert!(started.elapsed().as_secs_f32() < 2.5, "{:?}", started.elapsed());
    client.rpc().collect(closing, DEADLINE).unwrap().unwrap();
}

#[test]
fn a_pattern_is_found_in_a_wrapped_line_that_scrolls_by_in_a_flood() {
    let (_sandbox, client) = Daemon::start();
    // Far more than a screen, or a moment's look at it, on either side.
    let flood = "seq 1 20000";
    let line = "printf 'begin %0200d needle in the stack %0200d end\\n' 1 2";
    client.open("flood", &format!("read x; {flood}; {line}; {flood}; read x"));
    let params = json!({"id": "flood", "match": "^begin 0+1 (needle) in the stack 0+2 end$", "timeout_ms": 50_000});
    let id = client.rpc().send("terminal.wait", vec![crate::support::json::to_msgpack(&params)]);
    client.notify("terminal.write", json!({"id": "flood", "data": "\r"}));
    let happened = client.rpc().collect(id, DEADLINE).unwrap().unwrap();
    let happened = crate::support::json::to_json(&happened);
    assert_eq!((&happened["event"], &happened["groups"]), (&json!("matched"), &json!(["needle"])));
}

#[test]
fn a_pattern_that_scrolled_by_before_the_alternate_screen_is_seen_when_it_is_left() {
    let (_sandbox, client) = Daemon::start();
    let print = "read x; seq 1 50; echo NEEDLE; seq 1 60; printf '\\033[?1049h'; sleep 0.3; printf '\\033[?1049l'; read y";
    client.expect("terminal.open", json!({"command": print, "name": "alt"}));
    client.notify("terminal.write", json!({"id": "alt", "data": "\r"}));
    client.expect("terminal.wait", json!({"id": "alt", "match": "NEEDLE", "timeout_ms": 50_000}));
}
