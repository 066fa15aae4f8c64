//! Edits of a value at all places that a path selects: first planned, when anything may be wrong with them, then carried
//! out, when nothing can. Pure.

use serde_json::{Map, Number, Value};

use super::bounds::{MOST_DEPTH, MOST_SIZE};
use super::measure::{depth, size};
use super::path::{Path, Turn, element};
use super::place::{Place, Step};
use super::sum::sum;
use crate::fault::{Fault, Kind, Result};

/// What is done at each place.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// This stands there.
    Set(Value),
    /// This is merged into what stands there, as a JSON merge patch (RFC 7386).
    Merge(Value),
    /// Nothing stands there.
    Delete,
    /// So much is added.
    Increment(Number),
    /// An array has one element more.
    Append(Value),
}

/// An edit that can be carried out.
#[derive(Debug, PartialEq)]
pub struct Plan {
    /// What is inside others first, and later elements before earlier ones, so that none moves another.
    places: Vec<Place>,
    /// Whether the only place is made first.
    makes: bool,
    /// Sums, one for each place.
    sums: Vec<Number>,
    /// The document's size afterwards is no more than this.
    size: usize,
}

impl Plan {
    /// What an edit of a document of that size would do, or why it cannot be done.
    pub fn new(root: Option<&Value>, path: &Path, edit: &Edit, before: usize) -> Result<Self> {
        let mut places = root.map_or_else(Vec::new, |root| path.places(root));
        places.sort_unstable_by(|one, another| another.cmp(one));
        places.dedup();
        let mut makes = false;
        if places.is_empty()
            && *edit != Edit::Delete
            && let Some(turns) = path.singular()
        {
            places.push(missing(root, turns)?);
            makes = true;
        }
        let old = |place: &Place| root.and_then(|root| place.of(root));
        let mut sums = Vec::new();
        for place in &places {
            match (edit, old(place)) {
                (Edit::Increment(by), Some(old)) => sums.push(counted(old, by, place)?),
                (Edit::Increment(by), None) => sums.push(by.clone()),
                (Edit::Append(_), Some(old)) if !old.is_array() => {
                    return Err(unfit("an array", old, place));
                }
                _ => {}
            }
        }
        let growth = growth(&places, edit);
        // What it is said to be may be more than it is: only where that matters it is counted.
        let exact = || root.map_or(0, size);
        let before = if before + growth > MOST_SIZE { exact() } else { before };
        Self { size: before + growth, places, makes, sums }.bounded(edit, old)
    }

    /// The same, if the document stays within its bounds.
    fn bounded<'v>(
        mut self,
        edit: &Edit,
        old: impl Fn(&Place) -> Option<&'v Value>,
    ) -> Result<Self> {
        if let Edit::Set(value) | Edit::Merge(value) | Edit::Append(value) = edit {
            let deepest = self.places.iter().map(|place| place.0.len()).max().unwrap_or(0);
            let inside = usize::from(matches!(edit, Edit::Append(_)));
            if deepest + inside + depth(value) > MOST_DEPTH {
                let message = format!("the document would be more than {MOST_DEPTH} values deep");
                return Err(Fault::new(Kind::Exhausted, message)
                    .hint("keep what is deeper as a text of JSON"));
            }
        }
        if let (Edit::Set(_), true) = (edit, self.size > MOST_SIZE) {
            // What is replaced makes room; counting that takes time, so it is done only where it matters.
            let room: usize = self.places.iter().filter_map(old).map(size).sum();
            self.size = self.size.saturating_sub(room);
        }
        if *edit != Edit::Delete && self.size > MOST_SIZE {
            let message = format!("the document would be larger than {MOST_SIZE} bytes");
            return Err(Fault::new(Kind::Exhausted, message)
                .hint("keep a part of it under another scope, or delete from it: state.delete"));
        }
        Ok(self)
    }

    /// The places that it changes, the first one first.
    pub fn places(&self) -> impl ExactSizeIterator<Item = &Place> {
        self.places.iter().rev()
    }

    /// What the document's size is at most afterwards.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Changes the value that it was made for.
    pub fn carry_out(&self, root: &mut Option<Value>, edit: &Edit) {
        if let (true, Some(place)) = (self.makes, self.places.first()) {
            make(root, place);
        }
        for (index, place) in self.places.iter().enumerate() {
            match edit {
                Edit::Delete => remove(root, place),
                Edit::Set(value) => put(root, place, value.clone()),
                Edit::Increment(_) => {
                    let sum = self.sums.get(index).cloned();
                    put(root, place, sum.map_or(Value::Null, Value::Number));
                }
                Edit::Merge(patch) => {
                    if let Some(target) = at(root, place) {
                        merge(target, patch);
                    }
                }
                Edit::Append(value) => match at(root, place) {
                    Some(Value::Array(items)) => items.push(value.clone()),
                    Some(made) => *made = Value::Array(vec![value.clone()]),
                    None => {}
                },
            }
        }
    }
}

