//! A table of what was used last, bounded by the memory that it takes.

use std::hash::Hash;

use lru::LruCache;

/// What is kept, and what all of it weighs.
pub struct Bounded<K: Hash + Eq, V> {
    kept: LruCache<K, (V, usize)>,
    weight: usize,
    most: usize,
}

impl<K: Hash + Eq, V> Bounded<K, V> {
    /// An empty table for so many bytes.
    pub fn new(most: usize) -> Self {
        Self { kept: LruCache::unbounded(), weight: 0, most }
    }

    /// What is kept under a key, which counts as used.
    pub fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.kept.get(key).map(|(value, _)| value)
    }

    /// Keeps this in place of what was there, and lets go of what was used least lately. What was put in last stays, however
    /// heavy it is: it is what is needed next.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        if let Some((_, (_, old))) = self.kept.push(key, (value, weight)) {
            self.weight -= old;
        }
        self.weight += weight;
        while self.weight > self.most && self.kept.len() > 1 {
            match self.kept.pop_lru() {
                Some((_, (_, weight))) => self.weight -= weight,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_least_lately_makes_room_and_the_last_one_stays_however_heavy() {
        let mut table = Bounded::new(10);
        let has = |key: &str, table: &mut Bounded<&str, i32>| table.get(key).copied();
        table.put("a", 1, 4);
        table.put("b", 2, 4);
        assert_eq!(has("a", &mut table), Some(1));
        table.put("c", 3, 4);
        assert_eq!([has("a", &mut table), has("b", &mut table)], [Some(1), None]);
        table.put("a", 9, 1);
        assert_eq!(has("a", &mut table), Some(9));
        assert_eq!(table.weight, 5, "replaced, not added");
        table.put("d", 4, 100);
        assert_eq!([has("a", &mut table), has("d", &mut table)], [None, Some(4)]);
        table.put("e", 5, 1);
        assert_eq!([has("d", &mut table), has("e", &mut table)], [None, Some(5)]);
        assert_eq!(table.weight, 1);
    }
}
