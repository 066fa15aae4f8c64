//! Terminals outlive their editors, are shared by them, and are left and closed in any order.

use serde_json::{Value as Json, json};

use super::{NOTIFIED, is_right, open};
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, process, wait_until,
};

/// Counts each second, in colour, for ever.
const COUNTER: &str =
    "i=0; while :; do i=$((i+1)); printf '\\033[32mcount\\033[m %d\\n' $i; sleep 1; done";

fn counter_goes_on(version: Version, end: impl FnOnce(Editor)) {
    let sandbox = Sandbox::new();
    let first = Editor::start(version, &sandbox);
    open(&first, "counter", COUNTER);
    first.wait_text("count 2");
    let daemon = Daemon::connect(&sandbox);
    let pid = daemon.expect("terminal.get", json!({"id": "counter"}))["pid"].clone();
    end(first);

    let second = Editor::start(version, &sandbox);
    second.command("Orchflow attach counter");
    second.wait_text("count 3");
    second.wait_text("count 5");
    is_right(&second, &daemon, "counter");
    assert!(second.screen().contains("count 1"), "what was printed before is there too");
    assert_eq!(daemon.expect("terminal.get", json!({"id": "counter"}))["pid"], pid);
}

each_neovim! {
    fn a_counter_goes_on_when_its_editor_quits(version) {
        counter_goes_on(version, |editor| assert!(editor.quit().success()));
    }

    fn a_counter_goes_on_when_its_editor_is_killed(version) {
        counter_goes_on(version, Editor::kill);
    }

    fn two_editors_on_one_terminal_are_both_right(version) {
        let sandbox = Sandbox::new();
        let (one, two) = (Editor::start(version, &sandbox), Editor::start(version, &sandbox));
        open(&one, "shared", "cat");
        one.wait_lua("the terminal", "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil", Json::Null);
        two.command("Orchflow attach shared");
        one.command("startinsert");
        one.input("from one<CR>");
        two.wait_text("from one");
        two.command("startinsert");
        two.input("from two<CR>");
        one.wait_text("from two");
        let daemon = Daemon::connect(&sandbox);
        is_right(&one, &daemon, "shared");
        is_right(&two, &daemon, "shared");
        // One goes; the other does not notice.
        one.kill();
        two.input("alone<CR>");
        two.wait_screen("an echo and its copy", |grid| grid.text().matches("alone").count() == 2);
        is_right(&two, &daemon, "shared");
    }

    fn an_editor_does_not_show_the_terminal_that_it_runs_in(version) {
        let (sandbox, daemon) = Daemon::start();
        for name in ["self", "other"] {
            daemon.open(name, "cat");
        }
        let before = daemon.expect("terminal.get", json!({"id": "self"}));
        let inside = format!("vim.env.ORCHFLOW_TERMINAL = {}", before["id"]);
        let editor = Editor::with(version).lua(&inside).start(&sandbox);
        editor.command("Orchflow attach ++current self");
        editor.wait_text("this is self itself");
        editor.input("<CR>");
        editor.wait_lua("its blank view to go", "return vim.fn.bufexists('orchflow://self') == 0", Json::Null);
        let after = daemon.expect("terminal.get", json!({"id": "self"}));
        assert_eq!((&after["rows"], &after["cols"]), (&before["rows"], &before["cols"]));
        editor.command("Orchflow attach ++current other");
        editor.input("hello<CR>");
        editor.wait_text("hello");
        is_right(&editor, &daemon, "other");
        editor.command("stopinsert | edit orchflow://self");
        editor.wait_text("this is self itself");
        assert_eq!(daemon.expect("daemon.info", json!({}))["counts"]["views"], 1);
    }

    fn editors_of_two_versions_share_a_terminal(version) {
        let Some(other) = Version::ALL.into_iter().find(|v| *v != version && v.path().is_some()) else {
            return crate::support::skip("editors_of_two_versions_share_a_terminal", "only one Neovim here");
        };
        let sandbox = Sandbox::new();
        let (one, two) = (Editor::start(version, &sandbox), Editor::start(other, &sandbox));
        open(&one, "shared", "printf '\\033[1;31mred\\033[m\\n'; cat");
        one.wait_text("red");
        two.command("Orchflow attach shared");
        two.wait_text("red");
        is_right(&two, &Daemon::connect(&sandbox), "shared");
    }

    fn wiping_detaches_and_close_ends_in_any_order_without_an_error(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let shown = "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil";
        let ways: [&[&str]; 7] = [
            &["bwipeout!", "Orchflow close it"],
            &["Orchflow close it", "bwipeout!"],
            &["close", "Orchflow close it", "bwipeout! orchflow://it"],
            &["quit", "bwipeout! orchflow://it", "Orchflow close it"],
            &["tab split", "tabclose", "bdelete!", "Orchflow close it"],
            &["split", "Orchflow close it", "close", "bwipeout!"],
            &["hide", "bdelete! orchflow://it", "Orchflow close it"],
        ];
        let daemon = || Daemon::connect(&sandbox);
        for way in ways {
            editor.command("silent! tabonly | silent! only | enew");
            open(&editor, "it", "echo ready; cat");
            editor.wait_lua("the terminal", shown, Json::Null);
            editor.wait_text("ready");
            let pid = daemon().expect("terminal.get", json!({"id": "it"}))["pid"].as_u64().unwrap();
            editor.command("stopinsert");
            for step in way {
                if step.contains("wipe") || step.contains("bdelete") {
                    let gone = !way.iter().take_while(|s| s != &step).any(|s| s.starts_with("Orchflow"));
                    editor.command(&format!("silent! {step}"));
                    if gone {
                        assert!(process::alive(u32::try_from(pid).unwrap()), "{way:?}: wiping must detach only");
                    }
                } else {
                    // The terminal's end may have closed its windows already, down to the last.
                    let quiet = if step.starts_with("Orchflow") { "" } else { "silent! " };
                    editor.command(&format!("{quiet}{step}"));
                }
            }
            wait_until("the terminal to be gone", DEADLINE, || {
                let list = daemon().expect("terminal.list", json!({}));
                (list["terminals"] == json!([])).then_some(())
            });
            process::wait_gone("the program", u32::try_from(pid).unwrap(), DEADLINE);
            editor.command("silent! bwipeout! orchflow://it");
            let messages = editor.messages();
            assert!(!messages.contains("Error") && !messages.contains("E5108") && !messages.contains("stack traceback"), "{way:?}: {messages}");
        }
        let views = daemon().expect("daemon.info", json!({}))["counts"]["views"].clone();
        assert_eq!(views, 0);
    }

    fn the_editor_says_once_that_the_daemon_is_gone_and_comes_back(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        open(&editor, "it", "echo here; exit 3");
        editor.wait_text("here");
        // With a keeper it would come back by itself; without anything to hold there is none.
        Daemon::connect(&sandbox).expect("terminal.close", json!({"id": "it"}));
        sandbox.kill_daemon();
        let count = "return #vim.tbl_filter(function(m) return m:lower():find('daemon', 1, true) ~= nil end, _G.notified)";
        editor.wait_lua("a word about it", &format!("{count} >= 1").replace("return #vim", "return #vim"), Json::Null);
        // Typing at it neither hangs nor repeats the message.
        editor.input("ixyz<CR><C-\\><C-n>");
        assert_eq!(editor.lua(count, Json::Null), 1, "{}", editor.lua("return _G.notified", Json::Null));
        // Somebody starts a daemon: the editor is with it again, by itself.
        assert!(sandbox.orchflow().arg("daemon").status().unwrap().success());
        let daemon = Daemon::connect(&sandbox);
        wait_until("the editor to connect", DEADLINE, || {
            let info = daemon.expect("daemon.info", json!({}));
            (info["counts"]["clients"] == json!(2)).then_some(())
        });
        editor.command("silent! only | enew");
        open(&editor, "again", "echo second; cat");
        editor.wait_text("second");
    }

    fn an_editor_whose_connection_alone_is_dropped_says_so_and_comes_back(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        open(&editor, "it", "i=0; while :; do i=$((i+1)); echo count $i; sleep 0.2; done");
        // Who is dropped at once does not try again by itself.
        editor.wait_text("count 12");
        // Longer than the daemon takes: it drops the client, and only that.
        let long = "_G.answer = nil
            require('orchflow').request('terminal.write', { id = 'it', data = ('x'):rep(2000000) },
                function(fault) _G.answer = fault end)";
        editor.lua(long, Json::Null);
        editor.wait_lua("an answer", "return _G.answer ~= nil and _G.answer.kind == 'unavailable'", Json::Null);
        let daemon = Daemon::connect(&sandbox);
        wait_until("the editor to connect again", DEADLINE, || {
            let counts = daemon.expect("daemon.info", json!({}))["counts"].clone();
            (counts["clients"] == json!(2) && counts["views"] == json!(1)).then_some(())
        });
        let last = daemon.expect("terminal.read", json!({"id": "it"}));
        let lines = last["lines"].as_array().unwrap();
        let number = |line: &Json| line.as_str()?.strip_prefix("count ")?.parse::<u64>().ok();
        let now = lines.iter().rev().find_map(number).unwrap();
        // The text that follows is there; whether its window scrolls along is up to its cursor.
        let there = "local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')
            return vim.b.orchflow ~= nil and text:find(..., 1, true) ~= nil";
        editor.wait_lua("what follows", there, json!([format!("count {}", now + 3)]));
    }
}
