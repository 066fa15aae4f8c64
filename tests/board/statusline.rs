//! The statusline, the window's bar, `status()`, `User` autocommands, and groups of highlights.

use serde_json::{Value as Json, json};

use crate::support::still::{asks, ends, spawn, start, works};
use crate::support::{Editor, each_neovim};

/// A statusline with ours in its middle.
pub const LINE: &str = "vim.o.laststatus = 2 vim.o.statusline = \"left %{%v:lua.require'orchflow'.statusline()%} right\"";

each_neovim! {
    fn the_statusline_counts_names_who_waits_and_is_empty_while_no_agent_runs(version) {
        let (sandbox, client) = start();
        let editor = Editor::with(version).lua(LINE).start(&sandbox);
        editor.wait_text("left  right");
        for name in ["one%{1+1}", "two", "three"] {
            spawn(&sandbox, &client, name, "web");
        }
        works(&client, "two", "make");
        works(&client, "three", "make");
        ends(&client, "three");
        asks(&client, "a1", "May I?");
        editor.wait_text("left ⚑1 ●1 ✓1 one%{1+1} right");
        let status = editor.lua("return require('orchflow').status()", Json::Null);
        assert_eq!((&status["blocked"], &status["total"], &status["waiting"]["name"]), (&json!(1), &json!(3), &json!("one%{1+1}")));
        let grid = editor.grid();
        let (row, column) = grid.find("⚑1").unwrap();
        let styles = [grid.style(row, column), grid.style(row, column + 3)];
        assert_ne!(styles[0].fg, styles[1].fg, "{}", grid.highlights());
        editor.command("set mouse=a");
        editor.call("nvim_input_mouse", &json!(["left", "press", "", 0, row, column]));
        editor.wait_text("~/web");
        editor.command("Orchflow");
        for name in ["t1", "two", "three"] {
            client.expect("terminal.close", json!({"id": name}));
        }
        editor.wait_text("left  right");
    }

    fn who_keeps_what_was_drawn_until_it_changes_draws_what_it_is_now(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        // As the recipe for heirline does.
        let keep = "vim.api.nvim_create_autocmd('User', { pattern = 'OrchflowStatus', callback = function() _G.kept = nil end })
            _G.line = function() _G.kept = _G.kept or require('orchflow').statusline() return _G.kept end
            vim.o.laststatus = 2 vim.o.statusline = 'left %{%v:lua.line()%} right'";
        let editor = Editor::with(version).config("notify", json!(false)).lua(keep).start(&sandbox);
        works(&client, "one", "make");
        editor.wait_text("left ●1 right");
        asks(&client, "one", "May I?");
        editor.wait_text("left ⚑1 one right");
    }

    fn lualine_gets_the_same_without_colours(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        asks(&client, "one", "May I?");
        let editor = Editor::start(version, &sandbox);
        // What lualine's own class does is enough of it.
        let base = "package.preload['lualine.component'] = function()
            local Base = { super = { init = function(self, options) self.options = options end } }
            function Base:extend() local class = setmetatable({}, { __index = Base }) class.super = Base.super return class end
            return Base end";
        editor.lua(base, Json::Null);
        let text = "local component = require('lualine.components.orchflow') return component.update_status() == '⚑1 one'";
        editor.wait_lua("its text", text, Json::Null);
        let clicked = "local self = { options = {} } require('lualine.components.orchflow').init(self, self.options) self.options.on_click(1, 'l')";
        editor.lua(clicked, Json::Null);
        editor.wait_text("~/web");
    }

    fn the_bar_of_a_window_says_name_status_and_branch(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        asks(&client, "one", "May I?");
        let editor = Editor::with(version).config("winbar", json!(true)).start(&sandbox);
        editor.command("Orchflow attach one");
        editor.wait_screen("the bar", |grid| grid.contains("⚑ one blocked") && grid.contains("main"));
        if editor.lua("return vim.fn.exists('&busy')", Json::Null) == json!(1) {
            assert_eq!(editor.lua("return vim.bo.busy", Json::Null), json!(0));
            works(&client, "one", "make");
            editor.wait_lua("it to be busy", "return vim.bo.busy == 1", Json::Null);
        }
        editor.command("stopinsert | enew");
        editor.wait_screen("no bar on another buffer", |grid| !grid.contains("⚑ one"));
    }

    fn other_plugins_hear_of_everything_by_user_autocommands(version) {
        let (sandbox, client) = start();
        let listen = "_G.heard = {}
            vim.api.nvim_create_autocmd('User', { pattern = 'Orchflow*', callback = function(event)
              table.insert(_G.heard, event.match .. ' ' .. (event.data.name or event.data.id or ''))
              _G.told = _G.told or {}
              _G.told[event.match] = event.data
            end })";
        let editor = Editor::with(version).lua(listen).start(&sandbox);
        editor.command("Orchflow list");
        editor.wait_lua("a connection", "return vim.list_contains(_G.heard, 'OrchflowConnected ')", Json::Null);
        spawn(&sandbox, &client, "one", "web");
        works(&client, "one", "make");
        asks(&client, "one", "May I?");
        ends(&client, "one");
        client.expect("agent.stop", json!({"id": "one"}));
        client.expect("terminal.close", json!({"id": "one"}));
        for event in [
            "OrchflowTerminalOpened one", "OrchflowAgentSpawned one", "OrchflowAgentWorking one", "OrchflowAgentBlocked one",
            "OrchflowQuestionOpened one", "OrchflowQuestionClosed one", "OrchflowAgentDone one", "OrchflowAgentExited one",
            "OrchflowTerminalClosed one",
        ] {
            editor.wait_lua(event, "return vim.list_contains(_G.heard, ...)", json!(event));
        }
        let times = "return #vim.tbl_filter(function(one) return one == 'OrchflowAgentBlocked one' end, _G.heard)";
        assert_eq!(editor.lua(times, Json::Null), json!(1));
        // What is known of it comes along.
        let told = editor.lua("return _G.told", Json::Null);
        for (event, parts) in [
            ("OrchflowAgentSpawned", json!({"id": "a1", "name": "one", "terminal": "t1", "profile": "still"})),
            ("OrchflowAgentWorking", json!({"id": "a1", "name": "one", "terminal": "t1", "status": "working"})),
            ("OrchflowAgentBlocked", json!({"id": "a1", "name": "one", "terminal": "t1", "status": "blocked", "before": "working"})),
            ("OrchflowAgentDone", json!({"id": "a1", "status": "done", "before": "blocked"})),
            ("OrchflowAgentExited", json!({"id": "a1", "status": "exited", "before": "done"})),
            ("OrchflowQuestionOpened", json!({"agent": "a1", "name": "one", "terminal": "t1", "question": "May I?"})),
            ("OrchflowQuestionClosed", json!({"agent": "a1", "name": "one", "how": "withdrawn"})),
            ("OrchflowTerminalOpened", json!({"id": "t1", "name": "one"})),
            ("OrchflowTerminalExited", json!({"id": "t1", "name": "one"})),
            ("OrchflowTerminalClosed", json!({"id": "t1", "name": "one"})),
        ] {
            for (key, value) in parts.as_object().unwrap() {
                assert_eq!(&told[event][key], value, "{key} of {event}: {}", told[event]);
            }
        }
        assert!(told["OrchflowAgentBlocked"]["evidence"]["text"].is_string(), "{told}");
        assert!(told["OrchflowAgentBlocked"]["for_ms"].is_u64(), "{told}");
        assert!(told["OrchflowTerminalExited"]["exit"].is_object(), "{told}");
        assert_eq!(told["OrchflowQuestionClosed"]["id"], told["OrchflowQuestionOpened"]["id"]);
    }

    fn groups_are_the_persons_own_where_they_are_defined_and_readable_everywhere(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let editor = Editor::with(version).lua("vim.api.nvim_set_hl(0, 'OrchflowBlocked', { fg = '#123456' })").start(&sandbox);
        editor.command("Orchflow");
        editor.wait_text("~/web");
        let own = "return vim.api.nvim_get_hl(0, { name = 'OrchflowBlocked' }).fg";
        assert_eq!(editor.lua(own, Json::Null), json!(0x12_34_56));
        for setting in ["background=light", "background=dark", "notermguicolors"] {
            editor.command(&format!("set {setting}"));
            let links = "for name, link in pairs(require('orchflow.highlights').LINKS) do
                if vim.fn.hlexists(name) == 0 or vim.tbl_isempty(vim.api.nvim_get_hl(0, { name = link })) then return name end end return 'all'";
            assert_eq!(editor.lua(links, Json::Null), json!("all"));
        }
        // With the terminal's own 16 colours too nothing is told by a look that is not there; what is dim is then plain.
        for background in ["light", "dark"] {
            editor.command(&format!("set notermguicolors background={background}"));
            let dim = "local dim = {} for name, link in pairs(require('orchflow.highlights').LINKS) do
                local look = vim.api.nvim_get_hl(0, { name = link, link = false })
                if not (look.ctermfg or look.ctermbg or look.cterm) then dim[link] = true end end return vim.tbl_keys(dim)";
            assert_eq!(editor.lua(dim, Json::Null), json!(["Comment"]), "{background}");
        }
        editor.command("colorscheme habamax");
        let linked = "return vim.api.nvim_get_hl(0, { name = 'OrchflowDone' }).link";
        assert_eq!(editor.lua(linked, Json::Null), json!("String"));
    }

    fn plug_maps_are_there_and_no_others(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let editor = Editor::with(version).lua("vim.keymap.set('n', '<F2>', '<Plug>(orchflow-board)')").start(&sandbox);
        editor.input("<F2>");
        editor.wait_text("~/web");
        editor.input("<F2>");
        let others = "return vim.tbl_filter(function(map) return (map.desc or ''):find('orchflow') and not map.lhs:find('<Plug>') end, vim.api.nvim_get_keymap(''))";
        assert_eq!(editor.lua(others, Json::Null), json!([]));
    }
}
