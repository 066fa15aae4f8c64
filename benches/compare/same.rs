//! Owns whether two buffers hold the same text in the end.

use std::time::Duration;

use serde_json::Value as Json;

use crate::support::Editor;
use crate::support::wait::is_within;

/// What is compared, from the end.
pub const LINES: usize = 10_000;

/// How long lines that have scrolled by may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

const COUNT: &str = "return vim.api.nvim_buf_line_count(0)";

const LAST: &str = "return vim.api.nvim_buf_get_lines(0, -1 - ..., -1, false)";

/// Waits until the buffer holds all that is kept.
pub fn settle(editor: &Editor) -> bool {
    let enough = LINES + crate::stage::SIZE.1;
    let count = || editor.lua(COUNT, Json::Null).as_u64().and_then(|n| usize::try_from(n).ok());
    is_within(PATIENCE, || count().is_some_and(|count| count >= enough))
}

/// The last lines of the buffer, without trailing blanks.
pub fn lines(editor: &Editor) -> Vec<String> {
    let lines = editor.lua(LAST, Json::from(LINES));
    let lines = lines.as_array().expect("lines").iter().filter_map(Json::as_str);
    lines.map(|line| line.trim_end().to_owned()).collect()
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
