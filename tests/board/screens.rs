//! What the board and the grid look like in a real Neovim, at every size and with swarms of every size.
//!
//! After a wanted change: `INSTA_UPDATE=always scripts/with-neovims cargo test board::screens`, look at it, commit it.

use serde_json::{Value as Json, json};

use super::statusline::LINE;
use crate::support::still::{asks, ends, spawn, start, swarm, works};
use crate::support::{Editor, Grid, each_neovim};

const SIZES: [(usize, usize); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

/// How long something lasts is another thing each time.
pub fn steady(text: &str) -> String {
    let age = regex::Regex::new(r"( {1,3}|\[)\d{1,2}[smh]( ?[│\n]|\])").unwrap();
    let space = |found: &regex::Captures<'_>| {
        let before = if &found[1] == "[" { "[" } else { " " };
        format!("{before}AGE{}", &found[2])
    };
    age.replace_all(text, space).into_owned()
}

const BORDER: &[char] = &[' ', '╭', '╮', '╰', '╯', '─', '│'];

/// All rows, and then each text of them that is not plain, with its look; blanks and borders are left out.
fn painted(grid: &Grid) -> String {
    let mut painted = grid.text();
    for row in 0..grid.size().1 {
        for run in grid.runs(row).iter().filter(|run| !run.style.is_plain()) {
            let cells = &grid.cells(row)[run.start..run.end];
            let text: String = cells.iter().map(|cell| cell.text.as_str()).collect();
            let text = text.trim_matches(BORDER);
            if !text.is_empty() {
                painted += &format!("{row}: [{text}] {}\n", run.style);
            }
        }
    }
    painted
}

/// Shows the board and waits until all agents are counted in it.
fn show(editor: &Editor, names: &[&str]) {
    editor.command("Orchflow");
    editor.wait_screen("the board", |grid| names.iter().all(|name| grid.contains(name)));
    editor.redraw();
}

/// The style of the first cell of this text.
fn colour(grid: &Grid, text: &str) -> Option<u32> {
    let (row, column) = grid.find(text).unwrap_or_else(|| panic!("{text} in\n{}", grid.text()));
    grid.style(row, column).fg
}

fn foreground(editor: &Editor, group: &str) -> Option<u32> {
    let code = "return vim.api.nvim_get_hl(0, { name = ..., link = false }).fg";
    editor.lua(code, json!(group)).as_u64().and_then(|fg| u32::try_from(fg).ok())
}

fn at_every_size(version: crate::support::Version, count: usize, names: &[&str]) {
    let (sandbox, client) = start();
    swarm(&sandbox, &client, count);
    for (columns, rows) in SIZES {
        let editor = Editor::with(version)
            .size(columns, rows)
            .config("motion", json!(false))
            .start(&sandbox);
        // On a small screen the names of only some can be seen.
        show(&editor, if rows > 20 || count < 12 { names } else { &names[..1] });
        if count > 0 && columns >= 80 {
            editor.wait_text(" at work");
        }
        let grid = editor.grid();
        insta::assert_snapshot!(
            format!("board_{count}_at_{columns}x{rows}"),
            steady(&painted(&grid))
        );
        if count > 1 {
            assert_eq!(
                colour(&grid, "⚑"),
                foreground(&editor, "OrchflowBlocked"),
                "{}",
                grid.highlights()
            );
            assert_ne!(
                foreground(&editor, "OrchflowBlocked"),
                foreground(&editor, "OrchflowWorking")
            );
        }
    }
}

