//! Writes `lua/orchflow/types.lua`: the protocol's types as LuaCATS annotations.

use std::fmt::Write;

use super::shape::{Named, Shape, protocol};

/// The whole text of `lua/orchflow/types.lua`.
pub fn annotations() -> String {
    let mut out = String::from(
        "---@meta orchflow.types\n\
         -- The protocol's types. Generated from src/protocol/: change it there, then run\n\
         -- `ORCHFLOW_BLESS=1 cargo test generated`.\n",
    );
    let protocol = protocol();
    for named in &protocol.types {
        annotate(&mut out, named);
    }
    let names = protocol.methods.iter().map(|m| format!("\"{}\"", m.name));
    let names = names.collect::<Vec<_>>().join("\n---| ");
    let _ = write!(out, "\n---A method of the daemon.\n---@alias orchflow.Method\n---| {names}\n");
    let names = protocol.notices.iter().map(|m| format!("\"{}\"", m.name));
    let names = names.collect::<Vec<_>>().join("\n---| ");
    let _ =
        write!(out, "\n---A notice from the daemon.\n---@alias orchflow.Notice\n---| {names}\n");
    out
}

// Writing into a String cannot fail, hence the ignored results.
fn annotate(out: &mut String, named: &Named) {
    let _ = writeln!(out);
    if !named.doc.is_empty() {
        let _ = writeln!(out, "---{}", named.doc);
    }
    match &named.shape {
        Shape::Alias(target) => {
            let _ = writeln!(out, "---@alias {} {target}", named.name);
        }
        Shape::Object(fields) => {
            let _ = writeln!(out, "---@class {}", named.name);
            for field in fields {
                let mark = if field.required { "" } else { "?" };
                let line = format!("---@field {}{mark} {} {}", field.name, field.lua, field.doc);
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
    }
}
