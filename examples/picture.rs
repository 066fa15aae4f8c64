//! Draws `doc/picture.svg` from a real screen: code on the left, two terminals of orchflow on the right.

use std::fs;
use std::io::{Error, Result, Write};

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Editor, Grid, Sandbox, Version, repository, svg};

/// What is edited in the picture.
const FILE: &str = "src/terminal/frame.rs";

/// A prompt as people have it: green, short.
const PROMPT: &str = "\u{1b}[1;32m$\u{1b}[0m ";

/// The terminal's blue is hard to read on dark ground; people set another.
const BLUE: &str = "vim.g.terminal_color_4 = '#7aa2f7'";

fn main() -> Result<()> {
    let version = Version::newest()
        .ok_or_else(|| Error::other("no Neovim here; type: scripts/bring-neovim 0.12"))?;
    let sandbox = Sandbox::new();
    let binary = support::environment::orchflow_binary();
    let folder =
        binary.parent().map_or_else(Default::default, |folder| folder.display().to_string());
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let editor = Editor::with(version)
        .size(110, 30)
        .env("PS1", PROMPT)
        .env("PATH", path)
        .env("GIT_PAGER", "cat")
        .lua(BLUE)
        .start(&sandbox);
    compose(&editor);
    let picture = svg::render(&editor.grid(), "nvim");
    fs::write(repository().join("doc/picture.svg"), picture)?;
    writeln!(std::io::stdout(), "Drew doc/picture.svg from this screen:\n{}", editor.screen())?;
    editor.quit();
    Ok(())
}

fn compose(editor: &Editor) {
    editor.command(&format!("cd {}", repository().display()));
    editor.command(&format!("edit {FILE}"));
    editor.command("set number nowrap noruler noshowcmd");
    editor.command("vertical botright Orchflow terminal name=history");
    editor.command("belowright Orchflow terminal name=shell");
    editor.command("wincmd k");
    type_into(editor, "git log --graph --oneline -n 5", "* ");
    editor.input("<C-\\><C-n><C-w>j");
    type_into(editor, "ls -F --color src && orchflow status | tail -n 2", "t2   shell");
    editor.input("<C-\\><C-n><C-w>t5G");
    editor.wait_screen("the code's window", |grid| grid.mode == "normal");
    editor.redraw();
}

/// Types a line into the shell of the current window, once that asks for it, and waits for the answer and for the next
/// prompt.
fn type_into(editor: &Editor, line: &str, answer: &str) {
    let asks = |grid: &Grid| grid.row(grid.cursor().0).ends_with('$');
    editor.wait_screen("the prompt", asks);
    editor.command("startinsert");
    editor.input(&format!("{line}<CR>"));
    editor.wait_screen(answer, |grid| grid.contains(answer) && asks(grid));
}
