//! Owns the translation between msgpack values and JSON, so that tests read as JSON.

use rmpv::Value;
use serde_json::{Map, Number, Value as Json};

/// JSON as msgpack. Maps keep named keys, as the protocol demands.
pub fn to_msgpack(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(bool) => Value::from(*bool),
        Json::Number(number) => number_to_msgpack(number),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Array(items.iter().map(to_msgpack).collect()),
        Json::Object(map) => Value::Map(
            map.iter().map(|(key, value)| (Value::from(key.as_str()), to_msgpack(value))).collect(),
        ),
    }
}

fn number_to_msgpack(number: &Number) -> Value {
    if let Some(int) = number.as_i64() {
        Value::from(int)
    } else if let Some(int) = number.as_u64() {
        Value::from(int)
    } else {
        Value::from(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// Msgpack as JSON, for reading: bytes become text (what is not UTF-8 becomes `�`), Neovim's handles their numbers.
/// A test that is about bytes looks at the `rmpv::Value` itself.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Boolean(bool) => Json::Bool(*bool),
        Value::Integer(int) => {
            int.as_i64().map(Json::from).or_else(|| int.as_u64().map(Json::from)).into()
        }
        Value::F32(float) => Json::from(f64::from(*float)),
        Value::F64(float) => Json::from(*float),
        Value::String(text) => Json::from(String::from_utf8_lossy(text.as_bytes())),
        Value::Binary(bytes) => Json::from(String::from_utf8_lossy(bytes)),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(map) => Json::Object(
            map.iter().map(|(key, value)| (key_to_json(key), to_json(value))).collect(),
        ),
        Value::Ext(_, bytes) => {
            rmpv::decode::read_value(&mut &bytes[..]).map_or(Json::Null, |inner| to_json(&inner))
        }
    }
}

fn key_to_json(key: &Value) -> String {
    match to_json(key) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// The map in `value`, or an empty one: an empty Lua table arrives as an empty list.
pub fn object(value: &Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap_or_default()
}
