//! What is kept of reading: paths that were parsed, and what they select of a document's version.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use serde::Serialize;
use serde_json::Value;

use super::bounded::Bounded;
use super::measure::weight;
use super::path::Path;
use super::scope::Scope;
use crate::fault::Result;

/// How many bytes of results are kept.
const MOST: usize = 1 << 20;

/// A heavier result is not kept: it would put out many others.
const HEAVIEST: usize = MOST / 4;

/// How many parsed paths are kept, each of a few hundred bytes.
const PATHS: NonZeroUsize = NonZeroUsize::new(512).unwrap();

/// What a path has selected.
#[derive(Debug, PartialEq, Serialize)]
pub struct Found {
    /// The values.
    pub values: Vec<Value>,
    /// Where they stand, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
}

impl Found {
    fn weight(&self) -> usize {
        let paths = self.paths.iter().flatten().map(|path| path.capacity() + size_of::<String>());
        size_of::<Self>() + self.values.iter().map(weight).sum::<usize>() + paths.sum::<usize>()
    }
}

/// Which result: of which document, by which path, with paths or without.
type Key = (Scope, String, bool);

/// A document's version, and of which database.
type Version = (u64, u64);

/// Kept paths and results.
pub struct Answers {
    paths: Mutex<LruCache<String, Arc<Path>>>,
    results: Mutex<Bounded<Key, (Version, Arc<Found>)>>,
}

impl Default for Answers {
    fn default() -> Self {
        Self { paths: Mutex::new(LruCache::new(PATHS)), results: Mutex::new(Bounded::new(MOST)) }
    }
}

/// The tables are whole at every point where a panic could leave them.
fn locked<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Answers {
    /// The path of that text, parsed now or earlier.
    pub fn path(&self, text: &str) -> Result<Arc<Path>> {
        if let Some(path) = locked(&self.paths).get(text) {
            return Ok(path.clone());
        }
        let path = Arc::new(Path::parse(text)?);
        locked(&self.paths).put(text.to_owned(), path.clone());
        Ok(path)
    }

    /// What the path has selected of that version of the document, if it is known.
    pub fn get(
        &self,
        scope: &Scope,
        path: &Path,
        paths: bool,
        version: Version,
    ) -> Option<Arc<Found>> {
        let key = (scope.clone(), path.text().to_owned(), paths);
        let mut results = locked(&self.results);
        let (of, found) = results.get(&key)?;
        (*of == version).then(|| found.clone())
    }

    /// Keeps what the path has selected, unless it is too much.
    pub fn put(&self, scope: &Scope, path: &Path, version: Version, found: &Arc<Found>) {
        let key = (scope.clone(), path.text().to_owned(), found.paths.is_some());
        let weight = found.weight() + key.1.len() + scope.key().len() + size_of::<Key>();
        if weight <= HEAVIEST {
            locked(&self.results).put(key, (version, found.clone()), weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_is_given_again_for_the_same_version_and_for_no_other() {
        let answers = Answers::default();
        let scope = Scope::resolve("shared").unwrap();
        let path = answers.path("$.a").unwrap();
        assert!(Arc::ptr_eq(&path, &answers.path("$.a").unwrap()), "parsed once");
        let found = Arc::new(Found { values: vec![json!(1)], paths: None });
        answers.put(&scope, &path, (0, 7), &found);
        assert_eq!(answers.get(&scope, &path, false, (0, 7)), Some(found));
        assert_eq!(answers.get(&scope, &path, false, (0, 8)), None);
        assert_eq!(answers.get(&scope, &path, false, (1, 7)), None, "another database");
        assert_eq!(answers.get(&scope, &path, true, (0, 7)), None, "its paths were not asked for");
        let other = Scope::resolve("other").unwrap();
        assert_eq!(answers.get(&other, &path, false, (0, 7)), None);
        let heavy = Arc::new(Found { values: vec![json!("x".repeat(HEAVIEST))], paths: None });
        answers.put(&scope, &path, (0, 9), &heavy);
        assert_eq!(answers.get(&scope, &path, false, (0, 9)), None);
    }
}
