//! What a reader is given: written to the wire from where it stands, without a copy of it.

use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::answers::Found;
use super::path::Path;
use super::port::Snapshot;
use super::scope::Scope;

/// The values that a path selects, as `protocol::state::Got`.
pub enum Reading {
    /// Those of a path that selects one place at most.
    One {
        /// Of what.
        snapshot: Arc<Snapshot>,
        /// By which path.
        path: Arc<Path>,
        /// Whether its place is told.
        paths: bool,
    },
    /// Those of any path.
    Many {
        /// They.
        found: Arc<Found>,
        /// Of which version.
        version: u64,
    },
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One { snapshot, path, paths } => {
                let located = snapshot.value.as_ref().map(|root| path.located(root));
                let located = located.unwrap_or_default();
                let values: Vec<&Value> = located.iter().map(|(_, value)| *value).collect();
                let places = || located.iter().map(|(place, _)| place.to_string()).collect();
                let places: Option<Vec<String>> = paths.then(places);
                got(serializer, &values, places.as_ref(), snapshot.version)
            }
            Self::Many { found, version } => {
                got(serializer, &found.values, found.paths.as_ref(), *version)
            }
        }
    }
}

fn got<S: Serializer, V: Serialize>(
    serializer: S,
    values: &V,
    paths: Option<&Vec<String>>,
    version: u64,
) -> Result<S::Ok, S::Error> {
    let fields = if paths.is_some() { 3 } else { 2 };
    let mut got = serializer.serialize_struct("Got", fields)?;
    got.serialize_field("values", values)?;
    if let Some(paths) = paths {
        got.serialize_field("paths", paths)?;
    }
    got.serialize_field("version", &version)?;
    got.end()
}

/// A whole document, as `protocol::state::Exported`.
pub struct Export {
    /// Whose.
    pub scope: Scope,
    /// It.
    pub snapshot: Arc<Snapshot>,
}

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut exported = serializer.serialize_struct("Exported", 3)?;
        exported.serialize_field("scope", &self.scope.to_string())?;
        exported.serialize_field("version", &self.snapshot.version)?;
        exported.serialize_field("value", &self.snapshot.value)?;
        exported.end()
    }
}
