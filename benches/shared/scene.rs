//! Owns what several families set up: an editor with the plugin, connected to its sandbox's daemon.

use serde_json::json;

use crate::support::launch::Launch;
use crate::support::{Editor, Sandbox, Version};

/// An editor whose plugin is connected, so that what is measured later is not the connecting.
pub fn editor(version: Version, sandbox: &Sandbox) -> Editor {
    connected(Editor::with(version), sandbox)
}

/// The same, for one that differs.
pub fn connected(launch: Launch, sandbox: &Sandbox) -> Editor {
    let editor = launch.start(sandbox);
    editor.lua(
        "require('orchflow').list(function(_, terminals) vim.g.bench_connected = terminals ~= nil end)",
        json!([]),
    );
    editor.wait_lua("a connection", "return vim.g.bench_connected", json!([]));
    editor
}

/// Shows the named terminal, and waits until this text of it is on the screen.
pub fn attach(editor: &Editor, name: &str, text: &str) {
    editor.lua("require('orchflow').attach(...)", json!(name));
    editor.wait_text(text);
}
