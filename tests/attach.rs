//! `orchflow attach`: a terminal on a person's tty, without an editor, and several views of one terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use alacritty_terminal::term::TermMode;
use portable_pty::CommandBuilder;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, WaitOptions, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Tty, each_neovim, environment, process,
    wait::wait_until_shown, wait_until,
};

/// Switches on all that could be left on: screen, keys, mouse, focus, paste, title, cursor, colours, a link.
const ALL_ON: &str = "printf '\\033[?1049h\\033[?1h\\033=\\033[?1000h\\033[?1003h\\033[?1006h\\033[?1004h\\033[?2004h\\033]2;mine\\033\\\\\\033[?25l\\033[5 q\\033[31m\\033]8;;http://x\\033\\\\all on'; cat";

/// The modes of a terminal on which nothing runs.
static FRESH: LazyLock<TermMode> = LazyLock::new(TermMode::default);

fn attach(sandbox: &Sandbox, size: (u16, u16), args: &[&str]) -> Tty {
    Tty::orchflow(sandbox, size, &[&["attach"], args].concat())
}

fn size_of(client: &Daemon, name: &str) -> (u64, u64) {
    let info = client.expect("terminal.get", json!({"id": name}));
    (info["cols"].as_u64().unwrap(), info["rows"].as_u64().unwrap())
}

