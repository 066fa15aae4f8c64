//! Reading back: history, search, the buffer one reads in, and what is exported, end to end.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::support::{
    DEADLINE, Daemon, Editor, Grid, Sandbox, each_neovim, wait::wait_until_shown, wait_until,
};

/// A search takes a second; an answer that takes so long has waited for it.
const HELD_UP: Duration = Duration::from_millis(200);

/// Starts a shell line whose program then prints what it is typed.
fn open(client: &Daemon, name: &str, line: &str) {
    let command = format!("stty -echo; {line}; printf 'ready\\n'; exec cat");
    let params = json!({"command": command, "name": name, "rows": 10, "cols": 60});
    client.expect("terminal.open", params);
    client.expect("terminal.wait", json!({"id": name, "match": "^ready", "timeout_ms": 50_000}));
}

/// All lines, oldest first, page by page.
fn all_lines(client: &Daemon, name: &str) -> Vec<String> {
    let (mut lines, mut from) = (Vec::new(), 0);
    loop {
        let page = client.expect("terminal.history", json!({"id": name, "from": from}));
        let some = page["lines"].as_array().unwrap();
        lines.extend(some.iter().map(|line| line.as_str().unwrap().to_owned()));
        from = page["first"].as_u64().unwrap() + some.len() as u64;
        if page["more"] == false {
            return lines;
        }
    }
}

