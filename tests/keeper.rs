//! Nothing dies with the daemon, nor with the keeper.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use orchflow::ids::TerminalId;
use orchflow::keeper::Link;
use orchflow::keeper::wire::{Holding, News, Order};
use orchflow::protocol::Version;
use serde_json::{Value as Json, json};

use crate::support::wait::is_within;
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, each_neovim, environment, process, wait_until,
};

/// Says what it reads.
const ECHO: &str = "echo ready; while read line; do echo \"got $line\"; done";

#[track_caller]
fn wait_exit(daemon: &Daemon, name: &str) -> Json {
    let params = json!({"id": name, "exit": true, "timeout_ms": 50_000});
    daemon.expect("terminal.wait", params)["exit"].clone()
}

#[test]
fn a_killed_daemon_comes_back_with_every_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let first = Daemon::connect(&sandbox);
    let pid = first.open("echo", ECHO);
    first.open("done", "echo last words; exit 7");
    first.open("soon", "read line; exit 5");
    first.wait_match("echo", "ready");
    wait_exit(&first, "done");
    first.expect("terminal.resize", json!({"id": "echo", "rows": 30, "cols": 100}));
    first.expect("terminal.rename", json!({"id": "echo", "name": "parrot"}));
    let before = first.expect("terminal.list", json!({}));
    let keeper = sandbox.keeper_pid();

    let second = Daemon::after(&sandbox, sandbox.kill_daemon());
    assert_eq!(second.expect("terminal.list", json!({})), before);
    assert!(process::alive(pid));
    second.answers("parrot", "again");
    second.expect("terminal.write", json!({"id": "soon", "data": "\n"}));
    assert_eq!(wait_exit(&second, "soon")["code"], 5, "the keeper has reaped it");
    second.open("new", "exit 3");
    assert_eq!(second.expect("terminal.get", json!({"id": "new"}))["id"], "t4", "no id again");
    let info = second.expect("daemon.info", json!({}))["keeper"].clone();
    assert_eq!((&info["restarts"], &info["braked"]), (&json!(1), &json!(false)));
    assert_eq!(info["pid"], json!(keeper));
    assert!(info["last_crash"].as_u64().unwrap() > 1_600_000_000);
    let log = fs::read_to_string(sandbox.path("state/orchflow/keeper.log")).unwrap();
    assert!(log.contains("the daemon is lost; it is started again"), "{log}");
}

#[test]
fn what_is_printed_and_what_ends_without_a_daemon_is_not_lost() {
    let sandbox = Sandbox::new();
    let first = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let wait = "while [ ! -e go ]; do sleep 0.01; done";
    let work = sandbox.path("work").display().to_string();
    let pid = daemon.open("late", &format!("cd {work}; echo up; {wait}; echo printed; exit 4"));
    daemon.wait_match("late", "up");
    daemon.expect("daemon.stop", json!({"keep": true}));
    process::wait_gone("the daemon", first, DEADLINE);
    sandbox.write("work/go", "");
    process::wait_gone("the program", pid, DEADLINE);
    sandbox.start_daemon();
    let next = Daemon::connect(&sandbox);
    assert_eq!(wait_exit(&next, "late"), json!({"code": 4}));
    next.wait_match("late", "^printed$");
}

#[test]
fn a_killed_keeper_takes_nothing_with_it_and_another_holds_all() {
    let sandbox = Sandbox::new();
    let first = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let pid = daemon.open("echo", ECHO);
    daemon.open("soon", "read line; echo bye; exit 5");
    daemon.open("done", "exit 7");
    wait_exit(&daemon, "done");
    daemon.answers("echo", "one");
    let old = sandbox.kill_keeper();
    wait_until("another keeper", DEADLINE, || sandbox.keeper_pid().filter(|pid| *pid != old));
    assert!(process::alive(pid));
    daemon.answers("echo", "two");
    daemon.expect("terminal.write", json!({"id": "soon", "data": "\n"}));
    assert_eq!(wait_exit(&daemon, "soon"), json!({"code": -1}), "nobody could ask for its code");
    daemon.wait_match("soon", "^bye$");
    // The other one is as good as the first.
    daemon.open("new", "exit 6");
    assert_eq!(wait_exit(&daemon, "new")["code"], 6);
    let before = daemon.expect("terminal.list", json!({}));
    // When they ended is told by the next daemon too, however much later that comes.
    let last =
        before["terminals"].as_array().unwrap().iter().filter_map(|it| it["ended"].as_u64()).max();
    wait_until("the next second", DEADLINE, || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        (Some(now) > last).then_some(())
    });
    assert_eq!(sandbox.kill_daemon(), first);
    let next = Daemon::after(&sandbox, first);
    assert_eq!(next.expect("terminal.list", json!({})), before);
    next.answers("echo", "three");
}

