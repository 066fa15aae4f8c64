//! The harness tests itself with real Neovims: what it shows must be what Neovim shows, and nothing may be left over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rmpv::Value;
use serde_json::{Value as Json, json};

use crate::support::rpc::Lost;
use crate::support::{
    DEADLINE, Daemon, Editor, Raw, Rpc, Sandbox, Version, each_neovim, process, repository, svg,
};

/// A buffer in which scrolling can go wrong: wide and combining characters, tabs, long lines, and splits on it.
const RAGGED: &str = "
local lines = {}
for i = 1, 300 do
  local tail = ({ '', ' 世界', '\\tétude e\\204\\129', (' long'):rep(i % 40), ' 👍🏽' })[i % 5 + 1]
  lines[i] = ('%03d%s%s'):format(i, (' '):rep(i % 7), tail)
end
vim.api.nvim_buf_set_lines(0, 0, -1, true, lines)
vim.cmd('vsplit | split | setlocal nowrap number')
";

/// Every cell as Neovim has it, once all that is due was drawn.
const CELLS: &str = "
vim.cmd.redraw()
local rows = {}
for row = 1, vim.o.lines do
  rows[row] = {}
  for column = 1, vim.o.columns do
    rows[row][column] = vim.fn.screenstring(row, column)
  end
end
return rows
";

fn bare(version: Version, sandbox: &Sandbox) -> Editor {
    Editor::with(version).bare().start(sandbox)
}

/// What Neovim and the grid have in each cell, where they differ.
fn differences(editor: &Editor) -> Vec<String> {
    let theirs = editor.lua(CELLS, Json::Null);
    let grid = editor.grid();
    let (columns, rows) = grid.size();
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let differ =
        cells.filter(|(row, column)| theirs[row][column] != grid.cells(*row)[*column].text);
    differ.map(|(row, column)| format!("{row},{column}: {}", theirs[row][column])).collect()
}

each_neovim! {
    fn a_native_terminal_shows_its_output(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        editor.command("terminal echo 'hi there'");
        // In its row: the statusline shows the command, which has the same words.
        editor.wait_screen("the output", |grid| grid.row(0) == "hi there");
        editor.wait_text("[Process exited 0]");
        assert_eq!(editor.call("nvim_get_mode", &json!([]))["mode"], "nt");
    }

    fn colours_and_attributes_of_a_terminal_are_seen(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        editor.command(r"terminal printf '\033[1;38;2;255;0;1mred\033[0m plain \033[3;4;48;2;0;0;255mnote'");
        // The rows of the output: the statusline's colours are another story.
        editor.wait_screen("the output", |grid| grid.row(0) == "red plain note");
        let highlights = editor.highlights();
        let spans = "0: 0..3 fg=#ff0001 bold, 10..14 bg=#0000ff italic underline";
        assert_eq!(highlights.lines().next(), Some(spans), "{highlights}");
    }

    fn a_resize_reaches_neovim_and_the_screen(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).bare().size(60, 20).start(&sandbox);
        assert_eq!(editor.grid().size(), (60, 20));
        editor.resize(101, 31);
        assert_eq!(editor.lua("return { vim.o.columns, vim.o.lines }", Json::Null), json!([101, 31]));
    }

    fn typed_and_pasted_text_arrives(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        editor.input("ityped<lt>");
        editor.wait_screen("the typed text in insert mode", |grid| grid.row(0) == "typed<" && grid.mode == "insert");
        editor.paste(" pasted\nsecond line");
        editor.wait_screen("the cursor behind the pasted text", |grid| grid.cursor() == (1, 11));
        editor.input("<Esc>");
        editor.wait_screen("normal mode", |grid| grid.mode == "normal");
        let lines = editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)", Json::Null);
        assert_eq!(lines, json!(["typed< pasted", "second line"]));
    }

    fn every_cell_of_a_scrolled_screen_is_neovims(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        editor.lua(RAGGED, Json::Null);
        for keys in ["", "<C-e><C-e><C-e>", "<C-d>", "<C-u>", "50Gzz", "10<C-y>", "G", "<C-w>w<C-d><C-d>3<C-e>", "ggdd"] {
            editor.input(keys);
            let differences = differences(&editor);
            assert!(differences.is_empty(), "after {keys:?}: {differences:?}\n{}", editor.screen());
        }
    }

    fn the_editor_has_the_plugin_the_built_binary_and_nothing_of_the_person(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).config("extra", json!(1)).env("NAMED", "value").start(&sandbox);
        let seen = editor.lua(
            "return { vim.opt.runtimepath:get()[1], vim.g.orchflow.extra, vim.env.NAMED, vim.env.HOME,
                vim.fn.exepath('orchflow'), vim.fn.executable(vim.g.orchflow.binary), vim.fn.has('nvim-' .. ...) }",
            json!(version.name()),
        );
        assert_eq!(seen, json!([repository(), 1, "value", sandbox.path("home"), "", 1, 1]));
        let without = Editor::with(version).binary(None).start(&sandbox);
        assert_eq!(without.lua("return vim.g.orchflow.binary == nil", Json::Null), json!(true));
    }

    fn errors_and_messages_are_told(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        editor.command("echomsg 'for the record'");
        assert_eq!(editor.messages(), "for the record");
        assert!(editor.try_command("nosuchcommand").unwrap_err().contains("E492"));
        assert!(editor.try_lua("error('on purpose')", Json::Null).unwrap_err().contains("on purpose"));
    }

    fn a_request_of_neovim_is_refused_instead_of_hanging(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        let channel = editor.call("nvim_get_api_info", &json!([]))[0].clone();
        let answer = editor.lua("return { pcall(vim.rpcrequest, ..., 'anything') }", channel);
        assert_eq!(answer[0], json!(false), "{answer}");
    }

    fn quitting_and_killing_leave_no_process(version) {
        let sandbox = Sandbox::new();
        for end in [|editor: Editor| assert!(editor.quit().success()), Editor::kill, drop] {
            let editor = bare(version, &sandbox);
            let pid = editor.pid();
            editor.command("terminal sleep 1000");
            assert!(process::alive(pid));
            end(editor);
            process::wait_gone("the editor", pid, DEADLINE);
        }
        // What ran in its terminals goes when the drop of the sandbox looks, or fails this test.
    }

    fn answers_of_pipelined_requests_come_to_the_right_requests(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        let socket = sandbox.path("run/nvim.sock");
        editor.lua("vim.fn.serverstart(...)", json!(socket));
        let rpc = Rpc::connect(&socket).unwrap();
        let request = |number: usize| ("nvim_eval", vec![Value::from(format!("{number} * 2"))]);
        let answers = rpc.pipelined((0..2000).map(request));
        assert_eq!(answers, (0..2000).map(|number| Ok(Value::from(number * 2))).collect::<Vec<_>>());
        assert!(rpc.request("nvim_no_such_function", vec![]).is_err());
        editor.kill();
        rpc.wait_ended();
        assert!(matches!(rpc.try_request("nvim_get_mode", vec![], DEADLINE), Err(Lost::Ended(_))));
    }

    fn raw_bytes_are_written_and_read_until_the_end(version) {
        let sandbox = Sandbox::new();
        let editor = bare(version, &sandbox);
        let socket = sandbox.path("run/nvim.sock");
        editor.lua("vim.fn.serverstart(...)", json!(socket));
        let mut raw = Raw::connect(&socket).unwrap();
        raw.write(b"\x94\x00\x01\xb1nvim_get_api_info\x90").unwrap();
        raw.close_writing();
        let answer = raw.read_to_end(DEADLINE);
        assert!(answer.starts_with(b"\x94\x01\x01\xc0\x92"), "{answer:x?}");
    }

    fn a_picture_shows_what_the_screen_shows(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).bare().size(20, 5).start(&sandbox);
        editor.input("i<lt>&> 世界 │█<Esc>");
        editor.wait_screen("the text", |grid| grid.contains("界 │█") && grid.mode == "normal");
        let picture = svg::render(&editor.grid(), "a \"title\"");
        for part in ["&lt;&amp;&gt;</text>", ">世</text>", ">界</text>", "aria-label=\"a &quot;title&quot;\""] {
            assert!(picture.contains(part), "{part} is not in {picture}");
        }
        assert!(!picture.contains('│') && !picture.contains('█'), "a font would draw them with gaps: {picture}");
    }
}

