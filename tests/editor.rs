//! Terminals in a real Neovim: they outlive it, look right in it, and behave as `:terminal` users expect.

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, json::to_msgpack, process,
    random::Random, wait::wait_until_shown, wait_until,
};

/// Counts each second, in colour, for ever.
const COUNTER: &str =
    "i=0; while :; do i=$((i+1)); printf '\\033[32mcount\\033[m %d\\n' $i; sleep 1; done";

/// The visible lines of the current window, without trailing empty ones.
const VISIBLE: &str = "
local lines = vim.api.nvim_buf_get_lines(0, vim.fn.line('w0') - 1, vim.fn.line('w$'), false)
while #lines > 0 and lines[#lines]:match('^%s*$') do lines[#lines] = nil end
return vim.tbl_map(function(line) return (line:gsub('%s+$', '')) end, lines)
";

fn open(editor: &Editor, name: &str, command: &str) {
    let open = "require('orchflow').terminal({ cmd = ..., name = select(2, ...) })";
    editor.lua(open, json!([command, name]));
}

/// The window shows exactly what the daemon says a person sees.
#[track_caller]
fn is_right(editor: &Editor, daemon: &Daemon, name: &str) {
    let mut seen = (Json::Null, Json::Null);
    wait_until(&format!("the screen of {name} to be right"), DEADLINE, || {
        let screen = daemon.expect("terminal.read", json!({"id": name}));
        let mut lines: Vec<Json> = screen["lines"].as_array()?.clone();
        while lines.last().is_some_and(|line| line == "") {
            lines.pop();
        }
        seen = (Json::Array(lines), editor.lua(VISIBLE, Json::Null));
        (seen.0 == seen.1).then_some(())
    });
}

