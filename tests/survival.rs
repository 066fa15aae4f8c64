//! No byte is lost or doubled, whenever the daemon is killed.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::random::Random;
use crate::support::{DEADLINE, Daemon, Sandbox, process, wait_until};

/// How often the daemon is killed.
const KILLS: usize = 200;

/// Prints numbered lines in colours, some now and then, until it is told to stop. Some are long and of wide characters.
const LINES: &str = r#"
n=0 half='漢字の行は幅が広い'
while [ ! -e stop ]; do
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        n=$((n + 1))
        case $((n % 7)) in 0) wide=$half$half$half$half ;; 3) wide=$half ;; *) wide= ;; esac
        printf '\033[3%dmline %d of many%s.\033[0m\n' $((n % 8)) $n "$wide"
    done
    sleep 0.005
done
echo "finished $n"; sleep 1000"#;

/// Draws numbered frames on the alternate screen, all of it anew each time, until it is told to stop; or just the one
/// of that number.
const FRAMES: &str = r#"
draw() {
    printf '\033[?2026h\033[H\033[2J\033[1;3%dmframe %d\033[0m\033[%d;%dH' $(($1 % 8)) $1 $(($1 % 20 + 2)) $(($1 % 50 + 1))
    printf 'here: \033[4:3mcurled %d\033[m \344\270\226漢字👍 \033]2;title %d\007\033[3;18r\033[18;1H\n\033[r\033[%d;5H' $1 $1 $(($1 % 20 + 1))
    printf '\033[?2026l'
}
printf 'before\033[?1049h\033[?25l'
n=${1:-0}
if [ $n = 0 ]; then
    while [ ! -e stop ]; do n=$((n + 1)); draw $n; sleep 0.002; done
else
    draw $n
fi
echo $n > drawn; printf '\033[?2004h'; sleep 1000"#;

/// Prints as fast as it can, until it is told to stop.
const FLOOD: &str = r#"
n=0
while [ ! -e stop ]; do
    n=$((n + 1)); printf 'flood %d \033[38;5;%dmabcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\033[m\n' $n $((n % 256))
done
echo "finished $n"; sleep 1000"#;

fn open(sandbox: &Sandbox, daemon: &Daemon, name: &str, script: &str, arguments: &[&str]) -> u64 {
    let command = [&["sh", "-c", script, name], arguments].concat();
    let cwd = sandbox.path("work");
    let params = json!({"command": command, "name": name, "cwd": cwd, "rows": 24, "cols": 80});
    daemon.expect("terminal.open", params)["pid"].as_u64().expect("a pid")
}

/// The last lines, with those of the screen, joined of their rows, without blanks. Of the first there may be only the end.
fn lines(daemon: &Daemon, name: &str, history: usize) -> Vec<String> {
    let read = daemon.expect("terminal.read", json!({"id": name, "history": history}));
    let rows = [&read["history_lines"], &read["lines"]];
    let rows = rows.into_iter().flat_map(|rows| rows.as_array().expect("rows"));
    let mut lines: Vec<String> = Vec::new();
    for row in rows.filter_map(Json::as_str).filter(|row| !row.is_empty()) {
        let begins = ["line ", "flood ", "finished "].iter().any(|word| row.starts_with(word));
        match lines.last_mut().filter(|_| !begins) {
            Some(line) => line.push_str(row),
            None => lines.push(row.to_owned()),
        }
    }
    lines
}

/// What `LINES` prints as this line.
fn wide_line(number: u64) -> String {
    let half = "漢字の行は幅が広い";
    let wide = match number % 7 {
        0 => half.repeat(4),
        3 => half.to_owned(),
        _ => String::new(),
    };
    format!("line{number}ofmany{wide}.")
}

/// Checks that the numbers of the lines follow each other, and gives the last.
#[track_caller]
fn in_order(lines: &[String], word: &str, kill: usize) -> u64 {
    let number = |line: &String| line.strip_prefix(word)?.split(' ').next()?.parse::<u64>().ok();
    let whole = &lines[..lines.len() - 1]; // The last may be under way.
    let numbers: Vec<u64> = whole.iter().filter_map(number).collect();
    assert!(numbers.len() + 2 >= whole.len(), "after kill {kill}: {whole:?}");
    for pair in numbers.windows(2) {
        assert_eq!(pair[0] + 1, pair[1], "after kill {kill}, of {} lines", numbers.len());
    }
    numbers.last().copied().unwrap_or(0)
}

