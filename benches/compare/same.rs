//! Owns whether two buffers hold the same in the end: their last lines as text, and how places among them look.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::figures::ms;
use crate::stage::SIZE;
use crate::support::Editor;
use crate::support::wait::is_within;

/// What is compared, from the end.
pub const LINES: usize = 10_000;

/// How long lines that have scrolled by may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many windows full of highlights are compared: each of those lines stands in one.
pub const PLACES: usize = LINES.div_ceil(SIZE.1 - 1);

/// Gives the editor what it is asked with below. Trailing blanks do not count: nobody sees them.
const PREPARE: &str = r"
_G.bench_last = function(count)
  local lines = vim.api.nvim_buf_get_lines(0, -1 - count, -1, false)
  return vim.tbl_map(function(line) return (line:gsub('%s+$', '')) end, lines)
end
_G.bench_sum = function(count)
  return vim.fn.sha256(table.concat(bench_last(count), '\n'))
end
_G.bench_begins = function(count, first)
  local at = vim.api.nvim_buf_line_count(0) - count
  local line = at >= 0 and vim.api.nvim_buf_get_lines(0, at, at + 1, false)[1]
  return line and (line:gsub('%s+$', '')) == first
end
";

const COUNT: &str = "return vim.api.nvim_buf_line_count(0)";

/// The end of a buffer.
#[derive(Default)]
pub struct End {
    /// The last lines, without trailing blanks.
    pub lines: Vec<String>,
    /// Their checksum.
    sum: String,
}

/// To be called before what is measured.
pub fn prepare(editor: &Editor) {
    editor.lua(PREPARE, Json::Null);
}

/// Waits until the buffer holds all that a buffer keeps; how long that took in milliseconds. None if it never does.
pub fn fill(editor: &Editor) -> Option<f64> {
    let start = Instant::now();
    is_within(PATIENCE, || count(editor) >= LINES + SIZE.1).then(|| ms(start.elapsed()))
}

/// Waits until the first of the last lines is where the other buffer has it, and so all have come; how long that took in
/// milliseconds. Only one line is looked at, so that looking costs the editor nothing. None if it never came.
pub fn arrive(editor: &Editor, wanted: &End) -> Option<f64> {
    let start = Instant::now();
    let args = json!([LINES, wanted.lines.first()]);
    let begins = || editor.lua("return bench_begins(...)", args.clone()) == json!(true);
    is_within(PATIENCE, begins).then(|| ms(start.elapsed()))
}

/// Waits until all of the last lines are those of the other buffer; false if they never are.
pub fn settle(editor: &Editor, wanted: &End) -> bool {
    is_within(PATIENCE, || editor.lua("return bench_sum(...)", json!(LINES)) == json!(wanted.sum))
}

/// The end of the buffer as it is now.
pub fn end(editor: &Editor) -> End {
    let lines = editor.lua("return bench_last(...)", json!(LINES));
    let lines = lines.as_array().expect("lines").iter().filter_map(Json::as_str);
    let sum = editor.lua("return bench_sum(...)", json!(LINES));
    End { lines: lines.map(str::to_owned).collect(), sum: sum.as_str().expect("a sum").to_owned() }
}

/// Windows full of lines all over the buffer's end, as the screen shows them: text and look of every cell.
pub fn places(editor: &Editor) -> Vec<Vec<String>> {
    editor.input("<C-Bslash><C-N>");
    editor.wait_lua("normal mode", "return vim.fn.mode() == 'n'", Json::Null);
    let last = count(editor);
    let place = |index: usize| {
        let line = last + 1 - (index + 1) * (SIZE.1 - 1);
        editor.command(&format!("normal! {line}Gzt"));
        editor.redraw();
        let grid = editor.grid();
        let row = |row| format!("{:?} {:?}", grid.row(row), grid.runs(row));
        // The last row shows the end of a line that is cut, or not, by what comes below.
        (0..SIZE.1 - 1).map(row).collect()
    };
    (0..PLACES).map(place).collect()
}

/// How many of the lines, counted from the end, differ, and the last that does.
pub fn differences(native: &[String], ours: &[String]) -> (usize, Option<String>) {
    let missing = String::new();
    let (mut count, mut first) = (native.len().abs_diff(ours.len()), None);
    for (index, line) in native.iter().rev().enumerate() {
        let other = ours.iter().nth_back(index).unwrap_or(&missing);
        if line != other {
            count += usize::from(index < ours.len());
            first.get_or_insert_with(|| {
                format!("line {} from the end: {line:?} ≠ {other:?}", index + 1)
            });
        }
    }
    (count, first)
}

fn count(editor: &Editor) -> usize {
    editor.lua(COUNT, Json::Null).as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default()
}
