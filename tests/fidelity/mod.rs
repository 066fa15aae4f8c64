//! What a person sees is what the program drew, and what the program hears is what the person did: ours beside Neovim's own
//! terminal, in real editors.

mod differences;
mod heard;
mod random_streams;
mod recordings;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::model::{CURSOR_MARK, Eyes, Model, ansi_colour};
use crate::support::{Editor, Grid, Sandbox, Version};

/// Ends whatever is left open, and everything else: the next stream begins on a blank screen.
const BLANK: &[u8] = b"\x18\x1b[?2026l\x1b[?1049l\x1bc\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b7";

/// A terminal in an editor of its own that prints what it is given, and writes down what it hears.
struct Stage {
    editor: Editor,
    pipe: File,
    heard: PathBuf,
    native: bool,
}

impl Stage {
    /// Ours, or Neovim's own.
    fn new(
        version: Version,
        sandbox: &Sandbox,
        (columns, rows): (usize, usize),
        native: bool,
    ) -> Self {
        let plain = "set laststatus=0 noruler noshowmode noshowcmd shortmess+=F fillchars=eob:\\ ";
        let mut lua = format!("vim.g.loaded_matchparen = 1 vim.cmd([[{plain}]])\n");
        for index in 0..16u8 {
            lua += &format!("vim.g.terminal_color_{index} = '#{:06x}'\n", ansi_colour(index));
        }
        let editor = Editor::with(version).size(columns, rows + 1).lua(&lua).start(sandbox);
        let name = if native { "native" } else { "ours" };
        let path = sandbox.path(format!("tmp/{name}-{columns}-{rows}"));
        let made = sandbox.command("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let heard = path.with_extension("heard");
        let print = format!(
            "stty raw -echo; echo ready; exec 3<&0; cat <&3 > '{}' & exec cat '{}'",
            heard.display(),
            path.display()
        );
        if native {
            editor.lua(
                "vim.cmd.enew() vim.fn.termopen(...) vim.cmd.startinsert()",
                json!([["/bin/sh", "-c", print]]),
            );
        } else {
            editor.lua(
                "require('orchflow').terminal({ cmd = ..., split = 'current' })",
                json!([print]),
            );
        }
        editor.wait_text("ready");
        editor.wait_lua("terminal mode", "return vim.api.nvim_get_mode().mode == 't'", Json::Null);
        // Neovim 0.10 draws its cursor as a highlight.
        editor.command(&format!(
            "highlight TermCursor gui=NONE guisp=#{CURSOR_MARK:06x} | highlight clear TermCursorNC"
        ));
        let pipe = File::options().write(true).open(path).unwrap();
        Self { editor, pipe, heard, native }
    }

    fn print(&mut self, bytes: &[u8]) {
        self.pipe.write_all(bytes).unwrap();
    }

    /// Waits until the screen is that of the model; otherwise how it differs.
    fn becomes(&self, model: &Model, timeout: Duration) -> Result<(), String> {
        self.becomes_but(model, timeout, |_, _| false)
    }

    /// The same without those cells, given by row and column, that may look otherwise.
    fn becomes_but(
        &self,
        model: &Model,
        timeout: Duration,
        otherwise: impl Fn(usize, usize) -> bool,
    ) -> Result<(), String> {
        let eyes = if self.native { Eyes::Lenient } else { Eyes::Exact };
        let look = |grid: &Grid| model.difference_but(grid, eyes, &otherwise);
        match self.editor.screen_within(timeout, |grid| look(grid).is_none().then_some(())) {
            Some(()) => Ok(()),
            None => look(&self.editor.grid()).map_or(Ok(()), Err),
        }
    }
}
/// What settles at all settles in a fraction of this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(5);
