//! Wire types of `agent.compose`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Words for an agent: one there is, or one that is about to be started.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.ComposeParams")]
#[serde(deny_unknown_fields)]
pub struct ComposeParams {
    /// An agent's id or name, or its terminal's id.
    #[serde(default)]
    pub id: Option<String>,
    /// The profile of one that is about to be started, instead of `id`.
    #[serde(default)]
    pub profile: Option<String>,
    /// The directory that it will be started in.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// The words in their order, with what is to be referred to between them.
    pub parts: Vec<Part>,
}

/// A part of what an agent is told: words as they are, or a place to refer to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Part")]
#[serde(untagged, expecting = "a part must be a string or a place: a map with a path")]
pub enum Part {
    /// Words.
    Words(String),
    /// A file, or lines of it.
    Place(Place),
}

/// A file, or lines of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Place")]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its absolute path.
    pub path: PathBuf,
    /// The first line, counted from 1.
    #[serde(default)]
    pub first: Option<u32>,
    /// The last line; without it, the first one.
    #[serde(default)]
    pub last: Option<u32>,
    /// One position in the first line instead of whole lines, counted from 1.
    #[serde(default)]
    pub column: Option<u32>,
}

/// What to tell an agent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "agent.Composed")]
pub struct Composed {
    /// For `agent.prompt` or `agent.spawn`.
    pub text: String,
}
