//! Views follow their windows' sizes, and no line is lost or doubled by it.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{is_right, open};
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, each_neovim, json::to_msgpack, wait::is_within,
    wait::wait_until_shown, wait_until,
};

/// How many buffers were made.
const LAST_BUFFER: &str = "return vim.fn.bufnr('$')";

/// The numbers of the lines `L123 …` in the buffer, by where they begin.
fn numbers(editor: &Editor) -> Vec<u64> {
    let lines = editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)", Json::Null);
    let number = |line: &Json| line.as_str()?.strip_prefix('L')?.get(..3)?.parse().ok();
    lines.as_array().unwrap().iter().filter_map(number).collect()
}

each_neovim! {
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
        // Lines that Neovim has not put into its buffer when its window is resized are a reason to make all anew.
        let rests = "return vim.api.nvim_buf_line_count(0) > 60
            and not require('orchflow.view').find('lines').moved";
        editor.wait_lua("all lines", rests, Json::Null);
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

    fn one_terminal_in_windows_of_different_sizes_comes_to_rest_and_is_right(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(100, 30).start(&sandbox);
        open(&editor, "two", "seq -f 'line %g' 1 300; exec cat");
        editor.wait_text("line 300");
        let daemon = Daemon::connect(&sandbox);
        editor.command("stopinsert | only | new");
        editor.command("Orchflow attach ++right two");
        let before = editor.lua(LAST_BUFFER, Json::Null).as_u64().unwrap();
        editor.resize(99, 30);
        wait_until("the width", DEADLINE, || {
            let info = daemon.expect("terminal.get", json!({"id": "two"}));
            (info["cols"] == 99).then_some(())
        });
        let sizes = "local sizes = {}
            for _, win in ipairs(vim.fn.win_findbuf(vim.fn.bufnr('orchflow://two'))) do
              sizes[vim.api.nvim_win_get_width(win)] = true
            end
            return vim.tbl_count(sizes)";
        assert_eq!(editor.lua(sizes, Json::Null), 2, "{}", editor.describe());
        // Each of those that never ended took a fifth of a second.
        let made = || editor.lua(LAST_BUFFER, Json::Null).as_u64().unwrap() - before;
        assert!(!is_within(Duration::from_secs(3), || made() > 2), "{} buffers", made());
        editor.command("stopinsert");
        let wanted: Vec<String> = (1..=300).map(|n| format!("line {n}")).collect();
        let all = "return vim.tbl_filter(function(l) return l ~= '' end, vim.api.nvim_buf_get_lines(vim.fn.bufnr('orchflow://two'), 0, -1, false))";
        wait_until_shown("each line once", DEADLINE, || {
            let lines = editor.lua(all, Json::Null);
            if lines == json!(wanted) { Ok(()) } else { Err(lines) }
        });
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
        let done = is_within(DEADLINE, || {
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
}
