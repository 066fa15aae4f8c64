//! The plugin's installation: what it costs, what it lacks, what `:checkhealth` says of it.

use serde_json::{Value as Json, json};

use super::{NOTIFIED, open};
use crate::support::{Editor, Sandbox, each_neovim};

each_neovim! {
    fn the_whole_checkhealth_knows_one_check_of_ours(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::start(version, &sandbox);
        let names = editor.lua("return vim.fn.getcompletion('checkhealth orch', 'cmdline')", Json::Null);
        assert_eq!(names, json!(["orchflow"]));
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
}
