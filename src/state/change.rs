//! What the verbs that change documents ask for, read from what came over the wire.

use std::sync::Arc;

use super::edit::Edit;
use super::path::Path;
use super::port::Op;
use super::scope::Scope;
use crate::fault::{Fault, Result};
use crate::protocol::state;

/// A change; `path` reads a path.
pub fn read(op: state::Op, path: impl Fn(&str) -> Result<Arc<Path>>) -> Result<Op> {
    use state::Op as Wire;
    let (name, scope, text, edit, unless_changed) = match op {
        Wire::Set(p) => ("set", p.scope, p.path, Edit::Set(p.value), None),
        Wire::Merge(p) => ("merge", p.scope, p.path, Edit::Merge(p.value), None),
        Wire::Delete(p) => ("delete", p.scope, p.path, Edit::Delete, None),
        Wire::Increment(p) => ("increment", p.scope, p.path, Edit::Increment(p.by), None),
        Wire::Append(p) => ("append", p.scope, p.path, Edit::Append(p.value), None),
        Wire::Cas(p) => ("cas", p.scope, p.path, Edit::Set(p.value), Some(p.version)),
        Wire::Import(p) => ("import", p.scope, "$".into(), Edit::Set(p.value), None),
    };
    Ok(Op { scope: Scope::resolve(&scope)?, path: path(&text)?, edit, unless_changed, name })
}

/// The fault, with which change of a batch it is about.
pub fn named(fault: Fault, index: usize) -> Fault {
    Fault { message: format!("at ops[{index}]: {}; nothing was changed", fault.message), ..fault }
}
