//! Owns how long an editor's event loop leaves a timer waiting: what a person feels as a hanging editor.

use serde_json::Value as Json;

use crate::support::Editor;

/// Asks to be called every millisecond, and keeps the times between the calls.
const START: &str = r"
local gaps, last, timer = {}, vim.uv.hrtime(), vim.uv.new_timer()
timer:start(1, 1, function()
  local now = vim.uv.hrtime()
  gaps[#gaps + 1], last = now - last, now
end)
_G.bench_watch = function()
  local taken = gaps
  gaps = {}
  return taken
end
";

/// Starts watching. It costs the editor some microseconds each millisecond, whosever terminal it shows.
pub fn start(editor: &Editor) {
    editor.lua(START, Json::Null);
}

/// The gaps since then, or since they were taken last, in milliseconds.
pub fn take(editor: &Editor) -> Vec<f64> {
    let gaps = editor.lua("return bench_watch()", Json::Null);
    let gaps = gaps.as_array().expect("a list of gaps");
    gaps.iter().filter_map(Json::as_f64).map(|gap| gap / 1e6).collect()
}
