//! One place in a document: its steps, its normalized path (RFC 9535, section 2.7), and how to get there. Pure.

use std::fmt;

use serde_json::Value;

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An array's element.
    Index(usize),
    /// An object's member.
    Name(String),
}

/// A place in a document. In order, a place comes before all that is in it, and elements of an array as they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub Vec<Step>);

impl Place {
    /// What stands there.
    pub fn of<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(root, |value, step| match step {
            Step::Index(index) => value.get(*index),
            Step::Name(name) => value.get(name),
        })
    }

    /// What stands there, to be changed.
    pub fn of_mut<'v>(&self, root: &'v mut Value) -> Option<&'v mut Value> {
        self.0.iter().try_fold(root, |value, step| match step {
            Step::Index(index) => value.get_mut(*index),
            Step::Name(name) => value.get_mut(name),
        })
    }

    /// The place that it is in, with the step from there; none for the root.
    pub fn split(&self) -> Option<(Self, &Step)> {
        let (last, before) = self.0.split_last()?;
        Some((Self(before.to_vec()), last))
    }
}

impl fmt::Display for Place {
    /// The normalized path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) => {
                    f.write_str("['")?;
                    name.chars().try_for_each(|c| escaped(c, f))?;
                    f.write_str("']")?;
                }
            }
        }
        Ok(())
    }
}

/// Writes a character of a name as the normal form has it.
fn escaped(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '\u{8}' => f.write_str("\\b"),
        '\u{c}' => f.write_str("\\f"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\'' => f.write_str("\\'"),
        '\\' => f.write_str("\\\\"),
        c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c)),
        c => write!(f, "{c}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place(steps: &[&str]) -> Place {
        let step = |text: &&str| match text.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Name((*text).to_owned()),
        };
        Place(steps.iter().map(step).collect())
    }

    #[test]
    fn a_place_is_written_in_its_normal_form() {
        for (steps, path) in [
            (&[][..], "$"),
            (&["a", "0", "b c"], "$['a'][0]['b c']"),
            (&["it's"], r"$['it\'s']"),
            (&["\u{b}\n\\\"ä"], "$['\\u000b\\n\\\\\"ä']"),
        ] {
            assert_eq!(place(steps).to_string(), path);
        }
    }

    #[test]
    fn a_place_leads_to_what_stands_there_and_nowhere_else() {
        let mut value = json!({"a": [1, {"b": 2}]});
        assert_eq!(place(&["a", "1", "b"]).of(&value), Some(&json!(2)));
        assert_eq!(place(&["a", "2"]).of(&value), None);
        assert_eq!(place(&["0"]).of(&value), None, "no index into an object");
        *place(&["a", "0"]).of_mut(&mut value).unwrap() = json!(9);
        assert_eq!(value, json!({"a": [9, {"b": 2}]}));
    }

    #[test]
    fn a_place_comes_before_what_is_in_it_and_elements_in_their_order() {
        let mut places = [place(&["a", "10"]), place(&["a"]), place(&["a", "9", "x"])];
        places.sort();
        assert_eq!(
            places.map(|place| place.to_string()),
            ["$['a']", "$['a'][9]['x']", "$['a'][10]"]
        );
    }
}