/// Checks that no cell of the lines is lost or doubled, but of the first, and of the last, which may be under way.
#[track_caller]
fn are_whole(lines: &[String], kill: usize) {
    let inner = lines.iter().skip(1).rev().skip(1);
    for line in inner.filter(|line| line.starts_with("line ")) {
        let number = line.split(' ').nth(1).and_then(|number| number.parse().ok());
        let wanted = wide_line(number.expect("a number"));
        assert_eq!(line.replace(' ', ""), wanted, "after kill {kill}");
    }
}

/// Waits for a frame that was drawn as a whole from now on: it is the second.
fn drawn_twice(daemon: &Daemon) {
    let title = || daemon.expect("terminal.get", json!({"id": "frames"}))["title"].clone();
    for _ in 0..2 {
        let before = title();
        wait_until("another frame", DEADLINE, || (title() != before).then_some(()));
    }
}

#[test]
fn two_hundred_kills_at_random_moments_lose_and_double_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("work/started", "");
    sandbox.start_daemon();
    let mut random = Random::new(11);
    let mut daemon = Daemon::connect(&sandbox);
    let pids = [
        open(&sandbox, &daemon, "lines", LINES, &[]),
        open(&sandbox, &daemon, "frames", FRAMES, &[]),
        open(&sandbox, &daemon, "flood", FLOOD, &[]),
    ];
    let mut last = 0;
    for kill in 0..KILLS {
        let moment = last + 20 + random.below(150) as u64;
        wait_until("some more lines", DEADLINE, || {
            (in_order(&lines(&daemon, "lines", 0), "line ", kill) >= moment).then_some(())
        });
        if random.once_in(2) {
            let name = *random.of(&["lines", "frames", "flood"]);
            let (rows, cols) = (5 + random.below(40), 30 + random.below(120));
            daemon.notify("terminal.resize", json!({"id": name, "rows": rows, "cols": cols}));
        }
        process::kill(sandbox.daemon_pid().expect("a daemon"));
        drop(daemon);
        daemon = again(&sandbox);
        let all = lines(&daemon, "lines", 5_000);
        last = in_order(&all, "line ", kill);
        are_whole(&all, kill);
        in_order(&lines(&daemon, "flood", 2_000), "flood ", kill);
        assert!(last >= moment, "{last} after {moment}");
    }
    for name in ["lines", "frames", "flood"] {
        daemon.expect("terminal.resize", json!({"id": name, "rows": 24, "cols": 80}));
    }
    drawn_twice(&daemon);
    sandbox.write("work/stop", "");
    let finished = daemon.wait_match("lines", r"^finished (\d+)$");
    let all = lines(&daemon, "lines", 10_000);
    let count = in_order(&all[..all.len()], "line ", KILLS);
    assert_eq!(finished["groups"][0], json!(count.to_string()));
    daemon.wait_match("flood", r"^finished \d+$");
    same_as_undisturbed(&sandbox, &daemon);
    for pid in pids {
        assert!(process::alive(u32::try_from(pid).expect("a pid")));
    }
    let screens = |daemon: &Daemon| {
        ["lines", "frames", "flood"]
            .map(|name| daemon.expect("terminal.read", json!({"id": name, "history": 10_000})))
    };
    let before = screens(&daemon);
    process::kill(sandbox.daemon_pid().expect("a daemon"));
    assert_eq!(screens(&again(&sandbox)), before, "once more, at rest");
}

/// The next daemon. The keeper starts a few, and then leaves it to people.
fn again(sandbox: &Sandbox) -> Daemon {
    let deadline = std::time::Instant::now() + DEADLINE;
    loop {
        sandbox.start_daemon();
        match Daemon::try_connect(&sandbox.socket()) {
            Ok(daemon) => return daemon,
            // Another one was just starting too.
            Err(why) => assert!(std::time::Instant::now() < deadline, "{why}"),
        }
    }
}

/// What was drawn is on the screen as if nothing had happened.
fn same_as_undisturbed(sandbox: &Sandbox, daemon: &Daemon) {
    let drawn = wait_until("the last frame", Duration::from_secs(10), || {
        std::fs::read_to_string(sandbox.path("work/drawn")).ok().filter(|text| text.ends_with('\n'))
    });
    open(sandbox, daemon, "twin", FRAMES, &[drawn.trim()]);
    let seen = |name: &str| daemon.expect("terminal.read", json!({"id": name, "history": 100}));
    let title = format!("title {}", drawn.trim());
    wait_until("the twin's last frame", DEADLINE, || {
        (seen("twin")["title"] == title && seen("frames")["title"] == title).then_some(())
    });
    daemon.expect("terminal.wait", json!({"id": "twin", "quiet_ms": 50, "timeout_ms": 10_000}));
    daemon.expect("terminal.wait", json!({"id": "frames", "quiet_ms": 50, "timeout_ms": 10_000}));
    assert_eq!(seen("frames"), seen("twin"));
}