each_neovim! {
    fn nobody_is_there(version) {
        at_every_size(version, 0, &["Nothing runs."]);
    }

    fn one_agent(version) {
        at_every_size(version, 1, &["fixer"]);
    }

    fn twelve_agents_in_all_states(version) {
        at_every_size(version, 12, &["docs", "fixer", "שלום"]);
    }

    fn a_hundred_agents_in_all_states(version) {
        at_every_size(version, 100, &["docs"]);
    }

    fn a_row_of_which_only_text_differs_keeps_its_colours(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        works(&client, "one", "step 17: 漢字");
        let editor = Editor::with(version).size(120, 30).config("motion", json!(false)).start(&sandbox);
        show(&editor, &["step 17: 漢字"]);
        let before = editor.grid();
        let watch = "require('orchflow.notices').on('board.painted', function(painted)
            _G.edits = (_G.edits or 0) + #(painted.edits or {}) end)";
        editor.lua(watch, Json::Null);
        for (detail, other) in [("step 18: 漢字", "step 17"), ("step 18: 字漢", "漢字")] {
            works(&client, "one", detail);
            editor.wait_screen("the next step", |grid| grid.contains(detail) && !grid.contains(other));
            let after = editor.grid();
            // Status, name, and what it does.
            for (part, at) in [("● working", 0), ("● working", 12), ("step", 0)] {
                let looks = |grid: &Grid| grid.find(part).map(|(row, column)| grid.style(row, column + at));
                assert_eq!(looks(&after), looks(&before), "{part}: {}", after.highlights());
            }
        }
        assert_ne!(editor.lua("return _G.edits", Json::Null), json!(0));
    }

    fn what_works_turns_unless_nothing_is_to_move(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        works(&client, "one", "Bash: make");
        let moves = Editor::with(version).size(80, 24).start(&sandbox);
        show(&moves, &["one"]);
        for turned in ["⠙", "⠴"] {
            moves.wait_text(&format!("{turned} working"));
        }
        let rests = Editor::with(version).size(80, 24).config("motion", json!(false)).start(&sandbox);
        show(&rests, &["one"]);
        let watch = "_G.glyphs = {}
            require('orchflow.notices').on('board.painted', function(painted)
                for _, piece in ipairs(painted.pieces) do
                    for _, row in ipairs(piece.rows) do
                        _G.glyphs[row.text:match('(%S+) working') or 'none'] = true
                    end
                end
            end)";
        rests.lua(watch, Json::Null);
        // Its clock goes on: the row is painted, with what does not turn.
        rests.wait_lua("a painting", "return _G.glyphs['●'] ~= nil", Json::Null);
        asks(&client, "one", "May I?");
        rests.wait_text("⚑ blocked");
        let turned = "_G.glyphs.none = nil return vim.tbl_keys(_G.glyphs)";
        assert_eq!(rests.lua(turned, Json::Null), json!(["●"]));
    }

    fn without_pictures_everything_that_we_draw_is_ascii(version) {
        let (sandbox, client) = start();
        for (number, name) in ["asks", "works", "ends"].into_iter().enumerate() {
            spawn(&sandbox, &client, name, if number == 2 { "api" } else { "web" });
        }
        works(&client, "works", "Bash: make");
        asks(&client, "asks", "May I?");
        works(&client, "ends", "Edit");
        ends(&client, "ends");
        let ascii = Editor::with(version).size(120, 30).config("icons", json!("ascii"));
        let launch = ascii.config("motion", json!(false)).config("float", json!({"border": "none"}));
        let editor = launch.lua(LINE).start(&sandbox);
        editor.wait_text("left !1 *1 v1 asks right");
        show(&editor, &["! blocked", "* working", "v done"]);
        let drawn = |grid: &Grid| grid.text().chars().filter(|c| !c.is_ascii()).collect::<String>();
        assert_eq!(drawn(&editor.grid()), "", "{}", editor.grid().text());
        editor.command("Orchflow");
        editor.command("Orchflow grid");
        editor.wait_screen("all screens", |grid| ["asks", "works", "ends"].iter().all(|name| grid.contains(&format!("{name} at work"))));
        assert_eq!(drawn(&editor.grid()), "", "{}", editor.grid().text());
        editor.input("q");
        // A border too, unless the person has chosen one.
        for (border, framed) in [("nil", false), ("'double'", true)] {
            editor.lua(&format!("vim.g.orchflow = {{ icons = 'ascii', motion = false, float = {{ border = {border} }} }}
                require('orchflow').setup()"), Json::Null);
            for command in ["Orchflow", "Orchflow grid"] {
                editor.command(command);
                editor.wait_text("asks at work");
                editor.redraw();
                let drawn = drawn(&editor.grid());
                assert_eq!(drawn.contains('╔'), framed, "{drawn}");
                assert!(framed || drawn.is_empty(), "{}", editor.grid().text());
                editor.input("q");
                editor.wait_screen("it to go", |grid| !grid.contains("at work"));
            }
        }
    }

    fn agents_come_change_and_go_while_the_cursor_stays_on_whom_it_was_on(version) {
        let (sandbox, client) = start();
        for name in ["first", "second", "third"] {
            spawn(&sandbox, &client, name, "web");
            works(&client, name, "Bash: make");
        }
        // What is told of them would stand in the last line, with their names.
        let editor = Editor::with(version).size(120, 30).config("notify", json!(false)).start(&sandbox);
        show(&editor, &["third"]);
        editor.input("jj");
        let on = |editor: &Editor, name: &str| {
            let at_cursor = format!("return vim.api.nvim_get_current_line():find('{name}') ~= nil");
            editor.wait_lua(&format!("the cursor on {name}"), &at_cursor, Json::Null);
        };
        on(&editor, "third");
        // The preview shows its screen.
        editor.wait_text("third at work");
        asks(&client, "third", "May I?");
        editor.wait_text("May I?");
        on(&editor, "third");
        spawn(&sandbox, &client, "fourth", "api");
        asks(&client, "fourth", "And I?");
        editor.wait_text("And I?");
        on(&editor, "third");
        ends(&client, "first");
        client.expect("terminal.close", json!({"id": "second"}));
        editor.wait_screen("it to go", |grid| !grid.contains("second"));
        on(&editor, "third");
        client.expect("terminal.close", json!({"id": "third"}));
        editor.wait_screen("it to go", |grid| !grid.contains("third"));
        // What is typed next was meant for the one that is gone.
        editor.input("i");
        editor.wait_text("third is gone; nothing was done");
    }

    fn the_preview_is_the_live_screen_in_its_colours(version) {
        let (sandbox, client) = start();
        client.open("paint", "printf '\\033[38;2;18;52;86mblue as told\\033[m'; exec cat");
        let editor = Editor::with(version).size(140, 40).start(&sandbox);
        show(&editor, &["paint"]);
        editor.wait_text("blue as told");
        let grid = editor.grid();
        assert_eq!(colour(&grid, "blue as told"), Some(0x12_34_56));
        let size = client.expect("terminal.get", json!({"id": "paint"}));
        assert_eq!((&size["rows"], &size["cols"]), (&json!(24), &json!(80)), "its size is its own");
        client.expect("terminal.write", json!({"id": "paint", "data": "live\n"}));
        editor.wait_text("live");
    }

    fn the_grid_shows_all_screens_at_once_and_opens_one(version) {
        let (sandbox, client) = start();
        for name in ["one", "two", "three", "four"] {
            spawn(&sandbox, &client, name, "web");
        }
        asks(&client, "three", "May I?");
        let editor = Editor::with(version).size(120, 40).start(&sandbox);
        editor.command("Orchflow grid");
        editor.wait_screen("all screens", |grid| {
            ["one", "two", "three", "four"].iter().all(|name| grid.contains(&format!("{name} at work")))
                && grid.contains("⚑ three blocked")
        });
        client.expect("terminal.close", json!({"id": "four"}));
        editor.wait_screen("it to go", |grid| !grid.contains("four"));
        editor.input("<CR>");
        // Whoever waits stands first.
        editor.wait_lua("its terminal", "return vim.api.nvim_buf_get_name(0):find('three') ~= nil", Json::Null);
        let floats = "return #vim.tbl_filter(function(w) return vim.api.nvim_win_get_config(w).relative ~= '' end, vim.api.nvim_list_wins())";
        assert_eq!(editor.lua(floats, Json::Null), json!(0));
    }

    fn a_board_in_a_split_or_tab_is_shown_and_hidden_and_follows_the_editors_size(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let editor = Editor::with(version).size(80, 24).start(&sandbox);
        for place in ["split", "tab", "float"] {
            editor.command(&format!("Orchflow board {place}"));
            editor.wait_text("~/web");
            editor.resize(60, 20);
            editor.wait_screen("it at its new size", |grid| grid.contains("~/web"));
            editor.resize(80, 24);
            editor.command("Orchflow");
            editor.wait_screen("it to go", |grid| !grid.contains("~/web"));
            assert_eq!(editor.lua("return { #vim.api.nvim_list_wins(), #vim.api.nvim_list_tabpages() }", Json::Null), json!([1, 1]));
        }
    }

    fn another_daemon_paints_the_same_board(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let editor = Editor::with(version).size(120, 30).start(&sandbox);
        show(&editor, &["one"]);
        drop(client);
        let client = crate::support::Daemon::after(&sandbox, sandbox.kill_daemon());
        asks(&client, "one", "May I, daemon?");
        editor.wait_text("May I, daemon?");
        editor.wait_text("one at work");
    }
}