#[track_caller]
fn wait_size(client: &Daemon, name: &str, size: (u64, u64)) {
    wait_until_shown(&format!("the size {size:?}"), DEADLINE, || match size_of(client, name) {
        found if found == size => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

/// Its end has left everything as it was, and its words on the person's own screen.
#[track_caller]
fn is_restored(tty: &Tty, settings: &str, words: &str) {
    let look = tty.wait(words, |look| look.has(words));
    assert_eq!(look.mode, *FRESH, "{look:#?}");
    assert_eq!(look.title, "", "{look:#?}");
    assert!(look.has("[attached to "), "what stood there before still does: {look:#?}");
    wait_until("the settings", DEADLINE, || (tty.settings() == settings).then_some(()));
}

#[test]
fn attach_shows_the_screen_types_and_follows_the_size() {
    let (sandbox, client) = Daemon::start();
    client.open("web",
        "echo 'before, 漢字'; trap 'stty size' WINCH; while :; do read -r line && echo \"got $line\"; done",
    );
    client.expect("terminal.wait", json!({"id": "web", "match": "before", "timeout_ms": 50_000}));
    let mut tty = attach(&sandbox, (50, 10), &["web"]);
    tty.wait("what stood there", |look| look.lines[0].starts_with("before, 漢"));
    wait_size(&client, "web", (50, 10));
    tty.write("ünï 漢字\r");
    tty.wait_text("got ünï 漢");
    tty.resize((70, 20));
    wait_size(&client, "web", (70, 20));
    tty.wait_text("20 70");
}

#[test]
fn detaching_restores_everything_and_the_program_goes_on() {
    let (sandbox, client) = Daemon::start();
    client.open("web", ALL_ON);
    let mut tty = attach(&sandbox, (60, 12), &["web"]);
    let look = tty.wait("what it switches on", |look| look.has("all on") && look.title == "mine");
    let on = TermMode::ALT_SCREEN
        | TermMode::APP_CURSOR
        | TermMode::APP_KEYPAD
        | TermMode::MOUSE_MOTION
        | TermMode::SGR_MOUSE
        | TermMode::FOCUS_IN_OUT
        | TermMode::BRACKETED_PASTE;
    assert!(look.mode.contains(on) && !look.mode.contains(TermMode::SHOW_CURSOR), "{look:#?}");
    assert!(!look.has("[attached"), "it is a screen of its own");
    let (raw, settings) = (tty.settings(), fresh_settings(&sandbox));
    assert_ne!(raw, settings);
    // In one write: what is typed before is not lost.
    tty.write("typed\r\x1cd");
    assert_eq!(tty.wait_exit(), (0, None));
    is_restored(&tty, &settings, "[detached from web; orchflow attach web]");
    client.expect("terminal.wait", json!({"id": "web", "match": "typed", "timeout_ms": 50_000}));
    assert_eq!(client.expect("terminal.get", json!({"id": "web"}))["exit"], Json::Null);
}

/// The settings of a PTY that nobody has touched.
fn fresh_settings(sandbox: &Sandbox) -> String {
    let mut tty = Tty::start(sandbox, (80, 24), CommandBuilder::new("true"));
    tty.wait_exit();
    tty.settings()
}

#[test]
fn a_program_that_leaves_its_alternate_screen_leaves_us_on_ours() {
    let (sandbox, client) = Daemon::start();
    let program = "echo main; read x; printf '\\033[?1049hother'; read x; printf '\\033[?1049l'; seq 1 100; cat";
    client.open("web", program);
    let mut tty = attach(&sandbox, (40, 8), &["web"]);
    tty.wait_text("main");
    tty.write("\r");
    tty.wait("the other screen", |look| look.has("other") && !look.has("main"));
    tty.write("\r");
    let look = tty.wait("what scrolls", |look| look.lines[6] == "100");
    assert_eq!(look.lines[0], "94", "{look:#?}");
    assert!(look.mode.contains(TermMode::ALT_SCREEN));
    tty.write("\x1cd");
    tty.wait_exit();
    is_restored(&tty, &fresh_settings(&sandbox), "[detached from web");
}

#[test]
fn a_signal_restores_everything_and_ends_as_it_should() {
    let (sandbox, client) = Daemon::start();
    client.open("web", ALL_ON);
    let settings = fresh_settings(&sandbox);
    // All that end a process and can be caught.
    for (signal, name) in [
        (Signal::TERM, "Terminated"),
        (Signal::INT, "Interrupt"),
        (Signal::HUP, "Hangup"),
        (Signal::QUIT, "Quit"),
        (Signal::ABORT, "Aborted"),
        (Signal::ALARM, "Alarm clock"),
        (Signal::BUS, "Bus error"),
        (Signal::PROF, "Profiling timer expired"),
        (Signal::SYS, "Bad system call"),
        (Signal::TRAP, "Trace/breakpoint trap"),
        (Signal::USR1, "User defined signal 1"),
        (Signal::USR2, "User defined signal 2"),
        (Signal::VTALARM, "Virtual timer expired"),
        (Signal::XCPU, "CPU time limit exceeded"),
        (Signal::XFSZ, "File size limit exceeded"),
    ] {
        let mut tty = attach(&sandbox, (60, 12), &["web"]);
        tty.wait("its modes", |look| look.has("all on") && look.title == "mine");
        process::signal(tty.pid(), signal);
        assert_eq!(tty.wait_exit().1.as_deref(), Some(name));
        is_restored(&tty, &settings, "[detached from web; orchflow attach web]");
    }
    // Of these it is not known everywhere that they end a process.
    #[cfg(target_os = "linux")]
    for signal in [Signal::IO, Signal::POWER, Signal::STKFLT] {
        let mut tty = attach(&sandbox, (60, 12), &["web"]);
        tty.wait("its modes", |look| look.has("all on") && look.title == "mine");
        process::signal(tty.pid(), signal);
        assert_eq!(tty.wait_exit(), (128 + u32::try_from(signal.as_raw()).unwrap(), None));
        is_restored(&tty, &settings, "[detached from web; orchflow attach web]");
    }
    assert_eq!(client.expect("terminal.get", json!({"id": "web"}))["exit"], Json::Null);
}

#[test]
fn a_daemon_that_is_stopped_restores_everything_with_a_message() {
    let settings = fresh_settings(&Sandbox::new());
    let (mut sandbox, client) = Daemon::start();
    sandbox.allow_orphans();
    client.open("web", ALL_ON);
    let mut tty = attach(&sandbox, (110, 12), &["web"]);
    tty.wait("its modes", |look| look.has("all on") && look.title == "mine");
    sandbox.stop_daemon();
    assert_eq!(tty.wait_exit(), (1, None));
    is_restored(&tty, &settings, "the daemon was ended");
}

#[test]
fn after_a_daemon_that_is_killed_the_view_goes_on_at_the_next_one() {
    let settings = fresh_settings(&Sandbox::new());
    let (sandbox, client) = Daemon::start();
    client.open("web", ALL_ON);
    let mut tty = attach(&sandbox, (110, 12), &["web"]);
    tty.wait("its modes", |look| look.has("all on") && look.title == "mine");
    let killed = sandbox.kill_daemon();
    let next = || sandbox.daemon_pid().filter(|pid| *pid != killed);
    wait_until("the next daemon", DEADLINE, next);
    let client = Daemon::connect(&sandbox);
    client.expect("terminal.write", json!({"id": "web", "data": "still here\r"}));
    tty.wait("the same terminal", |look| look.has("still here") && look.title == "mine");
    tty.write("typed after it\r");
    tty.wait("what was typed", |look| look.has("typed after it"));
    tty.write("\x1cd");
    assert_eq!(tty.wait_exit(), (0, None));
    is_restored(&tty, &settings, "[detached from web; orchflow attach web]");
}

#[test]
fn a_stop_while_the_next_daemon_is_waited_for_is_obeyed() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "cat");
    let mut tty = attach(&sandbox, (160, 12), &["web"]);
    wait_size(&client, "web", (160, 12));
    // There is no next daemon as long as the keeper stands still.
    let keeper = sandbox.keeper_pid().expect("a keeper");
    process::signal(keeper, Signal::STOP);
    let killed = sandbox.kill_daemon();
    tty.wait_text("waiting for");
    tty.write("\x1a");
    wait_until("it to stop", DEADLINE, || {
        let stopped = waitpid(Pid::from_raw(tty.pid().cast_signed()), STOPPED).expect("our child");
        stopped.filter(|(_, status)| status.stopped())
    });
    process::signal(keeper, Signal::CONT);
    let client = Daemon::after(&sandbox, killed);
    process::signal(tty.pid(), Signal::CONT);
    client.expect("terminal.write", json!({"id": "web", "data": "still here\r"}));
    tty.wait("the same terminal", |look| look.has("still here") && !look.has("waiting"));
    tty.write("\x1cd");
    assert_eq!(tty.wait_exit(), (0, None));
}

/// Tells of a child that was stopped, without waiting for it.
const STOPPED: WaitOptions = WaitOptions::UNTRACED.union(WaitOptions::NOHANG);

/// Stands between clients and the daemon, and drops each client that opens a view; gives how many it has dropped.
fn drop_each_view(socket: &Path, daemon: PathBuf) -> Arc<AtomicUsize> {
    let listener = UnixListener::bind(socket).unwrap();
    let dropped = Arc::<AtomicUsize>::default();
    let count = dropped.clone();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut daemon) = (client.unwrap(), UnixStream::connect(&daemon).unwrap());
            let (mut from, mut to) = (daemon.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let (mut said, mut piece) = (Vec::new(), [0; 4096]);
            while let Ok(read @ 1..) = client.read(&mut piece) {
                said.extend_from_slice(&piece[..read]);
                if said.windows(9).any(|part| part == b"view.open") {
                    count.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                daemon.write_all(&piece[..read]).unwrap();
            }
            // Either may have closed it already.
            let _ = (client.shutdown(Shutdown::Both), daemon.shutdown(Shutdown::Both));
        }
    });
    dropped
}

