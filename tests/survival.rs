//! No byte is lost or doubled, whenever the daemon is killed.

use std::time::Instant;

use serde_json::{Value as Json, json};

use crate::support::random::Random;
use crate::support::{DEADLINE, Daemon, Sandbox, process, wait_until};

/// How often the daemon is killed.
const KILLS: usize = 200;

/// Each so many kills everything is stopped, and compared with what it was before.
const STILL: usize = 40;

/// As many lines as a terminal keeps at least, and its twin too.
const KEPT: usize = 10_000;

/// The newest lines of which each cell's look is checked after a kill: more than what was under way when it came.
const LOOKED_AT: usize = 1_000;

/// Prints numbered lines in colours, some now and then, until it is told to stop; or the last of so many, and more than are kept.
/// Some are long and of wide characters.
const LINES: &str = r#"
n=0 half='漢字の行は幅が広い'
[ "${1:-0}" -le 20000 ] || n=$(($1 - 20000))
goes_on() { if [ "$1" ]; then [ $n -lt $1 ]; else [ ! -e stop ]; fi; }
while goes_on $1; do
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        n=$((n + 1))
        case $((n % 7)) in 0) wide=$half$half$half$half ;; 3) wide=$half ;; *) wide= ;; esac
        printf '\033[3%dmline %d of many%s.\033[0m\n' $((n % 8)) $n "$wide"
    done
    [ "$1" ] || sleep 0.005
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

/// Prints as fast as it can, until it is told to stop; or the last of so many lines.
const FLOOD: &str = r#"
n=0
[ "${1:-0}" -le 20000 ] || n=$(($1 - 20000))
goes_on() { if [ "$1" ]; then [ $n -lt $1 ]; else [ ! -e stop ]; fi; }
while goes_on $1; do
    n=$((n + 1)); printf 'flood %d \033[38;5;%dmabcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\033[m\n' $n $((n % 256))
done
echo "finished $n"; sleep 1000"#;

const PROGRAMS: [(&str, &str); 3] = [("lines", LINES), ("frames", FRAMES), ("flood", FLOOD)];

