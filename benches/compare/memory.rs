//! Owns the memory that one more terminal with full scrollback takes, over many of them.

use serde_json::{Value as Json, json};

use crate::ours;
use crate::spent;
use crate::stage::{self, SIZE, Whose};
use crate::support::{DEADLINE, Daemon, Sandbox, Version, wait_until};
use crate::table::{Bar, Beside, Figure, Table};
use crate::text::{LAST, full_lines, random_lines};
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
    let each = |whole: f64| Figure::of(whole / TERMINALS as f64, "MB");
    let mut beside = Beside { tmux: tmux(&line).map(each), ..Beside::default() };
    let what = format!("one more terminal with {LINES} full lines");
    if beside.tmux.is_none() {
        table.skip(&format!("{what}, tmux"), "it is not here");
    }
    for version in Version::ALL.into_iter().filter(|version| version.path().is_some()) {
        let whole = each(native(version, &line));
        table.add(format!("{what}, Neovim {version}'s own"), whole, Bar::None);
        beside.native = Some(whole);
    }
    let whole = each(ours(&line, table));
    table.compare(what, Beside { ours: Some(whole), ..beside }, whole, BAR);
    // Nobody can pack this: it is told how much of the bar is packing.
    let file = random_lines(&sandbox, LINES + SIZE.1);
    let whole = each(ours(&format!("cat {}; exec cat", file.display()), table));
    let beside = Beside { ours: Some(whole), ..Beside::default() };
    table.compare(
        format!("the same of random text (base64), {LINES} lines"),
        beside,
        whole,
        Bar::None,
    );
}

fn ours(line: &str, table: &mut Table) -> f64 {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
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
    let processes = ours::processes(&sandbox);
    let before = ours::settled(&processes);
    (0..TERMINALS).for_each(|_| open());
    let at_work = spent::proportional(&processes);
    let after = ours::settled(&processes);
    table.remark(format!(
        "{} processes of ours: {before:.1} MB with one terminal, {at_work:.1} with {} as they end to print, {after:.1} once they rest",
        processes.len(),
        1 + TERMINALS
    ));
    after - before
}

fn tmux(line: &str) -> Option<f64> {
    let sandbox = Sandbox::new();
    let tmux = Tmux::find(&sandbox)?;
    tmux.open(line, true);
    tmux.wait_all(LAST, 1);
    let before = ours::settled(&[tmux.pid()]);
    (0..TERMINALS).for_each(|_| tmux.open(line, false));
    tmux.wait_all(LAST, 1 + TERMINALS);
    Some(ours::settled(&[tmux.pid()]) - before)
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
    let before = ours::settled(&[editor.pid()]);
    (0..TERMINALS).for_each(|_| open());
    ours::settled(&[editor.pid()]) - before
}
