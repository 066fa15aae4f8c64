//! Databases that cannot be used: set aside, never deleted, and remembered.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::seconds;
use crate::protocol::daemon::LostDatabase;

/// What SQLite keeps beside the file. They belong to it by their names.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// The path with something behind its name.
pub(super) fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(file.as_os_str());
    name.push(what);
    name.into()
}

/// Sets a database aside, under a name that nothing has yet.
pub(super) fn set_aside(file: &Path, why: &str) -> io::Result<LostDatabase> {
    let at = seconds();
    let name = |number: u64| match number {
        0 => beside(file, &format!(".damaged-{at}")),
        number => beside(file, &format!(".damaged-{at}-{number}")),
    };
    let kept = (0..).map(name).find(|path| fs::symlink_metadata(path).is_err());
    let kept = kept.ok_or(io::ErrorKind::AlreadyExists)?;
    for what in BESIDE {
        match fs::rename(beside(file, what), beside(&kept, what)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let shown = kept.display();
    tracing::error!(%why, kept = %shown, "the database cannot be used; it is set aside, and a new one begun");
    Ok(LostDatabase { at, why: why.into(), kept })
}

/// Remembers a loss in the database that has come after it.
pub(super) fn remember(sql: &Connection, lost: &LostDatabase) -> rusqlite::Result<()> {
    let kept = lost.kept.to_string_lossy();
    sql.execute("INSERT INTO losses VALUES (?1, ?2, ?3)", params![lost.at, lost.why, kept])?;
    Ok(())
}

/// The last loss, as long as what was set aside is there: who deletes it has seen it.
pub(super) fn last(sql: &Connection) -> rusqlite::Result<Option<LostDatabase>> {
    let select = "SELECT at, why, kept FROM losses ORDER BY rowid DESC LIMIT 1";
    let lost = sql.query_row(select, [], |row| {
        let kept: String = row.get(2)?;
        Ok(LostDatabase { at: row.get(0)?, why: row.get(1)?, kept: kept.into() })
    });
    Ok(lost.optional()?.filter(|lost| lost.kept.exists()))
}
