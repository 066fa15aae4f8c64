//! The table family of documents: reads and writes them, and what is remembered of their changes.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, Error, OptionalExtension, Row, ffi, params};

use super::packed::{Packed, Seal, unpack};
use super::{Damage, Desk, Store};
use crate::fault::Result;
use crate::protocol::state::{Change, Document, Written};
use crate::state::{Dirty, Group, KEPT, Request, Scope, Shelf, Snapshot, Storage};

#[async_trait]
impl Storage for Store {
    async fn load(&self, scope: &Scope) -> Result<Arc<Snapshot>> {
        let scope = scope.clone();
        self.read(move |desk| present(desk.sql, desk.shelf, desk.damage, &scope)).await
    }

    async fn list(&self) -> Result<Vec<Document>> {
        self.read(|desk| list(desk.sql).map_err(|error| desk.damage.told(&error, desk.sql))).await
    }

    async fn history(&self, scope: &Scope, limit: usize) -> Result<Vec<Change>> {
        let key = scope.key().to_owned();
        self.read(move |desk| {
            history(desk.sql, &key, limit).map_err(|error| desk.damage.told(&error, desk.sql))
        })
        .await
    }

    async fn write(&self, request: Request) -> Result<Vec<Written>> {
        self.write(move |desk| {
            let Desk { sql, group, shelf, damage } = desk;
            group.carry_out(&request, &mut |scope| present(sql, shelf, damage, scope))
        })
        .await
    }
}

/// The newest committed state, which then is on the shelf.
fn present(
    sql: &Connection,
    shelf: &Shelf,
    damage: &Damage,
    scope: &Scope,
) -> Result<Arc<Snapshot>> {
    if let Some(snapshot) = shelf.get(scope) {
        return Ok(snapshot);
    }
    let read = read(sql, scope).map_err(|error| damage.told(&error, sql))?;
    let snapshot = Arc::new(read.unwrap_or_default());
    shelf.loaded(scope, &snapshot);
    Ok(snapshot)
}

fn read(sql: &Connection, scope: &Scope) -> rusqlite::Result<Option<Snapshot>> {
    let select = "SELECT scope, version, form, sum, value, size FROM documents WHERE scope = ?1";
    let snapshot = |row: &Row<'_>| {
        let bytes = whole(row)?;
        let value = unpack(row.get(2)?, bytes).ok_or_else(unlike)?;
        Ok(Snapshot { version: row.get(1)?, value, size: row.get(5)? })
    };
    sql.prepare_cached(select)?.query_row([scope.key()], snapshot).optional()
}

/// The value's bytes in a row of scope, version, form, sum and value; an error where it is not what was written.
fn whole<'r>(row: &'r Row<'_>) -> rusqlite::Result<&'r [u8]> {
    let bytes = row.get_ref(4)?.as_blob()?;
    let seal = Seal { scope: row.get_ref(0)?.as_str()?, version: row.get(1)?, form: row.get(2)? };
    if seal.sum(bytes) == row.get::<_, i64>(3)? { Ok(bytes) } else { Err(unlike()) }
}

fn unlike() -> Error {
    damaged("a document is not what was written".into())
}

/// What SQLite says of damage that it finds itself.
pub(super) fn damaged(why: String) -> Error {
    Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some(why))
}

fn list(sql: &Connection) -> rusqlite::Result<Vec<Document>> {
    let select =
        "SELECT scope, version, size, changed FROM documents WHERE form != 0 ORDER BY scope";
    let document = |row: &Row<'_>| {
        Ok(Document {
            scope: Scope::stored(row.get_ref(0)?.as_str()?).to_string(),
            version: row.get(1)?,
            size: row.get(2)?,
            changed: row.get(3)?,
        })
    };
    sql.prepare_cached(select)?.query_map([], document)?.collect()
}

fn history(sql: &Connection, key: &str, limit: usize) -> rusqlite::Result<Vec<Change>> {
    let select = "SELECT change FROM changes JOIN documents ON documents.id = document \
                  WHERE scope = ?1 ORDER BY changes.version DESC LIMIT ?2";
    let change =
        |row: &Row<'_>| serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|_| unlike());
    sql.prepare_cached(select)?.query_map(params![key, limit], change)?.collect()
}

/// Writes every document that a group has changed, once, and gives their sizes.
pub(super) fn write(sql: &Connection, group: &Group) -> rusqlite::Result<Vec<usize>> {
    group.dirty().map(|dirty| write_one(sql, &dirty)).collect()
}

fn write_one(sql: &Connection, dirty: &Dirty<'_>) -> rusqlite::Result<usize> {
    let failed = |error: serde_json::Error| Error::ToSqlConversionFailure(Box::new(error));
    let Packed { form, bytes, size } = Packed::new(dirty.value).map_err(failed)?;
    let sum = Seal { scope: dirty.scope.key(), version: dirty.version, form }.sum(&bytes);
    let upsert = "INSERT INTO documents (scope, version, changed, size, form, sum, value) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (scope) DO UPDATE SET \
                  version = ?2, changed = ?3, size = ?4, form = ?5, sum = ?6, value = ?7 \
                  RETURNING id";
    let row = params![dirty.scope.key(), dirty.version, dirty.changed, size, form, sum, bytes];
    let id: i64 = sql.prepare_cached(upsert)?.query_row(row, |row| row.get(0))?;
    let mut remember = sql.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3)")?;
    for change in dirty.past {
        let text = serde_json::to_string(change).map_err(failed)?;
        remember.execute(params![id, change.version, text])?;
    }
    let forget = "DELETE FROM changes WHERE document = ?1 AND version <= ?2";
    let last = dirty.version.saturating_sub(KEPT as u64);
    sql.prepare_cached(forget)?.execute(params![id, last])?;
    Ok(size)
}

/// An error where a document is not what was written.
pub(super) fn check(sql: &Connection) -> rusqlite::Result<()> {
    let mut select = sql.prepare("SELECT scope, version, form, sum, value FROM documents")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        whole(row)?;
    }
    Ok(())
}
