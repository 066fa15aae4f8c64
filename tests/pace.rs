//! How often a view is painted, how soon a key's echo is, that nobody is woken for nothing, and that a program gets no
//! further than the daemon has come. `make bench` measures the same exactly, on a machine that has nothing else to do.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, wait_until};

/// Prints numbered lines without end: each frame leaves nothing of the one before.
const LINES: &str = r#"awk 'BEGIN { for (i = 1; ; i++) printf "\033[3%dmline %d of a flood that goes on and on\033[0m\n", i % 8, i }'"#;

/// Changes one row without end, of a screen that stands.
const COUNTER: &str = r#"awk 'BEGIN { print "counting"; for (i = 1; ; i++) printf "\r%d", i }'"#;

/// How often a view is painted in a second: not more often than a screen shows (16 ms a frame, and one at each end of the
/// span), and more often than ten times, which is the pace of what is only glanced at. While each frame leaves nothing of
/// the one before there are thirty, so half of them may be lost to whoever else is busy.
const PER_SECOND: std::ops::RangeInclusive<f64> = 15.0..=64.0;

/// A wrong pace is wrong each time; a right one is disturbed now and then.
const TRIES: usize = 10;

/// Opens a view, as a client without an editor has it.
fn view(client: &Daemon, name: &str) {
    let params = json!({"terminal": name, "channel": 7, "rows": 24, "cols": 80});
    client.expect("view.open", params);
}

/// Waits for the next frame, and gives its bytes.
fn next_frame(client: &Daemon, timeout: Duration) -> Option<Vec<u8>> {
    let frame = client.rpc().try_wait_notification(timeout, |method, params| {
        let bytes = params.get(1).and_then(|frame| frame.as_slice());
        (method == "nvim_chan_send").then(|| bytes.unwrap_or_default().to_vec())
    });
    frame.ok()
}

/// Frames in a second, over a second.
fn rate(client: &Daemon) -> f64 {
    client.rpc().take_notifications();
    next_frame(client, DEADLINE).expect("a frame to begin with");
    let (begun, mut frames) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(1) {
        next_frame(client, DEADLINE).expect("another frame");
        frames += 1;
    }
    f64::from(frames) / begun.elapsed().as_secs_f64()
}

#[test]
fn a_view_of_a_flood_is_painted_as_often_as_can_be_seen_and_no_oftener() {
    for flood in [LINES, COUNTER] {
        let (_sandbox, client) = Daemon::start();
        client.open("flood", flood);
        view(&client, "flood");
        let rates: Vec<f64> = (0..TRIES).map(|_| rate(&client)).collect();
        let right = rates.iter().any(|rate| PER_SECOND.contains(rate));
        assert!(right, "{rates:.0?} frames in a second of {flood}");
    }
}

#[test]
fn the_echo_of_a_key_in_an_idle_terminal_is_painted_at_once_and_in_one_frame() {
    /// Without a key for so long, there was no frame for longer than one takes.
    const PAUSE: Duration = Duration::from_millis(100);
    /// Half a frame's time: an echo that is held back until one is over takes 16 ms each time.
    const AT_ONCE: Duration = Duration::from_millis(8);
    const KEYS: usize = 20;
    let (_sandbox, client) = Daemon::start();
    client.open("cat", "echo ready; exec cat");
    client.wait_match("cat", "^ready$");
    view(&client, "cat");
    while next_frame(&client, PAUSE).is_some() {}
    let (mut soonest, mut frames) = (DEADLINE, 0);
    for _ in 0..KEYS {
        let typed = Instant::now();
        client.notify("terminal.write", json!({"id": "cat", "data": "x"}));
        let frame = next_frame(&client, DEADLINE).expect("the echo");
        soonest = soonest.min(typed.elapsed());
        assert!(frame.contains(&b'x'), "{:?}", String::from_utf8_lossy(&frame));
        frames += 1;
        while next_frame(&client, PAUSE).is_some() {
            frames += 1;
        }
    }
    assert!(soonest < AT_ONCE, "the soonest of {KEYS} echoes has taken {soonest:?}");
    assert!(frames < 2 * KEYS, "{frames} frames were painted for {KEYS} keys");
}

/// How often all threads of these processes have waited for something, and were woken.
#[cfg(target_os = "linux")]
fn wakings(pids: &[u32]) -> u64 {
    let tasks = pids.iter().flat_map(|pid| std::fs::read_dir(format!("/proc/{pid}/task")).unwrap());
    let count = |task: std::io::Result<std::fs::DirEntry>| -> u64 {
        let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.unwrap().trim().parse().unwrap()
    };
    tasks.map(count).sum()
}

#[cfg(target_os = "linux")]
#[test]
fn daemon_and_keeper_of_twenty_idle_terminals_one_of_them_in_view_are_never_woken() {
    /// Longer than any delay of our own: whatever comes again and again comes within it.
    const SPAN: Duration = Duration::from_secs(3);
    let (sandbox, client) = Daemon::start();
    for number in 0..20 {
        // A shell that waits at its prompt, and a program that sleeps.
        let command = ["echo at-rest; exec sh -i", "echo at-rest; exec sleep 1000"][number % 2];
        client.open(&format!("idle{number}"), command);
        client.wait_match(&format!("idle{number}"), "at-rest");
    }
    view(&client, "idle0");
    let processes = [sandbox.daemon_pid().unwrap(), sandbox.keeper_pid().unwrap()];
    // What belongs to the beginning is over before long.
    wait_until("a span in which nobody is woken", DEADLINE, || {
        let before = wakings(&processes);
        let told = client.try_wait_notice(SPAN, |method, _| Some(method.to_owned()));
        (told.is_err() && wakings(&processes) == before).then_some(())
    });
}

/// So much a program has written.
#[cfg(target_os = "linux")]
fn written(pid: u32) -> u64 {
    let io = std::fs::read_to_string(format!("/proc/{pid}/io")).unwrap();
    io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_floods_is_ahead_of_the_daemon_by_what_the_kernel_holds_and_no_more() {
    use rustix::process::Signal;

    use crate::support::process;

    /// Each line has sixteen bytes, and is there to be read one before that: without its end.
    const LINE: u64 = 16;
    /// What the kernel holds between the two sides of a PTY is some 70 KB, what the daemon reads at once 16 KB.
    const HELD: u64 = 128 << 10;
    let (_sandbox, client) = Daemon::start();
    let pid = client.open("flood", "exec seq -f %015.0f 1 99999999999999");
    let screen = |name: &str| client.expect("terminal.read", json!({"id": name}))["lines"].clone();
    let taken = || {
        let rows = screen("flood");
        let number = |row: &Json| row.as_str()?.parse::<u64>().ok();
        (rows.as_array().unwrap().iter().filter_map(number).max().unwrap_or(0) * LINE)
            .saturating_sub(1)
    };
    for sample in 1..=5 {
        wait_until("the flood to go on", DEADLINE, || (taken() > sample << 20).then_some(()));
        process::signal(pid, Signal::STOP);
        wait_until("it to stand still", DEADLINE, || {
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            status.contains(") T ").then_some(())
        });
        // It stands still, and the daemon may go on meanwhile: to have come nearer is only fair.
        let (written, taken) = (written(pid), taken());
        assert!(taken <= written, "{taken} of {written}");
        assert!(written - taken <= HELD, "{taken} of {written} were taken in");
        process::signal(pid, Signal::CONT);
    }
}
