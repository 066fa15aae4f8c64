//! The windows of board and grid: what they leave behind, what they may cover, and that they can always be left.

use serde_json::{Value as Json, json};

use crate::support::still::{asks, ends, spawn, start, swarm, works};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, wait_until};

/// So many agents that stand still.
fn agents(count: usize) -> (Sandbox, Daemon, Vec<&'static str>) {
    let (sandbox, client) = start();
    let names = ["one", "two", "three", "four", "five", "six"][..count].to_vec();
    for name in &names {
        spawn(&sandbox, &client, name, "web");
    }
    (sandbox, client, names)
}

fn editor(version: Version, sandbox: &Sandbox) -> Editor {
    let still = Editor::with(version).size(120, 40).config("motion", json!(false));
    still.config("notify", json!(false)).start(sandbox)
}

/// Until the daemon has no view, or so many.
pub fn wait_views(client: &Daemon, count: u64) {
    let views = || client.expect("daemon.info", json!({}))["counts"]["views"].clone();
    wait_until(&format!("{count} views"), DEADLINE, || (views() == count).then_some(()));
}

/// Until the screens of all of them are there.
fn wait_screens(editor: &Editor, names: &[&str]) {
    editor.wait_screen("all screens", |grid| {
        names.iter().all(|name| grid.contains(&format!("{name} at work")))
    });
}

fn wait_in(editor: &Editor, name: &str) {
    let code = "return vim.api.nvim_buf_get_name(0):find(..., 1, true) ~= nil
        and vim.api.nvim_win_get_config(0).relative == ''";
    editor.wait_lua(&format!("{name} in a window"), code, json!(name));
}

const FLOATS: &str = "return #vim.tbl_filter(function(win)
    return vim.api.nvim_win_get_config(win).relative ~= '' end, vim.api.nvim_tabpage_list_wins(0))";

fn wait_no_float(editor: &Editor) {
    let code = format!("return (function() {FLOATS} end)() == 0");
    editor.wait_lua("no float in this tab", &code, Json::Null);
}