#[test]
fn after_five_starts_in_a_minute_the_keeper_waits_for_a_client() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let pid = Daemon::connect(&sandbox).open("echo", ECHO);
    for restarts in 1..=5 {
        let next = Daemon::after(&sandbox, sandbox.kill_daemon());
        assert_eq!(next.expect("daemon.info", json!({}))["keeper"]["restarts"], json!(restarts));
    }
    let last = sandbox.kill_daemon();
    wait_until("the keeper to give up", DEADLINE, || {
        let log = fs::read_to_string(sandbox.path("state/orchflow/keeper.log")).ok()?;
        log.contains("a client must start it").then_some(())
    });
    let sixth = || sandbox.daemon_pid().is_some_and(|pid| pid != last);
    assert!(!is_within(Duration::from_secs(1), sixth));
    let status = |args: &[&str]| {
        let mut command = sandbox.orchflow();
        sandbox.run(command.arg("status").args(args)).expect_success()
    };
    assert!(
        status(&[])
            .contains("the programs of its terminals go on (get them back: orchflow daemon)")
    );
    assert_eq!(status(&["--json"]).trim(), r#"{"held":true,"lost":[],"running":false}"#);
    assert!(process::alive(pid));
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    daemon.answers("echo", "hello");
    let keeper = daemon.expect("daemon.info", json!({}))["keeper"].clone();
    assert_eq!((&keeper["restarts"], &keeper["braked"]), (&json!(5), &json!(true)));
}

#[test]
fn a_size_that_the_keeper_has_not_heard_of_outlives_the_daemon_and_what_is_printed_then_too() {
    let (sandbox, daemon) = Daemon::start();
    let line = "while read x; do stty size; seq -s ' ' 1 60; echo \"got $x\"; done";
    daemon.open("web", &format!("stty -echo; echo ready; {line}"));
    daemon.wait_match("web", "ready");
    // A keeper that does not read: what it is told piles up, and the last of it never leaves the daemon.
    let keeper = sandbox.keeper_pid().unwrap();
    process::signal(keeper, rustix::process::Signal::STOP);
    for n in 0..3_000 {
        daemon.notify("terminal.resize", json!({"id": "web", "rows": 24, "cols": 100 + n % 2}));
    }
    daemon.expect("terminal.resize", json!({"id": "web", "rows": 20, "cols": 60}));
    daemon.expect("terminal.read", json!({"id": "web"}));
    let first = sandbox.kill_daemon();
    process::signal(keeper, rustix::process::Signal::CONT);
    let daemon = Daemon::after(&sandbox, first);
    daemon.answers("web", "one");
    daemon.wait_match("web", "^20 60$");
    let before = daemon.state("web");
    let daemon = Daemon::after(&sandbox, sandbox.kill_daemon());
    daemon.state("web").assert_is(&before, "after another kill");
    let info = daemon.expect("terminal.get", json!({"id": "web"}));
    assert_eq!((&info["rows"], &info["cols"]), (&json!(20), &json!(60)));
}

