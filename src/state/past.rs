//! What is remembered of a change: who, when, what, and the first places with what stood and stands there. Pure.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::edit::Plan;
use super::port::{Op, Request};
use crate::protocol::state::{Change, Place};

/// So many changes of each document are kept.
pub const KEPT: usize = 100;

/// So many places of a change are kept.
const PLACES: usize = 8;

/// A longer value, in bytes of JSON, is left out.
const LONGEST: usize = 1024;

/// Takes so many bytes and no more.
struct Room(usize);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the value's JSON has no more than so many bytes. It is not looked at beyond.
pub fn is_within<T: Serialize + ?Sized>(value: &T, most: usize) -> bool {
    serde_json::to_writer(Room(most), value).is_ok()
}

/// The places that a change is about to change, with what stands there.
pub fn before(plan: &Plan, root: Option<&Value>) -> Vec<Place> {
    let of = |place: &super::place::Place| {
        let mut past = Place { path: place.to_string(), old: None, new: None, cut: false };
        let old = root.and_then(|root| place.of(root));
        past.old = excerpt(old, &mut past.cut);
        past
    };
    plan.places().take(PLACES).map(of).collect()
}

/// The change with what stands in those places afterwards.
pub fn after(
    mut places: Vec<Place>,
    plan: &Plan,
    root: Option<&Value>,
    op: &Op,
    request: &Request,
    version: u64,
) -> Change {
    let deleted = matches!(op.edit, super::edit::Edit::Delete);
    for (past, place) in places.iter_mut().zip(plan.places()).filter(|_| !deleted) {
        let new = root.and_then(|root| place.of(root));
        past.new = excerpt(new, &mut past.cut);
    }
    Change {
        version,
        at: request.at,
        who: request.who.clone(),
        op: op.name.into(),
        path: op.path.text().into(),
        count: plan.places().len(),
        places,
    }
}

fn excerpt(value: Option<&Value>, cut: &mut bool) -> Option<Value> {
    let value = value?;
    if is_within(value, LONGEST) {
        return Some(value.clone());
    }
    *cut = true;
    None
}
