//! Where a board may be: in any window that a person makes of it, under any settings of theirs, and back from a session.

use serde_json::{Value as Json, json};

use super::screens::steady;
use super::windows::wait_views;
use crate::support::still::{spawn, start, works};
use crate::support::{Daemon, Editor, Grid, Sandbox, Version, each_neovim};

fn one_agent() -> (Sandbox, Daemon) {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, "one", "web");
    (sandbox, client)
}

fn editor(version: Version, sandbox: &Sandbox, columns: usize, rows: usize) -> Editor {
    let still = Editor::with(version).size(columns, rows).config("motion", json!(false));
    still.config("notify", json!(false)).start(sandbox)
}

/// No window of any tab shows a board.
const NO_BOARD: &str = "return #vim.tbl_filter(function(win)
    return vim.bo[vim.api.nvim_win_get_buf(win)].filetype == 'orchflow' end, vim.api.nvim_list_wins()) == 0";

/// The rows of a float, with its border.
fn rows_of_float(grid: &Grid) -> String {
    let text = steady(&grid.text());
    text.lines().filter(|row| row.starts_with('│')).collect::<Vec<_>>().join("\n")
}

each_neovim! {
    fn what_a_person_has_set_for_their_text_neither_hides_nor_moves_rows(version) {
        let (sandbox, client) = start();
        let names = ["one", "two", "three"];
        for name in names {
            spawn(&sandbox, &client, name, "web");
        }
        works(&client, "one", "a {{{1 b");
        works(&client, "two", "    c }}} d");
        let editor = editor(version, &sandbox, 120, 40);
        let all = |grid: &Grid| names.iter().all(|name| grid.contains(&format!("{name}  "))) && grid.contains("one at work");
        editor.command("Orchflow");
        editor.wait_screen("the board", all);
        let before = rows_of_float(&editor.grid());
        assert!(before.contains("a {{{1 b"), "{before}");
        editor.input("q");
        for settings in [
            "foldmethod=marker", "foldmethod=indent shiftwidth=1", "foldmethod=expr foldexpr=1 foldcolumn=2",
            "diff", "number relativenumber signcolumn=yes:2 statuscolumn=%l", "wrap linebreak breakindent list spell",
            "conceallevel=3 colorcolumn=20 cursorcolumn", "rightleft", "cursorbind scrollbind",
        ] {
            editor.command(&format!("set foldlevel=0 {settings}"));
            editor.command("Orchflow");
            editor.wait_screen(settings, |grid| all(grid) && rows_of_float(grid) == before);
            editor.input("q");
            editor.command("Orchflow board split");
            editor.wait_screen(settings, all);
            let plain = "return { vim.wo.cursorbind, vim.wo.scrollbind, vim.wo.diff, vim.wo.rightleft, vim.wo.number, vim.fn.foldclosed(2) }";
            assert_eq!(editor.lua(plain, Json::Null), json!([false, false, false, false, false, -1]), "{settings}");
            editor.input("q");
            editor.wait_lua("no board", NO_BOARD, Json::Null);
        }
        editor.command("Orchflow grid");
        editor.wait_screen("the grid", |grid| names.iter().all(|name| grid.contains(&format!("{name} at work"))));
    }

    fn a_board_lives_in_whatever_windows_are_made_of_it_and_q_leaves_them_all(version) {
        let (sandbox, client) = one_agent();
        let editor = editor(version, &sandbox, 120, 40);
        let mut step = 0;
        let all = ["<C-w>s", "<C-w>T", "<C-w>o<C-w>v", "<C-w>s<C-w>p<C-w>c", ":tab split<CR>", "<C-w>s<C-w>c"];
        // After the last of them a person is beneath a float.
        for (place, all) in [("split", &all[..]), ("tab", &all[..]), ("float", &all[..5])] {
            for keys in all {
                editor.command(&format!("Orchflow board {place}"));
                editor.wait_text("one at work");
                editor.input(keys);
                step += 1;
                let detail = format!("step {step} of them");
                works(&client, "one", &detail);
                editor.wait_text(&detail);
                editor.input("q");
                editor.wait_lua(&format!("no board after {keys} in a {place}"), NO_BOARD, Json::Null);
                editor.wait_screen("it to go", |grid| !grid.contains("~/web"));
                wait_views(&client, 0);
                editor.command("silent! tabonly | silent! only");
            }
        }
        // The command leaves them too, and what is moved to another tab has its preview there.
        editor.command("Orchflow board split");
        editor.wait_text("one at work");
        editor.input("<C-w>o<C-w>v");
        editor.command("Orchflow");
        editor.wait_lua("no board", NO_BOARD, Json::Null);
        editor.command("silent! only | enew | Orchflow board split");
        editor.wait_text("one at work");
        editor.input("<C-w>T");
        editor.wait_lua("another tab", "return vim.fn.tabpagenr() == 2 and vim.bo.filetype == 'orchflow'", Json::Null);
        editor.wait_screen("both", |grid| grid.contains("~/web") && grid.contains("one at work"));
        wait_views(&client, 1);
        editor.input("q");
        editor.wait_lua("no board", NO_BOARD, Json::Null);
    }

    fn a_hidden_board_that_is_shown_by_its_buffer_is_alive(version) {
        let (sandbox, client) = one_agent();
        let editor = editor(version, &sandbox, 120, 40);
        editor.command("Orchflow");
        editor.wait_text("one at work");
        let buf = editor.lua("return vim.api.nvim_get_current_buf()", Json::Null);
        editor.input("q");
        wait_views(&client, 0);
        editor.command(&format!("sbuffer {buf}"));
        works(&client, "one", "what came later");
        editor.wait_text("what came later");
        editor.input("q");
        editor.wait_lua("no board", NO_BOARD, Json::Null);
        wait_views(&client, 0);
    }

    fn a_preview_that_is_closed_by_hand_costs_nothing_and_comes_back_with_the_board(version) {
        let (sandbox, client) = one_agent();
        let editor = editor(version, &sandbox, 120, 40);
        editor.command("Orchflow board split");
        editor.wait_text("one at work");
        wait_views(&client, 1);
        editor.input("<C-w>l:q<CR>");
        wait_views(&client, 0);
        // Nothing that moves brings it back.
        works(&client, "one", "what came later");
        editor.wait_text("what came later");
        editor.resize(130, 40);
        editor.redraw();
        editor.input("jk");
        editor.redraw();
        wait_views(&client, 0);
        editor.command("Orchflow");
        editor.wait_lua("no board", NO_BOARD, Json::Null);
        editor.command("Orchflow board split");
        editor.wait_text("one at work");
        wait_views(&client, 1);
    }

    fn a_session_brings_no_dead_board_back(version) {
        let (sandbox, _client) = one_agent();
        let session = sandbox.path("work/kept.vim");
        let first = editor(version, &sandbox, 120, 40);
        first.command("Orchflow board split");
        first.wait_text("one at work");
        first.command(&format!("mksession {}", session.display()));
        drop(first);
        let editor = editor(version, &sandbox, 120, 40);
        editor.command(&format!("source {}", session.display()));
        let left = "for _, buf in ipairs(vim.api.nvim_list_bufs()) do
            if vim.api.nvim_buf_get_name(buf):find('orchflow') then return false end end return #vim.api.nvim_list_wins() == 1";
        editor.wait_lua("one window", left, Json::Null);
        editor.command("Orchflow");
        editor.wait_text("one at work");
    }

    fn the_classic_size_has_room_for_a_preview_too(version) {
        let (sandbox, _client) = one_agent();
        for columns in [80, 99] {
            let editor = editor(version, &sandbox, columns, 24);
            editor.command("Orchflow");
            editor.wait_screen("both", |grid| grid.contains("~/web") && grid.contains("one at work"));
        }
    }

    fn the_keys_are_listed_at_every_size_and_where_there_is_no_room_it_is_said(version) {
        let (sandbox, _client) = one_agent();
        for (columns, rows) in [(40, 12), (80, 24)] {
            let editor = editor(version, &sandbox, columns, rows);
            editor.command("Orchflow");
            editor.wait_text("~/web");
            editor.input("?");
            editor.wait_text("q closes");
            let help = |grid: &Grid| {
                let ((top, left), (bottom, _)) = (grid.find("╭ keys").unwrap(), grid.find("q closes ╯").unwrap());
                let row = |row: usize| grid.row(row).chars().skip(left).take(columns - 2 * left).collect::<String>();
                (top..=bottom).map(row).collect::<Vec<_>>().join("\n")
            };
            insta::assert_snapshot!(format!("keys_at_{columns}x{rows}"), help(&editor.grid()));
            editor.input("G");
            editor.wait_text("<Esc>    hide");
            editor.input("q");
            editor.wait_screen("the help to go", |grid| !grid.contains("q closes"));
        }
    }
}
