//! What a person is told: of agents that are not in view, once each, together when they come together, and not by night.

use serde_json::{Value as Json, json};

use crate::support::still::{asks, ends, spawn, start, works};
use crate::support::{Editor, Sandbox, each_neovim};

/// Collects what `vim.notify` is given.
const COLLECT: &str = "_G.notes = {} vim.notify = function(text, level) table.insert(_G.notes, level .. ' ' .. text) end";

const NOTES: &str = "return table.concat(_G.notes, '\\n')";

fn connect(editor: &Editor) {
    editor.lua("require('orchflow').list(function() vim.g.connected = true end)", Json::Null);
    editor.wait_lua("a connection", "return vim.g.connected", Json::Null);
}

fn wait_note(editor: &Editor, note: &str) {
    editor.wait_lua(
        note,
        "return table.concat(_G.notes, '\\n'):find(..., 1, true) ~= nil",
        json!(note),
    );
}

/// Keeps the editor from hearing anything until `then` is over: what comes of that is heard in one moment, also on a slow machine.
fn at_once(editor: &Editor, sandbox: &Sandbox, then: impl FnOnce()) {
    let busy = "_G.notes = {} while not vim.uv.fs_stat(...) do vim.uv.sleep(1) end";
    let told = sandbox.path("work/told");
    let told = rmpv::Value::Array(vec![told.to_str().unwrap().into()]);
    editor.rpc().notify("nvim_exec_lua", vec![busy.into(), told]);
    then();
    sandbox.write("work/told", "");
}