#[test]
fn history_and_search_speak_of_the_same_lines_whatever_the_width() {
    let (_sandbox, client) = Daemon::start();
    let long = "seq -s ' ' 1 40"; // 110 characters: two rows.
    open(&client, "one", &format!("seq 1 300; {long}; seq 301 320"));
    let find = |more: Json| {
        let mut params = json!({"id": "one", "pattern": "37 38 (3)9"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.expect("terminal.search", params)
    };
    for cols in [60, 20, 200, 33] {
        client.expect("terminal.resize", json!({"id": "one", "rows": 10, "cols": cols}));
        for way in [json!({}), json!({"from": 0}), json!({"before": 301})] {
            let found = find(way);
            let matches = found["matches"].as_array().unwrap();
            assert_eq!(matches.len(), 1, "{found}");
            assert_eq!((&matches[0]["line"], &matches[0]["groups"]), (&json!(300), &json!(["3"])));
            assert_eq!(found.get("next"), None);
        }
        let page = client.expect("terminal.history", json!({"id": "one", "from": 300, "count": 1}));
        assert!(page["lines"][0].as_str().unwrap().ends_with(" 37 38 39 40"), "{page}");
    }
    assert_eq!(find(json!({"from": 301}))["matches"], json!([]));
    assert_eq!(find(json!({"pattern": "READY", "ignore_case": true}))["matches"][0]["line"], 321);
    // What is on the primary screen stays readable while another one is shown.
    client.expect("terminal.write", json!({"id": "one", "data": "\u{1b}[?1049hother\r\n"}));
    client.expect("terminal.wait", json!({"id": "one", "match": "other", "timeout_ms": 50_000}));
    let lines = all_lines(&client, "one");
    assert_eq!((lines.len(), &*lines[321]), (322, "ready"));
}

#[test]
fn what_cannot_be_read_or_searched_is_refused_with_a_hint() {
    let (_sandbox, client) = Daemon::start();
    open(&client, "one", "true");
    let refused = |method: &str, params: Json, kind: &str| {
        let fault = client.call(method, params.clone()).unwrap_err();
        assert_eq!(fault["kind"], kind, "{params}");
        assert!(fault["hint"].is_string(), "{fault}");
    };
    refused("terminal.history", json!({"id": "one", "from": 1, "before": 2}), "invalid_params");
    refused("terminal.history", json!({"id": "one", "count": 0}), "invalid_params");
    refused("terminal.history", json!({"id": "nobody"}), "not_found");
    for pattern in ["(".to_owned(), r"\w{1000}{1000}".into(), "x".repeat(100_000)] {
        refused("terminal.search", json!({"id": "one", "pattern": pattern}), "invalid_params");
    }
}

#[test]
fn a_search_that_takes_long_holds_nobody_up() {
    let (_sandbox, client) = Daemon::start();
    open(&client, "one", "head -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 1000; echo");
    let other = Daemon::connect(&_sandbox);
    // Nearly as large as a pattern may be, and no line matches.
    let slow = r"(x[a-z]{0,90}){90}y";
    let begun = Instant::now();
    let found = std::thread::scope(|scope| {
        let search =
            scope.spawn(|| client.expect("terminal.search", json!({"id": "one", "pattern": slow})));
        let mut answers = Vec::new();
        while !search.is_finished() {
            let asked = Instant::now();
            other.expect("terminal.get", json!({"id": "one"}));
            answers.push(asked.elapsed());
        }
        answers.sort_unstable();
        eprintln!("the longest answer meanwhile took {:?}", answers.last());
        // Whoever is held up gets one or two answers in all; the machine may be busy now and then.
        assert!(answers.len() > 10 && answers[answers.len() / 2] < HELD_UP, "{answers:?}");
        search.join().unwrap()
    });
    eprintln!("the search took {:?}: {found}", begun.elapsed());
    assert_eq!(found["matches"], json!([]));
}

/// The whole buffer.
const LINES: &str = "return vim.api.nvim_buf_get_lines(0, 0, -1, false)";

/// What a window shows, and where its cursor is.
const VIEW: &str = "
local view = vim.fn.winsaveview()
return { view.topline, view.lnum, view.col, vim.fn.getline('w0'), vim.fn.getline('.') }
";

fn history(editor: &Editor, daemon: &Daemon, name: &str) -> Vec<String> {
    editor.command(&format!("Orchflow history ++current {name}"));
    loaded(editor, daemon, name)
}

/// Waits until all lines are in the current window's buffer.
fn loaded(editor: &Editor, daemon: &Daemon, name: &str) -> Vec<String> {
    let lines = all_lines(daemon, name);
    let uri = format!("orchflow://history/{name}");
    let code = "return vim.api.nvim_buf_get_name(0) == ... and vim.api.nvim_buf_line_count(0) == select(2, ...)";
    editor.wait_lua("the history", code, json!([uri, lines.len()]));
    lines
}

/// Lines in many looks. (Of the colours 16 to 255 Neovim has some others than everybody else; 196 is not one of them.)
const COLOURS: &str = r"printf 'plain \033[31mred\033[m \033[1;3;92;44mbold\033[m \033[4:3;58:2::255:0:128mcurl\033[m \033[7mreverse\033[m \033[38;2;10;20;30;48;5;196mrgb\033[m \033[9;4mout\033[m \033[90m漢字\033[m end\n\033[43m  \033[m ground\n'";

each_neovim! {
    fn a_history_is_text_to_read_with_the_terminals_colours(version) {
        for (gui, own) in [(true, false), (false, false), (true, true)] {
            let sandbox = Sandbox::new();
            sandbox.start_daemon();
            let daemon = Daemon::connect(&sandbox);
            let lua = format!("vim.o.termguicolors = {gui}; if {own} then vim.g.terminal_color_1 = '#123456' end");
            let editor = Editor::with(version).lua(&lua).start(&sandbox);
            open(&daemon, "web", COLOURS);
            editor.command("Orchflow attach ++current web");
            editor.wait_text("ready");
            editor.command("stopinsert");
            let native = editor.look("the terminal", |grid| grid.text().contains("ground").then(|| looks(grid)));
            let lines = history(&editor, &daemon, "web");
            assert_eq!(editor.lua(LINES, Json::Null), json!(lines));
            wait_looks(&editor, &native);
            let options = "return { vim.bo.buftype, vim.bo.modifiable, vim.bo.modified, vim.bo.bufhidden, vim.bo.filetype, vim.bo.swapfile, vim.fn.mode() }";
            assert_eq!(editor.lua(options, Json::Null), json!(["nofile", false, false, "wipe", "orchflow-history", false, "n"]));
            editor.command("hi clear | doautocmd ColorScheme");
            wait_looks(&editor, &native);
        }
    }

    fn links_can_be_followed_and_groups_are_the_persons(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        editor.command("hi OrchflowHistory_fg1 guifg=#010203");
        open(&daemon, "web", r"printf 'a \033]8;;http://here/%%20x\033\\link\033]8;;\033\\ \033[31mred\033[m\n'");
        history(&editor, &daemon, "web");
        let marks = editor.lua("
            return vim.tbl_map(function(mark) return { mark[2], mark[3], mark[4].end_col, mark[4].url or '', mark[4].hl_group or '' } end,
              vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, { details = true }))", Json::Null);
        assert_eq!(marks, json!([[0, 2, 6, "http://here/%20x", ""], [0, 7, 10, "", "OrchflowHistory_fg1"]]));
        assert_eq!(editor.lua("return vim.api.nvim_get_hl(0, { name = 'OrchflowHistory_fg1' }).fg", Json::Null), 0x010203);
    }

    fn ten_thousand_lines_load_without_a_pause_and_older_ones_do_not_move_the_view(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        open(&daemon, "web", r#"awk 'BEGIN { for (i = 0; i < 10500; i++) printf "\033[3%dmline %d\033[m of a long history, with a word \033[1;44mhere\033[m and \033[38;5;%dmthere\033[m\n", i % 8, i, i % 256 }'"#);
        // Also the time from the command until all is there, and the longest gap of the loop meanwhile, in processor time of
        // its own: that others take turns on a busy machine is no pause of ours.
        let watch = "
            local function cpu()
              local used = vim.uv.getrusage()
              return (used.utime.sec + used.stime.sec) * 1e3 + (used.utime.usec + used.stime.usec) / 1e3
            end
            local began, last, gap, views = vim.uv.hrtime(), cpu(), 0, {}
            local count, timer = select(1, ...), vim.uv.new_timer()
            local check = vim.schedule_wrap(function()
              if vim.bo.filetype ~= 'orchflow-history' then return end
              views[vim.fn.getline('w0') .. '/' .. vim.fn.getline('.') .. '/' .. vim.fn.winline()] = true
              if vim.api.nvim_buf_line_count(0) >= count and not _G.result then
                timer:stop()
                _G.result = { (vim.uv.hrtime() - began) / 1e6, gap, vim.tbl_keys(views) }
              end
            end)
            timer:start(0, 1, function()
              local now = cpu()
              last, gap = now, math.max(gap, now - last)
              check()
            end)
            vim.cmd('Orchflow history ++current web')
        ";
        let lines = all_lines(&daemon, "web");
        assert!(lines.len() > 10_000, "{}", lines.len());
        editor.lua(watch, json!([lines.len()]));
        let result = editor.wait_lua("all lines", "return _G.result", Json::Null);
        eprintln!("Neovim {version}: {} lines in {} ms, longest gap {} ms", lines.len(), result[0], result[1]);
        assert_eq!(editor.lua(LINES, Json::Null), json!(lines));
        let views = result[2].as_array().unwrap();
        assert_eq!(views.len(), 1, "the view stays: {views:?}");
        assert!(views[0].as_str().unwrap().contains("/ready/"), "{views:?}");
        // Ten times what it takes on an idle machine, and more for a busy one.
        assert!(result[0].as_f64().unwrap() < 20_000.0 && result[1].as_f64().unwrap() < 200.0, "{result}");
    }

    fn a_history_does_not_move_while_output_streams_until_it_is_loaded_anew(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        open(&daemon, "web", "seq 1 2000");
        let lines = history(&editor, &daemon, "web");
        editor.command("1000 | normal! zt");
        let view = editor.lua(VIEW, Json::Null);
        daemon.expect("terminal.write", json!({"id": "web", "data": "more\n".repeat(500)}));
        wait_until("what was typed", DEADLINE, || (all_lines(&daemon, "web").len() == 2501).then_some(()));
        assert_eq!(editor.lua(LINES, Json::Null), json!(lines));
        assert_eq!(editor.lua(VIEW, Json::Null), view);
        editor.input("R");
        let lines = loaded(&editor, &daemon, "web");
        assert_eq!(editor.lua(LINES, Json::Null), json!(lines));
        assert_eq!(editor.lua(VIEW, Json::Null)[4], "more");
        // The command again loads it anew too, in the one buffer there is.
        let before = editor.lua("return vim.api.nvim_get_current_buf()", Json::Null);
        history(&editor, &daemon, "web");
        assert_eq!(editor.lua("return vim.api.nvim_get_current_buf()", Json::Null), before);
        // And so does its name.
        editor.command("enew");
        assert_eq!(editor.lua("return vim.fn.bufexists(...)", before), 0, "it is wiped with its window");
        editor.command("edit orchflow://history/web");
        loaded(&editor, &daemon, "web");
        assert_eq!(editor.lua("return { vim.bo.filetype, vim.bo.modifiable, vim.wo.list }", Json::Null), json!(["orchflow-history", false, false]));
    }

    fn names_are_completed_and_the_terminal_of_the_window_is_meant(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        open(&daemon, "web", "echo hello");
        let editor = Editor::with(version).start(&sandbox);
        editor.wait_lua("the names", "return vim.list_contains(vim.fn.getcompletion('Orchflow history w', 'cmdline'), 'web')", Json::Null);
        let refused = editor.try_command("Orchflow history").unwrap_err();
        assert!(refused.contains("there is no terminal in this window"), "{refused}");
        editor.command("Orchflow attach ++current web");
        editor.wait_text("ready");
        editor.command("stopinsert | vertical Orchflow history");
        loaded(&editor, &daemon, "web");
        assert_eq!(editor.lua("return { #vim.api.nvim_tabpage_list_wins(0), vim.fn.mode() }", Json::Null), json!([2, "n"]));
        editor.command("Orchflow history nobody");
        editor.wait_text("there is no terminal \"nobody\"");
    }
}

/// Waits until the first rows look so.
#[track_caller]
fn wait_looks(editor: &Editor, wanted: &[String]) {
    wait_until_shown("the same looks", DEADLINE, || {
        let present = looks(&editor.grid());
        let other: Vec<_> = wanted.iter().zip(&present).filter(|(a, b)| a != b).collect();
        if other.is_empty() { Ok(()) } else { Err(format!("{:#?}", &other[..other.len().min(5)])) }
    });
}

/// How each cell of the first two rows looks.
fn looks(grid: &Grid) -> Vec<String> {
    let cells = (0..2).flat_map(|row| (0..60).map(move |column| (row, column)));
    let look = |(row, column): (usize, usize)| {
        // Neovim's own terminals do not show an underline's colour.
        let mut style = grid.style(row, column);
        style.special = None;
        format!("{:?} {style:?}", grid.cells(row)[column].text)
    };
    cells.map(look).collect()
}

#[test]
fn what_is_exported_is_what_was_printed() {
    let (sandbox, client) = Daemon::start();
    let long = "word ".repeat(30);
    open(&client, "web", &format!("seq 1 2000; echo '{long}'; printf '\\033[1;31mred\\033[m\\n'"));
    let export = |args: &[&str]| {
        sandbox.run(sandbox.orchflow().args([&["export", "web"], args].concat())).expect_success()
    };
    let numbers: String = (1..=2000).map(|n| format!("{n}\n")).collect();
    let text = export(&[]);
    assert_eq!(text, format!("{numbers}{long}\nred\nready\n").replace(" \n", "\n"));
    let coloured = export(&["--format", "ansi"]);
    assert_eq!(coloured, text.replace("red", "\u{1b}[1;31mred\u{1b}[m"));
    let file = sandbox.path("work/history");
    export(&["-o", file.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn an_exported_recording_has_every_byte_and_its_time() {
    let (sandbox, client) = Daemon::start();
    open(&client, "web", "printf '\\033]2;mine\\007'; seq 1 3; printf '\\342\\202\\254\\n'");
    client.expect("terminal.resize", json!({"id": "web", "rows": 12, "cols": 70}));
    client.expect("terminal.write", json!({"id": "web", "data": "typed\n"}));
    client.expect("terminal.wait", json!({"id": "web", "match": "typed", "timeout_ms": 50_000}));
    let file = sandbox.path("work/web.cast");
    let mut export = sandbox.orchflow();
    export.args(["export", "web", "--format", "asciicast", "-o", file.to_str().unwrap()]);
    sandbox.run(&mut export).expect_success();
    let cast = std::fs::read_to_string(&file).unwrap();
    let events: Vec<Json> = cast.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let head = &events[0];
    assert_eq!((&head["version"], &head["title"]), (&json!(2), &json!("mine")));
    assert_eq!((&head["width"], &head["height"]), (&json!(60), &json!(10)));
    let text = |kind: &str| -> String {
        let of_kind = events[1..].iter().filter(|event| event[1] == kind);
        of_kind.map(|event| event[2].as_str().unwrap()).collect()
    };
    assert!(
        text("o").ends_with("\u{1b}]2;mine\u{7}1\r\n2\r\n3\r\n€\r\nready\r\ntyped\r\n"),
        "{cast}"
    );
    assert_eq!(text("r"), "70x12");
    let times: Vec<f64> = events[1..].iter().map(|event| event[0].as_f64().unwrap()).collect();
    assert!(times.is_sorted() && times[0] >= 0.0, "{times:?}");
}

#[test]
fn what_cannot_be_exported_says_why_and_what_to_type() {
    let sandbox = Sandbox::new();
    sandbox.write("config/orchflow/config.toml", "[terminal]\njournal = 0\n");
    let export = |args: &[&str]| {
        let run = sandbox.run(sandbox.orchflow().args([&["export"], args].concat()));
        assert_eq!((run.status.code(), run.stdout.as_str()), (Some(1), ""), "{args:?}");
        run.stderr
    };
    assert!(export(&["web"]).contains("no daemon is running"));
    sandbox.start_daemon();
    assert!(export(&["web"]).contains("orchflow status"));
    open(&Daemon::connect(&sandbox), "web", "true");
    let why = export(&["web", "--format", "asciicast", "-o", "work/none.cast"]);
    assert!(why.contains("no journal") && why.contains("--format text"), "{why}");
    assert!(!sandbox.path("work/none.cast").exists());
    assert!(export(&["web", "-o", "/nowhere/at/all"]).contains("cannot be written"));
}

/// Types a line; what runs in it prints it.
fn print(daemon: &Daemon, line: &str) {
    daemon.expect("terminal.write", json!({"id": "web", "data": format!("{line}\n")}));
}

each_neovim! {
    fn reading_back_in_the_live_buffer_is_not_disturbed_by_output(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        open(&daemon, "web", "seq 1 500");
        editor.command("Orchflow attach ++current web");
        editor.wait_text("ready");
        editor.wait_lua("the scrollback", "return vim.api.nvim_buf_line_count(0) > 500", Json::Null);
        editor.command("stopinsert");
        editor.command("200 | normal! zt5jl");
        let view = editor.lua(VIEW, Json::Null);
        assert_eq!((&view[3], &view[4]), (&json!("200"), &json!("205")));
        // In pieces and at once, with the screen erased, and on the other screen and back.
        print(&daemon, &"streams\n".repeat(1000));
        print(&daemon, "\u{1b}[2J\u{1b}[H\u{1b}[?1049hother\u{1b}[?1049l");
        print(&daemon, "the end");
        editor.wait_lua("the end", "return vim.fn.search('^the end', 'nw') > 0", Json::Null);
        assert_eq!(editor.lua(VIEW, Json::Null), view);
        editor.input("i");
        editor.wait_text("the end");
        print(&daemon, "it follows");
        editor.wait_text("it follows");
    }

    fn lines_that_fall_out_move_the_reader_no_more_than_in_a_native_terminal(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        let flood = "sh -c \"stty -echo; seq 1 10200; read x; seq 10201 11200; echo the end; cat\"";
        let look = |open: String, go_on: &dyn Fn()| {
            editor.command(&open);
            editor.wait_lua("a full scrollback", "return vim.fn.search('^10200', 'nw') > 0 and vim.api.nvim_buf_line_count(0) > 10000", Json::Null);
            editor.command("stopinsert");
            editor.command("call search('^5000$', 'w') | normal! zt5j");
            assert_eq!(editor.lua(VIEW, Json::Null)[3], "5000", "{}", editor.describe());
            go_on();
            editor.wait_lua("the end", "return vim.fn.search('^the end', 'nw') > 0 and vim.fn.search('^11150$', 'nw') > 0", Json::Null);
            editor.lua(VIEW, Json::Null)
        };
        let native = look(format!("terminal {flood}"), &|| {
            editor.lua("vim.fn.chansend(vim.bo.channel, '\\n')", Json::Null);
        });
        editor.command("bwipeout!");
        let ours = look(format!("Orchflow terminal ++current ++name=web {flood}"), &|| print(&daemon, ""));
        eprintln!("Neovim {version}: native {native}, ours {ours}");
        let line = |view: &Json, at: usize| view[at].as_str().unwrap().parse::<u64>().unwrap();
        // Neovim before 0.12 moves both by the lines that have fallen out.
        assert!((5000..=line(&native, 3)).contains(&line(&ours, 3)), "native {native}, ours {ours}");
        assert_eq!(line(&ours, 4), line(&ours, 3) + 5);
    }
}
