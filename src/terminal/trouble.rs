//! How many terminals are in trouble with the disk, so that a person is told once of a disk that takes nothing, and not
//! once for each terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Each memory has a handle.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<AtomicUsize>);

/// One terminal's trouble, until this is dropped.
#[derive(Debug)]
pub(super) struct Trouble(Disk);

impl Disk {
    /// A terminal gets into trouble; whether it is to be said, as no other one is in it.
    pub fn fails(&self) -> (Trouble, bool) {
        let others = self.0.fetch_add(1, Ordering::Relaxed);
        (Trouble(self.clone()), others == 0)
    }
}

impl Drop for Trouble {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_of_the_first_and_again_once_all_were_well() {
        let disk = Disk::default();
        let (first, said) = disk.fails();
        assert!(said);
        let (second, said) = disk.clone().fails();
        assert!(!said);
        drop(first);
        let (third, said) = disk.fails();
        assert!(!said, "the second is still in trouble");
        drop((second, third));
        assert!(disk.fails().1);
    }
}
