//! Wire types of `state.*`: documents of JSON, one for each session and project and one for all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::WatchId;

fn root() -> String {
    "$".into()
}

/// What to read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.GetParams")]
#[serde(deny_unknown_fields)]
pub struct GetParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which of its values: a JSONPath (RFC 9535), such as `$.tasks[?@.done == false].title`. All of it if not given.
    #[serde(default = "root")]
    pub path: String,
    /// Tell where each of them stands, too.
    #[serde(default)]
    pub paths: bool,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Got")]
pub struct Got {
    /// The values that the path selects; none where nothing is.
    pub values: Vec<Value>,
    /// Where each stands, as a normalized path, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// The document's version, which grows with every change; 0 where it has never been written.
    pub version: u64,
}

/// A value for each place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.SetParams")]
#[serde(deny_unknown_fields)]
pub struct SetParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which places: all that the path selects. A path of names alone may name a place that is not there yet; it is made, with objects along the way.
    pub path: String,
    /// What stands there from now on.
    pub value: Value,
}

/// A patch for each place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.MergeParams")]
#[serde(deny_unknown_fields)]
pub struct MergeParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which places, as for `state.set`. All of the document if not given.
    #[serde(default = "root")]
    pub path: String,
    /// What is merged into what stands there, as RFC 7386 has it: members replace members, null removes one.
    pub value: Value,
}

/// Places to be removed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.DeleteParams")]
#[serde(deny_unknown_fields)]
pub struct DeleteParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which places. `$` leaves no document.
    pub path: String,
}

fn one() -> serde_json::Number {
    1.into()
}

/// Numbers to be counted up.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.IncrementParams")]
#[serde(deny_unknown_fields)]
pub struct IncrementParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which numbers, as for `state.set`: one that is not there yet counts from 0.
    pub path: String,
    /// By how much; down, if it is negative. 1 if not given.
    #[serde(default = "one")]
    #[schemars(with = "f64")]
    pub by: serde_json::Number,
}

/// Values for the ends of arrays.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.AppendParams")]
#[serde(deny_unknown_fields)]
pub struct AppendParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which arrays, as for `state.set`: one that is not there yet is empty.
    pub path: String,
    /// What becomes the last element of each.
    pub value: Value,
}

/// A value for each place, if nobody has changed the document meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.CasParams")]
#[serde(deny_unknown_fields)]
pub struct CasParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which places, as for `state.set`.
    pub path: String,
    /// The version that the document must still have; 0 for one that has never been written.
    pub version: u64,
    /// What stands there from now on.
    pub value: Value,
}

/// A whole document.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.ImportParams")]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// What it is from now on.
    pub value: Value,
}

/// One change of a batch: its parameters, and under `op` what it does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Op")]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// As `state.set`.
    Set(SetParams),
    /// As `state.merge`.
    Merge(MergeParams),
    /// As `state.delete`.
    Delete(DeleteParams),
    /// As `state.increment`.
    Increment(IncrementParams),
    /// As `state.append`.
    Append(AppendParams),
    /// As `state.cas`.
    Cas(CasParams),
    /// As `state.import`.
    Import(ImportParams),
}

/// Changes that belong together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.BatchParams")]
#[serde(deny_unknown_fields)]
pub struct BatchParams {
    /// They, in their order; of as many documents as you like, 1000 at most.
    pub ops: Vec<Op>,
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Written")]
pub struct Written {
    /// How many places it has changed.
    pub count: usize,
    /// The document's version now; as before where no place was changed.
    pub version: u64,
}

/// Changes that were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Batched")]
pub struct Batched {
    /// What each has done.
    pub results: Vec<Written>,
}

/// One document, by its scope.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.ScopeParams")]
#[serde(deny_unknown_fields)]
pub struct ScopeParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
}

/// A document as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Document")]
pub struct Document {
    /// Whose it is.
    pub scope: String,
    /// Its version.
    pub version: u64,
    /// How many bytes its JSON has.
    pub size: u64,
    /// When it was last changed, in seconds since 1970.
    pub changed: u64,
}

/// All documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Listing")]
pub struct Listing {
    /// They, by scope.
    pub documents: Vec<Document>,
}

/// A document with its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Exported")]
pub struct Exported {
    /// Whose it is.
    pub scope: String,
    /// Its version.
    pub version: u64,
    /// All of it, as `state.import` takes it.
    pub value: Value,
}

/// Which changes to list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.HistoryParams")]
#[serde(deny_unknown_fields)]
pub struct HistoryParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// How many at most; as many as are kept if not given.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A place that a change has changed. A value that is too long to be kept is left out, and `cut` says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Place")]
pub struct Place {
    /// Where, as a normalized path.
    pub path: String,
    /// What stood there, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What stands there since, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Whether a value is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// A change of a document, as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Change")]
pub struct Change {
    /// The version that it has led to.
    pub version: u64,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Who: the client's name and id.
    pub who: String,
    /// What was done: `set`, `merge`, `delete`, `increment`, `append`, `cas` or `import`.
    pub op: String,
    /// The path, as it was given.
    pub path: String,
    /// How many places it has changed.
    pub count: usize,
    /// The first of them.
    pub places: Vec<Place>,
}

/// The latest changes of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.History")]
pub struct History {
    /// They, the newest first. Of each document the last hundred are kept.
    pub changes: Vec<Change>,
}

/// What to watch.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.WatchParams")]
#[serde(deny_unknown_fields)]
pub struct WatchParams {
    /// Whose document: `shared`, `project:DIR`, or a session's name.
    pub scope: String,
    /// Which of its values. All of it if not given.
    #[serde(default = "root")]
    pub path: String,
}

/// What is watched, and how it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Watched")]
pub struct Watched {
    /// The watch, which ends with its client.
    pub watch: WatchId,
    /// The values that the path selects at present.
    pub values: Vec<Value>,
    /// The document's version.
    pub version: u64,
}

/// A watch of this client.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.UnwatchParams")]
#[serde(deny_unknown_fields)]
pub struct UnwatchParams {
    /// It.
    pub watch: WatchId,
}

/// What a watched path selects is not what it was. Changes that come fast are told together: `old` is what was told before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "state.Changed")]
pub struct Changed {
    /// The watch.
    pub watch: WatchId,
    /// Whose document.
    pub scope: String,
    /// The path, as it was given.
    pub path: String,
    /// The document's version.
    pub version: u64,
    /// The values that were told before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Vec<Value>>,
    /// The values now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Vec<Value>>,
    /// The values are too long to be told, and were left out: ask for them with `state.get`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}
