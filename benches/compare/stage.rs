//! Owns an editor with one terminal in its only window, Neovim's own or ours: the same size, the same mode.

use serde_json::{Value as Json, json};

use crate::scene;
use crate::support::{Editor, Sandbox, Version};
use crate::text::COLUMNS;

/// Columns and rows of every terminal that is compared.
pub const SIZE: (usize, usize) = (COLUMNS, 40);

/// Whose terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Native,
    Ours,
}

/// In this order.
pub const BOTH: [Whose; 2] = [Whose::Native, Whose::Ours];

/// Without `magic` it would expand `$` and `%`.
const NATIVE: &str = r"
vim.cmd.enew()
vim.cmd({ cmd = 'terminal', args = { ... }, magic = { file = false } })
vim.cmd.startinsert()
";

const OURS: &str = "require('orchflow').terminal({ cmd = ..., split = 'current' })";

/// An editor whose only window has `SIZE`; below it are its status line and the command line.
pub fn editor(version: Version, sandbox: &Sandbox, whose: Whose) -> Editor {
    let launch = Editor::with(version).size(SIZE.0, SIZE.1 + 2).lua("vim.o.shell = '/bin/sh'");
    match whose {
        Whose::Native => launch.bare().start(sandbox),
        Whose::Ours => scene::connected(launch, sandbox),
    }
}

/// Starts a shell line in a terminal in the editor's window.
pub fn open(editor: &Editor, whose: Whose, line: &str) {
    let how = match whose {
        Whose::Native => NATIVE,
        Whose::Ours => OURS,
    };
    editor.lua(how, json!(line));
}

/// Waits until the terminal has `SIZE` and takes keys.
pub fn wait_ready(editor: &Editor, text: &str) {
    editor.wait_text(text);
    editor.wait_lua("terminal mode", "return vim.fn.mode() == 't'", Json::Null);
    let size = editor.lua(
        "return { vim.api.nvim_win_get_width(0), vim.api.nvim_win_get_height(0) }",
        Json::Null,
    );
    assert_eq!(size, json!([SIZE.0, SIZE.1]));
}
