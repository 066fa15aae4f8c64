//! Owns how long a person waits for the first output of a program: ours beside Neovim's own terminal, to the screen.

use std::time::{Duration, Instant};

use rmpv::Value;
use serde_json::{Value as Json, json};

use crate::figures::{median, ms};
use crate::scene;
use crate::support::{DEADLINE, Daemon, Editor, Sandbox, Version, process, wait_until};
use crate::table::{Bar, Figure, Table};

const ROUNDS: usize = 30;

const BAR: Bar = Bar::AtMost(1.5);

/// Neovim's own terminal, in the same place and mode as ours. Without `magic` it would expand `$` and `%`.
const NATIVE: &str = r"
vim.cmd('belowright new')
vim.cmd({ cmd = 'terminal', args = { ... }, magic = { file = false } })
vim.cmd.startinsert()
";

const OURS: &str = "require('orchflow').terminal({ cmd = ... })";

pub fn measure(table: &mut Table) {
    for version in Version::ALL {
        match version.path() {
            Some(_) => measure_with(version, table),
            None => table.skip(&format!("first byte in Neovim {version}"), "it is not here"),
        }
    }
}

fn measure_with(version: Version, table: &mut Table) {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let editor = scene::editor(version, &sandbox);
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (how, times) in [NATIVE, OURS].into_iter().zip(&mut times) {
            let took = ms(show(&editor, how, round));
            clear(&editor, &daemon);
            // The first of each loads its code.
            if round > 0 {
                times.push(took);
            }
        }
    }
    let what = format!("open → first byte on the screen of Neovim {version}");
    for (whose, times) in ["its own", "ours"].into_iter().zip(&times) {
        let figure = Figure::median(times, "ms");
        table.add(format!("{what}, {whose}"), figure, Bar::None);
    }
    let [native, ours] = times.map(|times| median(&times));
    let ratio = Figure::of(ours / native, "×");
    table.add(format!("{what}, ours / its own"), ratio, BAR);
}

/// From the call in the editor to the text on its screen. The text does not stand in the command, which is shown too.
fn show(editor: &Editor, how: &str, round: usize) -> Duration {
    let line = format!("printf 'first-%s' $((1000 + {round})); exec cat");
    let text = format!("first-{}", 1000 + round);
    let arguments = vec![Value::from(how), Value::Array(vec![Value::from(line)])];
    let start = Instant::now();
    editor.rpc().notify("nvim_exec_lua", arguments);
    editor.wait_text(&text);
    start.elapsed()
}

/// Ends what was opened, so that the next round finds all as this one did.
fn clear(editor: &Editor, daemon: &Daemon) {
    let jobs = "return vim.tbl_map(function(c) return vim.fn.jobpid(c.id) end,
        vim.tbl_filter(function(c) return c.argv and c.pty end, vim.api.nvim_list_chans()))";
    let jobs = editor.lua(jobs, Json::Null);
    editor.lua("vim.cmd('silent! %bwipeout!')", Json::Null);
    for pid in jobs.as_array().into_iter().flatten() {
        let pid = pid.as_u64().and_then(|pid| u32::try_from(pid).ok());
        process::wait_gone("a terminal's program", pid.expect("a process"), DEADLINE);
    }
    let open = daemon.expect("terminal.list", json!({}));
    for terminal in open["terminals"].as_array().into_iter().flatten() {
        daemon.expect("terminal.close", json!({"id": terminal["id"]}));
    }
    wait_until("an empty screen", DEADLINE, || {
        editor.redraw();
        (!editor.grid().contains("first-")).then_some(())
    });
}
