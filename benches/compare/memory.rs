//! Owns the memory that one more terminal with full scrollback takes, over many of them.

use serde_json::{Value as Json, json};

use crate::spent;
use crate::stage::{self, SIZE, Whose};
use crate::support::{DEADLINE, Daemon, Sandbox, Version, wait_until};
use crate::table::{Bar, Figure, Table};
use crate::text::{LAST, full_lines};
use crate::tmux::Tmux;

const TERMINALS: usize = 20;

const LINES: usize = 10_000;

/// Nothing that is at work meanwhile changes it.
const BAR: Bar = Bar::Never(1.0);

pub fn measure(table: &mut Table) {
    if !spent::COUNTED {
        return table.skip("memory of one more terminal", "only Linux tells it of another process");
    }
    let sandbox = Sandbox::new();
    // The screen's rows are not scrollback yet.
    let file = full_lines(&sandbox, LINES + SIZE.1);
    let line = format!("cat {}; exec cat", file.display());
    let what = format!("one more terminal with {LINES} lines of {}", SIZE.0);
    let each = |whole: f64| Figure::of(whole / TERMINALS as f64, "MB");
    table.add(format!("{what}, ours"), each(ours(&line)), BAR);
    match tmux(&line) {
        Some(whole) => table.add(format!("{what}, tmux"), each(whole), Bar::None),
        None => table.skip(&format!("{what}, tmux"), "it is not here"),
    }
    for version in Version::ALL.into_iter().filter(|version| version.path().is_some()) {
        let whole = native(version, &line);
        table.add(format!("{what}, Neovim {version}'s own"), each(whole), Bar::None);
    }
}

fn ours(line: &str) -> f64 {
    let sandbox = Sandbox::new();
    let pid = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let open = || {
        let params = json!({"command": line, "cols": SIZE.0, "rows": SIZE.1});
        let id = daemon.expect("terminal.open", params)["id"].clone();
        wait_until("all to be read", DEADLINE, || {
            let screen = daemon.expect("terminal.read", json!({"id": id}));
            screen["lines"].to_string().contains(LAST).then_some(())
        });
    };
    // The first pays for what all share.
    open();
    let (before, _) = spent::resident(pid);
    (0..TERMINALS).for_each(|_| open());
    spent::resident(pid).0 - before
}

fn tmux(line: &str) -> Option<f64> {
    let sandbox = Sandbox::new();
    let tmux = Tmux::find(&sandbox)?;
    tmux.open(line, true);
    tmux.wait_all(LAST, 1);
    let (before, _) = spent::resident(tmux.pid());
    (0..TERMINALS).for_each(|_| tmux.open(line, false));
    tmux.wait_all(LAST, 1 + TERMINALS);
    Some(spent::resident(tmux.pid()).0 - before)
}

fn native(version: Version, line: &str) -> f64 {
    let sandbox = Sandbox::new();
    let editor = stage::editor(version, &sandbox, Whose::Native);
    let open = || {
        stage::open(&editor, Whose::Native, line);
        let last =
            format!("return vim.fn.line('$') > {LINES} and vim.fn.search('{LAST}', 'nw') > 0");
        editor.wait_lua("all to be read", &last, Json::Null);
    };
    open();
    let (before, _) = spent::resident(editor.pid());
    (0..TERMINALS).for_each(|_| open());
    spent::resident(editor.pid()).0 - before
}
