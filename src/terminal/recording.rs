//! A terminal's journal as a recording: what it showed at the oldest moment that is kept, and everything since.

use std::io::{self, Write};

use super::asciicast::{About, Asciicast};
use super::emulator::Emulator;
use super::frame::Shown;
use super::journal::{Recovered, What};
use super::pen::Pen;
use crate::protocol::terminal::Size;

/// Writes the recording. `about` has the size to take where the journal has no picture, and when the terminal was opened.
///
/// Errors are those of `out`.
pub fn write<W: Write>(recovered: &Recovered, about: &About, out: W) -> io::Result<W> {
    let (size, picture) = picture(&recovered.base, about.size);
    let started = about.started + recovered.began.as_secs();
    let about = About { size, started, ..about.clone() };
    let mut cast = Asciicast::begin(out, &about, recovered.began, &picture)?;
    for record in recovered.records() {
        match record.what {
            What::Output(bytes) => cast.output(record.at, bytes)?,
            What::Resized(size) => cast.resized(record.at, size)?,
        }
    }
    cast.finish()
}

/// The size at the beginning, and what draws the screen on a blank one.
fn picture(base: &[u8], otherwise: Size) -> (Size, String) {
    let Some(emulator) = Emulator::load(base, 0) else {
        return (otherwise, String::new());
    };
    let picture = emulator.picture(&emulator.title());
    let mut shown = Shown::blank(emulator.size(), picture.top, true);
    // What frames leave out, because a view needs none of it, and what comes next does.
    let (top, bottom) = emulator.region();
    let mut drawn = format!("\x1b[{};{bottom}r", top + 1).into_bytes();
    drawn.extend(shown.frame(&picture, 0, |_| None));
    drawn.extend(Pen::default().finish_in(emulator.template()));
    (emulator.size(), String::from_utf8_lossy(&drawn).into_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value as Json;

    use super::*;
    use crate::terminal::emulator::SLICE;
    use crate::terminal::journal::{Content, Journal};

    const SIZE: Size = Size { rows: 4, cols: 20 };

    fn feed(emulator: &mut Emulator, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[emulator.feed(bytes, SLICE)..];
        }
    }

    #[test]
    fn a_recording_played_shows_what_the_terminal_does() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path(), 1 << 20).unwrap();
        let mut emulator = Emulator::new(SIZE, 100);
        feed(
            &mut emulator,
            "one\r\ntwo\r\nthree\r\n\x1b[31mfour 漢\r\nfive\x1b]2;mine\x07".as_bytes(),
        );
        journal.begin(&emulator.save(1 << 20), Content::Full, Duration::from_secs(7)).unwrap();
        let mut print = |at: u64, bytes: &[u8]| {
            let fill = |room: &mut [u8]| {
                room[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            };
            journal.read(Duration::from_secs(at), fill).unwrap();
            feed(&mut emulator, bytes);
        };
        print(8, b" more\xe2\x82");
        print(9, b"\xac\x1b[44m");
        let wider = Size { rows: 5, cols: 30 };
        emulator.resize(wider, &mut []);
        journal.resized(wider, Duration::from_secs(10));

        let about = About { size: Size::DEFAULT, started: 1000, command: Some("sh"), title: None };
        let recovered = Recovered::read(folder.path()).unwrap();
        let cast = write(&recovered, &about, Vec::new()).unwrap();
        let lines: Vec<Json> = String::from_utf8(cast)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!((&lines[0]["width"], &lines[0]["timestamp"]), (&20.into(), &1007.into()));
        let mut player = Emulator::new(SIZE, 100);
        for event in &lines[1..] {
            match event[1].as_str().unwrap() {
                "o" => feed(&mut player, event[2].as_str().unwrap().as_bytes()),
                "r" => player.resize(wider, &mut []),
                other => panic!("{other}"),
            }
        }
        let looks = |e: &Emulator| {
            let picture = e.picture(&e.title());
            let rows: Vec<_> = picture.rows.iter().map(|row| row.to_vec()).collect();
            (rows, picture.cursor, picture.title)
        };
        // The scrollback is not in a recording, so the wider screen has one line less above.
        let (mut wanted, mut played) = (looks(&emulator), looks(&player));
        let lacks = usize::from(wanted.1.row - played.1.row);
        wanted.0.drain(..lacks);
        played.0.truncate(wanted.0.len());
        assert_eq!((wanted.0, wanted.2), (played.0, played.2));
        assert_eq!(lines[2][0], 1.0, "times are counted from the picture");
    }

    #[test]
    fn without_a_picture_there_are_still_the_events() {
        let (size, picture) = picture(b"no snapshot", SIZE);
        assert_eq!((size, &*picture), (SIZE, ""));
    }
}
