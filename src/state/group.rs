//! Changes of documents that are committed together: each works on what the one before has left, and nobody else sees any
//! of it before the commit. No I/O but by way of who calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::change;
use super::edit::Plan;
use super::past;
use super::port::{Op, Request, Snapshot};
use super::scope::Scope;
use super::shelf::Shelf;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::state::{Change, Written};

/// The working copies of the documents that a group changes.
#[derive(Default)]
pub struct Group {
    works: BTreeMap<Scope, Work>,
}

/// One working copy.
#[derive(Clone)]
struct Work {
    base: Arc<Snapshot>,
    /// The value, once it differs from the base's.
    edited: Option<Option<Value>>,
    version: u64,
    /// The size is no more than this.
    size: usize,
    changed: u64,
    /// The latest changes, as many as are kept.
    past: VecDeque<Change>,
}

/// A document that must be written.
pub struct Dirty<'g> {
    /// Whose.
    pub scope: &'g Scope,
    /// Its new version.
    pub version: u64,
    /// When it was changed, in seconds since 1970.
    pub changed: u64,
    /// Its value; none where there is nothing.
    pub value: Option<&'g Value>,
    /// What is to be remembered of how it came about.
    pub past: &'g VecDeque<Change>,
}

/// Where a document that is not in the group yet comes from.
pub type Load<'l> = dyn FnMut(&Scope) -> Result<Arc<Snapshot>> + 'l;

impl Group {
    /// Makes all changes of a request, or none.
    pub fn carry_out(&mut self, request: &Request, load: &mut Load<'_>) -> Result<Vec<Written>> {
        let alone = request.ops.len() == 1;
        let mut saved: BTreeMap<Scope, Option<Work>> = BTreeMap::new();
        let mut done = Vec::with_capacity(request.ops.len());
        for (index, op) in request.ops.iter().enumerate() {
            if !alone && !saved.contains_key(&op.scope) {
                saved.insert(op.scope.clone(), self.works.get(&op.scope).cloned());
            }
            match self.change(op, request, load) {
                Ok(written) => done.push(written),
                Err(fault) => {
                    // A change that fails has changed nothing itself.
                    self.restore(saved);
                    return Err(if request.batch { change::named(fault, index) } else { fault });
                }
            }
        }
        Ok(done)
    }

    fn restore(&mut self, saved: BTreeMap<Scope, Option<Work>>) {
        for (scope, work) in saved {
            match work {
                Some(work) => self.works.insert(scope, work),
                None => self.works.remove(&scope),
            };
        }
    }

    fn change(&mut self, op: &Op, request: &Request, load: &mut Load<'_>) -> Result<Written> {
        if !self.works.contains_key(&op.scope) {
            let base = load(&op.scope)?;
            self.works.insert(op.scope.clone(), Work::new(base));
        }
        let missing = || crate::fault::internal("a document is lost while it is changed");
        self.works.get_mut(&op.scope).ok_or_else(missing)?.change(op, request)
    }

    /// Those that must be written.
    pub fn dirty(&self) -> impl Iterator<Item = Dirty<'_>> {
        self.works.iter().filter_map(|(scope, work)| {
            let value = work.edited.as_ref()?.as_ref();
            let Work { version, changed, ref past, .. } = *work;
            Some(Dirty { scope, version, changed, value, past })
        })
    }

    /// Puts what was committed on the shelf. `sizes` are those of `dirty`, in its order.
    pub fn publish(self, shelf: &Shelf, sizes: &[usize]) {
        let dirty = self.works.into_iter().filter_map(|(scope, work)| {
            let Work { edited, version, .. } = work;
            edited.map(|value| (scope, version, value))
        });
        for ((scope, version, value), size) in dirty.zip(sizes) {
            shelf.committed(&scope, &Arc::new(Snapshot { version, value, size: *size }));
        }
    }
}

impl Work {
    fn new(base: Arc<Snapshot>) -> Self {
        let (version, size) = (base.version, base.size);
        Self { base, edited: None, version, size, changed: 0, past: VecDeque::new() }
    }

    fn change(&mut self, op: &Op, request: &Request) -> Result<Written> {
        if let Some(wanted) = op.unless_changed.filter(|wanted| *wanted != self.version) {
            return Err(conflict(&op.scope, wanted, self.version));
        }
        let present = self.edited.as_ref().unwrap_or(&self.base.value).as_ref();
        let plan = Plan::new(present, &op.path, &op.edit, self.size)?;
        let count = plan.places().len();
        if count > 0 {
            let places = past::before(&plan, present);
            let edited = self.edited.get_or_insert_with(|| self.base.value.clone());
            plan.carry_out(edited, &op.edit);
            self.version += 1;
            (self.size, self.changed) = (plan.size(), request.at);
            let change = past::after(places, &plan, edited.as_ref(), op, request, self.version);
            self.past.push_back(change);
            if self.past.len() > past::KEPT {
                self.past.pop_front();
            }
        }
        Ok(Written { count, version: self.version })
    }
}

fn conflict(scope: &Scope, wanted: u64, present: u64) -> Fault {
    let message =
        format!("{scope} has version {present} now, not {wanted}: somebody has changed it");
    Fault::new(Kind::Conflict, message)
        .hint("read it again with state.get, and try with that version")
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
