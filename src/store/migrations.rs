//! The tables, as the steps that lead to them. A step that has been in a build is never changed: another one is added.

use rusqlite::{Connection, Result};

/// Each step, from an empty database on. The version of a database is how many of them it has.
const STEPS: &[&str] = &[
    // Documents and what is remembered of their changes; what was lost with databases that were set aside.
    "CREATE TABLE documents (
         id INTEGER PRIMARY KEY,
         scope TEXT NOT NULL UNIQUE,
         version INTEGER NOT NULL,
         changed INTEGER NOT NULL,
         size INTEGER NOT NULL,
         form INTEGER NOT NULL,
         sum INTEGER NOT NULL,
         value BLOB NOT NULL
     ) STRICT;
     CREATE TABLE changes (
         document INTEGER NOT NULL REFERENCES documents (id),
         version INTEGER NOT NULL,
         change TEXT NOT NULL,
         PRIMARY KEY (document, version)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE losses (
         at INTEGER NOT NULL,
         why TEXT NOT NULL,
         kept TEXT NOT NULL
     ) STRICT;",
];

/// How many steps this build knows.
pub(super) fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// The version of a database.
pub(super) fn version(sql: &Connection) -> Result<i64> {
    sql.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that a database has not taken, each of them whole or not at all.
pub(super) fn migrate(sql: &Connection) -> Result<()> {
    let taken = usize::try_from(version(sql)?).unwrap_or(0);
    for (index, step) in STEPS.iter().enumerate().skip(taken) {
        let next = index + 1;
        sql.execute_batch(&format!(
            "BEGIN IMMEDIATE; {step} PRAGMA user_version = {next}; COMMIT"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// One for each step that has been in a build. Never change a line here: add one.
    const LANDED: &[&str] = &["958e34d15d655af3"];

    #[test]
    fn a_step_that_has_landed_is_never_changed() {
        let sum = |step: &&str| {
            let digest = Sha256::digest(step.as_bytes());
            digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let sums: Vec<String> = STEPS.iter().map(sum).collect();
        assert_eq!(
            sums, LANDED,
            "steps are append-only: leave this one as it was, and add another"
        );
    }

    #[test]
    fn all_steps_lead_from_nothing_to_the_newest_version_and_are_taken_once() {
        let sql = Connection::open_in_memory().unwrap();
        migrate(&sql).unwrap();
        migrate(&sql).unwrap();
        assert_eq!(version(&sql).unwrap(), newest());
        let documents: i64 =
            sql.query_row("SELECT count(*) FROM documents", [], |row| row.get(0)).unwrap();
        assert_eq!(documents, 0);
    }
}