#[test]
fn a_daemon_that_drops_each_view_at_once_is_left_alone_after_some() {
    let settings = fresh_settings(&Sandbox::new());
    let (sandbox, client) = Daemon::start();
    client.open("web", "cat");
    let socket = sandbox.socket().with_file_name("between.sock");
    let dropped = drop_each_view(&socket, sandbox.socket());
    let mut command = CommandBuilder::new(environment::orchflow_binary());
    command.args(["attach", "web"]);
    command.env("ORCHFLOW_SOCKET", socket);
    let mut tty = Tty::start(&sandbox, (160, 12), command);
    assert_eq!(tty.wait_exit(), (1, None));
    is_restored(&tty, &settings, "has dropped this view 5 times, each time within 2 s");
    tty.wait_text("orchflow status");
    assert_eq!(dropped.load(Ordering::Relaxed), 5);
}

#[test]
fn a_stopped_attach_gives_the_terminal_back_until_it_is_continued() {
    let (sandbox, client) = Daemon::start();
    client.open("web", ALL_ON);
    let settings = fresh_settings(&sandbox);
    let mut tty = attach(&sandbox, (60, 12), &["web"]);
    tty.wait("its modes", |look| look.has("all on") && look.title == "mine");
    process::signal(tty.pid(), Signal::TSTP);
    is_restored(&tty, &settings, "[attached to web");
    client.expect("terminal.write", json!({"id": "web", "data": "meanwhile\r"}));
    process::signal(tty.pid(), Signal::CONT);
    tty.wait("it to be there again", |look| look.has("meanwhile") && look.title == "mine");
    assert_ne!(tty.settings(), settings);
    tty.write("\x1cd");
    assert_eq!(tty.wait_exit(), (0, None));
    is_restored(&tty, &settings, "[detached from web");
}

