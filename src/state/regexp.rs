//! The JSONPath functions `match` and `search`: ours in place of the library's, which compile their pattern anew for every
//! value that they look at, a tenth of a millisecond each.

use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex, PoisonError};

use lru::LruCache;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use serde_json_path::functions::{LogicalType, ValueType};

/// So many compiled patterns are kept: more than one query has, unless it takes them from the document.
const KEPT: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// How much memory a compiled pattern may take. One that would take more matches nothing, as one that cannot be read.
const LARGEST: usize = 256 << 10;

/// A pattern, and whether all of a text must match it.
type Key = (String, bool);

static COMPILED: LazyLock<Mutex<LruCache<Key, Option<Regex>>>> =
    LazyLock::new(|| Mutex::new(LruCache::new(KEPT)));

/// Whether the text matches an I-Regexp (RFC 9485), all of it or a part.
fn matches(text: &ValueType<'_>, pattern: &ValueType<'_>, whole: bool) -> bool {
    let (Some(Value::String(text)), Some(Value::String(pattern))) =
        (text.as_value(), pattern.as_value())
    else {
        return false;
    };
    compiled(pattern, whole).is_some_and(|regex| regex.is_match(text))
}

fn compiled(pattern: &str, whole: bool) -> Option<Regex> {
    // A cache is whole at every point where a panic could leave it.
    let mut kept = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (pattern.to_owned(), whole);
    kept.get_or_insert(key, || compile(pattern, whole)).clone()
}

fn compile(pattern: &str, whole: bool) -> Option<Regex> {
    let framed = if whole { format!("^(?:{pattern})$") } else { format!("(?:{pattern})") };
    // With it a dot matches neither line feed nor carriage return, as I-Regexps have it.
    let mut builder = RegexBuilder::new(&framed);
    builder.crlf(true).size_limit(LARGEST).dfa_size_limit(LARGEST);
    builder.build().ok()
}

#[serde_json_path::function(name = "match")]
fn all_matches(text: ValueType, pattern: ValueType) -> LogicalType {
    matches(&text, &pattern, true).into()
}

#[serde_json_path::function(name = "search")]
fn part_matches(text: ValueType, pattern: ValueType) -> LogicalType {
    matches(&text, &pattern, false).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_cannot_be_read_or_is_too_large_matches_nothing() {
        assert!(compile("a.c", true).is_some_and(|regex| regex.is_match("abc")));
        assert!(compile("a.c", true).is_some_and(|regex| !regex.is_match("a\rc")));
        assert!(compile("a|b", true).is_some_and(|regex| !regex.is_match("ax")));
        assert!(compile("(", false).is_none());
        assert!(compile(r"\p{L}{1000}", false).is_none(), "megabytes");
    }
}
