//! Recordings in asciicast v2, as `asciinema play` takes them. Pure: records in, lines out.
//!
//! The format: a line of JSON that describes the recording, then one line `[seconds, kind, text]` per event.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::protocol::terminal::Size;

/// What is told about a recording.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The terminal's size at the start.
    pub size: Size,
    /// When it starts, in seconds since 1970.
    pub started: u64,
    /// The program's command line.
    pub command: Option<&'a str>,
    /// The terminal's title.
    pub title: Option<&'a str>,
}

/// A recording that is being written.
pub struct Asciicast<W> {
    out: W,
    /// The terminal's age at the recording's start.
    start: Duration,
    /// Of the latest event, from the recording's start: none is earlier than the one before.
    latest: Duration,
    /// The start of a character whose end has not come yet: at most three bytes.
    carried: Vec<u8>,
}

impl<W: Write> Asciicast<W> {
    /// Starts a recording at the terminal's age `start`, with escape sequences that draw what it showed then.
    ///
    /// Errors, here and below, are those of `out`.
    pub fn begin(out: W, about: &About, start: Duration, picture: &str) -> io::Result<Self> {
        let mut head = Map::new();
        head.insert("version".into(), 2.into());
        head.insert("width".into(), about.size.cols.into());
        head.insert("height".into(), about.size.rows.into());
        head.insert("timestamp".into(), about.started.into());
        for (name, value) in [("command", about.command), ("title", about.title)] {
            if let Some(value) = value {
                head.insert(name.into(), value.into());
            }
        }
        // Players ask only for what kind of terminal the output was made for.
        head.insert("env".into(), json!({"TERM": "xterm-256color"}));
        let mut cast = Self { out, start, latest: Duration::ZERO, carried: Vec::new() };
        writeln!(cast.out, "{}", Json::Object(head))?;
        if !picture.is_empty() {
            cast.event(start, "o", picture)?;
        }
        Ok(cast)
    }

    /// The program printed this. Characters may be cut in two; what is no UTF-8 becomes U+FFFD.
    pub fn output(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        self.carried.extend(bytes);
        let bytes = std::mem::take(&mut self.carried);
        let cut = unfinished(&bytes);
        let (whole, rest) = bytes.split_at(bytes.len() - cut);
        self.carried.extend(rest);
        if whole.is_empty() { Ok(()) } else { self.event(at, "o", &String::from_utf8_lossy(whole)) }
    }

    /// The terminal got another size.
    pub fn resized(&mut self, at: Duration, size: Size) -> io::Result<()> {
        self.event(at, "r", &format!("{}x{}", size.cols, size.rows))
    }

    /// Ends the recording, and gives back where it was written.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.carried.is_empty() {
            let text = String::from_utf8_lossy(&self.carried).into_owned();
            self.event(self.start + self.latest, "o", &text)?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn event(&mut self, at: Duration, kind: &str, text: &str) -> io::Result<()> {
        self.latest = at.saturating_sub(self.start).max(self.latest);
        let (seconds, micros) = (self.latest.as_secs(), self.latest.subsec_micros());
        writeln!(self.out, "[{seconds}.{micros:06}, {}, {}]", json!(kind), json!(text))
    }
}

/// How many bytes at the end start a character that may still be finished.
fn unfinished(bytes: &[u8]) -> usize {
    // Only the last three can: a character has four bytes at most.
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let start = tail.iter().rposition(|byte| *byte >= 0xc0);
    let Some(last) = start.map(|start| &tail[start..]) else { return 0 };
    match std::str::from_utf8(last) {
        Err(error) if error.valid_up_to() == 0 && error.error_len().is_none() => last.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> = About {
        size: Size { rows: 24, cols: 80 },
        started: 1_500_000_000,
        command: Some("sh -c \"ls\""),
        title: None,
    };

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn cast() -> Asciicast<Vec<u8>> {
        Asciicast::begin(Vec::new(), &ABOUT, ms(1000), "").unwrap()
    }

    /// The events' lines, read back.
    fn events(cast: Asciicast<Vec<u8>>) -> Vec<Json> {
        let lines = String::from_utf8(cast.finish().unwrap()).unwrap();
        lines.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// All text that was printed.
    fn text(cast: Asciicast<Vec<u8>>) -> String {
        events(cast).iter().map(|event| event[2].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_recording_is_a_head_the_picture_and_the_events() {
        let picture = "\x1b[2J\x1b[Hhello";
        let mut cast = Asciicast::begin(Vec::new(), &ABOUT, ms(1000), picture).unwrap();
        cast.output(ms(2500), "a \"ü\"\r\n".as_bytes()).unwrap();
        cast.resized(ms(3000), Size { rows: 40, cols: 100 }).unwrap();
        let lines = String::from_utf8(cast.finish().unwrap()).unwrap();
        let wanted = [
            r#"{"command":"sh -c \"ls\"","env":{"TERM":"xterm-256color"},"height":24,"timestamp":1500000000,"version":2,"width":80}"#,
            r#"[0.000000, "o", "\u001b[2J\u001b[Hhello"]"#,
            r#"[1.500000, "o", "a \"ü\"\r\n"]"#,
            r#"[2.000000, "r", "100x40"]"#,
        ];
        assert_eq!(lines.lines().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn characters_cut_anywhere_come_whole() {
        let wanted = "aé€😀z".repeat(3);
        for length in 1..=wanted.len() {
            let mut cast = cast();
            for piece in wanted.as_bytes().chunks(length) {
                cast.output(ms(1000), piece).unwrap();
            }
            assert_eq!(text(cast), wanted, "in pieces of {length}");
        }
    }

    #[test]
    fn what_is_no_text_is_replaced_and_holds_nothing_back() {
        for (bytes, wanted) in [
            (&b"a\xffb"[..], "a\u{fffd}b"),
            (b"\xe2\x82", "\u{fffd}"),
            (b"\x80\x80\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            (b"\xf0\x9f\x98", "\u{fffd}"),
            (b"\xc0\xc1", "\u{fffd}\u{fffd}"),
        ] {
            let mut whole = cast();
            whole.output(ms(1000), bytes).unwrap();
            assert_eq!(text(whole), wanted, "{bytes:?} at once");
            let mut single = cast();
            for byte in bytes {
                single.output(ms(1000), &[*byte]).unwrap();
                assert!(single.carried.len() <= 3);
            }
            assert_eq!(text(single), wanted, "{bytes:?} one by one");
        }
    }

    #[test]
    fn time_never_goes_back() {
        let mut cast = cast();
        for at in [1500, 1200, 900, 1600] {
            cast.output(ms(at), b"x").unwrap();
        }
        let times: Vec<f64> = events(cast).iter().map(|e| e[0].as_f64().unwrap()).collect();
        assert_eq!(times, [0.5, 0.5, 0.5, 0.6]);
    }
}
