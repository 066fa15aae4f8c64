//! What the keys of the board do, to whom, and when they refuse.

use serde_json::{Value as Json, json};

use crate::support::still::{asks, ends, spawn, start, works};
use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim, fake_agent, wait_until,
};

/// Two agents, one of which works, and the board on them.
fn board(version: Version) -> (Sandbox, Daemon, Editor) {
    let (sandbox, client) = start();
    for name in ["one", "two"] {
        spawn(&sandbox, &client, name, "web");
        works(&client, name, "Bash: make");
    }
    let editor = Editor::with(version).size(120, 30).config("notify", json!(false)).start(&sandbox);
    editor.command("Orchflow");
    editor.wait_screen("the board", |grid| grid.contains("one  ") && grid.contains("two  "));
    (sandbox, client, editor)
}

fn status(client: &Daemon, name: &str) -> Json {
    client.expect("agent.get", json!({"id": name}))["status"].clone()
}

each_neovim! {
    fn each_way_to_open_shows_the_terminal_there(version) {
        let (_sandbox, _client, editor) = board(version);
        let windows = "return { #vim.api.nvim_list_tabpages(), vim.fn.winnr('$'), vim.api.nvim_buf_get_name(0) }";
        let seen = |editor: &Editor, key: &str, tabs: u64, count: u64| {
            editor.input(key);
            let what = format!("the terminal after {key}");
            let code = format!("local seen = (function() {windows} end)() return seen[1] == {tabs} and seen[2] == {count} and seen[3]:find('one') ~= nil");
            editor.wait_lua(&what, &code, Json::Null);
            editor.wait_text("one at work");
            editor.command("stopinsert | silent! only | silent! tabonly | enew | Orchflow");
            editor.wait_text("~/web");
        };
        seen(&editor, "s", 1, 2);
        seen(&editor, "v", 1, 2);
        seen(&editor, "t", 2, 1);
        seen(&editor, "<CR>", 1, 1);
    }

    fn what_is_done_is_said_by_name_and_id(version) {
        let (sandbox, client) = fake_agent::start();
        fake_agent::spawn(&sandbox, &client, json!({"name": "mine"}));
        fake_agent::wait(&client, "mine", &["idle"]);
        let editor = Editor::with(version).size(120, 30).config("notify", json!(false)).start(&sandbox);
        editor.command("Orchflow");
        editor.wait_text("mine  ");
        // A prompt is written in a buffer, and taken.
        editor.input("p");
        editor.wait_text("to mine");
        editor.input("wait for me<Esc><CR>");
        editor.wait_text("mine (a1) has taken it");
        fake_agent::wait(&client, "mine", &["working"]);
        client.expect("terminal.write", json!({"id": "mine", "data": "go\r"}));
        fake_agent::wait(&client, "mine", &["done"]);
        editor.wait_text("done ");
        editor.input("a");
        editor.wait_text("mine (a1) asks nothing");
        editor.input("i");
        editor.wait_text("mine (a1): ");
        // It is renamed, and stopped once that is confirmed.
        editor.input("Rher<CR>");
        editor.wait_text("mine (a1) is called mineher now");
        editor.wait_text("done      mineher");
        editor.input("x");
        editor.wait_text("Stop mineher (a1)");
        editor.input("1<CR>");
        editor.wait_text("mineher (a1) was stopped");
        fake_agent::wait(&client, "a1", &["exited"]);
    }

    fn a_stop_is_refused_when_who_was_meant_has_changed_meanwhile(version) {
        let (_sandbox, client, editor) = board(version);
        editor.input("x");
        editor.wait_text("Stop one (a1)");
        ends(&client, "one");
        // Neovim 0.10 hears nothing while it asks: the row is an old one when the answer comes.
        wait_until("it", DEADLINE, || (status(&client, "one") == "done").then_some(()));
        editor.input("1<CR>");
        editor.wait_text("one (a1) is done now; nothing was done");
        assert_eq!(status(&client, "one"), "done");
    }

    fn words_and_a_resume_are_refused_when_who_was_meant_has_changed_meanwhile(version) {
        let (_sandbox, client, editor) = board(version);
        editor.input("p");
        editor.wait_text("to one");
        client.expect("terminal.rename", json!({"id": "one", "name": "other"}));
        editor.input("hello<Esc><CR>");
        editor.wait_text("one (a1) is called other now; nothing was done");
        editor.wait_text("other  ");
        editor.input("mb");
        editor.wait_text("to 1 agents: other");
        client.expect("terminal.rename", json!({"id": "other", "name": "third"}));
        editor.input("hello<Esc><CR>");
        editor.wait_text("other (a1) is third now; nothing was done");
        let read = client.expect("terminal.read", json!({"id": "third"}))["lines"].to_string();
        assert!(read.contains("one at work") && !read.contains("hello"), "{read}");
    }

    fn an_answer_leads_to_what_is_asked_and_a_resume_says_whom_it_could_not(version) {
        let (_sandbox, client, editor) = board(version);
        asks(&client, "two", "May I?");
        editor.wait_text("May I?");
        editor.input("r");
        editor.wait_text("one (a1): ");
        // Who asks stands first by now.
        editor.input("ka");
        editor.wait_lua("its terminal", "return vim.api.nvim_buf_get_name(0):find('two') ~= nil", Json::Null);
        editor.wait_lua("it ready to be answered", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
    }

    fn several_are_marked_and_told_the_same(version) {
        let (sandbox, client) = fake_agent::start();
        for name in ["mine", "yours", "others"] {
            fake_agent::spawn(&sandbox, &client, json!({"name": name}));
            fake_agent::wait(&client, name, &["idle"]);
        }
        let editor = Editor::with(version).size(120, 30).config("notify", json!(false)).start(&sandbox);
        editor.command("Orchflow");
        editor.wait_text("others");
        editor.input("b");
        editor.wait_text("nobody is marked");
        editor.input("mm");
        editor.wait_screen("two marks", |grid| grid.text().matches('▌').count() == 2);
        // A filter hides them, which changes nothing.
        editor.input("/others<CR>");
        editor.wait_screen("no marks", |grid| !grid.contains("▌") && grid.contains("others"));
        editor.input("b");
        editor.wait_text("to 2 agents: mine, yours");
        editor.input("wait for me<Esc><CR>");
        // On a slow machine not all have taken it by then; those who have not are told of too.
        let told = "local all = vim.fn.execute('messages') return all:find('of 2 agents', 1, true) ~= nil
            and all:find('mine (a1)', 1, true) ~= nil and all:find('yours (a2)', 1, true) ~= nil";
        editor.wait_lua("who was told", told, Json::Null);
        for name in ["mine", "yours"] {
            fake_agent::wait(&client, name, &["working"]);
            client.expect("terminal.write", json!({"id": name, "data": "go\r"}));
            fake_agent::wait(&client, name, &["done"]);
        }
        assert_eq!(fake_agent::read(&sandbox, "prompts").matches("wait for me").count(), 2);
        assert_eq!(status(&client, "others"), "idle");
    }

    fn the_filter_is_seen_while_it_is_typed_and_taken_back(version) {
        let (_sandbox, client, editor) = board(version);
        asks(&client, "two", "May I?");
        editor.input("/tw");
        editor.wait_screen("only one", |grid| grid.contains("two ") && !grid.contains(" one "));
        editor.input("x");
        editor.wait_text("Nothing has \"twx\".");
        editor.input("<Esc>");
        editor.wait_screen("both again", |grid| grid.contains("two ") && grid.contains("one "));
        editor.input("/blocked<CR>");
        editor.wait_screen("only one", |grid| grid.contains("two ") && !grid.contains(" one "));
        editor.input("q");
        editor.command("Orchflow");
        editor.wait_screen("both again", |grid| grid.contains("two ") && grid.contains("one "));
    }

    fn the_mouse_chooses_and_opens(version) {
        let (_sandbox, _client, editor) = board(version);
        editor.command("set mouse=a");
        let (row, column) = editor.grid().find("two ").unwrap();
        let click = |editor: &Editor| {
            editor.call("nvim_input_mouse", &json!(["left", "press", "", 0, row, column]));
            editor.call("nvim_input_mouse", &json!(["left", "release", "", 0, row, column]));
        };
        click(&editor);
        editor.wait_text("two at work");
        click(&editor);
        editor.wait_lua("its terminal", "return vim.api.nvim_buf_get_name(0):find('two') ~= nil", Json::Null);
    }

    fn on_a_heading_a_key_or_a_click_is_for_nobody(version) {
        let (_sandbox, client, editor) = board(version);
        editor.wait_text("one at work");
        editor.command("set mouse=a");
        let (row, column) = editor.grid().find("~/web").unwrap();
        // So soon after another one a click counts with it where it is in the same place.
        let click = |editor: &Editor, column: usize| {
            editor.call("nvim_input_mouse", &json!(["left", "press", "", 0, row, column]));
            editor.call("nvim_input_mouse", &json!(["left", "release", "", 0, row, column]));
        };
        let for_nobody = |editor: &Editor, what: &str| {
            editor.wait_lua(&format!("{what} is for nobody"), "return vim.fn.execute('messages'):find('there is nobody here') ~= nil", Json::Null);
            assert_eq!(editor.lua("return { vim.bo.filetype, vim.fn.line('.') }", Json::Null), json!(["orchflow", 1]), "{what}");
            editor.command("messages clear");
        };
        for key in ["R", "i", "x", "p", "m", "r", "a", "<CR>", "s"] {
            // Typed at once, from whoever was chosen.
            editor.input(&format!("H{key}"));
            for_nobody(&editor, key);
            editor.input("j");
        }
        editor.wait_text("one at work");
        click(&editor, column + 10);
        editor.wait_screen("nobody chosen", |grid| !grid.contains("one at work"));
        editor.input("i");
        for_nobody(&editor, "a click");
        editor.input("j");
        editor.wait_text("one at work");
        click(&editor, column);
        click(&editor, column);
        for_nobody(&editor, "a double click");
        // One more selects nothing either.
        click(&editor, column);
        editor.redraw();
        assert_eq!(editor.lua("return vim.api.nvim_get_mode().mode", Json::Null), json!("n"));
        // Whoever comes to stand first is not chosen by that.
        asks(&client, "two", "May I?");
        editor.wait_text("May I?");
        editor.input("i");
        for_nobody(&editor, "what is typed later");
        assert_eq!(status(&client, "one"), "working");
        editor.input("j");
        editor.wait_text("two at work");
    }

    fn the_keys_are_listed_and_q_hides(version) {
        let (_sandbox, _client, editor) = board(version);
        editor.input("?");
        editor.wait_text("broadcast to those marked");
        editor.input("q");
        editor.wait_screen("the help to go", |grid| !grid.contains("broadcast to those"));
        editor.input("q");
        editor.wait_screen("the board to go", |grid| !grid.contains("~/web"));
        let hidden = "return #vim.api.nvim_list_wins() == 1";
        editor.wait_lua("one window", hidden, Json::Null);
    }

    fn names_titles_and_questions_do_nothing_anywhere(version) {
        let (sandbox, client) = start();
        let evil = "%{system('touch pwned')}%{%v:lua.os.execute('touch pwned')%} '\"`$(touch pwned)`|!touch pwned\\n";
        spawn(&sandbox, &client, "a%{system('touch${IFS}pwned')}", "web");
        spawn(&sandbox, &client, "b'\"`$(touch\u{202e}pwned)`", "web");
        asks(&client, "a1", evil);
        works(&client, "a2", evil);
        let title = format!("printf '\\033]2;%s\\007' \"{}\"; exec cat", evil.replace(['"', '`', '$'], ""));
        client.open("titled", &title);
        let editor = Editor::with(version)
            .size(140, 40)
            .config("winbar", json!(true))
            .lua("vim.o.laststatus = 2 vim.o.statusline = \"%{%v:lua.require'orchflow'.statusline()%}\" vim.o.title = true")
            .start(&sandbox);
        editor.command("Orchflow");
        editor.wait_screen("the words as they are", |grid| {
            grid.contains("%{system('touch pwned") && grid.contains("a%{system(")
        });
        editor.input("/%{sys<CR>");
        editor.input("<CR>");
        editor.wait_lua("its terminal", "return vim.api.nvim_buf_get_name(0):find('orchflow://') ~= nil", Json::Null);
        editor.command("stopinsert | Orchflow grid");
        editor.wait_text("a%{system(");
        editor.input("q");
        editor.redraw();
        for folder in ["work", "home", "home/web"] {
            assert!(!sandbox.path(folder).join("pwned").exists(), "{folder}");
        }
    }
}
