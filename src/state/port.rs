//! What documents need of a storage, which the store gives them; and what it is told to write.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::edit::Edit;
use super::measure::weight;
use super::path::Path;
use super::scope::Scope;
use crate::fault::Result;
use crate::protocol::state::{Change, Document, Written};

/// A document as it was committed at one moment.
#[derive(Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Grows with every change; 0 where there never was one.
    pub version: u64,
    /// What it is; none where there is nothing.
    pub value: Option<Value>,
    /// How many bytes its JSON has.
    pub size: usize,
}

impl Snapshot {
    /// How much memory it takes, about.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.value.as_ref().map_or(0, weight)
    }
}

/// One change that is asked for.
#[derive(Debug)]
pub struct Op {
    /// Of which document.
    pub scope: Scope,
    /// At which places.
    pub path: Arc<Path>,
    /// What is done there.
    pub edit: Edit,
    /// The version that the document must have, where that matters.
    pub unless_changed: Option<u64>,
    /// What the verb is called.
    pub name: &'static str,
}

/// Changes of which all are made, or none.
#[derive(Debug)]
pub struct Request {
    /// They, in their order.
    pub ops: Vec<Op>,
    /// Whether a failure is to say which of them it is about.
    pub batch: bool,
    /// Who asks.
    pub who: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

/// Where documents are kept.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The newest committed state of a document.
    async fn load(&self, scope: &Scope) -> Result<Arc<Snapshot>>;
    /// All documents, by scope.
    async fn list(&self) -> Result<Vec<Document>>;
    /// The latest changes of a document, the newest first.
    async fn history(&self, scope: &Scope, limit: usize) -> Result<Vec<Change>>;
    /// Makes changes. Answered once they are committed and on the shelf.
    async fn write(&self, request: Request) -> Result<Vec<Written>>;
}
