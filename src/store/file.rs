//! The database's file: how it is made, opened, found damaged, and found again.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::damage::{beside, last, remember, set_aside};
use super::migrations::{migrate, newest, version};
use super::trouble::{fault, is_damage};
use super::{Settings, documents};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::daemon::LostDatabase;

/// How long to wait for another program that holds the database, such as a person's `sqlite3`.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much of the database is kept in memory, in KB: what is read often is on the shelf already.
const CACHE: i64 = 1024;

/// What stands behind the last checkpoint may take so many bytes on disk when nothing is written.
const LOG: i64 = 4 << 20;

/// The open file.
pub(super) struct File {
    sql: Connection,
    path: PathBuf,
    /// Which file it is, whatever stands at its path.
    identity: (u64, u64),
}

/// Why a database cannot be opened.
enum Refused {
    /// It never will: it must be set aside.
    Useless(String),
    /// It may later.
    Now(Fault),
}

impl File {
    /// Opens the database, or a new one in place of one that cannot be used; with what was lost last, if anything was.
    /// `damage` is what was found wrong with it before.
    pub fn open(settings: &Settings, damage: Option<&str>) -> Result<(Self, Option<LostDatabase>)> {
        let path = &settings.file;
        make_folder(path)?;
        let unusable = |error: &rusqlite::Error| fault(error, path);
        if fs::symlink_metadata(path).is_err() {
            create(path)?;
        }
        let tried = match damage {
            Some(why) => Err(Refused::Useless(format!("it is damaged: {why}"))),
            None => Self::try_open(settings),
        };
        let (sql, lost) = match tried {
            Ok(opened) => opened,
            Err(Refused::Now(fault)) => return Err(fault),
            Err(Refused::Useless(why)) => {
                let lost = set_aside(path, &why).map_err(|error| forbidden(path, &error))?;
                // Here the newest good backup will be put in its place, once there are backups.
                create(path)?;
                let (sql, _) = Self::try_open(settings).map_err(Refused::fault)?;
                remember(&sql, &lost).map_err(|error| unusable(&error))?;
                (sql, Some(lost))
            }
        };
        let identity = identity(path).ok_or_else(|| gone(path))?;
        Ok((Self { sql, path: path.clone(), identity }, lost))
    }

    fn try_open(
        settings: &Settings,
    ) -> std::result::Result<(Connection, Option<LostDatabase>), Refused> {
        let path = &settings.file;
        if fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            // One of ours is complete before it has its name.
            return Err(Refused::Useless("the file is empty".into()));
        }
        let refused = |error: rusqlite::Error| match is_damage(&error) {
            true => Refused::Useless(format!("it is damaged: {error}")),
            false => Refused::Now(fault(&error, path)),
        };
        let sql = connect(path, settings.full).map_err(refused)?;
        let found = version(&sql).map_err(refused)?;
        if found > newest() {
            let known = newest();
            let why =
                format!("it is from a newer orchflow: version {found}, and this one knows {known}");
            return Err(Refused::Useless(why));
        }
        check(&sql).map_err(refused)?;
        migrate(&sql).map_err(refused)?;
        documents::check(&sql).map_err(refused)?;
        let lost = last(&sql).map_err(refused)?;
        Ok((sql, lost))
    }

    /// The database.
    pub fn sql(&self) -> &Connection {
        &self.sql
    }

    /// Whether it is still where the next daemon will look for it. One that is gone is written there again, and must be opened
    /// anew.
    pub fn in_place(&self) -> Result<bool> {
        if identity(&self.path) == Some(self.identity) {
            return Ok(true);
        }
        if fs::symlink_metadata(&self.path).is_ok() {
            let message = format!("{} was replaced by something else", self.path.display());
            return Err(Fault::new(Kind::Permission, message)
                .hint(format!("move it away: mv {0} {0}.other", self.path.display())));
        }
        make_folder(&self.path)?;
        tracing::warn!(file = %self.path.display(), "the database is gone; it is written there again");
        let copy = beside(&self.path, ".new");
        remove(&copy)?;
        let saved = self.sql.execute("VACUUM INTO ?1", [copy.to_string_lossy()]);
        saved.map_err(|error| fault(&error, &self.path))?;
        for left in ["-wal", "-shm"] {
            remove(&beside(&self.path, left))?;
        }
        fs::rename(&copy, &self.path).map_err(|error| forbidden(&self.path, &error))?;
        Ok(false)
    }
}

impl Refused {
    fn fault(self) -> Fault {
        match self {
            Self::Now(fault) => fault,
            Self::Useless(why) => {
                crate::fault::internal(format!("a new database cannot be used: {why}"))
            }
        }
    }
}

/// Which file stands at a path.
fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

fn gone(path: &Path) -> Fault {
    Fault::new(Kind::Permission, format!("{} is gone", path.display())).hint("try it again")
}

fn forbidden(path: &Path, error: &std::io::Error) -> Fault {
    let folder = path.parent().unwrap_or(path).display();
    let (kind, hint) = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            (Kind::Exhausted, format!("make room there: df -h {folder}"))
        }
        _ => (Kind::Permission, format!("mkdir -p {folder} && chmod u+rwx {folder}")),
    };
    Fault::new(kind, format!("the database {} cannot be kept: {error}", path.display())).hint(hint)
}

fn make_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| forbidden(path, &error))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(forbidden(path, &error)),
        _ => Ok(()),
    }
}

/// Makes a new database under another name first, so that one that has its name is complete.
fn create(path: &Path) -> Result<()> {
    let new = beside(path, ".new");
    for left in ["", "-wal", "-shm", "-journal"] {
        remove(&beside(&new, left))?;
    }
    // What SQLite makes beside it has the same rights.
    let made = fs::File::options().create_new(true).write(true).mode(0o600).open(&new);
    made.map_err(|error| forbidden(path, &error))?;
    let sql = connect(&new, true).and_then(|sql| {
        migrate(&sql)?;
        sql.close().map_err(|(_, error)| error)
    });
    sql.map_err(|error| fault(&error, path))?;
    fs::rename(&new, path).map_err(|error| forbidden(path, &error))
}

fn connect(path: &Path, full: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = Connection::open_with_flags(path, flags)?;
    sql.busy_timeout(PATIENCE)?;
    sql.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    sql.pragma_update(None, "synchronous", if full { "FULL" } else { "NORMAL" })?;
    sql.pragma_update(None, "cache_size", -CACHE)?;
    sql.pragma_update(None, "temp_store", "MEMORY")?;
    sql.pragma_update_and_check(None, "journal_size_limit", LOG, |_| Ok(()))?;
    sql.set_prepared_statement_cache_capacity(64);
    Ok(sql)
}

/// An error where the file's structure is not what SQLite has written.
fn check(sql: &Connection) -> rusqlite::Result<()> {
    let said: String = sql.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(code, Some(said)))
}
