//! Screen and scrollback, byte for byte and colour for colour, across the ends of keeper, daemon and editors.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, each_neovim, environment, process, wait_until,
};

/// Two thousand lines, each in colours of its own.
const COLOURED: &str = r#"
n=0
while [ $n -lt 2000 ]; do
    n=$((n + 1))
    printf '\033[3%d;4%dmline %d\033[0;38;5;%dm and \033[1;3mmore 漢字\033[m\n' $((n % 8)) $((n / 8 % 8)) $n $((n % 256))
done
echo ready; while read line; do echo "got $line"; done"#;

/// Prints without end, in small pieces, until it is told to stop.
const STREAM: &str = r#"
n=0
while [ ! -e stop ]; do
    for i in 1 2 3 4 5 6 7 8 9 10; do n=$((n + 1)); printf 'line %d of a stream\n' $n; done
    sleep 0.002
done
printf 'finished %d\n' $n; sleep 1000"#;

/// A build that is not the one under test: that of the other profile, as `make test` makes it too; else the same once more.
fn another_build() -> PathBuf {
    let own = environment::orchflow_binary();
    let profiles = own.parent().and_then(Path::parent);
    let release = profiles.map(|folder| folder.join("release/orchflow"));
    release.filter(|path| path.exists()).unwrap_or(own)
}

/// All lines with their colours, as the daemon has them.
fn exported(sandbox: &Sandbox) -> String {
    let mut command = sandbox.orchflow();
    sandbox.run(command.args(["export", "web", "--format", "ansi"])).expect_success()
}

fn attach(editor: &Editor) {
    editor.command("Orchflow attach ++current web");
    whole(editor);
}

/// Waits until the buffer has all lines.
#[track_caller]
fn whole(editor: &Editor) {
    let whole = "local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
        return #lines >= 2000 and vim.startswith(lines[1], 'line 1 ')
            and vim.startswith(lines[2000], 'line 2000 ')";
    editor.wait_lua("all lines in the buffer", whole, Json::Null);
}

/// The text of the buffer, and cells and colours in some places of it.
fn seen(editor: &Editor) -> Vec<String> {
    editor.command("stopinsert");
    editor.wait_lua("normal mode", "return vim.api.nvim_get_mode().mode == 'nt'", Json::Null);
    let text = "return table.concat(vim.api.nvim_buf_get_lines(0, 0, 2000, false), '\\n')";
    let mut seen = vec![editor.lua(text, Json::Null).to_string()];
    // None so late that what is printed afterwards is seen too.
    for line in [1, 700, 1500, 1900] {
        editor.command(&format!("{line} | normal! zt"));
        editor.command("redraw!");
        let grid = editor.grid();
        seen.push(grid.text());
        seen.push(editor.highlights());
    }
    assert!(seen[2].contains("bg="), "{}", seen[2]);
    seen
}

/// Starts what prints without end.
fn stream(sandbox: &Sandbox, daemon: &Daemon, name: &str) -> Json {
    let command = ["sh", "-c", STREAM];
    let params = json!({"command": command, "name": name, "cwd": sandbox.path("work")});
    daemon.expect("terminal.open", params)["pid"].clone()
}

/// Stops what prints without end: every byte of it was kept, once.
#[track_caller]
fn lost_no_byte(sandbox: &Sandbox, daemon: &Daemon, name: &str) {
    sandbox.write("work/stop", "");
    let finished = daemon.wait_match(name, r"^finished (\d+)$");
    let count: u64 = finished["groups"][0].as_str().unwrap().parse().unwrap();
    let mut export = sandbox.orchflow();
    let cast = sandbox.run(export.args(["export", name, "--format", "asciicast"])).expect_success();
    let events = cast.lines().skip(1).map(|line| serde_json::from_str::<Json>(line).unwrap());
    let printed: String =
        events.filter(|e| e[1] == "o").map(|e| e[2].as_str().unwrap().to_owned()).collect();
    let mut wanted: String = (1..=count).map(|n| format!("line {n} of a stream\r\n")).collect();
    wanted += &format!("finished {count}\r\n");
    let from = printed.find("line 1 of").expect("the first line");
    assert!(printed[from..] == wanted, "{} of {} bytes", printed.len() - from, wanted.len());
}

