//! Whose a document is: everybody's, a project's or a session's. Pure.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::fault::{Fault, Kind, Result};

/// Longest name of a session; what fits a board's column.
const LONGEST_NAME: usize = 64;

/// Longest directory: what the system takes itself (`PATH_MAX`).
const LONGEST_DIRECTORY: usize = 4096;

const SHARED: &str = "shared";
const PROJECT: &str = "project:";
const SESSION: &str = "session:";

/// Whose a document is. Compared and stored by its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(Arc<str>);

impl Scope {
    /// What a caller means. Sessions do not exist yet, so every valid name is taken as one's.
    pub fn resolve(text: &str) -> Result<Self> {
        if text == SHARED {
            return Ok(Self(SHARED.into()));
        }
        if let Some(directory) = text.strip_prefix(PROJECT) {
            let directory = normal(directory)?;
            return Ok(Self(format!("{PROJECT}{directory}").into()));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > LONGEST_NAME || !text.chars().all(plain) {
            let shown: String = text.chars().take(LONGEST_NAME).collect();
            let message = format!("{shown:?} is no scope");
            return Err(Fault::new(Kind::InvalidParams, message).hint(format!(
                "take shared, project:/a/directory, or a session's name: letters, digits, - _ . \
                 and at most {LONGEST_NAME} of them"
            )));
        }
        Ok(Self(format!("{SESSION}{text}").into()))
    }

    /// What a stored document's key says, which `key` has written.
    pub fn stored(key: &str) -> Self {
        Self(key.into())
    }

    /// What it is stored by.
    pub fn key(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    /// As callers write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_prefix(SESSION).unwrap_or(&self.0))
    }
}

/// The directory without `.`, `..` and doubled or trailing slashes. Nothing is looked up: it need not exist.
fn normal(directory: &str) -> Result<String> {
    let refused = |why: &str| {
        Fault::new(Kind::InvalidParams, format!("the project's directory {why}"))
            .hint("such as project:/home/me/code/thing")
    };
    if directory.len() > LONGEST_DIRECTORY {
        return Err(refused("is longer than a path can be"));
    }
    if directory.chars().any(char::is_control) {
        return Err(refused("contains control characters"));
    }
    if !Path::new(directory).is_absolute() {
        return Err(refused("is not absolute"));
    }
    let mut whole = PathBuf::from("/");
    for part in Path::new(directory).components() {
        match part {
            Component::Normal(name) => whole.push(name),
            Component::ParentDir => {
                whole.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    Ok(whole.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_one_name_however_it_is_written() {
        let named = |text: &str| Scope::resolve(text).unwrap().to_string();
        for (text, name) in [
            ("shared", "shared"),
            ("project:/a/b", "project:/a/b"),
            ("project:/a//b/./c/../", "project:/a/b"),
            ("project:/../..", "project:/"),
            ("review-2.1_x", "review-2.1_x"),
        ] {
            assert_eq!(named(text), name);
            assert_eq!(named(name), name);
            let scope = Scope::resolve(text).unwrap();
            assert_eq!(Scope::stored(scope.key()), scope);
        }
    }

    #[test]
    fn what_is_no_scope_is_refused_with_what_would_be_one() {
        let long = "x".repeat(65);
        for text in ["", "a b", "a/b", "ä", &long, "project:", "project:a", "project:/a\n", "a:b"]
        {
            let fault = Scope::resolve(text).unwrap_err();
            assert_eq!(fault.kind, Kind::InvalidParams, "{text:?}");
            assert!(fault.hint.is_some(), "{text:?}");
        }
    }
}
