//! One transaction for all that waits: each job in a savepoint, so that one that fails undoes itself alone.

use rusqlite::Connection;

use super::trouble::Trouble;
use super::{Damage, Desk, Settle, Write, documents};
use crate::state::{Group, Shelf};

/// How a group of jobs went.
pub(super) struct Outcome {
    /// How to answer each.
    pub settles: Vec<Settle>,
    /// Why none of them is committed, if that is so.
    pub trouble: Option<Trouble>,
}

/// Carries out all jobs and commits them, then puts changed documents on the shelf.
pub(super) fn commit(sql: &Connection, shelf: &Shelf, writes: Vec<Write>) -> Outcome {
    let mut settles = Vec::with_capacity(writes.len());
    if let Err(error) =
        sql.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([]))
    {
        let trouble = Trouble::of(&error, sql);
        settles.extend(writes.into_iter().map(|write| write(Err(trouble.fault.clone())).1));
        return Outcome { settles, trouble: Some(trouble) };
    }
    let (mut group, damage) = (Group::default(), Damage::default());
    let mut desk = Desk { sql, group: &mut group, shelf, damage: &damage };
    let done = carry_out(&mut desk, writes, &mut settles)
        // What is committed to a damaged database would be set aside with it.
        .and_then(|()| damage.found().map_or(Ok(()), |why| Err(documents::damaged(why))))
        .and_then(|()| documents::write(sql, &group))
        .and_then(|sizes| {
            sql.prepare_cached("COMMIT")?.execute([])?;
            Ok(sizes)
        });
    match done {
        Ok(sizes) => {
            group.publish(shelf, &sizes);
            Outcome { settles, trouble: None }
        }
        Err(error) => {
            let mut trouble = Trouble::of(&error, sql);
            // Some errors have ended the transaction already.
            if !sql.is_autocommit() && sql.execute_batch("ROLLBACK").is_err() {
                trouble.reopen = true;
            }
            Outcome { settles, trouble: Some(trouble) }
        }
    }
}

fn carry_out(
    desk: &mut Desk<'_>,
    writes: Vec<Write>,
    settles: &mut Vec<Settle>,
) -> rusqlite::Result<()> {
    let sql = desk.sql;
    let run = |text: &str| sql.prepare_cached(text)?.execute([]).map(|_| ());
    let mut broken = None;
    for write in writes {
        // Once something is broken nothing is committed; the others only hear of it.
        if broken.is_none() {
            broken = run("SAVEPOINT job").err();
        }
        let (failed, settle) = write(Ok(&mut *desk));
        settles.push(settle);
        if failed && broken.is_none() {
            broken = run("ROLLBACK TO job").err();
        }
        if broken.is_none() {
            broken = run("RELEASE job").err();
        }
    }
    broken.map_or(Ok(()), Err)
}
