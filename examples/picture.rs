//! Draws `doc/picture.svg` from a real screen: code on the left, two terminals of orchflow on the right.

use std::fs;
use std::io::{Error, Result, Write};

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Editor, Sandbox, Version, repository, svg};

/// What is edited in the picture.
const FILE: &str = "src/terminal/frame.rs";

/// A prompt as people have it: green, short.
const PROMPT: &str = "\u{1b}[1;32m$\u{1b}[0m ";

fn main() -> Result<()> {
    let version = Version::newest()
        .ok_or_else(|| Error::other("no Neovim here; type: scripts/bring-neovim 0.12"))?;
    let sandbox = Sandbox::new();
    let binary = support::environment::orchflow_binary();
    let folder = binary
        .parent()
        .map_or_else(Default::default, |folder| folder.display().to_string());
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let editor = Editor::with(version)
        .size(110, 30)
        .env("PS1", PROMPT)
        .env("PATH", path)
        .start(&sandbox);
    compose(&editor);
    let picture = svg::render(&editor.grid(), "nvim");
    fs::write(repository().join("doc/picture.svg"), picture)?;
    writeln!(
        std::io::stdout(),
        "Drew doc/picture.svg from this screen:\n{}",
        editor.screen()
    )?;
    editor.quit();
    Ok(())
}

fn compose(editor: &Editor) {
    editor.command(&format!("cd {}", repository().display()));
    editor.command(&format!("edit {FILE}"));
    editor.command("set number nowrap noruler noshowcmd");
    type_into(
        editor,
        "vertical botright Orchflow terminal name=history",
        "git --no-pager log --graph --color=always --oneline -n 8",
    );
    editor.wait_screen("the history", |grid| grid.find("* ").is_some());
    type_into(
        editor,
        "belowright Orchflow terminal name=shell",
        "ls -F --color=always && orchflow status",
    );
    editor.wait_screen("the status", |grid| {
        grid.text().matches("history").count() > 2
    });
    editor.input("<C-\\><C-n><C-w>t5G");
    editor.wait_screen("the code's window", |grid| grid.mode == "normal");
    editor.redraw();
}

/// Opens a terminal with a shell in it and types a line into that.
fn type_into(editor: &Editor, open: &str, line: &str) {
    editor.command(open);
    editor.wait_screen("the prompt", |grid| {
        grid.row(grid.cursor().0).ends_with('$')
    });
    editor.command("startinsert");
    editor.input(&format!("{line}<CR>"));
}
