//! Terminals in a real Neovim: they outlive it, look right in it, and behave as `:terminal` users expect.

mod bursts;
mod command;
mod input;
mod installation;
mod life;
mod native;
mod reading;
mod resizing;
mod tearing;

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Editor, wait_until};

/// Keeps what was notified, in `_G.notified`.
const NOTIFIED: &str = "
_G.notified = {}
vim.notify = function(text) table.insert(_G.notified, text) end
vim.notify_once = vim.notify
";

/// The visible lines of the current window, without trailing empty ones.
const VISIBLE: &str = "
local lines = vim.api.nvim_buf_get_lines(0, vim.fn.line('w0') - 1, vim.fn.line('w$'), false)
while #lines > 0 and lines[#lines]:match('^%s*$') do lines[#lines] = nil end
return vim.tbl_map(function(line) return (line:gsub('%s+$', '')) end, lines)
";

fn open(editor: &Editor, name: &str, command: &str) {
    let open = "require('orchflow').terminal({ cmd = ..., name = select(2, ...) })";
    editor.lua(open, json!([command, name]));
}

fn is_right(editor: &Editor, daemon: &Daemon, name: &str) {
    let mut seen = (Json::Null, Json::Null);
    wait_until(&format!("the screen of {name} to be right"), DEADLINE, || {
        let screen = daemon.expect("terminal.read", json!({"id": name}));
        let mut lines: Vec<Json> = screen["lines"].as_array()?.clone();
        while lines.last().is_some_and(|line| line == "") {
            lines.pop();
        }
        seen = (Json::Array(lines), editor.lua(VISIBLE, Json::Null));
        (seen.0 == seen.1).then_some(())
    });
}