fn open(sandbox: &Sandbox, daemon: &Daemon, name: &str, script: &str, arguments: &[&str]) -> u32 {
    let command = [&["sh", "-c", script, name], arguments].concat();
    let cwd = sandbox.path("work");
    let params = json!({"command": command, "name": name, "cwd": cwd, "rows": 24, "cols": 80});
    let opened = daemon.expect("terminal.open", params);
    opened["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()).expect("a pid")
}

/// What `LINES` prints as this line, and its look, as `State` has it.
fn wide_line(number: u64) -> String {
    let half = "漢字の行は幅が広い";
    let wide = match number % 7 {
        0 => half.repeat(4),
        3 => half.to_owned(),
        _ => String::new(),
    };
    let text = format!("line {number} of many{wide}.");
    let look = json!({"fg_index": number % 8});
    format!("{text}\t0..{} {look} ", text.len())
}

/// What `FLOOD` prints as this line, and the palette's number of its colour.
fn flood_line(number: u64) -> (String, u64) {
    let text = format!("flood {number} abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\t");
    (text, number % 256)
}

/// The number of a line that is one.
fn number(line: &str, word: &str) -> Option<u64> {
    line.strip_prefix(word)?.split([' ', '\t']).next()?.parse().ok()
}

/// How its lines begin.
fn word(name: &str) -> &str {
    if name == "lines" { "line " } else { "flood " }
}

/// The last number that the program has printed as a whole line.
#[track_caller]
fn latest(daemon: &Daemon, name: &str) -> u64 {
    let read = daemon.expect("terminal.read", json!({"id": name}));
    let rows = read["lines"].as_array().expect("rows").iter().rev().filter_map(Json::as_str);
    rows.filter_map(|row| number(row, word(name))).nth(1).unwrap_or(0)
}

/// Checks that no line, no cell and no colour of the newest lines is lost or doubled, but of the last, which may be under way,
/// and gives its number.
#[track_caller]
fn in_order(daemon: &Daemon, name: &str, count: usize, kill: usize) -> u64 {
    let lines = daemon.looks(name, count);
    let lines: Vec<&String> = lines.iter().filter(|line| !line.starts_with('\t')).collect();
    let (_, whole) = lines.split_last().expect("a line");
    let word = word(name);
    let numbers: Vec<u64> = whole.iter().filter_map(|line| number(line, word)).collect();
    let finished = usize::from(whole.last().is_some_and(|line| line.starts_with("finished ")));
    // The oldest may be the end of one.
    assert!(numbers.len() + 1 + finished >= whole.len(), "after kill {kill}: {whole:?}");
    if let Some(pair) = numbers.windows(2).find(|pair| pair[0] + 1 != pair[1]) {
        let at = lines.iter().position(|line| number(line, word) == Some(pair[0])).unwrap_or(0);
        let around = &lines[at.saturating_sub(2)..(at + 4).min(lines.len())];
        let again = daemon.looks(name, usize::MAX);
        let at = again.iter().position(|line| number(line, word) == Some(pair[0])).unwrap_or(0);
        let later = &again[at.saturating_sub(2)..(at + 4).min(again.len())];
        panic!("after kill {kill}, of {} lines: {around:#?}, and later {later:#?}", lines.len());
    }
    for (line, number) in whole.iter().filter_map(|line| Some((line, number(line, word)?))).skip(1)
    {
        if name == "lines" {
            assert_eq!(**line, wide_line(number), "after kill {kill}");
        } else {
            let (text, colour) = flood_line(number);
            assert!(line.starts_with(&text), "after kill {kill}: {line}");
            // The first sixteen have no other colour than their number.
            let look = format!("{}..{} ", text.find('a').unwrap_or(0), text.len() - 1);
            let look = line[text.len()..].strip_prefix(&look).unwrap_or_default();
            let look: Json = serde_json::from_str(look.trim_end()).unwrap_or_default();
            assert_eq!(look["fg_index"], colour, "after kill {kill}: {line}");
        }
    }
    numbers.last().copied().unwrap_or(0)
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
    let pids = PROGRAMS.map(|(name, script)| open(&sandbox, &daemon, name, script, &[]));
    let mut last = 0;
    for kill in 0..KILLS {
        let moment = last + 20 + random.below(150) as u64;
        wait_until("some more lines", DEADLINE, || {
            (latest(&daemon, "lines") >= moment).then_some(())
        });
        if random.once_in(2) {
            let name = *random.of(&["lines", "frames", "flood"]);
            let (rows, cols) = (5 + random.below(40), 30 + random.below(120));
            daemon.notify("terminal.resize", json!({"id": name, "rows": rows, "cols": cols}));
        }
        if kill % STILL == STILL - 1 {
            daemon = killed_at_rest(&sandbox, daemon, &pids, kill);
        } else {
            process::kill(sandbox.daemon_pid().expect("a daemon"));
            daemon = again(&sandbox);
        }
        last = in_order(&daemon, "lines", LOOKED_AT, kill);
        in_order(&daemon, "flood", LOOKED_AT, kill);
        assert!(last >= moment, "{last} after {moment}");
    }
    for (name, _) in PROGRAMS {
        daemon.expect("terminal.resize", json!({"id": name, "rows": 24, "cols": 80}));
    }
    drawn_twice(&daemon);
    // More than a screen, so that none of it has seen another size.
    let moment = latest(&daemon, "lines") + 50;
    wait_until("a screen of lines", DEADLINE, || {
        (latest(&daemon, "lines") >= moment).then_some(())
    });
    sandbox.write("work/stop", "");
    same_as_undisturbed(&sandbox, &daemon);
    assert!(pids.iter().all(|pid| process::alive(*pid)));
}

/// Kills the daemon while all programs are stopped, wherever they were: what they have printed is as before.
fn killed_at_rest(sandbox: &Sandbox, daemon: Daemon, pids: &[u32], kill: usize) -> Daemon {
    let signal = |signal| pids.iter().for_each(|pid| process::signal(*pid, signal));
    signal(rustix::process::Signal::STOP);
    let states = |daemon: &Daemon| {
        PROGRAMS.map(|(name, _)| {
            let quiet = json!({"id": name, "quiet_ms": 50, "timeout_ms": 20_000});
            daemon.expect("terminal.wait", quiet);
            daemon.state(name)
        })
    };
    let before = states(&daemon);
    process::kill(sandbox.daemon_pid().expect("a daemon"));
    let next = again(sandbox);
    for (before, after) in before.iter().zip(&states(&next)) {
        // Where a snapshot has no room for all of them, the oldest may be left out.
        let kept = before.lines.len().min(after.lines.len());
        assert!(kept >= before.lines.len().min(KEPT), "{kept} lines are left after kill {kill}");
        let (before, after) = (before.clone().newest(kept), after.clone().newest(kept));
        after.assert_is(&before, &format!("after kill {kill}, at rest"));
    }
    signal(rustix::process::Signal::CONT);
    next
}

#[test]
fn a_flood_that_is_resized_all_the_time_loses_and_joins_no_lines() {
    let (sandbox, daemon) = Daemon::start();
    // So that all numbers are as long.
    open(&sandbox, &daemon, "flood", &FLOOD.replace("n=0", "n=100000"), &[]);
    daemon.wait_match("flood", "^flood 1[0-9]{5} ");
    for round in 0..20 {
        // The lines are as long as the first is wide, and need a second row in the other.
        for cols in [66, 65].repeat(20) {
            daemon.expect("terminal.resize", json!({"id": "flood", "rows": 24, "cols": cols}));
            daemon.expect("terminal.get", json!({"id": "flood"}));
        }
        in_order(&daemon, "flood", 5_000, round);
    }
    sandbox.write("work/stop", "");
    daemon.wait_match("flood", r"^finished \d+$");
}

/// The next daemon. The keeper starts a few, and then leaves it to people.
fn again(sandbox: &Sandbox) -> Daemon {
    let deadline = Instant::now() + DEADLINE;
    loop {
        sandbox.start_daemon();
        match Daemon::try_connect(&sandbox.socket()) {
            Ok(daemon) => return daemon,
            // Another one was just starting too.
            Err(why) => assert!(Instant::now() < deadline, "{why}"),
        }
    }
}

/// Every program that was stopped has a twin, which prints the same for a daemon of its own that nobody kills or resizes: they have
/// the same screen and scrollback, and so they have after another kill.
fn same_as_undisturbed(sandbox: &Sandbox, daemon: &Daemon) {
    let finished = |name| daemon.wait_match(name, r"^finished (\d+)$")["groups"][0].clone();
    let drawn = wait_until("the last frame", DEADLINE, || {
        std::fs::read_to_string(sandbox.path("work/drawn")).ok().filter(|text| text.ends_with('\n'))
    });
    let counts = [finished("lines"), json!(drawn.trim()), finished("flood")];
    let (elsewhere, undisturbed) = Daemon::start();
    let all = |daemon: &Daemon| {
        PROGRAMS.map(|(name, _)| {
            daemon.expect(
                "terminal.wait",
                json!({"id": name, "quiet_ms": 100, "timeout_ms": 20_000}),
            );
            daemon.state(name).newest(KEPT)
        })
    };
    for ((name, script), count) in PROGRAMS.into_iter().zip(&counts) {
        let count = count.as_str().expect("a number");
        open(&elsewhere, &undisturbed, name, script, &[count]);
        if name == "frames" {
            let title = format!("title {count}");
            let ours = |daemon: &Daemon| {
                daemon.expect("terminal.get", json!({"id": name}))["title"] == title
            };
            wait_until("the last frame", DEADLINE, || {
                (ours(&undisturbed) && ours(daemon)).then_some(())
            });
        } else {
            undisturbed.wait_match(name, &format!("^finished {count}$"));
        }
    }
    let twins = all(&undisturbed);
    assert!(twins[0].lines.len() == KEPT && twins[2].lines.len() == KEPT);
    let check = |daemon: &Daemon, when: &str| {
        for ((name, _), (ours, twin)) in PROGRAMS.iter().zip(all(daemon).iter().zip(&twins)) {
            ours.assert_is(twin, &format!("{name} {when}"));
        }
    };
    check(daemon, "at the end");
    process::kill(sandbox.daemon_pid().expect("a daemon"));
    check(&again(sandbox), "after one more kill");
}