/// The numbers of the lines `L123 …` in the buffer, by where they begin.
fn numbers(editor: &Editor) -> Vec<u64> {
    let lines = editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)", Json::Null);
    let number = |line: &Json| line.as_str()?.strip_prefix('L')?.get(..3)?.parse().ok();
    lines.as_array().unwrap().iter().filter_map(number).collect()
}

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

    fn ten_thousand_typed_and_pasted_characters_arrive_in_order(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let text: String = (0..10_000u32).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect();
        for (name, typed) in [("typed", true), ("pasted", false)] {
            let take = "stty raw -echo; echo $NAME ready; head -c 10000 > $OUT; echo $NAME taken; sleep 1000";
            let out = sandbox.path(format!("work/{name}"));
            open(&editor, name, &take.replace("$OUT", out.to_str().unwrap()).replace("$NAME", name));
            editor.wait_text(&format!("{name} ready"));
            editor.command("startinsert");
            editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
            if typed {
                editor.input(&text);
            } else {
                editor.paste(&text);
            }
            editor.wait_text(&format!("{name} taken"));
            assert_eq!(std::fs::read_to_string(out).unwrap(), text);
            editor.input("<C-\\><C-n>");
            editor.command("only");
        }
    }

    fn colours_and_text_are_those_of_a_native_terminal(version) {
        let sandbox = Sandbox::new();
        let print = "printf 'plain \\033[1mbold\\033[m \\033[3;4mitalic\\033[m\\n\\033[31;44mcolours\\033[m \\033[38;5;208mindexed\\033[m \\033[38;2;1;2;3;48;2;250;240;230mtrue\\033[m\\n\\033[7mreverse\\033[m \\033[9mstruck\\033[m \\033[4:3mcurl\\033[m\\n漢字 e\\314\\201 \\033(0lqk\\033(B\\n'; sleep 1000";
        let look = |native: bool| {
            // Terminal mode would show a cursor of its own.
            let editor = Editor::with(version).config("start_insert", json!(false)).start(&sandbox);
            if native {
                editor.lua("vim.cmd.enew() vim.fn.termopen(...)", json!([["/bin/sh", "-c", print]]));
            } else {
                editor.lua("require('orchflow').terminal({ cmd = ..., split = 'current' })", json!([print]));
            }
            editor.wait_text("struck");
            editor.command("set laststatus=0 noruler noshowmode noshowcmd");
            editor.command("normal! gg0");
            editor.wait_text("漢字");
            let grid = editor.grid();
            let rows = 0..5;
            rows.map(|row| (grid.row(row), format!("{:?}", grid.runs(row)))).collect::<Vec<_>>()
        };
        let (native, ours) = (look(true), look(false));
        assert_eq!(native, ours);
    }

    fn the_scrollback_is_that_of_a_native_terminal(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let print = "seq -f 'line %g of many' 1 3000; sleep 1000";
        let all = "return vim.tbl_filter(function(l) return l ~= '' end, vim.api.nvim_buf_get_lines(0, 0, -1, false))";
        editor.lua("vim.cmd.enew() vim.fn.termopen(...)", json!([["/bin/sh", "-c", print]]));
        let native = wait_until("all lines", DEADLINE, || {
            let lines = editor.lua(all, Json::Null);
            (lines.as_array()?.len() == 3000).then_some(lines)
        });
        open(&editor, "seq", print);
        editor.wait_text("line 3000 of many");
        let mut ours = Json::Null;
        wait_until("the same lines", DEADLINE, || {
            ours = editor.lua(all, Json::Null);
            (ours == native).then_some(())
        });
    }

    fn after_a_flood_the_buffer_holds_what_a_native_terminals_does(version) {
        let sandbox = Sandbox::new();
        let print = "awk 'BEGIN { for (i = 1; i <= 60000; i++) printf \"\\033[%d;3%dmline %d\\033[0m of many\\n\", i % 5, i % 8, i }'; sleep 1000";
        let all = "return vim.api.nvim_buf_get_lines(0, 0, -2, false)";
        let look = |native: Option<&Json>| {
            // Terminal mode would show a cursor of its own.
            let editor = Editor::with(version).config("start_insert", json!(false)).start(&sandbox);
            editor.command("set laststatus=0 noruler noshowmode noshowcmd");
            if native.is_none() {
                editor.lua("vim.fn.termopen(...)", json!([["/bin/sh", "-c", print]]));
            } else {
                editor.lua("require('orchflow').terminal({ cmd = ..., split = 'current' })", json!([print]));
            }
            let lines = wait_until("all lines", DEADLINE, || {
                let lines = editor.lua(all, Json::Null);
                let whole = lines.as_array()?.iter().any(|line| line == "line 60000 of many");
                (whole && native.is_none_or(|native| *native == lines)).then_some(lines)
            });
            let highlights = (1..10_000).step_by(500).map(|line| {
                editor.command(&format!("normal! {line}Gzt"));
                editor.wait_text(lines[line - 1].as_str().expect("a line"));
                let grid = editor.grid();
                (0..20).map(|row| format!("{} {:?}", grid.row(row), grid.runs(row))).collect::<Vec<_>>()
            });
            let highlights: Vec<_> = highlights.collect();
            (lines, highlights)
        };
        let native = look(None);
        let ours = look(Some(&native.0));
        assert_eq!(native.1, ours.1);
    }

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
        let mut random = Random::new(7);
        let reader = Some("first 20");
        for (mix, hides, resizes, places) in [
            ("hides", true, false, vec![None, reader]),
            ("resizes", false, true, vec![None, reader]),
            ("both", true, true, vec![None]),
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

    fn a_terminal_follows_its_windows_size(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        open(&editor, "size", "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done");
        let size = |editor: &Editor| {
            let size = editor.lua("return { vim.api.nvim_win_get_height(0), vim.api.nvim_win_get_width(0) }", Json::Null);
            format!("{} {}", size[0], size[1])
        };
        editor.wait_text(&size(&editor));
        editor.command("resize 7");
        editor.wait_text("7 80");
        editor.resize(100, 40);
        editor.wait_text(&size(&editor));
        editor.command("vsplit");
        editor.command("vertical resize 70");
        let wanted = size(&editor);
        editor.wait_text(&wanted);
        let daemon = Daemon::connect(&sandbox);
        is_right(&editor, &daemon, "size");
        let info = daemon.expect("terminal.get", json!({"id": "size"}));
        assert_eq!(format!("{} {}", info["rows"], info["cols"]), wanted);
    }

    fn a_window_that_became_lower_shows_the_last_lines_without_a_gap(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let gap = |grid: &crate::support::Grid| {
            let below = grid.find("orchflow://low").map(|(row, _)| row);
            below.is_none_or(|row| grid.row(row - 1) == "~")
        };
        // As many lines as make the window scroll, whatever share of it they fill.
        for lines in 3..11 {
            editor.command("silent! only | enew");
            open(&editor, "low", &format!("seq -f 'line %g' 1 {lines}; cat"));
            editor.wait_text(&format!("line {lines}"));
            open(&editor, "other", "echo other one; cat");
            editor.wait_text("other one");
            editor.redraw();
            editor.wait_screen("a window without a gap", |grid| !gap(grid));
            for name in ["low", "other"] {
                editor.command(&format!("bwipeout! orchflow://{name} | Orchflow close {name}"));
            }
            let none = "return vim.fn.bufexists('orchflow://low') == 0";
            editor.wait_lua("it to be gone", none, Json::Null);
            wait_until("both to be gone", DEADLINE, || {
                let list = Daemon::connect(&sandbox).expect("terminal.list", json!({}));
                (list["terminals"] == json!([])).then_some(())
            });
        }
    }

    fn resizing_neither_loses_nor_doubles_lines(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        // It overwrites the last row with what is typed.
        let program = "stty -echo; seq -f 'line %g' 1 60; while read mark; do printf '\\r%s' $mark; done";
        open(&editor, "lines", program);
        editor.wait_text("line 60");
        let daemon = Daemon::connect(&sandbox);
        for height in [5, 15, 9, 20, 4] {
            editor.command(&format!("resize {height}"));
            wait_until("the size", DEADLINE, || {
                let info = daemon.expect("terminal.get", json!({"id": "lines"}));
                (info["rows"] == json!(height)).then_some(())
            });
            // Once this is seen, no frame for the former size is under way.
            let mark = format!("height-{height:02}");
            daemon.expect("terminal.write", json!({"id": "lines", "data": format!("{mark}\n")}));
            editor.wait_text(&mark);
            is_right(&editor, &daemon, "lines");
        }
        let lines = (1..=60).map(|n| format!("line {n}"));
        let wanted: Vec<String> = lines.chain(["height-04".to_owned()]).collect();
        let all = "return vim.tbl_filter(function(l) return l ~= '' end, vim.api.nvim_buf_get_lines(0, 0, -1, false))";
        wait_until_shown("each line once", DEADLINE, || {
            let lines = editor.lua(all, Json::Null);
            if lines == json!(wanted) { Ok(()) } else { Err(lines) }
        });
        let doubted = "return require('orchflow.view').find('lines').doubted ~= nil";
        assert_eq!(editor.lua(doubted, Json::Null), json!(false), "there was no reason to make lines anew");
    }

    fn a_frame_that_a_resize_overtakes_neither_loses_nor_doubles_lines(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let program = "stty -echo; seq -f 'first %g' 1 60; while read mark; do seq -f \"$mark %g\" 1 7; done";
        open(&editor, "late", program);
        editor.wait_text("first 60");
        let daemon = Daemon::connect(&sandbox);
        let mut wanted: Vec<String> = (1..=60).map(|n| format!("first {n}")).collect();
        let all = "return vim.tbl_filter(function(l) return l ~= '' end, vim.api.nvim_buf_get_lines(0, 0, -1, false))";
        let is_whole = |wanted: &[String]| {
            wait_until_shown("each line once", DEADLINE, || {
                let lines = editor.lua(all, Json::Null);
                if lines == json!(wanted) { Ok(()) } else { Err(lines) }
            });
        };
        is_whole(&wanted);
        for height in [5, 15, 9, 20, 4] {
            // It takes nothing that is sent to it, and resizes its window before it does.
            let stall = "local stalled, go, height = ...
                io.open(stalled, 'w'):close()
                while not vim.uv.fs_stat(go) do end
                vim.cmd.resize(height)";
            let file = |name: &str| sandbox.path(format!("work/{name}-{height}"));
            let (stalled, go) = (file("stalled"), file("go"));
            let args = json!([stalled, go, height]);
            editor.rpc().notify("nvim_exec_lua", vec![stall.into(), to_msgpack(&args)]);
            wait_until("it to stand still", DEADLINE, || stalled.exists().then_some(()));
            daemon.expect("terminal.write", json!({"id": "late", "data": format!("mark-{height}\n")}));
            daemon.wait_match("late", &format!("^mark-{height} 7$"));
            // By then a frame with it is under way.
            daemon.expect("terminal.wait", json!({"id": "late", "quiet_ms": 50, "timeout_ms": 10_000}));
            std::fs::write(go, "").unwrap();
            wanted.extend((1..=7).map(|n| format!("mark-{height} {n}")));
            is_whole(&wanted);
            is_right(&editor, &daemon, "late");
        }
    }

    fn resizing_in_both_directions_neither_loses_nor_doubles_long_lines(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        let print = "for i in $(seq 101 160); do printf 'L%s %060d end\\n' $i $i; done; cat";
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'long', split = 'current' })", json!([print]));
        editor.wait_text("L160");
        let daemon = Daemon::connect(&sandbox);
        let mut line = 160;
        for (columns, rows) in [(90, 20), (50, 20), (90, 26), (40, 12), (100, 30), (69, 9), (70, 30), (30, 8), (100, 24)] {
            editor.resize(columns, rows);
            wait_until("the size", DEADLINE, || {
                let info = daemon.expect("terminal.get", json!({"id": "long"}));
                (info["cols"] == json!(columns)).then_some(())
            });
            is_right(&editor, &daemon, "long");
            // Lines of the new width, some of which scroll; one at a time, because a terminal's echo may
            // come in the middle of what the program prints.
            for _ in 0..3 {
                line += 1;
                let data = format!("L{line} {line:060} end\r");
                daemon.expect("terminal.write", json!({"id": "long", "data": data}));
                wait_until("its echo and its copy", DEADLINE, || {
                    let screen = daemon.expect("terminal.read", json!({"id": "long", "history": 400}));
                    let rows = |key: &str| screen[key].as_array().unwrap().clone();
                    let all = [rows("history_lines"), rows("lines")].concat();
                    let own = format!("L{line} ");
                    let copies = all.iter().filter(|row| row.as_str().unwrap().starts_with(&own));
                    (copies.count() == 2).then_some(())
                });
            }
            is_right(&editor, &daemon, "long");
        }
        // Each printed once, and each typed line as its echo and its copy.
        let wanted: Vec<u64> = (101..=160).chain((161..=line).flat_map(|n| [n, n])).collect();
        let mut seen = Vec::new();
        let done = crate::support::wait::is_within(DEADLINE, || {
            let mut now = numbers(&editor);
            now.sort_unstable();
            now == wanted
        });
        seen.extend(numbers(&editor));
        assert!(done, "{seen:?}");
    }

    fn editors_of_different_widths_both_get_each_line_once(version) {
        let sandbox = Sandbox::new();
        let wide = Editor::with(version).size(100, 30).start(&sandbox);
        let narrow = Editor::with(version).size(60, 20).start(&sandbox);
        let print = "i=100; while :; do for n in 1 2 3 4 5 6 7 8 9 10; do i=$((i+1)); printf 'L%s %060d end\\n' $i $i; done; read x; done";
        wide.lua("require('orchflow').terminal({ cmd = ..., name = 'two', split = 'current' })", json!([print]));
        wide.wait_text("L110");
        narrow.command("Orchflow attach ++current two");
        narrow.wait_text("L110");
        let daemon = Daemon::connect(&sandbox);
        let mut last = 110;
        for editor in [&narrow, &wide, &wide, &narrow, &wide, &narrow] {
            last += 10;
            editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
            editor.input("<CR>");
            wide.wait_text(&format!("L{last}"));
            narrow.wait_text(&format!("L{last}"));
            daemon.expect("terminal.wait", json!({"id": "two", "quiet_ms": 60, "timeout_ms": 10_000}));
        }
        for editor in [&wide, &narrow] {
            let wanted: Vec<u64> = (101..=last).collect();
            let mut seen = Vec::new();
            wait_until("each line once", DEADLINE, || {
                seen = numbers(editor);
                (seen == wanted).then_some(())
            });
        }
    }

    fn title_exit_and_scrollback_behave_as_in_a_native_terminal(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        open(&editor, "show", "printf '\\033]2;my %%{title}\\007'; seq 1 100; read x; exit 3");
        editor.wait_text("100");
        editor.wait_lua("the title", "return vim.b.term_title == 'my %{title}'", Json::Null);
        assert_eq!(editor.lua("return vim.bo.buftype", Json::Null), "terminal");
        // Reading back in normal mode, then typing again.
        editor.command("startinsert");
        editor.input("<C-\\><C-n>");
        editor.input("gg");
        editor.wait_screen("the first lines", |grid| grid.row(0).trim() == "1" || grid.contains("2 "));
        assert_eq!(editor.lua("return vim.fn.line('.')", Json::Null), 1);
        editor.input("i<CR>");
        editor.wait_text("[Process exited 3]");
        // Any key then closes it, as in a native terminal.
        let buffer = editor.lua("return vim.api.nvim_get_current_buf()", Json::Null);
        editor.command("startinsert");
        editor.input("<CR>");
        editor.wait_lua("the buffer to be gone", "return not vim.api.nvim_buf_is_valid(...)", json!([buffer]));
        let daemon = Daemon::connect(&sandbox);
        wait_until("the terminal to be gone", DEADLINE, || {
            (daemon.expect("terminal.list", json!({}))["terminals"] == json!([])).then_some(())
        });
    }

    fn gf_opens_a_file_of_the_terminals_directory(version) {
        let sandbox = Sandbox::new();
        sandbox.write("home/deep/inner.txt", "found it");
        let editor = Editor::start(version, &sandbox);
        let open = "require('orchflow').terminal({ cmd = 'echo inner.txt; cat', cwd = ... })";
        editor.lua(open, json!([sandbox.path("home/deep")]));
        editor.wait_text("inner.txt");
        editor.command("stopinsert");
        editor.command("call search('inner', 'bcw')");
        editor.input("gf");
        editor.wait_text("found it");
    }

    fn the_mouse_reaches_a_program_that_asks_for_it(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        editor.lua("require('orchflow').terminal({ cmd = ..., split = 'current' })", json!(["stty raw -echo; printf '\\033[?1000h\\033[?1006hready\\r\\n'; head -c 9 | od -c"]));
        editor.wait_text("ready");
        editor.command("startinsert");
        wait_until("a click to arrive", DEADLINE, || {
            editor.call("nvim_input_mouse", &json!(["left", "press", "", 0, 4, 6]));
            editor.grid().contains("[   <   0   ;").then_some(())
        });
    }

    fn keys_are_encoded_as_the_program_asks(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let (up, escape) = ("<Up>", "<Esc>");
        // Kitty's way is known to Neovim 0.12 only.
        let kitty = if version == Version::V0_12 { r"\x1b[27;1u" } else { r"\x1b" };
        let cases = [
            ("", up, r"\x1b[A"),
            ("\x1b[?1h", up, r"\x1bOA"),
            ("\x1b[?1h\x1b[?1l", up, r"\x1b[A"),
            ("", escape, r"\x1b"),
            ("\x1b[>1u", escape, kitty),
            ("\x1b[>1u\x1b[<u", escape, r"\x1b"),
            ("\x1b[=1u", escape, kitty),
            ("\x1b[?1049h\x1b[>1u", escape, kitty),
            ("\x1b[>1u\x1b[?1049h", escape, r"\x1b"),
            ("\x1b[>1u\x1b[?1049h\x1b[?1049l", escape, kitty),
        ];
        for (number, (asked, key, wanted)) in cases.into_iter().enumerate() {
            let out = sandbox.path(format!("work/keys-{number}"));
            let script = format!("stty raw -echo\nprintf '{}ready {number}'\nexec dd bs=1 2>/dev/null > '{}'\n", asked.replace('\x1b', "\\033"), out.display());
            let script = sandbox.write(format!("work/keys-{number}.sh"), script);
            editor.command("silent! only");
            open(&editor, &format!("keys{number}"), &format!("exec sh {}", script.display()));
            editor.wait_text(&format!("ready {number}"));
            editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
            editor.input(&format!("{key}x"));
            let mut seen = String::new();
            let wanted = format!("{wanted}x");
            let done = crate::support::wait::is_within(DEADLINE, || {
                std::fs::read(&out).is_ok_and(|read| read.escape_ascii().to_string() == wanted)
                    || std::fs::read(&out).is_ok_and(|read| read.ends_with(b"x"))
            });
            seen.push_str(&std::fs::read(&out).unwrap_or_default().escape_ascii().to_string());
            assert!(done && seen == wanted, "{key} after {asked:?} is {seen}, not {wanted}");
            editor.input("<C-\\><C-n>");
        }
    }

    fn links_shapes_and_visibility_of_the_cursor_come_through(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let print = "printf '\\033]8;;http://example.org/x\\033\\\\link\\033]8;;\\033\\\\\\033[5 q'; read a; printf '\\033[4 q'; read a; printf '\\033[?25l'; read a";
        editor.lua("require('orchflow').terminal({ cmd = ..., split = 'current' })", json!([print]));
        editor.wait_text("link");
        editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
        // Neovim 0.10 shows neither links nor shapes in a terminal, its own or ours.
        let shows = version == Version::V0_12;
        let shape = |name: &str, blinks: bool| {
            if shows {
                editor.wait_screen("the shape", |grid| grid.terminal_cursor == (name.to_owned(), blinks));
            }
        };
        shape("vertical", true);
        if shows {
            editor.wait_screen("the link", |grid| grid.style(0, 0).url.as_deref() == Some("http://example.org/x"));
            assert_eq!(editor.grid().style(0, 4).url, None);
        }
        editor.input("<CR>");
        shape("horizontal", false);
        editor.input("<CR>");
        if shows {
            editor.wait_screen("no cursor", |grid| grid.visible_cursor().is_none());
        }
    }

    fn windows_are_placed_as_the_modifiers_say(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let layout = |editor: &Editor| editor.lua("return vim.fn.winlayout()[1]", Json::Null);
        let reset = || editor.command("silent! tabonly | silent! only | enew");
        editor.command("7Orchflow terminal cat");
        editor.wait_lua("a low window", "return vim.b.orchflow ~= nil and vim.api.nvim_win_get_height(0) == 7", Json::Null);
        assert_eq!(layout(&editor), "col");
        reset();
        editor.command("vertical botright 30Orchflow terminal cat");
        editor.wait_lua("a narrow window", "return vim.b.orchflow ~= nil and vim.api.nvim_win_get_width(0) == 30", Json::Null);
        assert_eq!(layout(&editor), "row");
        assert_eq!(editor.lua("return vim.fn.winnr() == vim.fn.winnr('$')", Json::Null), true);
        reset();
        editor.command("tab Orchflow terminal cat");
        assert_eq!(editor.lua("return vim.fn.tabpagenr('$')", Json::Null), 2);
        reset();
        editor.command("Orchflow terminal ++float cat");
        editor.wait_lua("a float", "return vim.api.nvim_win_get_config(0).relative ~= ''", Json::Null);
        let daemon = Daemon::connect(&sandbox);
        wait_until("four terminals", DEADLINE, || {
            let list = daemon.expect("terminal.list", json!({}));
            (list["terminals"].as_array()?.len() == 4).then_some(())
        });
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

    fn the_whole_checkhealth_knows_one_check_of_ours(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let names = editor.lua("return vim.fn.getcompletion('checkhealth orch', 'cmdline')", Json::Null);
        assert_eq!(names, json!(["orchflow"]));
    }

    fn mistakes_get_one_message_each_and_change_nothing(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).start(&sandbox);
        let cases = [
            ("Orchflow termnal", "terminal"),
            ("Orchflow attach nobody", "nobody"),
            ("Orchflow close nobody", "nobody"),
            ("Orchflow terminal ++cwd=/no/such/folder cat", "/no/such/folder"),
            ("lua require('orchflow').terminal({ cmd = { 'no-such-program' } })", "no-such-program"),
            ("lua require('orchflow').request('terminal.lst', {})", "terminal.lst"),
            ("lua require('orchflow').request('terminal.get', { idd = 'x' })", "idd"),
            ("lua require('orchflow').request('terminal.list', 5)", "`params` must be a nil or table"),
            ("lua require('orchflow').request('terminal.list', {}, 5)", "`callback`"),
            ("lua require('orchflow').terminal({ cmd = 'true', cwd = 5 })", "`cwd`"),
            ("lua require('orchflow').terminal({ env = 5 })", "`env`"),
            ("lua require('orchflow').terminal({ size = 'x' })", "`size`"),
            ("lua require('orchflow').attach('x', 5)", "`opts`"),
            ("lua require('orchflow').setup(5)", "`opts`"),
            ("lua require('orchflow').list()", "`callback`"),
        ];
        let windows = editor.lua("return #vim.api.nvim_list_wins()", Json::Null);
        for (command, part) in cases {
            editor.lua("_G.notified = {}", Json::Null);
            editor.command(command);
            editor.wait_lua("a message", "return #_G.notified > 0", Json::Null);
            let notified = editor.lua("return _G.notified", Json::Null);
            let text = notified[0].as_str().unwrap();
            assert!(text.contains(part), "{command}: {text}");
            assert!(!text.contains("stack traceback"), "{command}: {text}");
            assert_eq!(notified.as_array().unwrap().len(), 1, "{command}: {notified}");
        }
        assert_eq!(editor.lua("return #vim.api.nvim_list_wins()", Json::Null), windows);
        let daemon = Daemon::connect(&sandbox);
        assert_eq!(daemon.expect("terminal.list", json!({}))["terminals"], json!([]));
    }

    fn every_setting_alters_what_it_says(version) {
        let sandbox = Sandbox::new();
        let start = |settings: &[(&str, Json)]| {
            let launch = Editor::with(version);
            let set = |launch: crate::support::launch::Launch, (key, value): &(&str, Json)| launch.config(key, value.clone());
            settings.iter().fold(launch, set).start(&sandbox)
        };
        let shown = "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil";
        let look = |settings: &[(&str, Json)], command: &str, lua: &str| {
            let editor = start(settings);
            editor.command(command);
            editor.wait_lua("the terminal", shown, Json::Null);
            editor.wait_lua("an idle editor", "return vim.fn.getchar(1) == 0", Json::Null);
            editor.lua(lua, Json::Null)
        };
        let layout = "return vim.fn.winlayout()[1]";
        assert_eq!(look(&[], "Orchflow terminal cat", layout), "col");
        assert_eq!(look(&[("split", json!("right"))], "Orchflow terminal cat", layout), "row");
        let float = "local c = vim.api.nvim_win_get_config(0)
            return { c.width, c.height, c.border and c.border[1] }";
        let plain = look(&[], "Orchflow terminal ++float cat", float);
        let wanted = json!({"width": 30, "height": 0.5, "border": "double"});
        let set = look(&[("float", wanted)], "Orchflow terminal ++float cat", float);
        assert_eq!(set[0], 30);
        for part in 0..3 {
            assert_ne!(plain[part], set[part], "{plain} {set}");
        }
        let editor = start(&[]);
        editor.command("Orchflow terminal cat");
        editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
        let editor = start(&[("start_insert", json!(false))]);
        editor.command("Orchflow terminal cat");
        editor.wait_lua("the terminal", shown, Json::Null);
        editor.input("<Ignore>");
        assert_ne!(editor.lua("return vim.api.nvim_get_mode().mode", Json::Null), "t");
    }

    fn sourcing_the_plugin_loads_nothing(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let loaded = "return vim.tbl_filter(function(name) return name:find('^orchflow') ~= nil end, vim.tbl_keys(package.loaded))";
        assert_eq!(editor.lua("return vim.g.loaded_orchflow ~= nil", Json::Null), true);
        assert_eq!(editor.lua("return vim.fn.exists(':Orchflow')", Json::Null), 2);
        let names = editor.lua(loaded, Json::Null);
        assert!(names.as_array().is_none_or(Vec::is_empty), "{names}");
        assert!(sandbox.daemon_pid().is_none(), "and starts nothing");
    }

    fn a_missing_binary_is_told_with_what_to_type(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(NOTIFIED).config("binary", json!("/no/such/orchflow")).start(&sandbox);
        editor.command("Orchflow terminal cat");
        editor.wait_lua("a message", "return #_G.notified > 0", Json::Null);
        let notified = editor.lua("return _G.notified", Json::Null);
        assert_eq!(notified.as_array().unwrap().len(), 1, "{notified}");
        assert!(notified[0].as_str().unwrap().contains("/no/such/orchflow"), "{notified}");
        editor.command("checkhealth orchflow");
        editor.wait_text("ERROR");
        let health = editor.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')", Json::Null);
        assert!(health.as_str().unwrap().contains("/no/such/orchflow"), "{health}");
    }

    fn checkhealth_finds_nothing_wrong_with_a_good_installation_and_names_what_is(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        open(&editor, "it", "cat");
        editor.wait_lua("the terminal", "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil", Json::Null);
        let report = |editor: &Editor| {
            editor.command("silent checkhealth orchflow");
            let text = editor.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')", Json::Null);
            text.as_str().unwrap().to_owned()
        };
        let good = report(&editor);
        assert!(!good.contains("ERROR") && !good.contains("WARNING"), "{good}");
        assert!(good.contains(env!("CARGO_PKG_VERSION")), "{good}");
        let editor = Editor::with(version).config("flaot", json!({})).start(&sandbox);
        let bad = report(&editor);
        assert!(bad.contains("flaot"), "{bad}");
    }

    fn verbs_flags_and_names_are_completed(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let complete = |line: &str| editor.lua("return vim.fn.getcompletion(..., 'cmdline')", json!([line]));
        let verbs = complete("Orchflow ");
        for verb in ["attach", "close", "health", "list", "log", "rename", "restart", "terminal"] {
            assert!(verbs.as_array().unwrap().contains(&json!(verb)), "{verbs}");
        }
        assert_eq!(complete("Orchflow att"), json!(["attach"]));
        assert!(complete("Orchflow terminal ++").to_string().contains("++float"));
        open(&editor, "webserver", "cat");
        editor.wait_lua("the terminal", "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil", Json::Null);
        wait_until("its name to complete", DEADLINE, || {
            (complete("Orchflow attach we") == json!(["webserver"])).then_some(())
        });
        wait_until("its name to complete", DEADLINE, || {
            (complete("Orchflow close ") == json!(["webserver"])).then_some(())
        });
    }
}

/// Keeps what was notified, in `_G.notified`.
const NOTIFIED: &str = "
_G.notified = {}
vim.notify = function(text) table.insert(_G.notified, text) end
vim.notify_once = vim.notify
";