#[test]
fn another_build_at_another_path_adopts_and_is_the_one_started_after_a_crash() {
    let sandbox = Sandbox::new();
    let first = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let pid = daemon.open("echo", ECHO);
    daemon.expect("daemon.stop", json!({"keep": true}));
    process::wait_gone("the daemon", first, DEADLINE);
    let other = sandbox.path("home/orchflow-next");
    fs::copy(environment::orchflow_binary(), &other).unwrap();
    let started = sandbox.command(&other).arg("daemon").stdout(Stdio::null()).status().unwrap();
    assert!(started.success());
    let next = Daemon::connect(&sandbox);
    assert_eq!(next.expect("daemon.info", json!({}))["binary"], json!(other));
    assert_eq!(next.expect("terminal.get", json!({"id": "echo"}))["pid"], json!(pid));
    next.answers("echo", "upgraded");
    // It is replaced in its place, as an installation does.
    let replacement = sandbox.path("home/replacement");
    fs::copy(environment::orchflow_binary(), &replacement).unwrap();
    fs::rename(replacement, &other).unwrap();
    let last = Daemon::after(&sandbox, sandbox.kill_daemon());
    assert_eq!(last.expect("daemon.info", json!({}))["binary"], json!(other));
    last.answers("echo", "again");
}

#[test]
fn stop_refuses_without_a_daemon_too_and_force_leaves_no_process() {
    let sandbox = Sandbox::new();
    let first = sandbox.start_daemon();
    let pid =
        Daemon::connect(&sandbox).open("stubborn", "trap '' TERM HUP; while :; do sleep 1; done");
    process::signal(first, rustix::process::Signal::TERM);
    process::wait_gone("the daemon", first, DEADLINE);
    assert!(process::alive(pid), "a daemon that is told to end leaves its programs");
    let refused = sandbox.run(sandbox.orchflow().arg("stop"));
    assert!(!refused.status.success() && refused.stderr.contains("1 program runs"), "{refused:?}");
    sandbox.run(sandbox.orchflow().args(["stop", "--force"])).expect_success();
    wait_until("every process to end", DEADLINE, || sandbox.processes().is_empty().then_some(()));
    assert!(!sandbox.keeper_socket().exists());
}

#[test]
fn two_hundred_quick_exits_are_all_told_right_and_leave_no_zombie() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    for number in 0..200 {
        daemon.open(&format!("quick{number}"), &format!("exit {}", number % 100));
    }
    for number in 0..200 {
        let name = format!("quick{number}");
        let exit = daemon.wait_notice(&format!("the end of {name}"), |method, ended| {
            (method == "terminal.exited" && ended["name"] == *name).then(|| ended["exit"].clone())
        });
        assert_eq!(exit, json!({"code": number % 100}), "{name}");
    }
    let keeper = sandbox.keeper_pid().unwrap();
    wait_until("no child of the keeper", DEADLINE, || children(keeper).is_empty().then_some(()));
}

/// The children of a process, zombies included.
fn children(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

#[test]
fn a_program_that_closes_its_terminal_but_lives_is_there_until_it_ends() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let work = sandbox.path("work").display().to_string();
    let hide = format!(
        "cd {work}; echo hiding; exec <&- >&- 2>&-; while [ ! -e go ]; do sleep 0.01; done; exit 9"
    );
    let pid = daemon.open("hidden", &hide);
    daemon.wait_match("hidden", "hiding");
    let next = Daemon::after(&sandbox, sandbox.kill_daemon());
    assert!(process::alive(pid));
    assert_eq!(next.expect("terminal.get", json!({"id": "hidden"}))["exit"], Json::Null);
    sandbox.write("work/go", "");
    assert_eq!(wait_exit(&next, "hidden")["code"], 9);
}

