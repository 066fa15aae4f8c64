//! Which trouble terminals have with the disk, so that a person is told once of a disk that takes nothing, and not once for
//! each terminal; and of a full disk also where a terminal is in trouble for a reason of its own.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Each memory has a handle.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<HashMap<ErrorKind, usize>>>);

/// One terminal's trouble, until this is dropped.
#[derive(Debug)]
pub(super) struct Trouble {
    disk: Disk,
    /// One after the other, each once.
    kinds: Vec<ErrorKind>,
}

/// Who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nobody: it is known of this terminal.
    Nobody,
    /// The log, where each terminal's troubles are.
    Log,
    /// The person too, as no other terminal has it.
    Person,
}

impl Disk {
    /// A terminal that was well until now.
    pub fn begin(&self) -> Trouble {
        Trouble { disk: self.clone(), kinds: Vec::new() }
    }

    /// Whoever panicked with this lock has counted to the end.
    fn count(&self) -> MutexGuard<'_, HashMap<ErrorKind, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trouble {
    /// It has, or still has, this trouble.
    pub fn add(&mut self, kind: ErrorKind) -> Told {
        if self.kinds.contains(&kind) {
            return Told::Nobody;
        }
        self.kinds.push(kind);
        let mut count = self.disk.count();
        let having = count.entry(kind).or_default();
        *having += 1;
        if *having == 1 { Told::Person } else { Told::Log }
    }
}

impl Drop for Trouble {
    fn drop(&mut self) {
        let mut count = self.disk.count();
        for kind in &self.kinds {
            if let Some(having) = count.get_mut(kind) {
                *having -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: ErrorKind = ErrorKind::StorageFull;

    #[test]
    fn a_person_is_told_of_the_first_and_again_once_all_were_well() {
        let disk = Disk::default();
        let mut first = disk.begin();
        assert_eq!((first.add(FULL), first.add(FULL)), (Told::Person, Told::Nobody));
        let mut second = disk.clone().begin();
        assert_eq!(second.add(FULL), Told::Log);
        drop(first);
        let mut third = disk.begin();
        assert_eq!(third.add(FULL), Told::Log, "the second is still in trouble");
        drop((second, third));
        assert_eq!(disk.begin().add(FULL), Told::Person);
    }

    #[test]
    fn a_reason_of_its_own_hides_no_full_disk() {
        let disk = Disk::default();
        let mut odd = disk.begin();
        assert_eq!(odd.add(ErrorKind::NotADirectory), Told::Person);
        let mut other = disk.begin();
        assert_eq!(other.add(FULL), Told::Person);
        assert_eq!(odd.add(FULL), Told::Log, "and what it had before is not told again");
        assert_eq!(odd.add(ErrorKind::NotADirectory), Told::Nobody);
    }
}
