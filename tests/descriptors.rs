//! How many files may be open: programs notice nothing of what daemon and keeper need, and where there is an end to it, a
//! terminal is refused before anybody suffers.

use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

use orchflow::ids::TerminalId;
use orchflow::keeper::Link;
use orchflow::keeper::wire::{News, Order, VERSION};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::{Value as Json, json};

use crate::keeper::masters;
use crate::support::environment::orchflow_binary;
use crate::support::{DEADLINE, Daemon, Sandbox, process, wait_until};

/// Says what it reads.
const ECHO: &str = "echo ready; while read line; do echo \"got $line\"; done";

/// Starts a daemon as from a shell in which that was typed first.
fn start(sandbox: &Sandbox, typed: &str) -> Daemon {
    let mut command = sandbox.command("sh");
    command.args(["-c", &format!("{typed} && exec \"$0\" daemon")]).arg(orchflow_binary());
    sandbox.run(&mut command).expect_success();
    Daemon::connect(sandbox)
}

fn open(daemon: &Daemon, name: &str) -> Result<Json, Json> {
    daemon.call("terminal.open", json!({"command": ["sh", "-c", ECHO], "name": name}))
}

/// Opens terminals beside so many until one is refused; gives how many there are then, and why that one was refused.
fn fill(daemon: &Daemon, begun: usize) -> (usize, Json) {
    for number in begun..200 {
        if let Err(fault) = open(daemon, &format!("n{number}")) {
            return (number, fault);
        }
    }
    panic!("there is no end to it");
}

fn pids(daemon: &Daemon) -> Vec<Json> {
    let listed = daemon.expect("terminal.list", json!({}))["terminals"].clone();
    listed.as_array().unwrap().iter().map(|terminal| terminal["pid"].clone()).collect()
}

#[test]
fn where_no_more_files_may_be_open_another_terminal_is_refused_and_nobody_suffers() {
    let sandbox = Sandbox::new();
    let mut daemon = start(&sandbox, "ulimit -n 160");
    let (mut count, fault) = fill(&daemon, 0);
    assert_eq!(fault["kind"], "exhausted", "{fault}");
    assert_eq!(fault["hint"], "close some: :Orchflow list");
    assert!((25..50).contains(&count), "{count} were opened");
    let keeper = sandbox.keeper_pid().unwrap();
    // A daemon that comes later has the same limit, as much to hold, and hardly more room.
    for _ in 0..2 {
        let begun = pids(&daemon);
        assert_eq!(begun.len(), count);
        (0..count).for_each(|number| daemon.answers(&format!("n{number}"), "hello"));
        assert_eq!(sandbox.keeper_pid(), Some(keeper));
        assert_eq!(masters(keeper), count, "the keeper holds nothing else");
        daemon = Daemon::after(&sandbox, sandbox.kill_daemon());
        assert_eq!(pids(&daemon), begun);
        let (more, fault) = fill(&daemon, count);
        assert!(more < count + 3 && fault["kind"] == "exhausted", "{more} after {count}: {fault}");
        count = more;
    }
    daemon.expect("terminal.close", json!({"id": "n0"}));
    daemon.expect("terminal.close", json!({"id": "n1"}));
    open(&daemon, "again").unwrap();
    daemon.answers("again", "hello");
}

#[test]
fn a_low_soft_limit_bounds_programs_as_without_us_and_nothing_else() {
    const LIMIT: &str = "ulimit -S -n 64";
    let sandbox = Sandbox::new();
    let mut daemon = start(&sandbox, LIMIT);
    // More than 64 files in the daemon, and in the keeper.
    for number in 0..70 {
        open(&daemon, &format!("n{number}")).unwrap();
    }
    let ask = |daemon: &Daemon, name: &str| {
        let hard = getrlimit(Resource::Nofile).maximum;
        let hard = hard.map_or("unlimited".to_owned(), |hard| hard.to_string());
        daemon.open(name, "echo \"limits: $(ulimit -S -n) $(ulimit -H -n)\"; read x");
        daemon.wait_match(name, &format!("^limits: 64 {hard}$"));
    };
    ask(&daemon, "first");
    let old = sandbox.kill_keeper();
    wait_until("another keeper", DEADLINE, || sandbox.keeper_pid().filter(|pid| *pid != old));
    ask(&daemon, "of-another-keeper");
    // What is held by number now are the children of a keeper that is gone, and the keeper has one more for each.
    daemon = Daemon::after(&sandbox, sandbox.kill_daemon());
    ask(&daemon, "of-another-daemon");
    daemon.answers("n69", "hello");
}

/// A keeper that starts a program in a moment in which its daemon can open nothing; gives what it hears after that.
fn unlucky_keeper(listener: &UnixListener, daemon: impl Fn() -> u32) -> Order {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let (mut link, mut former) = (Link::default(), None);
    while link.receive(&stream).unwrap() {
        while let Some((order, _)) = link.take::<Order>().unwrap() {
            match order {
                Order::Hello { .. } => link.push(&hello(), None).unwrap(),
                Order::Spawn(start) => {
                    let pid = Pid::from_raw(daemon().cast_signed());
                    let own = getrlimit(Resource::Nofile);
                    let none = Rlimit { current: Some(0), ..own };
                    former = Some((pid, prlimit(pid, Resource::Nofile, none).unwrap()));
                    let (master, _) = UnixStream::pair().unwrap();
                    let news = News::Spawned { id: start.id, pid: u32::MAX, start: 0 };
                    link.push(&news, Some(Arc::new(master.into()))).unwrap();
                }
                other => {
                    let (pid, former) = former.unwrap();
                    prlimit(pid, Resource::Nofile, former).unwrap();
                    return other;
                }
            }
            link.flush(&stream).unwrap();
        }
    }
    panic!("the daemon has hung up");
}

fn hello() -> News {
    News::Hello {
        protocol: VERSION,
        version: "9.9.9".into(),
        pid: std::process::id(),
        highest: 0,
        held: 0,
        restarts: 0,
        last_crash: None,
        braked: false,
    }
}

#[test]
fn a_program_whose_terminal_comes_to_no_descriptor_is_let_go_of_and_the_keeper_stays() {
    let sandbox = Sandbox::new();
    sandbox.write("run/orchflow/.keep", "");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(sandbox.path("run/orchflow"), private).unwrap();
    let listener = UnixListener::bind(sandbox.keeper_socket()).unwrap();
    let socket = sandbox.socket();
    let daemon = move || process::listening(&socket).expect("the daemon");
    let (tell, told) = std::sync::mpsc::channel();
    let keeper = std::thread::spawn(move || unlucky_keeper(&listener, || told.recv().unwrap()));
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    tell.send(daemon()).unwrap();
    let fault = open(&client, "unlucky").unwrap_err();
    assert_eq!(fault["kind"], "exhausted", "{fault}");
    assert_eq!(keeper.join().unwrap(), Order::Forget { id: TerminalId(1) });
    // That one is gone; the next one is an ordinary keeper.
    open(&client, "lucky").unwrap();
    client.answers("lucky", "hello");
}
