//! Whoever reads in a view, leaves it or follows its end is where they want to be, whatever comes meanwhile.

use serde_json::{Value as Json, json};

use super::{is_right, open};
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, each_neovim, json::to_msgpack, random::Random, seeds::seeds,
    wait_until,
};

/// A terminal whose every typed line becomes a burst of lines; the first burst is there.
fn bursts(editor: &Editor) {
    let program = "stty -echo; mark=first; while :; do seq -f \"$mark %g\" 1 60; read mark; done";
    let open = "require('orchflow').terminal({ cmd = ..., name = 'bursts', split = 'current' })";
    editor.lua(open, json!([program]));
    editor.wait_lua(
        "lines",
        "return vim.fn.search('^first 1$', 'nw') > 0 and vim.fn.search('^first 60$', 'nw') > 0",
        Json::Null,
    );
}

fn burst(daemon: &Daemon, mark: &str) {
    daemon.expect("terminal.write", json!({"id": "bursts", "data": format!("{mark}\n")}));
    daemon.wait_match("bursts", &format!("^{mark} 60$"));
}

each_neovim! {
    fn a_view_that_nobody_sees_is_not_painted_and_is_right_when_it_is_seen_again(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        open(&editor, "hidden", "echo ready; while read line; do seq -f \"$line %g\" 1 500; done");
        editor.wait_text("ready");
        let daemon = Daemon::connect(&sandbox);
        editor.lua("_G.buf = vim.api.nvim_get_current_buf()", Json::Null);
        let buffer = "return table.concat(vim.api.nvim_buf_get_lines(_G.buf, 0, -1, false), ' ')";
        let say = |word: &str| {
            daemon.expect("terminal.write", json!({"id": "hidden", "data": format!("{word}\n")}));
            let last = format!("^{word} 500$");
            daemon.expect("terminal.wait", json!({"id": "hidden", "match": last, "timeout_ms": 10_000}));
        };
        // The last line is on the screen before those in between have come.
        let all_come = |lines: usize| {
            let count = "return vim.api.nvim_buf_line_count(_G.buf) >= ...";
            editor.wait_lua("all lines", count, json!([lines]));
        };
        say("seen");
        editor.wait_text("seen 500");
        let mut lines = 500;
        for (hide, show) in [("enew", "lua vim.api.nvim_set_current_buf(_G.buf)"), ("tabnew", "tabclose")] {
            all_come(lines);
            lines += 500;
            editor.command(hide);
            wait_until("the daemon to know", DEADLINE, || {
                let watched = "return require('orchflow.view').of(_G.buf).watched == false";
                (editor.lua(watched, Json::Null) == true).then_some(())
            });
            editor.lua("_G.answered = nil; require('orchflow.client').request('daemon.info', {}, function() _G.answered = true end)", Json::Null);
            wait_until("an answer", DEADLINE, || {
                (editor.lua("return _G.answered", Json::Null) == true).then_some(())
            });
            say(hide);
            daemon.expect("terminal.wait", json!({"id": "hidden", "quiet_ms": 100, "timeout_ms": 10_000}));
            let shown = editor.lua(buffer, Json::Null);
            assert!(!shown.as_str().expect("text").contains(hide), "{shown}");
            editor.command(show);
            editor.wait_text(&format!("{hide} 500"));
            is_right(&editor, &daemon, "hidden");
        }
    }

    fn whoever_leaves_a_terminal_at_its_end_finds_its_end(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).config("start_insert", json!(false)).start(&sandbox);
        // The cursor stays above the last line, as in programs that have a status line.
        let program = "stty -echo; mark=first; while :; do printf '\\033[J'; seq -f \"$mark %g\" 1 300; printf '\\nstatus\\033[A\\r'; read mark; done";
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'end', split = 'current' })", json!([program]));
        editor.lua("_G.buf = vim.api.nvim_get_current_buf()", Json::Null);
        let has = |line: &str| {
            let has = "return vim.list_contains(vim.api.nvim_buf_get_lines(_G.buf, 0, -1, false), ...)";
            editor.wait_lua(line, has, json!([line]));
        };
        has("status");
        let daemon = Daemon::connect(&sandbox);
        for (mark, keys, mode, place) in [
            ("reading", "G", "nt", None),
            ("typing", "i", "t", None),
            ("back", "20G", "nt", Some("first 20")),
        ] {
            // The last lines are on the screen before those above have come.
            has("first 1");
            editor.input(keys);
            editor.wait_lua("the mode", "return vim.api.nvim_get_mode().mode == ...", json!([mode]));
            // What is on its way when the window goes away comes to a buffer that is in none.
            let (stalled, go) = (sandbox.path(format!("work/{mark}-stalled")), sandbox.path(format!("work/{mark}-go")));
            let stall = "local stalled, go = ...
                io.open(stalled, 'w'):close()
                while not vim.uv.fs_stat(go) do end
                vim.cmd.enew()";
            editor.rpc().notify("nvim_exec_lua", vec![stall.into(), to_msgpack(&json!([stalled, go]))]);
            wait_until("it to stand still", DEADLINE, || stalled.exists().then_some(()));
            daemon.expect("terminal.write", json!({"id": "end", "data": format!("{mark}\n")}));
            daemon.wait_match("end", &format!("^{mark} 300$"));
            daemon.expect("terminal.wait", json!({"id": "end", "quiet_ms": 50, "timeout_ms": 10_000}));
            std::fs::write(go, "").unwrap();
            let hidden = "return require('orchflow.view').of(_G.buf).watched == false";
            editor.wait_lua("the daemon to know", hidden, Json::Null);
            editor.wait_lua("normal mode", "return vim.api.nvim_get_mode().mode == 'n'", Json::Null);
            editor.command("lua vim.api.nvim_set_current_buf(_G.buf)");
            has(&format!("{mark} 1"));
            has(&format!("{mark} 300"));
            match place {
                None => is_right(&editor, &daemon, "end"),
                Some(place) => assert_eq!(editor.lua("return vim.fn.getline('.')", Json::Null), json!(place)),
            }
        }
    }

    fn whoever_reads_back_stays_there_when_the_lines_are_made_anew(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        open(&editor, "read", "seq -f 'line %g' 1 500; sleep 1000");
        editor.wait_text("line 500");
        editor.input("<C-\\><C-n>");
        wait_until("the line", DEADLINE, || {
            // The last lines are on the screen before those in between have come.
            let all = "return vim.fn.getline(200) == 'line 200' and vim.fn.getline(499) == 'line 499'";
            (editor.lua(all, Json::Null) == true).then_some(())
        });
        editor.command("call search('^line 200$', 'bw')");
        editor.command("normal! zt");
        let place = "local line, top = vim.fn.line('.'), vim.fn.line('w0')
            return { vim.fn.getline(line), vim.fn.getline(top), vim.fn.bufname() }";
        let there = json!(["line 200", "line 200", "orchflow://read"]);
        assert_eq!(editor.lua(place, Json::Null), there);
        let settled = |what: &str, is_new: &str| {
            wait_until(what, DEADLINE, || {
                (editor.lua(is_new, Json::Null) == true).then_some(())
            });
            wait_until(&format!("the place after {what}"), DEADLINE, || {
                (editor.lua(place, Json::Null) == there).then_some(())
            });
        };
        editor.command("vertical rightbelow new | wincmd p");
        settled("a change of width", "return require('orchflow.view').find('read').cols < 60");
        editor.lua(
            "vim.notify = function(text) _G.back = _G.back or text:find('is back') ~= nil end",
            Json::Null,
        );
        sandbox.kill_daemon();
        settled("a kill", "return _G.back");
    }

    fn whoever_reads_back_stays_there_when_the_window_is_resized_while_lines_are_on_their_way(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        bursts(&editor);
        let reads = "return vim.fn.getline('.') == 'first 20'";
        for columns in [90, 70] {
            editor.input("<C-\\><C-n>gg0/first 20<CR>zt");
            editor.wait_lua("the line", reads, Json::Null);
            editor.resize(columns, 30);
            editor.wait_lua("lines on their way", "return vim.fn.getline('.') ~= 'first 20'", Json::Null);
            editor.resize(columns - 10, 30);
            editor.wait_lua("the place", reads, Json::Null);
        }
    }

    fn a_cursor_moved_while_lines_are_on_their_way_stays_where_it_was_moved(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        bursts(&editor);
        editor.input("<C-\\><C-n>gg0/first 20<CR>zt");
        editor.wait_lua("the line", "return vim.fn.getline('.') == 'first 20'", Json::Null);
        editor.resize(90, 30);
        let come = "return vim.fn.getline('.') ~= 'first 20' and vim.fn.search('^first 55$', 'nw') > 0";
        editor.wait_lua("lines that have come", come, Json::Null);
        editor.input("gg0/first 55<CR>");
        editor.wait_lua("the line", "return vim.fn.getline('.') == 'first 55'", Json::Null);
        let rests = "return not require('orchflow.view.rebuild').is_under_way(vim.api.nvim_get_current_buf())";
        editor.wait_lua("all lines", rests, Json::Null);
        assert_eq!(editor.lua("return vim.fn.getline('.')", Json::Null), json!("first 55"));
    }

    fn a_hidden_view_that_is_made_anew_is_found_where_it_was_left(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        bursts(&editor);
        let daemon = Daemon::connect(&sandbox);
        for (number, (keys, place)) in [("G", None), ("gg0/first 20<CR>", Some("first 20"))].into_iter().enumerate() {
            editor.input(&format!("<C-\\><C-n>{keys}"));
            let there = "local place = ... return place == vim.NIL and vim.fn.line('.') == vim.fn.line('$') or vim.fn.getline('.') == place";
            editor.wait_lua("the place", there, json!([place]));
            // Neovim 0.10 makes a fresh buffer, which nobody has seen.
            editor.lua("_G.buf = vim.api.nvim_get_current_buf()", Json::Null);
            editor.resize(90 - 10 * number, 30);
            editor.command("hide enew");
            let anew = "return vim.fn.has('nvim-0.12') == 1 or not vim.api.nvim_buf_is_valid(_G.buf)";
            editor.wait_lua("a fresh buffer", anew, Json::Null);
            burst(&daemon, &format!("hidden-{number}"));
            editor.command("buffer orchflow://bursts");
            let whole = "return vim.fn.search(..., 'nw') > 0 and vim.fn.search('^first 1$', 'nw') > 0";
            editor.wait_lua("all lines", whole, json!([format!("^hidden-{number} 60$")]));
            editor.wait_lua("the place", there, json!([place]));
        }
    }

    fn bursts_hides_and_resizes_in_any_order_leave_the_cursor_to_its_owner(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        bursts(&editor);
        let daemon = Daemon::connect(&sandbox);
        let mut random = Random::new(7 + seeds(1).start);
        let reader = Some("first 20");
        for (mix, hides, resizes, places) in [
            ("hides", true, false, vec![None, reader]),
            ("resizes", false, true, vec![None, reader]),
            ("both", true, true, vec![None, reader]),
        ] {
            for place in places {
                let keys = place.map_or("G".to_owned(), |line| format!("gg0/{line}<CR>"));
                editor.input(&format!("<C-\\><C-n>{keys}"));
                let there = "local place = ... return place == vim.NIL and vim.fn.line('.') == vim.fn.line('$') or vim.fn.getline('.') == place";
                editor.wait_lua("the place", there, json!([place]));
                let reader = place.map_or("end", |_| "back");
                let mark = |round: usize| format!("{mix}-{reader}-{round}");
                for round in 0..12 {
                    let mark = mark(round);
                    daemon.expect("terminal.write", json!({"id": "bursts", "data": format!("{mark}\n")}));
                    if resizes {
                        editor.resize(60 + random.below(80), 12 + random.below(30));
                    }
                    if hides {
                        editor.command(if round % 2 == 0 { "hide enew" } else { "buffer orchflow://bursts" });
                    }
                    if random.once_in(3) {
                        // Time enough for Neovim 0.10 to make a fresh buffer, whether it is seen or not.
                        daemon.wait_match("bursts", &format!("^{mark} 60$"));
                        daemon.expect("terminal.wait", json!({"id": "bursts", "quiet_ms": 250, "timeout_ms": 10_000}));
                    }
                }
                daemon.wait_match("bursts", &format!("^{} 60$", mark(11)));
                let whole = "return vim.fn.search(..., 'nw') > 0 and vim.fn.search('^first 1$', 'nw') > 0
                    and not require('orchflow.view.rebuild').is_under_way(vim.api.nvim_get_current_buf())";
                editor.wait_lua("all lines", whole, json!([format!("^{} 60$", mark(11))]));
                editor.wait_lua(&format!("{place:?} after {mix}"), there, json!([place]));
            }
        }
    }
}