#[test]
fn nonsense_on_the_keepers_socket_neither_ends_nor_holds_up_the_keeper() {
    let sandbox = Sandbox::new();
    let first = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    daemon.open("echo", ECHO);
    let keeper = sandbox.keeper_pid().unwrap();
    let knock = || UnixStream::connect(sandbox.keeper_socket()).unwrap();
    let frame = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [length.as_slice(), text.as_bytes()].concat()
    };
    let silent: Vec<UnixStream> = (0..30).map(|_| knock()).collect();
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 10_000],
        vec![0; 10_000],
        frame("{}"),
        frame("[[[[[[[["),
        frame(r#"{"order":"spawn"}"#),
        frame(r#"{"order":"leave"}"#),
        frame(r#"{"order":"goodbye"}"#),
        frame(&format!("{}1", "[".repeat(100_000))),
    ] {
        let mut peer = knock();
        // It may be hung up on before it has said everything.
        let _ = peer.write_all(&bytes);
        let _ = peer.shutdown(std::net::Shutdown::Write);
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = Vec::new();
        let _ = std::io::Read::read_to_end(&mut peer, &mut answer);
        assert!(answer.is_empty(), "{:?}", String::from_utf8_lossy(&answer));
    }
    drop(silent);
    daemon.answers("echo", "still");
    daemon.open("more", "exit 2");
    assert_eq!(wait_exit(&daemon, "more")["code"], 2);
    assert_eq!(sandbox.keeper_pid(), Some(keeper));
    assert_eq!(sandbox.daemon_pid(), Some(first));
}

/// So many master sides a process holds.
pub(crate) fn masters(pid: u32) -> usize {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let targets = open.filter_map(|fd| fs::read_link(fd.path()).ok());
    targets.filter(|target| target.ends_with("ptmx")).count()
}

#[test]
fn programs_that_print_without_end_survive_daemon_and_keeper_dying_in_turn() {
    const PROGRAMS: usize = 5;
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let mut daemon = Daemon::connect(&sandbox);
    let flood = "i=0; while :; do i=$((i+1)); echo line $i; done";
    let pids: Vec<u32> = (0..PROGRAMS).map(|n| daemon.open(&format!("f{n}"), flood)).collect();
    for _ in 0..4 {
        let old = sandbox.kill_keeper();
        wait_until("another keeper to hold all", DEADLINE, || {
            let keeper = sandbox.keeper_pid().filter(|pid| *pid != old)?;
            (!cfg!(target_os = "linux") || masters(keeper) == PROGRAMS).then_some(())
        });
        daemon = Daemon::after(&sandbox, sandbox.kill_daemon());
        let listed = daemon.expect("terminal.list", json!({}))["terminals"].clone();
        let now: Vec<Json> = listed.as_array().unwrap().iter().map(|t| t["pid"].clone()).collect();
        assert_eq!(json!(now), json!(pids));
        assert!(pids.iter().all(|pid| process::alive(*pid)));
    }
    daemon.wait_match("f0", "^line \\d+$");
    daemon.expect("terminal.signal", json!({"id": "f0", "signal": "KILL"}));
    assert_eq!(wait_exit(&daemon, "f0"), json!({"code": -1}));
}

/// A keeper of another major version that holds one terminal: it says so, and hears that it may leave.
fn foreign_keeper(listener: &UnixListener, holding: Holding, master: UnixStream) -> Vec<Order> {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let (mut link, mut heard) = (Link::default(), Vec::new());
    let master = Arc::new(master.into());
    while link.receive(&stream).unwrap() {
        while let Some((order, _)) = link.take::<Order>().unwrap() {
            if matches!(order, Order::Hello { .. }) {
                let hello = News::Hello {
                    protocol: Version { major: 99, minor: 0 },
                    version: "9.9.9".into(),
                    pid: std::process::id(),
                    highest: 41,
                    held: 1,
                    restarts: 0,
                    last_crash: None,
                    braked: false,
                };
                link.push(&hello, None).unwrap();
                link.push(&News::Held(holding.clone()), Some(Arc::clone(&master))).unwrap();
                link.flush(&stream).unwrap();
            }
            let over = order == Order::Leave;
            heard.push(order);
            if over {
                return heard;
            }
        }
    }
    heard
}

#[test]
fn a_keeper_of_another_major_version_is_relieved_of_everything() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("run/orchflow")).unwrap();
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(sandbox.path("run/orchflow"), private).unwrap();
    let listener = UnixListener::bind(sandbox.keeper_socket()).unwrap();
    let mut program = sandbox.command("sleep").arg("1000").spawn().unwrap();
    let note = json!({"name": "old", "command": ["sleep", "1000"], "cwd": "/", "opened": 7, "rows": 24, "cols": 80});
    let holding = Holding {
        id: TerminalId(40),
        pid: program.id(),
        start: process::started(program.id()),
        note: note.to_string(),
        exit: None,
    };
    let (mut printing, master) = UnixStream::pair().unwrap();
    master.set_nonblocking(true).unwrap();
    let old = std::thread::spawn(move || foreign_keeper(&listener, holding, master));
    sandbox.start_daemon();
    assert_eq!(old.join().unwrap().last(), Some(&Order::Leave));
    let daemon = Daemon::connect(&sandbox);
    let info = daemon.expect("daemon.info", json!({}))["keeper"].clone();
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"), "a keeper of its own");
    printing.write_all(b"still here\r\n").unwrap();
    daemon.wait_match("old", "^still here$");
    process::kill(program.id());
    program.wait().unwrap();
    assert_eq!(wait_exit(&daemon, "old"), json!({"code": -1}));
    daemon.open("new", "exit 0");
    assert_eq!(daemon.expect("terminal.get", json!({"id": "new"}))["id"], "t42");
}