/// Waits until the stream has gone on a bit.
#[track_caller]
fn more_lines(daemon: &Daemon, name: &str) {
    let last = || -> Option<u64> {
        let read = daemon.expect("terminal.read", json!({"id": name}));
        let rows = read["lines"].as_array()?.iter().rev().filter_map(Json::as_str);
        rows.filter_map(|row| row.strip_prefix("line ")?.split_once(" of a stream")?.0.parse().ok())
            .next()
    };
    let before = last().unwrap_or(0);
    wait_until("some more lines", DEADLINE, || last().filter(|last| *last > before + 100));
}

#[test]
fn keepers_killed_while_a_program_prints_lose_and_double_no_byte() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 64");
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    stream(&sandbox, &daemon, "web");
    for _ in 0..5 {
        // It prints before, while and after the keeper is replaced.
        more_lines(&daemon, "web");
        let old = sandbox.kill_keeper();
        wait_until("another keeper", DEADLINE, || sandbox.keeper_pid().filter(|pid| *pid != old));
        more_lines(&daemon, "web");
    }
    lost_no_byte(&sandbox, &daemon, "web");
}

each_neovim! {
    fn another_build_takes_over_every_line_and_colour_and_the_same_programs(version) {
        let sandbox = Sandbox::new();
        sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 64");
        let builds = [another_build(), environment::orchflow_binary()];
        let [one, other] = [("one", &builds[0]), ("other", &builds[1])].map(|(name, build)| {
            let path = sandbox.path(format!("home/orchflow-{name}"));
            fs::copy(build, &path).unwrap();
            path
        });
        sandbox.run(sandbox.command(&one).arg("daemon")).expect_success();
        let first = sandbox.daemon_pid().unwrap();
        let daemon = Daemon::connect(&sandbox);
        let pids = [json!(daemon.open("web", COLOURED)), stream(&sandbox, &daemon, "stream")];
        daemon.wait_match("web", "^ready$");
        let editor = Editor::with(version).binary(Some(&one)).start(&sandbox);
        attach(&editor);
        assert_eq!(daemon.expect("daemon.info", json!({}))["binary"], json!(one));
        let before = (exported(&sandbox), daemon.state("web"), seen(&editor));
        more_lines(&daemon, "stream");
        editor.lua("require('orchflow').setup({ binary = ... })", json!(other));
        editor.command("Orchflow restart");
        let next = Daemon::after(&sandbox, first);
        assert_eq!(next.expect("daemon.info", json!({}))["binary"], json!(other));
        let listed = next.expect("terminal.list", json!({}))["terminals"].clone();
        assert_eq!([listed[0]["pid"].clone(), listed[1]["pid"].clone()], pids);
        // What its view had before is no sign that it is back, and this is.
        next.state("web").assert_is(&before.1, "another build");
        assert_eq!(exported(&sandbox), before.0);
        next.answers("web", "hello");
        editor.wait_lua("its view", "return vim.fn.search('^got hello', 'nw') > 0", Json::Null);
        whole(&editor);
        assert!(seen(&editor) == before.2, "{}", editor.describe());
        editor.wait_lua("its word", "return vim.fn.execute('messages'):find('restarted: ', 1, true) ~= nil", Json::Null);
        assert_eq!(editor.call("nvim_get_mode", &json!([]))["blocking"], false, "no key is waited for");
        more_lines(&next, "stream");
        lost_no_byte(&sandbox, &next, "stream");
    }

    fn whoever_attaches_after_all_editors_were_killed_finds_every_line_and_colour(version) {
        let (sandbox, daemon) = Daemon::start();
        let pid = daemon.open("web", COLOURED);
        daemon.wait_match("web", "^ready$");
        let [one, two] = [(); 2].map(|()| Editor::with(version).start(&sandbox));
        attach(&one);
        attach(&two);
        let before = (seen(&one), exported(&sandbox));
        one.kill();
        two.kill();
        wait_until("the views to end", DEADLINE, || {
            (daemon.expect("daemon.info", json!({}))["counts"]["views"] == 0).then_some(())
        });
        assert!(process::alive(pid));
        let next = Editor::with(version).start(&sandbox);
        attach(&next);
        assert!(seen(&next) == before.0, "{}", next.describe());
        assert_eq!(exported(&sandbox), before.1);
    }
}