#[test]
fn a_program_that_exits_is_read_first_and_its_code_is_given_on() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "printf '\\033[?1003h\\033[?1004h'; echo last words; read x; exit 7");
    let mut tty = attach(&sandbox, (60, 12), &["web"]);
    tty.wait("the mouse", |look| {
        look.has("last words") && look.mode.contains(TermMode::MOUSE_MOTION)
    });
    tty.write("\r");
    let what = "its end, without mouse reports, which would count as keys";
    let ended = |mode: TermMode| !mode.intersects(TermMode::MOUSE_MODE | TermMode::FOCUS_IN_OUT);
    tty.wait(what, |look| {
        look.has("[Process exited 7]") && look.has("last words") && ended(look.mode)
    });
    tty.write(" ");
    assert_eq!(tty.wait_exit(), (7, None));
    is_restored(&tty, &fresh_settings(&sandbox), "[web exited 7]");
    let mut again = attach(&sandbox, (60, 12), &["web"]);
    again.wait_text("[Process exited 7]");
    again.write("\x1cd");
    assert_eq!(again.wait_exit(), (0, None), "detaching is detaching");
    let mut last = attach(&sandbox, (60, 12), &["--read-only", "web"]);
    last.wait_text("[Process exited 7]");
    client.expect("terminal.close", json!({"id": "web"}));
    assert_eq!(last.wait_exit(), (7, None), "nothing is left to read");
}

#[test]
fn a_terminal_that_is_closed_says_so_and_one_that_is_renamed_is_known_by_its_new_name() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "echo here; cat");
    let mut tty = attach(&sandbox, (60, 12), &["web"]);
    tty.wait_text("here");
    client.expect("terminal.rename", json!({"id": "web", "name": "api"}));
    client.expect("terminal.close", json!({"id": "api"}));
    assert_eq!(tty.wait_exit(), (1, None));
    is_restored(&tty, &fresh_settings(&sandbox), "api was closed");
}

#[test]
fn one_who_only_looks_neither_types_nor_decides_the_size() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "echo here; cat");
    let mut tty =
        attach(&sandbox, (40, 8), &["--read-only", "web", "--detach-key", "ctrl-space ctrl-q"]);
    tty.wait_text("here");
    tty.write("nothing\r");
    tty.resize((30, 6));
    client.expect("terminal.write", json!({"id": "web", "data": "something\r"}));
    // Both stand there twice: as typed, and as cat says it.
    let look = tty.wait("what others type", |look| look.lines[2] == "something");
    assert!(!look.has("nothing") && look.lines[1] == "something", "{look:#?}");
    assert_eq!(size_of(&client, "web"), (80, 24));
    tty.write("\0\x11");
    assert_eq!(tty.wait_exit(), (0, None));
    assert!(!client.expect("terminal.read", json!({"id": "web"})).to_string().contains("nothing"));
}