/// Keeps what was notified, in `_G.notified`.
const NOTIFIED: &str = "
_G.notified = {}
vim.notify = function(text) table.insert(_G.notified, text) end
";

/// The text of the current buffer, as one.
const TEXT: &str =
    "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n'):gsub('%s+$', '')";

fn show(editor: &Editor, name: &str, command: &str) {
    let open = "require('orchflow').terminal({ cmd = ..., name = select(2, ...) })";
    editor.lua(open, json!([["sh", "-c", command], name]));
}

/// Whether the view is back: what is typed in it reaches the program, and what that prints is seen once.
#[track_caller]
fn is_back(editor: &Editor, daemon: &Daemon, name: &str, word: &str) {
    let shown = "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil
        and #vim.fn.win_findbuf(vim.api.nvim_get_current_buf()) == 1 and vim.b.orchflow.name == ...";
    wait_until("a view in the daemon", DEADLINE, || {
        (daemon.expect("daemon.info", json!({}))["counts"]["views"] == 1).then_some(())
    });
    editor.wait_lua("the view in its window", shown, json!([name]));
    editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
    editor.input(&format!("{word}<CR>"));
    editor.wait_text(&format!("got {word}"));
    let text = editor.lua(TEXT, Json::Null);
    let count = text.to_string().matches(&format!("got {word}")).count();
    assert_eq!(count, 1, "{text}");
}

