//! Plays what orchflow is for, without a person or a TTY: a program outlives its editor. Prints every screen, and ends
//! with 0 only if the program has really gone on. `NVIM_TRY` names the Neovim to use.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value as Json, json};

#[path = "../tests/support/mod.rs"]
mod support;

use support::launch::Launch;
use support::{Editor, Grid, Sandbox, Version};

/// Counts, five times a second, until someone ends it.
const COUNTER: &str = "i=0; while :; do i=$((i+1)); echo \"tick $i\"; sleep 0.2; done\n";

fn main() -> ExitCode {
    let Some(launch) = editor() else {
        say("No Neovim here; type: scripts/bring-neovim 0.12");
        return ExitCode::FAILURE;
    };
    let sandbox = Sandbox::new();
    let before = count_and_quit(launch.clone().start(&sandbox), &sandbox);
    let daemon = sandbox
        .daemon_pid()
        .map_or("is gone".to_owned(), |pid| format!("goes on as process {pid}"));
    say(&format!("\nThe editor has ended after tick {before}. The daemon {daemon}.\n"));
    if come_back(&launch.start(&sandbox), before) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first editor: a program that counts, and a shell to type into. Gives the last count that it showed.
fn count_and_quit(editor: Editor, sandbox: &Sandbox) -> u64 {
    let script = sandbox.write("work/count.sh", COUNTER);
    open(&editor, &format!("Orchflow terminal name=counter sh {}", script.display()));
    editor.wait_screen("the third tick", |grid| last_tick(&grid.text()) >= 3);
    show("A program counts in a terminal of orchflow.", &editor);

    open(&editor, "botright Orchflow terminal name=shell");
    editor.command("startinsert");
    editor.input("echo \"the answer is $((6 * 7))\"<CR>");
    let seen = last_tick(&editor.screen());
    editor.wait_screen("the answer, and two more ticks beside it", |grid| {
        grid.contains("the answer is 42") && last_tick(&grid.text()) >= seen + 2
    });
    show("Below it a shell, typed into.", &editor);

    let before = last_tick(&editor.screen());
    editor.quit();
    before
}

/// The second editor: has the count gone on, without a gap?
fn come_back(editor: &Editor, before: u64) -> bool {
    open(editor, "Orchflow attach counter");
    let now = editor
        .look("a later tick", |grid| Some(last_tick(&grid.text())).filter(|now| *now > before));
    show("Another editor, after `:Orchflow attach counter`.", editor);
    let lines = editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)", Json::Null);
    let is_there =
        |tick| lines.as_array().is_some_and(|lines| lines.contains(&json!(format!("tick {tick}"))));
    let missing: Vec<u64> = (1..=now).filter(|tick| !is_there(*tick)).collect();
    say(&format!("\nTick {before} then, tick {now} now, missing in between: {missing:?}."));
    now > before && missing.is_empty()
}

fn open(editor: &Editor, command: &str) {
    say(&format!("\n:{command}"));
    editor.command(command);
}

/// The highest number on the screen; 0 before the first.
fn last_tick(text: &str) -> u64 {
    let ticks =
        text.lines().filter_map(|line| line.trim().strip_prefix("tick ")?.trim().parse().ok());
    ticks.max().unwrap_or(0)
}

fn editor() -> Option<Launch> {
    let size = |launch: Launch| launch.size(80, 20);
    if let Some(program) = std::env::var_os("NVIM_TRY") {
        return Some(size(Editor::with(Version::V0_12).program(program)));
    }
    Version::newest().map(|version| size(Editor::with(version)))
}

fn show(headline: &str, editor: &Editor) {
    let grid: Grid = editor.grid();
    let rule = "─".repeat(grid.size().0);
    say(&format!("\n{headline}\n{rule}\n{}{rule}", grid.text()));
}

/// What is said is this program's result. A reader that has gone away is no failure of the scene.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
