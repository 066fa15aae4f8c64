//! Reads what a program has added to the file that it keeps of a conversation: off everybody's way, a bounded part at a time.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::usage::{Meter, Reading};

/// So much is read at once; what is behind it comes next.
const PART: u64 = 4 << 20;

/// A longer line holds pictures or whole files: it is passed over, as what counts is in short ones.
const LINE: u64 = 1 << 20;

/// So many files of one conversation are looked at.
const FILES: usize = 8;

/// So many read at once, however many agents end their turns together.
static TURNS: Semaphore = Semaphore::const_new(1);

/// A part of a file.
#[derive(Debug, Default, PartialEq)]
pub struct Part {
    /// What its lines tell, in order.
    pub readings: Vec<Reading>,
    /// Where the next part begins.
    pub next: u64,
    /// There is more already.
    pub more: bool,
}

/// The files that a pattern describes, the one that was written last first: a program that goes on with a conversation may begin another
/// one, and yet go on in the first.
pub async fn find(pattern: String) -> Vec<String> {
    spawn_blocking(move || newest(&pattern)).await.unwrap_or_default()
}

fn newest(pattern: &str) -> Vec<String> {
    let written = |path: std::path::PathBuf| {
        let when = path.metadata().and_then(|about| about.modified()).ok()?;
        Some((when, path.into_os_string().into_string().ok()?))
    };
    let found = glob::glob(pattern).ok().into_iter().flatten().flatten();
    let mut files: Vec<_> = found.filter_map(written).collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    files.into_iter().map(|(_, path)| path).take(FILES).collect()
}

/// Reads on from there. A file that is not there, or not to be read, has nothing new.
pub async fn read(file: String, from: u64, meter: Meter) -> Part {
    let nothing = Part { next: from, ..Part::default() };
    let Ok(turn) = TURNS.acquire().await else {
        return nothing;
    };
    let reading = spawn_blocking(move || {
        let part = part(Path::new(&file), from, &meter);
        drop(turn);
        part.inspect_err(|error| tracing::debug!(file, %error, "a transcript cannot be read"))
    });
    reading.await.ok().and_then(Result::ok).unwrap_or(nothing)
}

fn part(path: &Path, from: u64, meter: &Meter) -> std::io::Result<Part> {
    // A pipe would never end, nor begin.
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    // One that has become shorter is another one.
    let from = if about.len() < from { 0 } else { from };
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(from))?;
    let mut part = Part { next: from, ..Part::default() };
    let mut line = Vec::new();
    while part.next < from + PART {
        line.clear();
        let mut count = file.by_ref().take(LINE).read_until(b'\n', &mut line)? as u64;
        let whole = line.last() == Some(&b'\n');
        if !whole && count == LINE {
            count += file.skip_until(b'\n')? as u64;
        } else if !whole {
            // Its end is still to be written.
            return Ok(part);
        } else if let Ok(object) = serde_json::from_slice(&line) {
            part.readings.extend(meter.read(&object));
        }
        part.next += count;
    }
    part.more = about.len() > part.next;
    Ok(part)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn meter() -> Meter {
        toml::from_str("message = 'id'\ntokens_out = 'out'").unwrap()
    }

    #[test]
    fn what_was_added_is_read_once_and_half_a_line_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        assert!(part(&path, 0, &meter()).is_err());
        let mut file = File::create(&path).unwrap();
        file.write_all(b"{\"id\": \"a\", \"out\": 1}\nno json\n{\"id\": \"b\",").unwrap();
        let first = part(&path, 0, &meter()).unwrap();
        assert_eq!((first.readings.len(), first.more), (1, false));
        file.write_all(b" \"out\": 2}\n").unwrap();
        let second = part(&path, first.next, &meter()).unwrap();
        assert_eq!(second.readings[0].figures.tokens_out, Some(2));
        assert_eq!(part(&path, second.next, &meter()).unwrap().readings, []);
        assert!(part(folder.path(), 0, &meter()).is_err(), "a folder is no transcript");
    }

    #[test]
    fn the_file_that_was_written_last_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["session-2-x", "session-1-x", "session-3-y"] {
            let file = File::create(folder.path().join(name)).unwrap();
            let hour = if name.starts_with("session-1") { 7_200 } else { 3_600 };
            file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(hour))
                .unwrap();
        }
        let found = newest(&format!("{}/session-*-x", folder.path().display()));
        let names: Vec<_> = found.iter().map(|path| path.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["session-1-x", "session-2-x"]);
    }

    #[test]
    fn a_part_is_bounded_and_a_line_without_measure_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        let mut file = File::create(&path).unwrap();
        let long = "x".repeat(3 << 20);
        writeln!(file, "{{\"id\": \"a\", \"out\": 1, \"text\": \"{long}\"}}").unwrap();
        writeln!(file, "{{\"id\": \"b\", \"out\": 2}}\n\"{long}\"").unwrap();
        writeln!(file, "{{\"id\": \"c\", \"out\": 4}}").unwrap();
        let first = part(&path, 0, &meter()).unwrap();
        let message = |part: &Part| {
            part.readings.iter().filter_map(|r| r.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!((message(&first), first.more), (vec!["b".to_owned()], true));
        let second = part(&path, first.next, &meter()).unwrap();
        assert_eq!((message(&second), second.more), (vec!["c".to_owned()], false));
    }
}
