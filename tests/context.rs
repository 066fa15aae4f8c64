//! What an editor knows, given to agents: placeholders, ranges, drafts and broadcasts, in real Neovims with git.

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Sandbox, Version, each_neovim,
    fake_agent::{install, read, spawn, wait},
    wait::wait_until_shown,
    wait_until,
};

/// It refers to files as Claude Code does, and gets all of a prompt in one line.
const PROMPT: &str = r#"
[prompt]
reference = "@{path}"
range = "@{path}#L{first}-{last}"
quoting = "quotes"
paste = "plain"
newline = " | "
"#;

/// A git repository in `work`, an agent `mine` in it, and an editor that looks at line 5 of `src/a.txt`.
fn begin(version: Version) -> (Sandbox, Daemon, Editor) {
    let sandbox = Sandbox::new();
    install(&sandbox, PROMPT);
    let lines: String = (1..=30).map(|n| format!("line {n}\n")).collect();
    sandbox.write("work/src/a.txt", lines);
    sandbox.write("work/.gitignore", "prompts\ndrawn\n");
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(
        &sandbox,
        &["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "one"],
    );
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    agent(&sandbox, &client, "mine", json!({}));
    // A message that is longer than a line would ask for a key.
    let said = "_G.said = {} vim.notify = function(text) table.insert(_G.said, text) end";
    let editor = Editor::with(version).lua(said).arg("+5").arg("src/a.txt").start(&sandbox);
    (sandbox, client, editor)
}

#[track_caller]
fn git(sandbox: &Sandbox, args: &[&str]) {
    let done = sandbox.command("git").args(args).output().unwrap();
    assert!(done.status.success(), "{args:?} {done:?}");
}

fn agent(sandbox: &Sandbox, client: &Daemon, name: &str, more: Json) {
    let mut params = json!({"name": name, "env": {"HOOKS": "1"}});
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    spawn(sandbox, client, params);
    wait(client, name, &["idle"]);
}

/// What the agent in `work` was told by whatever is done here.
#[track_caller]
fn told_by(sandbox: &Sandbox, editor: &Editor, act: impl FnOnce()) -> String {
    let before = read(sandbox, "prompts").lines().count();
    act();
    wait_until_shown("a prompt", DEADLINE, || {
        let prompts = read(sandbox, "prompts");
        prompts.lines().nth(before).map(str::to_owned).ok_or_else(|| said(editor))
    })
}

#[track_caller]
fn told(sandbox: &Sandbox, editor: &Editor, command: &str) -> String {
    told_by(sandbox, editor, || editor.command(command))
}

/// What the person was told.
fn said(editor: &Editor) -> String {
    editor.lua("return table.concat(_G.said, '\\n')", Json::Null).to_string()
}

#[track_caller]
fn says_after(editor: &Editor, act: impl FnOnce(), words: &str) {
    editor.lua("_G.said = {}", Json::Null);
    act();
    wait_until_shown(words, DEADLINE, || {
        let said = said(editor);
        said.contains(words).then_some(()).ok_or(said)
    });
}

#[track_caller]
fn says(editor: &Editor, command: &str, words: &str) {
    says_after(editor, || editor.command(command), words);
}

/// What `:Orchflow …` completes to.
fn completed(editor: &Editor, line: &str) -> Json {
    editor.lua("return vim.fn.getcompletion(..., 'cmdline')", json!([line]))
}

/// Waits for a draft, and gives its lines.
#[track_caller]
fn draft(editor: &Editor) -> Json {
    editor.wait_lua(
        "a draft",
        "return vim.fn.bufname():find('^orchflow%-prompt://') and vim.api.nvim_buf_get_lines(0, 0, -1, false)",
        Json::Null,
    )
}

each_neovim! {
    fn each_placeholder_is_what_the_agent_gets(version) {
        let (sandbox, _client, editor) = begin(version);
        for (command, wanted) in [
            // Whatever is no placeholder stays as it is.
            ("Orchflow send mine fix {file} at {cursor} {this} {} % <cword> | \"", "fix @src/a.txt at src/a.txt:5:1 {this} {} % <cword> | \""),
            ("Orchflow send explain {line}.", "explain @src/a.txt#L5 `line 5`."),
            ("5,7Orchflow send look", "@src/a.txt#L5-7 look"),
            (".Orchflow send look", "@src/a.txt#L5 look"),
            ("29,99Orchflow send look", "@src/a.txt#L29-30 look"),
            ("2,3Orchflow send see {selection} there", "see @src/a.txt#L2-3 | ```text | line 2 | line 3 | ``` | there"),
            ("Orchflow send {buffers}", "@src/a.txt"),
        ] {
            assert_eq!(told(&sandbox, &editor, command), wanted, "{command}");
        }
        for (command, words) in [
            ("Orchflow send {selection}", "nothing is selected"),
            ("Orchflow send {hunk}", "nothing was changed here"),
            ("Orchflow send {diff}", "nothing was changed in"),
            ("Orchflow send {diagnostics}", "there are none here"),
            ("Orchflow send {quickfix}", "the quickfix list is empty"),
        ] {
            says(&editor, command, words);
        }
        editor.lua("
            vim.api.nvim_buf_set_lines(0, 4, 5, false, { 'changed' })
            vim.api.nvim_buf_set_lines(0, 24, 25, false, { 'changed too' })
            vim.cmd('silent write')
            vim.diagnostic.set(vim.api.nvim_create_namespace('test'), 0, {
              { lnum = 9, col = 0, message = 'later', severity = vim.diagnostic.severity.WARN },
              { lnum = 4, col = 2, message = 'bad\\nthing', severity = vim.diagnostic.severity.ERROR, source = 'lint' },
            })
            vim.fn.setqflist({
              { filename = 'src/a.txt', lnum = 3, col = 2, text = 'oops', type = 'E' },
              { filename = 'a dir/b.txt', lnum = 1, col = 1, text = 'hm' },
              { text = 'words of a compiler' },
            })", Json::Null);
        sandbox.write("work/new.txt", "new");
        let hunk = "@@ -2,7 +2,7 @@ |  line 2 |  line 3 |  line 4 | -line 5 | +changed |  line 6 |  line 7 |  line 8";
        for (command, wanted) in [
            ("Orchflow send mend {diagnostics}", "mend @src/a.txt | - 5:3 error: bad thing [lint] | - 10:1 warning: later".to_owned()),
            ("5Orchflow send {diagnostics}", "@src/a.txt | - 5:3 error: bad thing [lint]".to_owned()),
            ("Orchflow send {quickfix}", "@src/a.txt | - 3:2 error: oops | @\"a dir/b.txt\" | - 1:1 hm".to_owned()),
            ("Orchflow send why {hunk}", format!("why @src/a.txt | ```diff | {hunk} | ```")),
        ] {
            assert_eq!(told(&sandbox, &editor, command), wanted, "{command}");
        }
        let diff = told(&sandbox, &editor, "Orchflow send review {diff}");
        for part in ["review  | ```diff | diff --git a/src/a.txt b/src/a.txt", "-line 5 | +changed", "+changed too", "``` | New files: new.txt"] {
            assert!(diff.contains(part), "{part}\n{diff}");
        }
    }

    fn a_typed_range_may_have_marks_and_patterns_and_a_selection_is_what_was_selected(version) {
        let (sandbox, client, editor) = begin(version);
        for (keys, wanted) in [
            ("5G0wvj:Orchflow send see {selection}<CR>", "see @src/a.txt#L5-6 | ```text | 5 | line 6 | ```"),
            ("5GVj:Orchflow send look<CR>", "@src/a.txt#L5-6 look"),
            ("2Gma4G:'a,.Orchflow send look<CR>", "@src/a.txt#L2-4 look"),
            (":/line 9/Orchflow send look<CR>", "@src/a.txt#L9 look"),
        ] {
            assert_eq!(told_by(&sandbox, &editor, || editor.input(keys)), wanted, "{keys}");
        }
        // From Visual mode by Lua.
        editor.command("xnoremap S <Cmd>lua require('orchflow').send('{selection}', { to = 'mine' })<CR>");
        let selected = told_by(&sandbox, &editor, || editor.input("5G0<C-v>jlS<Esc>"));
        assert_eq!(selected, "@src/a.txt#L5-6 | ```text | li | li | ```");
        // A size is none of that, and may be more than there are lines.
        editor.input(":99Orchflow terminal cat<CR>");
        wait_until("the terminal", DEADLINE, || client.call("terminal.get", json!({"id": "cat"})).ok());
    }

    fn what_is_not_saved_is_told_as_text(version) {
        let (sandbox, _client, editor) = begin(version);
        editor.call("nvim_buf_set_lines", &json!([0, 4, 5, false, ["only here"]]));
        let hunk = "@@ -2,7 +2,7 @@ |  line 2 |  line 3 |  line 4 | -line 5 | +only here |  line 6 |  line 7 |  line 8";
        for (command, wanted) in [
            ("5Orchflow send look", "@src/a.txt#L5 (not saved yet) | ```text | only here | ``` | look".to_owned()),
            ("Orchflow send see {file}", format!("see @src/a.txt (in the editor, not saved yet) | ```diff | {hunk} | ```")),
            ("Orchflow send see {hunk}", format!("see @src/a.txt (in the editor, not saved yet) | ```diff | {hunk} | ```")),
        ] {
            assert_eq!(told(&sandbox, &editor, command), wanted, "{command}");
        }
        editor.command("enew! | setlocal filetype=lua | call setline(1, ['return ```', 'end'])");
        for (command, wanted) in [
            ("Orchflow send see {file}", "see  | ````lua | return ``` | end | ````"),
            ("2Orchflow send see", "```lua | end | ``` | see"),
            ("Orchflow send {line}", "```` return ``` ````"),
        ] {
            assert_eq!(told(&sandbox, &editor, command), wanted, "{command}");
        }
        says(&editor, "Orchflow send {cursor}", "there is no file in this window");
    }

    fn a_long_text_that_is_not_saved_holds_nobody_up(version) {
        let (sandbox, _client, editor) = begin(version);
        let lines: String = (1..=60_000).map(|n| format!("line {n}\n")).collect();
        sandbox.write("work/src/long.txt", lines);
        git(&sandbox, &["add", "src/long.txt"]);
        editor.command("edit src/long.txt");
        // What it takes in the editor's own thread, on a machine as loaded as this one is.
        let held = editor.lua("
            local old, new = table.concat(vim.fn.readfile('src/long.txt'), '\\n'), {}
            for n = 1, 60000 do new[n] = tostring(math.random()) end
            local began = vim.uv.hrtime()
            vim.diff(old, table.concat(new, '\\n'), { result_type = 'unified' })
            return (vim.uv.hrtime() - began) / 1e6", Json::Null).as_f64().unwrap();
        for (count, end) in [(60_000, "(cut after 63 KB)"), (200_000, "@src/long.txt (in the editor, not saved yet; too large to tell what was changed)")] {
            editor.lua("
                local lines = {}
                for n = 1, ... do lines[n] = tostring(math.random()) end
                vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
                local last = vim.uv.hrtime()
                _G.gap, _G.timer = 0, vim.uv.new_timer()
                _G.timer:start(0, 1, vim.schedule_wrap(function()
                  local now = vim.uv.hrtime()
                  last, _G.gap = now, math.max(_G.gap, (now - last) / 1e6)
                end))", json!([count]));
            editor.command("Orchflow send ++preview {file}");
            let told = draft(&editor);
            assert_eq!(told.as_array().unwrap().last().unwrap(), end);
            let gap = editor.lua("_G.timer:close() return _G.gap", Json::Null);
            eprintln!("Neovim {version}: {count} lines, the longest gap is {gap} ms of {held} ms");
            assert!(gap.as_f64().unwrap() < (held / 2.0).max(400.0), "{gap} ms of {held} ms");
            editor.input("q");
            editor.wait_lua("no draft", "return #vim.api.nvim_list_wins() == 1", Json::Null);
        }
        says(&editor, "Orchflow send {hunk}", "{hunk}: the file is too large to compare");
        // Of many lines no more are read than may be told.
        editor.command("%Orchflow send ++preview {selection}");
        assert_eq!(draft(&editor).as_array().unwrap().last().unwrap(), "(cut after 63 KB)");
    }

    fn a_change_is_found_at_the_end_of_a_long_file(version) {
        let (sandbox, _client, editor) = begin(version);
        let lines: String = (1..=10_000).map(|n| format!("line {n}\n")).collect();
        sandbox.write("work/src/long.txt", lines);
        git(&sandbox, &["add", "src/long.txt"]);
        editor.command("edit src/long.txt | 9999");
        says(&editor, "Orchflow send {hunk}", "nothing was changed here");
        editor.command("call setline(10000, 'changed') | silent write");
        let wanted = "@src/long.txt | ```diff | @@ -9997,4 +9997,4 @@ |  line 9997 |  line 9998 |  line 9999 | -line 10000 | +changed | ```";
        assert_eq!(told(&sandbox, &editor, "Orchflow send {hunk}"), wanted);
    }

    fn without_git_there_is_no_difference_to_tell(version) {
        let (sandbox, _client, editor) = begin(version);
        std::fs::remove_dir_all(sandbox.path("work/.git")).unwrap();
        for placeholder in ["diff", "hunk"] {
            says(&editor, &format!("Orchflow send {{{placeholder}}}"), "is in no git repository (to begin one: git init)");
            editor.lua("_G.said = {}", Json::Null);
        }
    }

    fn of_a_file_that_git_does_not_know_that_is_said(version) {
        let (sandbox, _client, editor) = begin(version);
        sandbox.write("work/src/new.txt", "one\n");
        editor.command("edit src/new.txt");
        says(&editor, "Orchflow send {hunk}", "git does not know new.txt yet (to have it compared: git add -N 'new.txt')");
        git(&sandbox, &["add", "-N", "src/new.txt"]);
        let wanted = "@src/new.txt | ```diff | @@ -0,0 +1 @@ | +one | ```";
        assert_eq!(told(&sandbox, &editor, "Orchflow send {hunk}"), wanted);
    }

    fn a_selection_of_a_million_lines_is_cut_at_once(version) {
        let (_sandbox, _client, editor) = begin(version);
        let look = "local keys = ... \
            vim.cmd('enew!') \
            vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ 'abcdefghij' }, 1000000)) \
            vim.cmd('normal! ' .. vim.keycode(keys)) \
            local before = os.clock() \
            local here = require('orchflow.here').look() \
            local took = (os.clock() - before) * 1e3 \
            local block = require('orchflow.words').block(here.selected) \
            vim.cmd('normal! ' .. vim.keycode('<Esc>')) \
            return { took, #here.selected, here.last, block:sub(-20), here.selected[1] }";
        // By characters, in a block, and upwards.
        for (keys, first) in [("gg0lvG", "bcdefghij"), ("gg0l<C-v>G", "b"), ("G0lvgg0l", "bcdefghij")] {
            let seen = editor.lua(look, json!([keys]));
            let [took, lines, last, end, begins] = &seen.as_array().unwrap()[..] else { panic!("{seen}") };
            assert!(lines.as_u64().unwrap() <= 65_537 && *last == 1_000_000, "{seen}");
            assert!(end.as_str().unwrap().contains("(cut after 6"), "{seen}");
            assert_eq!(begins, first);
            assert!(took.as_f64().unwrap() < 500.0, "{seen}");
        }
    }

    fn who_is_interrupted_or_stopped_is_said(version) {
        let (_sandbox, client, editor) = begin(version);
        says(&editor, "Orchflow interrupt mine", "mine does nothing that could be interrupted");
        client.expect("agent.prompt", json!({"id": "mine", "text": "wait"}));
        says(&editor, "Orchflow interrupt mine", "mine was interrupted");
        says(&editor, "Orchflow stop mine", "mine is being stopped");
        wait(&client, "mine", &["exited"]);
    }

    fn any_path_is_referred_to_and_any_text_arrives(version) {
        let (sandbox, _client, editor) = begin(version);
        for (name, wanted) in [
            ("a b%.txt", "@\"a b%.txt\""),
            ("a\nb.txt", "\"a\\nb.txt\""),
            ("(app)'s $HOME.txt", "@\"(app)'s $HOME.txt\""),
        ] {
            sandbox.write(format!("work/{name}"), "text\n");
            editor.lua("vim.cmd.edit(vim.fn.fnameescape(...))", json!([name]));
            assert_eq!(told(&sandbox, &editor, "Orchflow send {file}"), wanted);
        }
        // Beyond its bound text is cut, and what is no text is made one.
        let long = "x".repeat(99);
        editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.fn['repeat']({ ... }, 1000)) vim.fn.setline(1, 'a\\255b')", json!([long]));
        editor.command("1,1000Orchflow send ++preview {selection}");
        let lines = draft(&editor);
        let lines = lines.as_array().unwrap();
        let (first, last) = (&lines[..3], &lines[lines.len() - 2..]);
        assert_eq!(first, [json!("@\"(app)'s $HOME.txt#L1-1000\" (not saved yet)"), json!("```text"), json!("a\u{fffd}b")]);
        assert_eq!(last, ["```", "(cut after 63 KB)"]);
    }

    fn placeholders_names_and_flags_are_completed(version) {
        let (sandbox, client, editor) = begin(version);
        agent(&sandbox, &client, "other", json!({"cwd": sandbox.path("home")}));
        editor.wait_lua("the names", "return #vim.fn.getcompletion('Orchflow send o', 'cmdline') > 0", Json::Null);
        let all = json!(["{buffers}", "{cursor}", "{diagnostics}", "{diff}", "{file}", "{hunk}", "{line}", "{quickfix}", "{range}", "{selection}"]);
        for (line, wanted) in [
            ("Orchflow send mine {", all.clone()),
            ("Orchflow send mine ", all),
            ("'<,'>Orchflow send fix {d", json!(["{diagnostics}", "{diff}"])),
            ("Orchflow send fix({f", json!(["fix({file}"])),
            ("Orchflow send {h", json!(["{hunk}"])),
            ("Orchflow send o", json!(["other"])),
            ("Orchflow send ++", json!(["++now", "++preview"])),
            ("Orchflow broadcast ++to=mine,o", json!(["++to=mine,other"])),
            ("Orchflow broadcast see {q", json!(["{quickfix}"])),
            ("Orchflow agent fake see {q", json!(["{quickfix}"])),
        ] {
            assert_eq!(completed(&editor, line), wanted, "{line}");
        }
        assert_eq!(completed(&editor, "Orchflow send ")[0], "mine");
    }

    fn a_placeholder_is_a_file_also_in_a_persons_own_config(version) {
        let (sandbox, _client, editor) = begin(version);
        sandbox.write("work/own/lua/orchflow/context/ticket.lua", "return { desc = 'the ticket', expand = function(_, give) vim.schedule(function() give({ 'T-', { path = '/t' } }) end) end }");
        editor.command("set runtimepath+=own");
        assert_eq!(told(&sandbox, &editor, "Orchflow send do {ticket}"), "do T-@/t");
    }

    fn what_would_go_is_shown_changed_and_sent_or_dropped(version) {
        let (sandbox, client, editor) = begin(version);
        editor.command("Orchflow send ++preview see {line} {here}");
        assert_eq!(draft(&editor), json!(["see @src/a.txt#L5 `line 5` {here}"]));
        let sent = told_by(&sandbox, &editor, || editor.input("ggIplease <Esc>A {file}<Esc><CR>"));
        assert_eq!(sent, "please see @src/a.txt#L5 `line 5` {here} {file}", "what is shown is what goes");
        assert_eq!(editor.lua("return #vim.api.nvim_list_wins()", Json::Null), 1);
        // Without text it is written there, of the lines that were meant, and `:w` sends it.
        editor.command("3,4Orchflow send mine");
        assert_eq!(draft(&editor), json!(["{range} "]));
        let sent = told_by(&sandbox, &editor, || editor.input("why<CR>two {file}<Esc>:w<CR>"));
        assert_eq!(sent, "@src/a.txt#L3-4 why | two @src/a.txt");
        // Dropped.
        editor.command("Orchflow send");
        draft(&editor);
        editor.input("never<Esc>q");
        editor.wait_lua("no draft", "return #vim.api.nvim_list_wins() == 1", Json::Null);
        // What does not arrive is there again.
        editor.command("Orchflow send mine");
        draft(&editor);
        client.expect("terminal.signal", json!({"id": "mine", "signal": "KILL"}));
        wait(&client, "mine", &["exited"]);
        says_after(&editor, || editor.input("long words<Esc><CR>"), "has ended");
        editor.command("Orchflow send mine");
        assert_eq!(draft(&editor), json!(["long words"]));
        assert_eq!(read(&sandbox, "prompts").lines().count(), 2);
    }

    fn a_broadcast_reaches_all_who_run_and_says_who_was_not(version) {
        let (sandbox, client, editor) = begin(version);
        agent(&sandbox, &client, "two", json!({"role": "reviewer"}));
        agent(&sandbox, &client, "three", json!({}));
        client.expect("terminal.signal", json!({"id": "three", "signal": "KILL"}));
        wait(&client, "three", &["exited"]);
        says(&editor, "Orchflow broadcast see {file}", "taken by 2 of 2 agents");
        says(&editor, "Orchflow broadcast ++to=three see {file}", "; failed: three (a");
        wait_until("both prompts", DEADLINE, || (read(&sandbox, "prompts") == "see @src/a.txt\nsee @src/a.txt\n").then_some(()));
        says(&editor, "Orchflow broadcast ++role=reviewer hello", "taken by 1 of 1 agents");
        says(&editor, "Orchflow broadcast ++to=mine,two hello", "taken by 2 of 2 agents");
        says(&editor, "Orchflow broadcast ++to=tow hello", "did you mean two?");
        says(&editor, "Orchflow broadcast ++profile=codex hello", "no agent is meant");
        // An agent has taken what was submitted to it before it has written that down.
        wait_until("all prompts", DEADLINE, || (read(&sandbox, "prompts").lines().count() == 5).then_some(()));
        // One is busy: it is told that it is, and gets it later.
        client.expect("agent.prompt", json!({"id": "two", "text": "wait"}));
        says(&editor, "Orchflow broadcast hi", "1 to take it after their turn");
        client.expect("terminal.write", json!({"id": "two", "data": "go\r"}));
        wait_until("both", DEADLINE, || (read(&sandbox, "prompts").matches("hi\n").count() == 2).then_some(()));
    }

    fn without_a_name_the_obvious_agent_is_meant_or_the_person_is_asked(version) {
        let (sandbox, client, editor) = begin(version);
        agent(&sandbox, &client, "two", json!({"cwd": sandbox.path("home")}));
        editor.lua("vim.ui.select = function(items, opts, choose)
            _G.asked = { opts.kind, vim.tbl_map(opts.format_item, items) }
            choose(items[1])
          end", Json::Null);
        assert_eq!(told(&sandbox, &editor, "Orchflow send one"), "one");
        assert_eq!(editor.lua("return _G.asked", Json::Null), json!(["orchflow_agent", ["mine  fake  idle", "two  fake  idle"]]));
        editor.lua("_G.asked = nil", Json::Null);
        let at_home = |command: &str, text: &str| {
            editor.command(command);
            let prompts = sandbox.path("home/prompts");
            wait_until(text, DEADLINE, || std::fs::read_to_string(&prompts).ok()?.ends_with(text).then_some(()));
        };
        // The one that was told something last; the one in this tab; the one in this window.
        assert_eq!(told(&sandbox, &editor, "Orchflow send last {file}"), "last @src/a.txt");
        editor.command("Orchflow attach two");
        at_home("stopinsert | wincmd p | Orchflow send seen", "seen\n");
        assert_eq!(told(&sandbox, &editor, "Orchflow send mine {file}"), "@src/a.txt");
        at_home("wincmd p | Orchflow send {file}", &format!("@{}\n", sandbox.path("work/src/a.txt").canonicalize().unwrap().display()));
        assert_eq!(editor.lua("return _G.asked", Json::Null), Json::Null);
        says(&editor, "lua require('orchflow').send('x', { to = 'tow' })", "did you mean two?");
        for name in ["mine", "two"] {
            client.expect("terminal.close", json!({"id": name}));
        }
        says(&editor, "Orchflow send hello", "no agent runs");
    }

    fn the_first_prompt_of_an_agent_has_placeholders_too(version) {
        let (sandbox, client, editor) = begin(version);
        let told = told(&sandbox, &editor, "2,3Orchflow agent ++name=new fake begin with {selection}");
        assert_eq!(told, "begin with @src/a.txt#L2-3 | ```text | line 2 | line 3 | ```");
        assert_eq!(client.expect("agent.get", json!({"id": "new"}))["profile"], "fake");
        says(&editor, "Orchflow agent nobody see {file}", "there is no agent profile");
    }
}
