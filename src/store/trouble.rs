//! What SQLite says is wrong, as a fault that tells what to do about it.

use std::path::Path;

use rusqlite::{Connection, Error, ErrorCode};

use crate::fault::{Fault, Kind};

/// Why nothing could be committed.
pub(super) struct Trouble {
    pub fault: Fault,
    /// Whether the database must be opened anew.
    pub reopen: bool,
    /// Why it must be set aside, if it must.
    pub damage: Option<String>,
}

impl Trouble {
    /// What an error on an open database means.
    pub fn of(error: &Error, sql: &Connection) -> Self {
        let file = sql.path().unwrap_or_default().to_owned();
        // A full disk may have room again at once, and whoever holds a lock lets go of it.
        let passing = [ErrorCode::DiskFull, ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
        let reopen = error.sqlite_error_code().is_none_or(|code| !passing.contains(&code));
        let damage = is_damage(error).then(|| error.to_string());
        Self { fault: fault(error, Path::new(&file)), reopen, damage }
    }
}

/// Whether the file is not what SQLite has written.
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(error, _) => {
            matches!(error.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        }
        // What is in a row is not what is written there.
        Error::InvalidColumnType(..)
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// An error as a caller is told it.
pub(super) fn fault(error: &Error, file: &Path) -> Fault {
    let folder = file.parent().unwrap_or(file);
    let shown = folder.display();
    let told = |kind, why: &str, hint: String| {
        Fault::new(kind, format!("nothing can be written to {}: {why}", file.display())).hint(hint)
    };
    let full =
        || told(Kind::Exhausted, "the disk is full", format!("make room there: df -h {shown}"));
    let forbidden = || {
        told(
            Kind::Permission,
            "it is not allowed",
            format!("look at it: ls -ld {shown} {}", file.display()),
        )
    };
    if is_damage(error) {
        let message = format!("the database {} is damaged: {error}", file.display());
        return Fault::new(Kind::Unavailable, message)
            .hint("another one is begun; try again, and look at :checkhealth orchflow");
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => full(),
        Some(
            ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::AuthorizationForStatementDenied,
        ) => forbidden(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => told(
            Kind::Unavailable,
            "another program holds it",
            format!("end that program: fuser {}", file.display()),
        ),
        // The system's own words do not come through, so it is asked again.
        _ if is_full(folder) => full(),
        _ if !is_writable(folder) => forbidden(),
        _ => told(Kind::Unavailable, &error.to_string(), "look at the log: :Orchflow log".into()),
    }
}

/// Whether a folder's disk has less room than one page takes.
fn is_full(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < 4096)
}

fn is_writable(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}