#[test]
fn the_detach_key_twice_is_typed_once_and_pastes_pass() {
    let (sandbox, client) = Daemon::start();
    client.open(
        "web",
        "stty raw -echo; printf '\\033[?2004hready\\r\\n'; head -c 22 | od -An -tx1 -w22; cat",
    );
    let mut tty = attach(&sandbox, (90, 8), &["web"]);
    tty.wait("paste", |look| look.has("ready") && look.mode.contains(TermMode::BRACKETED_PASTE));
    tty.write("\x1b[200~ä漢\ty\x1b[201~\x1c\x1c\x1c\x0e");
    tty.wait_text("1b 5b 32 30 30 7e c3 a4 e6 bc a2 09 79 1b 5b 32 30 31 7e 1c 1c 0e");
}

#[test]
fn a_large_paste_arrives_whole_and_in_order() {
    let (sandbox, client) = Daemon::start();
    let text: String = (0..40_000).map(|n| format!("{n}ä漢👍")).collect();
    let take =
        format!("stty raw -echo; echo ready; head -c {} > taken; echo done; cat", text.len());
    let params = json!({"command": take, "name": "web", "cwd": sandbox.path("work")});
    client.expect("terminal.open", params);
    let mut tty = attach(&sandbox, (60, 12), &["web"]);
    tty.wait_text("ready");
    tty.write(&text);
    tty.wait_text("done");
    let taken = std::fs::read(sandbox.path("work/taken")).unwrap();
    assert!(taken == text.as_bytes(), "{} of {} bytes", taken.len(), text.len());
}

#[test]
fn a_tty_that_takes_nothing_holds_nobody_up_and_is_right_once_it_does() {
    let (sandbox, client) = Daemon::start();
    let flood = "read x; (while :; do i=$((i+1)); printf '\\033[38;2;%d;9;9mline %d of a flood, with a good deal of text\\n' $((i%256)) $i; done) & read x; kill $!; wait; echo the end; cat";
    client.open("web", flood);
    let mut tty = attach(&sandbox, (120, 50), &["web"]);
    tty.wait("a screen", |look| look.mode.contains(TermMode::ALT_SCREEN));
    wait_size(&client, "web", (120, 50));
    let stalled = tty.stall();
    client.notify("terminal.write", json!({"id": "web", "data": "\r"}));
    let views = || client.expect("daemon.info", json!({}))["counts"]["views"].clone();
    wait_until("the view to be given up", DEADLINE, || (views() == 0).then_some(()));
    client.notify("terminal.write", json!({"id": "web", "data": "\r"}));
    client.expect("terminal.wait", json!({"id": "web", "match": "the end", "timeout_ms": 60_000}));
    drop(stalled);
    tty.wait("the last of it", |look| look.has("the end") && look.has(" of a flood"));
    assert_eq!(views(), 1);
    tty.write("back\r");
    tty.wait("an echo and its copy", |look| {
        look.lines.iter().filter(|line| *line == "back").count() == 2
    });
    tty.write("\x1cd");
    assert_eq!(tty.wait_exit(), (0, None));
    is_restored(&tty, &fresh_settings(&sandbox), "[detached from web");
}

#[test]
fn a_tty_that_goes_ends_the_view() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "cat");
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    // Whoever else is started would keep it open.
    fcntl_setfd(&master, FdFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let tty = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let mut command = sandbox.orchflow();
    command
        .args(["attach", "web"])
        .stdin(tty.try_clone().unwrap())
        .stdout(tty)
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It holds the other side too.
    drop(command);
    let views = || client.expect("daemon.info", json!({}))["counts"]["views"].clone();
    wait_until("the view", DEADLINE, || (views() == 1).then_some(()));
    drop(master);
    let status = wait_until("its end", DEADLINE, || child.try_wait().unwrap());
    assert_eq!(status.code(), Some(1));
    wait_until("the end of the view", DEADLINE, || (views() == 0).then_some(()));
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_view_wakes_nobody() {
    let (sandbox, client) = Daemon::start();
    client.open("web", "echo here; read x");
    let tty = attach(&sandbox, (60, 12), &["web"]);
    tty.wait_text("here");
    let wakes = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.unwrap().trim().parse::<u64>().unwrap()
    };
    let idle = |ms: u64| {
        let wait = json!({"id": "web", "match": "never", "timeout_ms": ms});
        assert_eq!(client.call("terminal.wait", wait).unwrap_err()["kind"], "timeout");
    };
    // What belongs to the beginning is over before long, and what would come again does so within a second.
    wait_until("a second in which it is not woken", DEADLINE, || {
        let before = wakes(tty.pid());
        idle(1000);
        (wakes(tty.pid()) == before).then_some(())
    });
}

