//! What stands in a view is what a native terminal would show.

use serde_json::{Value as Json, json};

use super::open;
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, wait_until};

each_neovim! {
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
}
