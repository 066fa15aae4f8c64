//! Files that agents change, and the buffers that show them.

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim,
    fake_agent::{install, spawn, wait},
    wait::wait_until_shown,
};

/// An agent in `work`, and an editor that looks at `a.txt` and knows of it.
fn begin(version: Version) -> (Sandbox, Daemon, Editor) {
    let sandbox = Sandbox::new();
    install(&sandbox, "");
    sandbox.write("work/a.txt", "one\n");
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    let editor = Editor::with(version).arg("a.txt").start(&sandbox);
    assert_eq!(watched(&editor), json!([]), "before anybody asks for anything nothing is watched");
    spawn(&sandbox, &client, json!({"name": "mine", "env": {"HOOKS": "1"}}));
    wait(&client, "mine", &["idle"]);
    editor.lua("require('orchflow').list(function() end)", Json::Null);
    editor.wait_lua(
        "a watch",
        "return #require('orchflow.reload.watch').folders() == 1",
        Json::Null,
    );
    (sandbox, client, editor)
}

fn watched(editor: &Editor) -> Json {
    let folders = "local watch = package.loaded['orchflow.reload.watch'] return watch and watch.folders() or {}";
    editor.lua(folders, Json::Null)
}

#[track_caller]
fn said(editor: &Editor, words: &str) {
    wait_until_shown(words, DEADLINE, || {
        let messages = editor.messages();
        messages.contains(words).then_some(()).ok_or(messages)
    });
}

#[track_caller]
fn wait_line(editor: &Editor, line: &str) {
    editor.wait_lua(line, "return vim.fn.getline(1) == ...", json!([line]));
}

