//! Paths into documents: JSONPath as RFC 9535 has it, read and followed by `serde_json_path`. Pure.

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use super::bounds::LONGEST_PATH;
use super::fence;
use super::place::{Place, Step};
use super::singular;
use crate::fault::{Fault, Kind, Result};

/// A step as a path has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To the member of that name.
    Name(String),
    /// To an element, from the end where it is negative.
    Index(i64),
}

/// A path that can be followed.
#[derive(Debug)]
pub struct Path {
    text: String,
    query: JsonPath,
    /// Its steps, where it selects one place at most.
    turns: Option<Vec<Turn>>,
}

impl Path {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > LONGEST_PATH {
            let message = format!("the path is longer than {LONGEST_PATH} bytes");
            return Err(Fault::new(Kind::InvalidParams, message).hint(EXAMPLES));
        }
        fence::check(text)?;
        let query = JsonPath::parse(text)
            .map_err(|error| unreadable(text, error.position(), error.message()))?;
        Ok(Self { turns: singular::turns(text), text: text.to_owned(), query })
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its steps, where it is of names and indices alone and so selects one place at most.
    pub fn singular(&self) -> Option<&[Turn]> {
        self.turns.as_deref()
    }

    /// The values that it selects.
    pub fn values<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        match &self.turns {
            Some(turns) => follow(root, turns).map(|(_, value)| value).into_iter().collect(),
            None => self.query.query(root).all(),
        }
    }

    /// The places that it selects, with what stands there.
    pub fn located<'v>(&self, root: &'v Value) -> Vec<(Place, &'v Value)> {
        match &self.turns {
            Some(turns) => follow(root, turns).into_iter().collect(),
            None => {
                let found = self.query.query_located(root).all().into_iter();
                found.map(|node| (place(&node), node.node())).collect()
            }
        }
    }

    /// The places that it selects.
    pub fn places(&self, root: &Value) -> Vec<Place> {
        self.located(root).into_iter().map(|(place, _)| place).collect()
    }
}

fn place(node: &serde_json_path::LocatedNode<'_>) -> Place {
    let step = |element: &PathElement<'_>| match element {
        PathElement::Name(name) => Step::Name((*name).to_owned()),
        PathElement::Index(index) => Step::Index(*index),
    };
    Place(node.location().iter().map(step).collect())
}

/// The one place that these steps lead to, and what stands there.
fn follow<'v>(root: &'v Value, turns: &[Turn]) -> Option<(Place, &'v Value)> {
    let (mut place, mut here) = (Place::default(), root);
    for turn in turns {
        here = match (turn, here) {
            (Turn::Name(name), Value::Object(members)) => {
                place.0.push(Step::Name(name.clone()));
                members.get(name)?
            }
            (Turn::Index(index), Value::Array(items)) => {
                let index = element(*index, items.len())?;
                place.0.push(Step::Index(index));
                items.get(index)?
            }
            _ => return None,
        };
    }
    Some((place, here))
}

/// Which of so many elements an index means; none where there is no such element.
pub fn element(index: i64, length: usize) -> Option<usize> {
    let found = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    (found < length).then_some(found)
}

const EXAMPLES: &str = "such as $.tasks[0].title, $['a name'], $..id or $.tasks[?@.done == false]; \
                        all of it is in RFC 9535";

/// How much of a path is shown from where it cannot be read.
const SHOWN: usize = 20;

/// What is wrong with a path, and where.
fn unreadable(text: &str, position: usize, why: &str) -> Fault {
    let before = text.get(..position).unwrap_or(text);
    let at = before.chars().count() + 1;
    let rest: String = text.chars().skip(at - 1).take(SHOWN).collect();
    let found = match rest.as_str() {
        "" => "its end".to_owned(),
        rest => format!("{rest:?}"),
    };
    // What the library says where it has nothing to say.
    let why = why.strip_prefix("in long-hand segment, ").unwrap_or(why);
    let why = if why.contains("parser error") { String::new() } else { format!(": {why}") };
    let message = format!("the path {text:?} cannot be read at character {at}, {found}{why}");
    Fault::new(Kind::InvalidParams, message).hint(EXAMPLES)
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