each_neovim! {
    fn a_view_comes_back_by_itself_when_the_daemon_was_killed(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        show(&editor, "echo", &format!("seq -f 'line-%03g.' 1 100; {ECHO}"));
        editor.wait_text("ready");
        editor.wait_lua("the scrollback", &format!("{TEXT}:find('line%-001%.') ~= nil").replace(":gsub('%s+$', '')", ""), Json::Null);
        let next = Daemon::after(&sandbox, sandbox.kill_daemon());
        is_back(&editor, &next, "echo", "hello");
        let text = editor.lua(TEXT, Json::Null).to_string();
        for line in ["line-001.", "line-050.", "line-100.", "ready"] {
            assert!(text.matches(line).count() <= 1, "nothing is there twice: {text}");
        }
        let said = editor.lua("return _G.notified", Json::Null);
        let back = json!(["orchflow: the daemon is back; 1 terminal reattached"]);
        assert_eq!(said, back, "one calm sentence");
        editor.command("stopinsert");
        editor.command("silent checkhealth orchflow");
        let report = editor.lua(TEXT, Json::Null).to_string();
        assert!(report.contains("started a lost daemon again: 1 time(s)"), "{report}");
    }

    fn that_the_keeper_gave_up_is_in_the_health_report(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        Daemon::connect(&sandbox).open("echo", ECHO);
        for _ in 1..=5 {
            Daemon::after(&sandbox, sandbox.kill_daemon());
        }
        sandbox.kill_daemon();
        wait_until("the keeper to give up", DEADLINE, || {
            let log = fs::read_to_string(sandbox.path("state/orchflow/keeper.log")).ok()?;
            log.contains("a client must start it").then_some(())
        });
        let editor = Editor::with(version).start(&sandbox);
        editor.command("silent checkhealth orchflow");
        let report = editor.lua(TEXT, Json::Null).to_string();
        assert!(report.contains("started a lost daemon again: 5 time(s), last lost 20"), "{report}");
        assert!(report.contains("; then it gave up, as there were 5 in a minute"), "{report}");
    }

    fn what_is_typed_while_the_daemon_is_away_is_lost_which_is_said_once(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        show(&editor, "echo", ECHO);
        editor.wait_text("ready");
        Daemon::connect(&sandbox).expect("daemon.stop", json!({"keep": true}));
        let said = "return vim.list_contains(_G.notified, ...)";
        let stopped = "orchflow: the daemon was stopped (to start one: :Orchflow list)";
        editor.wait_lua("a word", "return #_G.notified > 0", Json::Null);
        assert_eq!(editor.lua("return _G.notified", Json::Null), json!([stopped]));
        editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
        editor.input("in<CR>vain<CR>");
        let lost = "orchflow: what is typed while the daemon is away is lost";
        editor.wait_lua("a word about the keys", said, json!([lost]));
        sandbox.start_daemon();
        is_back(&editor, &Daemon::connect(&sandbox), "echo", "hello");
        let back = "orchflow: the daemon is back; 1 terminal reattached";
        assert_eq!(editor.lua("return _G.notified", Json::Null), json!([stopped, lost, back]));
    }

    fn a_daemon_that_takes_long_to_answer_is_asked_again(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        show(&editor, "echo", ECHO);
        editor.wait_text("ready");
        let first = sandbox.daemon_pid().unwrap();
        Daemon::connect(&sandbox).expect("daemon.stop", json!({"keep": true}));
        process::wait_gone("the daemon", first, DEADLINE);
        editor.wait_lua("a word", "return #_G.notified > 0", Json::Null);
        let nvim = editor.lua("return vim.fn.getpid()", Json::Null).as_u64().unwrap();
        let nvim = u32::try_from(nvim).unwrap();
        // It finds a daemon that listens and says nothing.
        process::signal(nvim, rustix::process::Signal::STOP);
        let next = sandbox.start_daemon();
        process::signal(next, rustix::process::Signal::STOP);
        process::signal(nvim, rustix::process::Signal::CONT);
        // Its patience is over before long, which is told by the end of its connection.
        editor.lua("_G.tries, _G.ended = 0, vim.fn.chanclose\nvim.fn.chanclose = function(...) _G.tries = _G.tries + 1 return _G.ended(...) end", Json::Null);
        editor.wait_lua("its patience to end", "return _G.tries > 0", Json::Null);
        process::signal(next, rustix::process::Signal::CONT);
        is_back(&editor, &Daemon::connect(&sandbox), "echo", "hello");
    }

    fn restart_ends_no_program_and_its_view_comes_back(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        show(&editor, "echo", ECHO);
        editor.wait_text("ready");
        let (first, keeper) = (sandbox.daemon_pid().unwrap(), sandbox.keeper_pid());
        let pid = Daemon::connect(&sandbox).expect("terminal.get", json!({"id": "echo"}))["pid"].clone();
        editor.command("Orchflow restart");
        let next = Daemon::after(&sandbox, first);
        is_back(&editor, &next, "echo", "hello");
        let terminal = next.expect("terminal.get", json!({"id": "echo"}));
        assert_eq!(terminal["pid"], pid);
        assert_eq!(sandbox.keeper_pid(), keeper);
        let said = editor.wait_lua("a word", "return #_G.notified > 0 and _G.notified", Json::Null);
        assert_eq!(said.as_array().unwrap().len(), 1, "{said}");
        assert!(said[0].as_str().unwrap().contains("programs that run on: 1"), "{said}");
    }
}