#[test]
fn what_cannot_be_attached_is_told_with_what_to_type() {
    let sandbox = Sandbox::new();
    let mut tty = attach(&sandbox, (120, 10), &["web"]);
    assert_eq!(tty.wait_exit(), (1, None));
    tty.wait_text(
        "no daemon is running, so there are no terminals (open one: orchflow call terminal.open",
    );
    sandbox.start_daemon();
    let mut tty = attach(&sandbox, (120, 10), &["web"]);
    assert_eq!(tty.wait_exit(), (1, None));
    tty.wait_text("there is no terminal \"web\" (look at them: orchflow status)");
    Daemon::connect(&sandbox).open("web", "cat");
    let mut inside = CommandBuilder::new(environment::orchflow_binary());
    inside.args(["attach", "web"]);
    inside.env("ORCHFLOW_TERMINAL", "t1");
    let mut tty = Tty::start(&sandbox, (120, 10), inside);
    assert_eq!(tty.wait_exit(), (1, None));
    tty.wait_text("this is web itself");
    let help = sandbox.run(sandbox.orchflow().args(["attach", "--help"])).expect_success();
    assert!(help.contains("[default: ctrl-\\ d]"), "{help}");
    let mut tty = attach(&sandbox, (120, 10), &["web", "--detach-key", "d"]);
    assert_eq!(tty.wait_exit(), (2, None));
    tty.wait_text("ctrl-space ctrl-q");
    let mut piped = sandbox.orchflow();
    let run = sandbox.run(piped.args(["attach", "web"]));
    assert_eq!((run.status.code(), run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("orchflow call terminal.read"), "{}", run.stderr);
}

each_neovim! {
    fn the_view_last_typed_in_decides_the_size_and_the_others_show_the_cursor(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 40).start(&sandbox);
        editor.lua("require('orchflow').terminal({ cmd = 'seq 1 60; cat', name = 'web', split = 'current' })", Json::Null);
        editor.wait_text("60");
        let client = Daemon::connect(&sandbox);
        let mut small = attach(&sandbox, (30, 8), &["web"]);
        small.wait_text("60");
        let mut wide = attach(&sandbox, (120, 20), &["web"]);
        wide.wait_text("60");
        wait_size(&client, "web", (120, 20));
        small.write("small\r");
        wait_size(&client, "web", (30, 8));
        let twice = |tty: &Tty, text: &str| {
            // The cursor is below the two last lines, also where only a part is shown.
            tty.wait("the echo, its copy and the cursor", |look| {
                let (row, col) = look.cursor;
                row >= 2 && col == 0 && look.lines[row - 2..row].iter().all(|line| line == text)
            });
        };
        twice(&small, "small");
        twice(&wide, "small");
        wide.write("wide\r");
        wait_size(&client, "web", (120, 20));
        twice(&small, "wide");
        twice(&wide, "wide");
        editor.command("startinsert");
        editor.input("editor<CR>");
        let window = editor.lua("return { vim.api.nvim_win_get_width(0), vim.api.nvim_win_get_height(0) }", Json::Null);
        wait_size(&client, "web", (window[0].as_u64().unwrap(), window[1].as_u64().unwrap()));
        twice(&small, "editor");
        twice(&wide, "editor");
        small.write("\x1cd");
        small.wait_exit();
        wide.write("alone\r");
        wait_size(&client, "web", (120, 20));
        editor.wait_text("alone");
    }
}