#[test]
fn a_daemon_of_the_sandbox_is_talked_to_and_ends_with_it() {
    let sandbox = Sandbox::new();
    let pid = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    assert_eq!(daemon.greeting()["pid"], pid);
    assert_eq!(daemon.expect("daemon.info", json!({}))["socket"], json!(sandbox.socket()));
    assert_eq!(daemon.call("no.such", json!({})).unwrap_err()["kind"], "unknown_method");
    let command = ["/bin/sleep", "1000"];
    let opened = daemon
        .expect("terminal.open", json!({"command": command, "clear_env": true, "name": "sleeper"}));
    let told = daemon.wait_notice("the terminal", |method, info| {
        (method == "terminal.opened").then(|| info.clone())
    });
    assert_eq!(told["id"], opened["id"]);
    let sleeper = u32::try_from(opened["pid"].as_u64().unwrap()).unwrap();
    if cfg!(target_os = "linux") {
        assert!(sandbox.processes().contains(&pid) && sandbox.processes().contains(&sleeper));
    }
    drop((daemon, sandbox));
    assert!(!process::alive(pid) && !process::alive(sleeper));
}

#[test]
fn a_killed_daemon_ends_the_connection() {
    let mut sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let pid = sandbox.kill_daemon();
    daemon.rpc().wait_ended();
    assert!(!process::alive(pid));
    sandbox.allow_orphans();
}

#[test]
fn a_process_left_behind_fails_its_test_and_is_ended() {
    let mut sandbox = Sandbox::new();
    sandbox.set_patience(Duration::from_millis(50));
    let mut child = sandbox.command("sleep").arg("1000").spawn().unwrap();
    // Elsewhere than on Linux nobody can tell.
    if cfg!(target_os = "linux") {
        let panic = catch_unwind(AssertUnwindSafe(|| drop(sandbox))).unwrap_err();
        let complaint = panic.downcast_ref::<String>().unwrap();
        assert!(complaint.contains("sleep 1000"), "{complaint}");
    } else {
        child.kill().unwrap();
    }
    assert!(!child.wait().unwrap().success());
}

#[test]
fn a_wait_in_vain_says_what_was_seen_last() {
    let wait = || {
        crate::support::wait::wait_until_shown("a miracle", Duration::from_millis(5), || {
            Err::<(), _>("an empty sky")
        })
    };
    let panic = catch_unwind(wait).unwrap_err();
    let complaint = panic.downcast_ref::<String>().unwrap();
    assert!(complaint.contains("a miracle") && complaint.ends_with("an empty sky"), "{complaint}");
}