each_neovim! {
    fn who_asks_or_is_done_out_of_sight_is_told_once_and_together(version) {
        let (sandbox, client) = start();
        for name in ["one", "two", "three"] {
            spawn(&sandbox, &client, name, "web");
            works(&client, name, "make");
        }
        let editor = Editor::with(version).size(120, 30).lua(COLLECT).start(&sandbox);
        connect(&editor);
        ends(&client, "one");
        wait_note(&editor, "2 orchflow: one is done (:Orchflow attach one)");
        at_once(&editor, &sandbox, || {
            asks(&client, "two", "May I?");
            asks(&client, "three", "And I?");
        });
        editor.wait_lua("both", "local all = table.concat(_G.notes, ' ') return all:find('two') ~= nil and all:find('three') ~= nil", Json::Null);
        let notes = editor.lua(NOTES, Json::Null);
        let notes = notes.as_str().unwrap();
        assert!(notes.contains("2 agents ask: two, three (:Orchflow inbox)"), "{notes}");
    }

    fn what_was_so_before_and_what_is_over_already_is_no_news(version) {
        let (sandbox, client) = start();
        for name in ["before", "quick", "again", "late"] {
            spawn(&sandbox, &client, name, "web");
            works(&client, name, "make");
        }
        ends(&client, "before");
        let editor = Editor::with(version).size(120, 30).lua(COLLECT).start(&sandbox);
        connect(&editor);
        editor.wait_lua("all agents", "return #require('orchflow.agents').all() == 4", Json::Null);
        client.expect("terminal.rename", json!({"id": "before", "name": "renamed"}));
        at_once(&editor, &sandbox, || {
            asks(&client, "quick", "May I?");
            ends(&client, "again");
            works(&client, "quick", "make");
            works(&client, "again", "make");
            asks(&client, "late", "And I?");
        });
        wait_note(&editor, "late");
        assert_eq!(editor.lua(NOTES, Json::Null), "2 orchflow: late asks: And I? (:Orchflow next)");
        // What has ended is told when it ends again.
        works(&client, "renamed", "make");
        ends(&client, "renamed");
        wait_note(&editor, "renamed is done");
    }

    fn what_is_in_view_is_not_told(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "seen", "web");
        spawn(&sandbox, &client, "unseen", "web");
        let editor = Editor::with(version).lua(COLLECT).start(&sandbox);
        editor.command("Orchflow attach seen");
        editor.wait_text("seen at work");
        asks(&client, "seen", "May I?");
        asks(&client, "unseen", "May I?");
        wait_note(&editor, "unseen asks: May I?");
        assert_eq!(editor.lua(NOTES, Json::Null), "2 orchflow: unseen asks: May I? (:Orchflow next)");
    }

    fn what_is_seen_in_a_grid_is_not_told(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "seen", "web");
        let editor = Editor::with(version).size(120, 30).lua(COLLECT).start(&sandbox);
        editor.command("Orchflow grid");
        editor.wait_text("seen at work");
        asks(&client, "seen", "May I?");
        editor.wait_text("⚑ seen blocked");
        editor.input("q");
        spawn(&sandbox, &client, "unseen", "web");
        asks(&client, "unseen", "May I?");
        wait_note(&editor, "unseen asks: May I?");
        assert_eq!(editor.lua(NOTES, Json::Null), "2 orchflow: unseen asks: May I? (:Orchflow next)");
    }

    fn levels_quiet_hours_and_a_callback_are_the_persons(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let editor = Editor::with(version).lua(COLLECT).start(&sandbox);
        let setup = |editor: &Editor, notify: &str| {
            editor.lua(&format!("_G.notes = {{}} require('orchflow').setup({{ notify = {notify} }})"), Json::Null);
        };
        connect(&editor);
        setup(&editor, "{ blocked = vim.log.levels.WARN, done = false }");
        works(&client, "one", "make");
        ends(&client, "one");
        asks(&client, "one", "May I?");
        wait_note(&editor, "3 orchflow: one asks: May I?");
        assert!(!editor.lua(NOTES, Json::Null).as_str().unwrap().contains("done"));
        setup(&editor, "{ callback = function(news) _G.news = news return true end }");
        works(&client, "one", "make");
        ends(&client, "one");
        editor.wait_lua("the callback", "return _G.news and _G.news[1].what == 'done' and _G.news[1].name == 'one'", Json::Null);
        assert_eq!(editor.lua(NOTES, Json::Null), "");
        let quiet = "local quiet = require('orchflow.attention').is_quiet
            return { quiet(nil, '03:00'), quiet({ '22:00', '07:00' }, '23:10'), quiet({ '22:00', '07:00' }, '06:59'),
              quiet({ '22:00', '07:00' }, '12:00'), quiet({ '12:00', '13:00' }, '12:30'), quiet({ '12:00', '13:00' }, '13:00') }";
        assert_eq!(editor.lua(quiet, Json::Null), json!([false, true, true, false, true, false]));
        setup(&editor, "{ quiet = { '00:00', '24:00' } }");
        // It is looked at the clock when it would be told.
        let watch = "local attention = require('orchflow.attention') local is_quiet = attention.is_quiet
            attention.is_quiet = function(...) _G.quiet = is_quiet(...) return _G.quiet end";
        editor.lua(watch, Json::Null);
        asks(&client, "one", "By night?");
        editor.wait_lua("the night", "return _G.quiet", Json::Null);
        setup(&editor, "true");
        works(&client, "one", "make");
        asks(&client, "one", "By day?");
        wait_note(&editor, "2 orchflow: one asks: By day?");
        assert!(!editor.lua("return vim.fn.execute('messages') .. table.concat(_G.notes)", Json::Null).as_str().unwrap().contains("By night?"));
        setup(&editor, "{ loud = true }");
        wait_note(&editor, "`notify` must be true, false or a table");
    }

    fn the_outer_terminal_is_told_where_it_is_wanted(version) {
        let (sandbox, client) = start();
        spawn(&sandbox, &client, "one", "web");
        let watch = "_G.sent = '' vim.api.nvim_ui_send = function(bytes) _G.sent = _G.sent .. bytes end";
        let editor = Editor::with(version).lua(COLLECT).lua(watch).start(&sandbox);
        editor.lua("require('orchflow').setup({ notify = { osc = 777 } })", Json::Null);
        connect(&editor);
        asks(&client, "one", "May\u{7} I;\u{1b}]2;x?");
        let told = "return _G.sent:find('^\\27%]777;notify;orchflow;one asks: May I %]2 x%?\\27\\\\$') ~= nil";
        editor.wait_lua("the sequence", told, Json::Null);
    }
}