each_neovim! {
    fn a_grid_leaves_no_view_behind_however_soon_it_is_left_and_whoever_comes(version) {
        let (sandbox, client, names) = agents(3);
        let editor = editor(version, &sandbox);
        for _ in 0..5 {
            editor.command("Orchflow grid");
            editor.input("q");
        }
        editor.command("Orchflow grid");
        wait_screens(&editor, &names);
        wait_views(&client, 3);
        for name in ["four", "five", "six"] {
            spawn(&sandbox, &client, name, "web");
        }
        editor.wait_text("six at work");
        wait_views(&client, 6);
        editor.input("q");
        wait_views(&client, 0);
    }

    fn a_picker_that_wipes_its_preview_leaves_no_view_behind(version) {
        let (sandbox, client, _) = agents(1);
        let editor = editor(version, &sandbox);
        let pick = "local opts = require('orchflow.choosing').opts('which', 'orchflow_test', tostring, function(id) return id end)
            _G.picked = vim.api.nvim_open_win(opts.preview_item(...).buf, false,
                { relative = 'editor', row = 0, col = 0, width = 60, height = 10 })";
        let close = "vim.api.nvim_win_close(_G.picked, true)";
        editor.lua("require('orchflow').list(function() vim.g.connected = true end)", Json::Null);
        editor.wait_lua("a connection", "return vim.g.connected", Json::Null);
        let id = client.expect("terminal.get", json!({"id": "one"}))["id"].clone();
        editor.lua(pick, id.clone());
        editor.wait_text("one at work");
        wait_views(&client, 1);
        editor.lua(close, Json::Null);
        wait_views(&client, 0);
        // The same before the daemon has answered.
        editor.lua(&format!("{pick} {close}"), id);
        editor.redraw();
        wait_views(&client, 0);
    }

    fn the_grid_opens_whom_was_chosen_and_nobody_else_once_that_one_is_gone(version) {
        let (sandbox, client, names) = agents(4);
        for name in &names {
            works(&client, name, "Bash: make");
        }
        let editor = editor(version, &sandbox);
        editor.command("Orchflow grid");
        wait_screens(&editor, &names);
        editor.input("l");
        editor.wait_text("▶● two");
        client.expect("terminal.close", json!({"id": "one"}));
        editor.wait_screen("it to go", |grid| !grid.contains("one at work") && grid.contains("▶● two"));
        client.expect("terminal.close", json!({"id": "two"}));
        editor.wait_screen("it to go", |grid| !grid.contains("two at work") && !grid.contains("▶"));
        editor.input("<CR>");
        editor.wait_text("two is gone; nothing was done");
        editor.input("l<CR>");
        wait_in(&editor, "three");
    }

    fn a_grid_in_another_tab_costs_nothing_and_covers_nothing(version) {
        let (sandbox, client, _) = agents(2);
        let editor = editor(version, &sandbox);
        editor.command("Orchflow grid");
        editor.wait_text("two at work");
        editor.command("tabnew");
        wait_views(&client, 0);
        spawn(&sandbox, &client, "three", "web");
        editor.resize(110, 36);
        editor.redraw();
        wait_no_float(&editor);
        wait_views(&client, 0);
        editor.command("tabprevious");
        wait_screens(&editor, &["one", "two", "three"]);
        wait_views(&client, 3);
    }

    fn what_is_opened_from_a_board_or_a_grid_does_not_stand_beneath_it(version) {
        let (sandbox, client, _) = agents(2);
        asks(&client, "two", "May I?");
        let editor = editor(version, &sandbox);
        for above in ["Orchflow", "Orchflow grid"] {
            for open in ["Orchflow attach two", "Orchflow next"] {
                editor.command(above);
                editor.wait_screen("both", |grid| grid.contains("one ") && grid.contains("two at work"));
                editor.command(open);
                wait_in(&editor, "two");
                wait_no_float(&editor);
            }
        }
        editor.command("stopinsert | Orchflow board split");
        editor.wait_text("~/web");
        editor.command("Orchflow attach one");
        wait_in(&editor, "one");
    }

    fn a_board_that_is_the_last_window_can_be_left(version) {
        let (sandbox, _client, _) = agents(1);
        let editor = editor(version, &sandbox);
        for key in ["q", "<CR>"] {
            editor.command("enew | Orchflow board split");
            editor.wait_text("~/web");
            editor.input("<C-w>o");
            editor.wait_lua("one window", "return vim.fn.winnr('$') == 1", Json::Null);
            editor.input(key);
            editor.wait_screen("the board to go", |grid| !grid.contains("~/web"));
            if key == "<CR>" {
                wait_in(&editor, "one");
            }
        }
    }

    fn board_and_grid_take_keys_also_where_they_were_opened_while_typing(version) {
        let (sandbox, _client, _) = agents(2);
        let editor = editor(version, &sandbox);
        for open in ["Orchflow", "Orchflow grid"] {
            editor.input(&format!("i<Cmd>{open}<CR>"));
            editor.wait_text("one at work");
            editor.wait_lua("Normal mode", "return vim.api.nvim_get_mode().mode == 'n'", Json::Null);
            editor.input("q");
            wait_no_float(&editor);
        }
    }

    fn a_board_of_another_tab_comes_to_the_person(version) {
        let (sandbox, _client, _) = agents(1);
        let editor = editor(version, &sandbox);
        editor.command("Orchflow");
        editor.wait_text("~/web");
        editor.command("tabnew");
        editor.wait_screen("another tab", |grid| !grid.contains("~/web"));
        editor.command("Orchflow");
        editor.wait_text("~/web");
        assert_eq!(editor.lua("return vim.fn.tabpagenr()", Json::Null), json!(2));
        editor.command("Orchflow");
        editor.wait_screen("it to go", |grid| !grid.contains("~/web"));
        wait_no_float(&editor);
        assert_eq!(editor.lua("return vim.fn.tabpagenr()", Json::Null), json!(2));
    }

    fn a_session_that_was_kept_with_a_board_does_not_keep_it_from_opening(version) {
        let (sandbox, _client, _) = agents(1);
        let editor = editor(version, &sandbox);
        // Whatever number the next buffers get, there is one of that name.
        editor.lua("for n = 1, 40 do vim.api.nvim_buf_set_name(vim.api.nvim_create_buf(true, true), 'orchflow-board://' .. n + 40) end", Json::Null);
        editor.command("Orchflow");
        editor.wait_text("~/web");
    }

    fn a_split_board_gives_its_preview_up_where_there_is_no_room_for_both(version) {
        let (sandbox, _client, _) = agents(1);
        let editor = editor(version, &sandbox);
        editor.command("Orchflow board split");
        editor.wait_text("one at work");
        editor.resize(60, 30);
        editor.wait_screen("the list alone", |grid| grid.contains("~/web") && !grid.contains("one at work"));
        editor.resize(120, 30);
        editor.wait_screen("both", |grid| grid.contains("~/web") && grid.contains("one at work"));
    }

    fn an_agent_that_works_already_marks_its_buffer_busy(version) {
        let (sandbox, client, _) = agents(1);
        works(&client, "one", "Bash: make");
        let editor = editor(version, &sandbox);
        editor.command("Orchflow attach one");
        editor.wait_text("one at work");
        if version == Version::V0_10 {
            assert_eq!(editor.lua("return vim.fn.exists('&busy')", Json::Null), json!(0));
            return;
        }
        editor.wait_lua("it busy", "return vim.bo.busy == 1", Json::Null);
        ends(&client, "one");
        editor.wait_lua("it at rest", "return vim.bo.busy == 0", Json::Null);
    }

    fn in_every_colour_scheme_words_stand_out_from_the_ground_of_the_board(version) {
        let (sandbox, client) = start();
        swarm(&sandbox, &client, 12);
        let editor = Editor::with(version).size(120, 40).config("motion", json!(false)).config("notify", json!(false)).start(&sandbox);
        editor.command("set termguicolors | Orchflow");
        // One row is chosen, and looks chosen.
        let words = ["done", "working", "idle", "starting", "unknown", "exit 143", "fixer10", "main"];
        editor.wait_screen("all", |grid| words.iter().all(|word| grid.contains(word)));
        let schemes = editor.lua("return vim.fn.getcompletion('', 'color')", Json::Null);
        let schemes = schemes.as_array().unwrap();
        assert!(schemes.len() > 20, "{schemes:?}");
        for scheme in schemes {
            editor.command(&format!("colorscheme {}", scheme.as_str().unwrap()));
            editor.redraw();
            let (grid, is_dark) = (editor.grid(), editor.lua("return vim.o.background", Json::Null) == "dark");
            // Without colours of its own a scheme leaves the terminal its own.
            let (text, ground) = if is_dark { (0xff_ff_ff, 0) } else { (0, 0xff_ff_ff) };
            for word in words {
                let (row, column) = grid.find(word).unwrap();
                let style = grid.style(row, column);
                let (fg, bg) = (style.fg.unwrap_or(text), style.bg.unwrap_or(ground));
                let contrast = contrast(fg, bg);
                assert!(contrast > 2.0, "{word} in {scheme}: {contrast:.1} ({fg:06x} on {bg:06x})");
            }
        }
    }
}

/// How much two colours differ, as the guidelines for accessible content count it: 1 for the same, 21 for black and white.
fn contrast(one: u32, other: u32) -> f64 {
    let light = |colour: u32| {
        let part = |shift: u32| {
            let part = f64::from((colour >> shift) & 0xff) / 255.0;
            if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0) + 0.05
    };
    light(one).max(light(other)) / light(one).min(light(other))
}
