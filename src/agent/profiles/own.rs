//! Reads a user's own profile, whatever stands in its place: nothing there makes the daemon wait.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use super::super::profile::wrong;
use crate::fault::Result;

/// Profiles have some hundred lines; what is longer by far is something else.
const LONGEST: u64 = 1 << 20;

/// Its text; None where there is none.
pub fn read(path: &Path) -> Result<Option<String>> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(path, None, &format!("it cannot be read: {error}"))),
    };
    let Some(bytes) = bytes else {
        return Err(wrong(path, None, "it is no file"));
    };
    if bytes.len() as u64 > LONGEST {
        return Err(wrong(path, None, "it has more than a megabyte"));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        wrong(path, Some(before), "it is not UTF-8")
    })
}

/// None where it is no file.
fn bytes(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    // Whoever opens a FIFO waits for somebody who writes to it.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file: File = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_no_file_is_said_and_waited_for_by_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        assert_eq!(read(&place("none.toml")).unwrap(), None);
        fs::create_dir(place("folder.toml")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", place("zero.toml")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(place("fifo.toml")).status().unwrap();
        assert!(made.success());
        for name in ["folder.toml", "zero.toml", "fifo.toml"] {
            let fault = read(&place(name)).unwrap_err();
            assert!(fault.message.ends_with(&format!("{name}: it is no file")), "{fault}");
        }
        fs::write(place("long.toml"), vec![b'#'; 2 << 20]).unwrap();
        assert!(read(&place("long.toml")).unwrap_err().message.contains("megabyte"));
        std::os::unix::fs::symlink(place("loop.toml"), place("loop.toml")).unwrap();
        assert!(read(&place("loop.toml")).unwrap_err().message.contains("cannot be read"));
    }
}
