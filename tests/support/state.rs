//! Owns all that a terminal is to a person, so that two of them, or one before and after, can be compared: screen, cursor, colours,
//! modes and scrollback.

use std::sync::atomic::{AtomicU64, Ordering};

use rmpv::Value;
use serde_json::{Value as Json, json};

use super::daemon::Daemon;

/// Tells the frames of one look from those of another.
static CHANNELS: AtomicU64 = AtomicU64::new(1000);

/// One terminal at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Scrollback and primary screen: each whole line as `text`, and behind a tab which bytes of it look how.
    pub lines: Vec<String>,
    /// What `terminal.read` says of the screen.
    pub screen: Json,
    /// What draws the screen on a blank one: every cell with all its attributes, the cursor, the modes, the title.
    pub frame: String,
}

impl State {
    /// Only the newest lines.
    #[must_use]
    pub fn newest(mut self, count: usize) -> Self {
        self.lines.drain(..self.lines.len().saturating_sub(count));
        self
    }

    /// Panics with what differs first, as all of it is too much to read.
    #[track_caller]
    pub fn assert_is(&self, other: &Self, what: &str) {
        let pairs = self.lines.iter().zip(&other.lines).enumerate();
        let differs = pairs.into_iter().find(|(_, (one, another))| one != another);
        assert!(differs.is_none(), "{what}: {differs:?}");
        assert_eq!(self.lines.len(), other.lines.len(), "{what}: so many lines");
        assert_eq!(self.screen, other.screen, "{what}");
        assert_eq!(self.frame, other.frame, "{what}");
    }
}

impl Daemon {
    /// All of a terminal that is at rest.
    #[track_caller]
    pub fn state(&self, name: &str) -> State {
        let screen = self.expect("terminal.read", json!({"id": name}));
        let frame = self.painted(name, &screen);
        State { lines: self.looks(name, usize::MAX), screen, frame }
    }

    /// The newest lines with their looks, at least so many where there are. The program may print meanwhile.
    #[track_caller]
    pub fn looks(&self, name: &str, count: usize) -> Vec<String> {
        let mut pages: Vec<Vec<String>> = Vec::new();
        let (mut before, mut found) = (Json::Null, 0);
        while found < count {
            let page = self.expect("terminal.history", json!({"id": name, "before": before}));
            before = page["first"].clone();
            pages.push(looks(&page));
            found += pages.last().map_or(0, Vec::len);
            if page["more"] != true {
                break;
            }
        }
        pages.into_iter().rev().flatten().collect()
    }

    fn painted(&self, name: &str, screen: &Json) -> String {
        let channel = CHANNELS.fetch_add(1, Ordering::Relaxed);
        let (rows, cols) = (&screen["rows"], &screen["cols"]);
        let open = json!({"terminal": name, "channel": channel, "rows": rows, "cols": cols, "bare": true, "keep_size": true});
        let view = self.expect("view.open", open)["view"].clone();
        let frame = self.rpc().wait_notification("a frame", |method, params| match params {
            [to, Value::Binary(bytes)]
                if method == "nvim_chan_send" && to.as_u64() == Some(channel) =>
            {
                Some(bytes.escape_ascii().to_string())
            }
            _ => None,
        });
        self.expect("view.close", json!({"view": view}));
        frame
    }
}

/// The lines of a page of `terminal.history`.
fn looks(page: &Json) -> Vec<String> {
    let texts = page["lines"].as_array().expect("lines").iter().filter_map(Json::as_str);
    let mut lines: Vec<String> = texts.map(|text| format!("{text}\t")).collect();
    for run in page["runs"].as_array().expect("runs") {
        let [line, from, to, style] = [0, 1, 2, 3].map(|part| run[part].as_u64().unwrap_or(0));
        let style = &page["styles"][style as usize];
        lines[line as usize] += &format!("{from}..{to} {style} ");
    }
    lines
}
