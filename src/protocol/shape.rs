//! Reads the derived JSON schemas into the few shapes that the Lua and Markdown generators need.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

use super::{Entry, METHODS, NOTICES};

/// A named object or enumeration of the protocol.
pub(super) struct Named {
    /// The type's name in Rust.
    pub name: String,
    /// Its documentation, first paragraph.
    pub doc: String,
    /// What it is.
    pub shape: Shape,
}

/// What a named type is made of.
pub(super) enum Shape {
    /// A map with known keys.
    Object(Vec<Field>),
    /// One of some texts or of some other types, already as a Lua type expression.
    Alias(String),
}

/// One key of a map.
pub(super) struct Field {
    pub name: String,
    pub lua: String,
    pub required: bool,
    pub doc: String,
}

/// The whole protocol with types resolved: entries with their parameter and result types, and all named types.
pub(super) struct Protocol {
    pub methods: Vec<Resolved>,
    pub notices: Vec<Resolved>,
    pub types: Vec<Named>,
}

/// One method or notice with the Lua names of its types.
pub(super) struct Resolved {
    pub name: &'static str,
    pub doc: &'static str,
    pub params: String,
    pub result: Option<String>,
}

/// Where Lua types of the protocol live.
pub(super) const PREFIX: &str = "orchflow.";

/// Resolves every entry of the protocol.
pub(super) fn protocol() -> Protocol {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let methods = METHODS.iter().map(|e| resolve(e, &mut generator)).collect();
    let notices = NOTICES.iter().map(|e| resolve(e, &mut generator)).collect();
    let mut types: Vec<Named> = generator.definitions().iter().map(|(n, s)| named(n, s)).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    Protocol { methods, notices, types }
}

fn resolve(entry: &Entry, generator: &mut SchemaGenerator) -> Resolved {
    let mut lua = |make: fn(&mut SchemaGenerator) -> Schema| lua_type(make(generator).as_value());
    Resolved {
        name: entry.name,
        doc: entry.doc,
        params: lua(entry.params),
        result: entry.result.map(&mut lua),
    }
}

fn named(name: &str, schema: &Value) -> Named {
    let doc = description(schema);
    let shape = match properties(schema) {
        Some(fields) => Shape::Object(fields),
        None => Shape::Alias(lua_type(schema)),
    };
    Named { name: format!("{PREFIX}{name}"), doc, shape }
}

fn properties(schema: &Value) -> Option<Vec<Field>> {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return None;
    }
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let field = |(name, value): (&String, &Value)| Field {
        name: name.clone(),
        lua: lua_type(value),
        required: required.contains(&name.as_str()),
        doc: description(value),
    };
    Some(properties.iter().map(field).collect())
}

fn description(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

/// A schema as a LuaCATS type expression.
fn lua_type(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return format!("{PREFIX}{}", reference.rsplit('/').next().unwrap_or(reference));
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return join(values.iter().map(Value::to_string));
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            return join(choices.iter().map(lua_type).filter(|t| t != "nil"));
        }
    }
    match schema.get("type") {
        Some(Value::String(name)) => simple(name, schema),
        // Optional fields are written with a question mark on their name instead.
        Some(Value::Array(names)) => join(
            names
                .iter()
                .filter_map(Value::as_str)
                .filter(|n| *n != "null")
                .map(|n| simple(n, schema)),
        ),
        _ => "any".into(),
    }
}

fn join(types: impl Iterator<Item = String>) -> String {
    types.collect::<Vec<_>>().join("|")
}

fn simple(name: &str, schema: &Value) -> String {
    match name {
        "string" | "boolean" | "integer" | "number" => name.into(),
        "null" => "nil".into(),
        "array" => format!("{}[]", schema.get("items").map_or("any".into(), item)),
        "object" => object(schema),
        other => other.into(),
    }
}

fn item(schema: &Value) -> String {
    let inner = lua_type(schema);
    if inner.contains('|') { format!("({inner})") } else { inner }
}

fn object(schema: &Value) -> String {
    if let Some(fields) = properties(schema).filter(|f| !f.is_empty()) {
        let fields = fields
            .iter()
            .map(|f| format!("{}{}: {}", f.name, if f.required { "" } else { "?" }, f.lua));
        return format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "));
    }
    match schema.get("additionalProperties") {
        Some(values) if values.is_object() => format!("table<string, {}>", lua_type(values)),
        _ => "table<string, any>".into(),
    }
}