each_neovim! {
    fn a_file_that_an_agent_changes_is_read_anew(version) {
        let (sandbox, client, editor) = begin(version);
        sandbox.write("work/a.txt", "two\n");
        wait_line(&editor, "two");
        // Replaced, as many programs save.
        sandbox.write("work/.a.txt", "three\n");
        std::fs::rename(sandbox.path("work/.a.txt"), sandbox.path("work/a.txt")).unwrap();
        wait_line(&editor, "three");
        // One that is opened later, and one that no window shows.
        let path = sandbox.write("work/deep/b.txt", "one\n");
        editor.command("edit deep/b.txt | edit a.txt");
        editor.wait_lua("a watch", "return #require('orchflow.reload.watch').folders() == 2", Json::Null);
        std::fs::write(path, "two\n").unwrap();
        editor.wait_lua("the hidden one", "return vim.fn.getbufline('deep/b.txt', 1)[1] == 'two'", Json::Null);
        assert_eq!(editor.lua("return vim.o.autoread", Json::Null), true);
        // Nothing runs once no agent does.
        client.expect("terminal.close", json!({"id": "mine"}));
        editor.wait_lua("no watch", "return #require('orchflow.reload.watch').folders() == 0 and #vim.fn.getcompletion('orchflow.reload', 'augroup') == 1", Json::Null);
        assert_eq!(editor.lua("return vim.api.nvim_get_autocmds({ group = 'orchflow.reload.conflict' })", Json::Null), json!([]));
    }

    fn files_of_a_folder_that_was_replaced_are_followed_in_the_new_one(version) {
        let (sandbox, _client, editor) = begin(version);
        sandbox.write("work/sub/deep/c.txt", "one\n");
        editor.command("edit sub/deep/c.txt");
        editor.wait_lua("a watch", "return #require('orchflow.reload.watch').folders() == 2", Json::Null);
        let (sub, old) = (sandbox.path("work/sub"), sandbox.path("work/old"));
        // At once, as a checkout does, and with nothing in its place for a while.
        std::fs::rename(sub.join("deep"), &old).unwrap();
        sandbox.write("work/sub/deep/c.txt", "two\n");
        wait_line(&editor, "two");
        sandbox.write("work/sub/deep/c.txt", "three\n");
        wait_line(&editor, "three");
        std::fs::remove_dir_all(&sub).unwrap();
        said(&editor, "c.txt");
        for words in ["four", "five"] {
            sandbox.write("work/sub/deep/c.txt", format!("{words}\n"));
            wait_line(&editor, words);
        }
    }

    fn what_is_not_saved_stays_and_a_conflict_is_told_once_without_a_question(version) {
        let (sandbox, _client, editor) = begin(version);
        editor.input("Amine<Esc>");
        wait_line(&editor, "onemine");
        sandbox.write("work/a.txt", "theirs\n");
        said(&editor, "a.txt changed here and on disk (:Orchflow compare)");
        sandbox.write("work/a.txt", "theirs again\n");
        // A file beside it is read anew after that: so the conflict was seen, and not told again.
        sandbox.write("work/b.txt", "one\n");
        editor.command("split b.txt");
        sandbox.write("work/b.txt", "two\n");
        wait_line(&editor, "two");
        let state = editor.call("nvim_get_mode", &json!([]));
        assert_eq!(state, json!({"mode": "n", "blocking": false}));
        assert_eq!(editor.messages().matches("here and on disk").count(), 1, "{}", editor.messages());
        assert_eq!(editor.lua("return vim.fn.getbufline('a.txt', 1)", Json::Null), json!(["onemine"]));
        // Both, beside each other.
        editor.command("Orchflow compare");
        let shown = "return vim.tbl_map(function(win)
            return { vim.fn.getbufline(vim.api.nvim_win_get_buf(win), 1, '$'), vim.wo[win].diff }
          end, vim.api.nvim_tabpage_list_wins(0))";
        let shown = editor.lua(shown, Json::Null);
        for side in [json!([["onemine"], true]), json!([["theirs again"], true])] {
            assert!(shown.as_array().unwrap().contains(&side), "{shown}");
        }
        editor.command("quit");
        assert_eq!(editor.lua("return vim.wo[vim.fn.bufwinid('a.txt')].diff", Json::Null), false);
        // Once it is theirs, the next conflict is another one.
        editor.command("edit! a.txt | messages clear");
        sandbox.write("work/a.txt", "more\n");
        wait_line(&editor, "more");
        editor.input("Amine<Esc>");
        wait_line(&editor, "moremine");
        sandbox.write("work/a.txt", "theirs\n");
        said(&editor, "here and on disk");
    }

    fn a_deleted_files_text_stays_and_noautoread_is_respected(version) {
        let (sandbox, _client, editor) = begin(version);
        std::fs::remove_file(sandbox.path("work/a.txt")).unwrap();
        said(&editor, "a.txt was deleted, its text is still here");
        assert_eq!(editor.lua("return vim.fn.getline(1)", Json::Null), "one");
        sandbox.write("work/b.txt", "one\n");
        editor.command("edit b.txt | setlocal noautoread");
        sandbox.write("work/b.txt", "two\n");
        said(&editor, "b.txt changed on disk, 'autoread' is off");
        assert_eq!(editor.lua("return vim.fn.getline(1)", Json::Null), "one");
        assert_eq!(editor.call("nvim_get_mode", &json!([]))["blocking"], false);
    }

    fn text_does_not_change_behind_a_command_line(version) {
        let (sandbox, _client, editor) = begin(version);
        sandbox.write("work/b.txt", "one\n");
        editor.lua("vim.cmd('edit b.txt | edit a.txt')
            vim.api.nvim_create_autocmd('FileChangedShellPost', { callback = function() _G.mode = vim.fn.mode() end })", Json::Null);
        editor.input(":echo 1");
        editor.wait_lua("the command line", "return vim.fn.mode() == 'c'", Json::Null);
        sandbox.write("work/a.txt", "two\n");
        editor.wait_lua("it to be due", "return require('orchflow.reload.queue').is_held()", Json::Null);
        editor.input("<Esc>");
        wait_line(&editor, "two");
        assert_eq!(editor.lua("return _G.mode", Json::Null), "n");
    }

    fn two_thousand_changed_files_are_read_anew_without_a_pause(version) {
        let (sandbox, _client, editor) = begin(version);
        let file = |n: usize| format!("work/many/{n}.txt");
        for n in 0..2000 {
            sandbox.write(file(n), "one\n");
        }
        // A quarter of them are in buffers.
        editor.lua("_G.buffers = {}
            for n = 0, 1999, 4 do
              local buf = vim.fn.bufadd(('many/%d.txt'):format(n))
              vim.fn.bufload(buf)
              table.insert(_G.buffers, buf)
            end", Json::Null);
        editor.wait_lua("a watch", "return #require('orchflow.reload.watch').folders() == 2", Json::Null);
        // In processor time of its own: that others take turns on a busy machine is no pause of ours.
        editor.lua("
            local function cpu()
              local used = vim.uv.getrusage()
              return (used.utime.sec + used.stime.sec) * 1e3 + (used.utime.usec + used.stime.usec) / 1e3
            end
            local last, gap = cpu(), 0
            -- Scheduled: while Neovim reads a file it lets the system's events in, and nobody's keys.
            vim.uv.new_timer():start(0, 1, vim.schedule_wrap(function()
              local now = cpu()
              last, gap = now, math.max(gap, now - last)
              _G.gap = gap
            end))", Json::Null);
        for n in 0..2000 {
            sandbox.write(file(n), "two\n");
        }
        editor.wait_lua("all of them", "
            for _, buf in ipairs(_G.buffers) do
              if vim.api.nvim_buf_get_lines(buf, 0, 1, false)[1] ~= 'two' then return false end
            end
            return true", Json::Null);
        let gap = editor.lua("return _G.gap", Json::Null);
        eprintln!("Neovim {version}: the longest gap is {gap} ms");
        // Ten times what it is on an idle machine.
        assert!(gap.as_f64().unwrap() < 200.0, "{gap} ms");
    }
}
