//! How large, deep and heavy a value is. Pure.

use std::io;

use serde_json::Value;

/// Counts what is written to it.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many bytes its JSON has.
pub fn size(value: &Value) -> usize {
    let mut count = Count(0);
    // Neither the counter nor a value can fail.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// How many values lie in each other: 1 for a number, 2 for a list of numbers.
pub fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => None,
    };
    1 + inner.unwrap_or(0)
}

/// What the allocator takes for a piece beyond its content.
const PIECE: usize = 16;

/// A node of the map that objects are made of has room for eleven members, whether they are there or not; on average two
/// thirds of the room of a large map are taken.
const ROOM: usize = 11;
const NODE: usize = ROOM * (size_of::<String>() + size_of::<Value>()) + PIECE;
const TAKEN: usize = ROOM * 2 / 3;

/// How many bytes of memory it takes, about.
pub fn weight(value: &Value) -> usize {
    size_of::<Value>() + beyond(value)
}

/// What it has on the heap.
fn beyond(value: &Value) -> usize {
    let text = |text: &String| if text.is_empty() { 0 } else { text.capacity() + PIECE };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(string) => text(string),
        Value::Array(items) => {
            let room = items.capacity() * size_of::<Value>() + PIECE;
            room + items.iter().map(beyond).sum::<usize>()
        }
        Value::Object(members) => {
            let nodes = if members.len() <= ROOM {
                members.len().min(1)
            } else {
                members.len().div_ceil(TAKEN)
            };
            let inner = members.iter().map(|(name, value)| text(name) + beyond(value));
            nodes * NODE + inner.sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_as_large_as_its_json_and_as_deep_as_its_brackets() {
        for (value, deep) in [
            (json!(null), 1),
            (json!(1.5), 1),
            (json!("ä\n"), 1),
            (json!([]), 1),
            (json!([1, [2]]), 3),
            (json!({"a": {"b": [1]}, "c": 2}), 4),
        ] {
            assert_eq!(size(&value), value.to_string().len(), "{value}");
            assert_eq!(depth(&value), deep, "{value}");
        }
    }

    #[test]
    fn small_objects_weigh_what_their_nodes_take() {
        assert_eq!(weight(&json!(1)), size_of::<Value>());
        assert!(weight(&json!({"a": 1})) > 600);
        let many: Vec<Value> = (0..100).map(|n| json!({"number": n})).collect();
        assert!(weight(&Value::Array(many)) > 60_000);
    }
}