/// How many bytes it adds at most.
fn growth(places: &[Place], edit: &Edit) -> usize {
    // A number has 20 digits or 24 characters at most.
    const NUMBER: usize = 24;
    let each = match edit {
        Edit::Delete => return 0,
        Edit::Increment(_) => NUMBER,
        Edit::Set(value) | Edit::Merge(value) | Edit::Append(value) => size(value),
    };
    // A name that must be made: six characters for each byte of it at most, quotes, colon, comma, brackets.
    let made = |step: &Step| match step {
        Step::Name(name) => 6 * name.len() + 6,
        Step::Index(_) => 0,
    };
    let way = |place: &Place| place.0.iter().map(made).sum::<usize>() + 3;
    places.iter().map(|place| each + way(place)).sum()
}

/// What a value is, as people say it.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn unfit(wanted: &str, found: &Value, place: &Place) -> Fault {
    let message = format!("{wanted} was expected at {place}, and there is {}", kind(found));
    Fault::new(Kind::InvalidParams, message)
        .hint("look at it with state.get; replace it with state.set")
}

fn counted(old: &Value, by: &Number, place: &Place) -> Result<Number> {
    let Value::Number(number) = old else {
        return Err(unfit("a number", old, place));
    };
    sum(number, by).ok_or_else(|| {
        let message = format!("{number} at {place} and {by} make more than a number can be");
        Fault::new(Kind::InvalidParams, message).hint("start again from 0 with state.set")
    })
}

/// The place that a path of names and indices leads to, which is not there but can be made.
fn missing(root: Option<&Value>, turns: &[Turn]) -> Result<Place> {
    let (mut place, mut here) = (Place::default(), root);
    for turn in turns {
        let next = match (turn, here) {
            (Turn::Name(name), Some(Value::Object(members))) => members.get(name),
            (Turn::Name(_), None) => None,
            (Turn::Index(index), Some(Value::Array(items))) => {
                let Some(found) = element(*index, items.len()) else {
                    return Err(no_element(&place, items.len()));
                };
                place.0.push(Step::Index(found));
                here = items.get(found);
                continue;
            }
            (Turn::Name(_), Some(other)) => return Err(unfit("an object", other, &place)),
            (Turn::Index(_), Some(other)) => return Err(unfit("an array", other, &place)),
            (Turn::Index(_), None) => return Err(no_element(&place, 0)),
        };
        if let Turn::Name(name) = turn {
            place.0.push(Step::Name(name.clone()));
        }
        here = next;
    }
    Ok(place)
}

fn no_element(array: &Place, length: usize) -> Fault {
    let message = match length {
        0 => format!("there is no such element at {array}, which has none"),
        length => format!("there is no such element at {array}, which has {length}"),
    };
    Fault::new(Kind::InvalidParams, message).hint("an array grows at its end, by state.append")
}

fn at<'v>(root: &'v mut Option<Value>, place: &Place) -> Option<&'v mut Value> {
    place.of_mut(root.as_mut()?)
}

fn put(root: &mut Option<Value>, place: &Place, value: Value) {
    if let Some(target) = at(root, place) {
        *target = value;
    }
}

fn remove(root: &mut Option<Value>, place: &Place) {
    let Some((parent, step)) = place.split() else {
        *root = None;
        return;
    };
    match (at(root, &parent), step) {
        (Some(Value::Array(items)), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
        }
        (Some(Value::Object(members)), Step::Name(name)) => {
            members.remove(name);
        }
        _ => {}
    }
}

/// Makes the place with null in it, and objects along the way.
fn make(root: &mut Option<Value>, place: &Place) {
    let fresh = |last: bool| if last { Value::Null } else { Value::Object(Map::new()) };
    let mut here = root.get_or_insert_with(|| fresh(place.0.is_empty()));
    for (index, step) in place.0.iter().enumerate() {
        let last = index + 1 == place.0.len();
        let next = match (here, step) {
            (Value::Object(members), Step::Name(name)) => {
                Some(members.entry(name.clone()).or_insert_with(|| fresh(last)))
            }
            (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
            _ => None,
        };
        let Some(next) = next else {
            return;
        };
        here = next;
    }
}

/// RFC 7386, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
