//! What a person sees, kept as snapshots: whole editor screens with their highlights, and the command line's words.
//!
//! After a wanted change: `INSTA_UPDATE=always scripts/with-neovims cargo test screens`, look at the difference, commit it.

use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::support::{Daemon, Editor, Sandbox, each_neovim};

/// Every style that both Neovims show, wide and combining characters, and a line that scrolled by.
const PRINT: &str = "echo gone; seq 1 3; printf '\\033[1mbold\\033[m \\033[3mitalic\\033[m \\033[4munder\\033[m \\033[7mreverse\\033[m\\n\\033[31mred\\033[m \\033[92mbright\\033[m \\033[38;5;208m208\\033[m \\033[38;2;18;52;86;48;2;250;240;230mtrue\\033[m\\n漢字 e\\314\\201\\n'; read x";

/// Out of the terminal, to the window before, as a person goes.
fn leave(editor: &Editor) {
    editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
    editor.input("<C-\\><C-n><C-w>p");
    let left = "return not vim.api.nvim_buf_get_name(0):find('orchflow://', 1, true)";
    editor.wait_lua("the other window", left, Json::Null);
}

each_neovim! {
    fn a_terminal_below_a_window_looks_like_this(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(50, 14).start(&sandbox);
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'demo' })", json!([PRINT]));
        editor.wait_text("漢字");
        leave(&editor);
        editor.redraw();
        editor.wait_text("漢字");
        let shown = format!("{}\n{}", editor.screen(), editor.highlights());
        insta::assert_snapshot!(format!("split_{}", version.name().replace('.', "_")), shown);
    }

    fn a_program_that_has_ended_looks_like_this(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).size(50, 14).start(&sandbox);
        editor.lua("require('orchflow').terminal({ cmd = ..., name = 'ended', split = 'float' })", json!(["seq 1 20; exit 3"]));
        editor.wait_text("[Process exited 3]");
        leave(&editor);
        editor.redraw();
        editor.wait_lua("all lines", "return vim.fn.bufexists('orchflow://ended') == 1", Json::Null);
        insta::assert_snapshot!(format!("ended_{}", version.name().replace('.', "_")), editor.screen());
    }
}

#[test]
fn the_command_line_speaks_like_this() {
    let sandbox = Sandbox::new();
    let say = |args: &[&str]| {
        let said = sandbox.orchflow().args(args).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        format!("$ orchflow {}\n{}{}", args.join(" "), text(said.stdout), text(said.stderr))
    };
    let mut all = vec![say(&["--help"]), say(&["--version"]), say(&["status"]), say(&["stop"])];
    sandbox.start_daemon();
    let client = Daemon::connect(&sandbox);
    client.expect("terminal.open", json!({"command": ["sleep", "1000"], "name": "nap"}));
    client.expect(
        "terminal.open",
        json!({"command": "printf 'two\\nlines'; exit 1", "name": "a-long-name"}),
    );
    client.expect("terminal.wait", json!({"id": "t2", "exit": true, "timeout_ms": 10_000}));
    all.extend([
        say(&["status"]),
        say(&["call", "terminal.get", "{\"id\": \"x\"}"]),
        say(&["stop"]),
    ]);
    let place = sandbox.path("").display().to_string();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(&regex::escape(place.trim_end_matches('/')), "[sandbox]");
    settings.add_filter(r"pid \d+( +|,|\b)", "pid [pid] ");
    settings.add_filter(r"\d+ MB", "[n] MB");
    settings.add_filter(r"daemon\.\d{4}-\d\d-\d\d", "daemon.[date]");
    settings.bind(|| insta::assert_snapshot!("command_line", all.join("\n")));
}
