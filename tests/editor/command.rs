//! `:Orchflow`: where it opens windows, what it completes, how it answers mistakes, what settings do.

use serde_json::{Value as Json, json};

use super::{NOTIFIED, open};
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, wait_until};

each_neovim! {
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
