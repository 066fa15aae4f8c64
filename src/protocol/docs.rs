//! Writes the tables of `doc/protocol.md`.

use std::fmt::Write;

use super::shape::{Named, PREFIX, Resolved, Shape, protocol};

/// Methods, notices and types as Markdown, to stand between the generated marks of `doc/protocol.md`.
pub fn markdown() -> String {
    let protocol = protocol();
    let mut out = String::new();
    let _ = write!(
        out,
        "## Methods\n\n| method | parameters | result | what it does |\n|---|---|---|---|\n"
    );
    for method in &protocol.methods {
        row(&mut out, method);
    }
    let _ = write!(out, "\n## Notices\n\n| notice | payload | when |\n|---|---|---|\n");
    for notice in &protocol.notices {
        row(&mut out, notice);
    }
    let _ = write!(out, "\n## Types\n");
    for named in &protocol.types {
        section(&mut out, named);
    }
    out
}

// Writing into a String cannot fail, hence the ignored results.
fn row(out: &mut String, entry: &Resolved) {
    let _ = write!(out, "| `{}` | {} |", entry.name, cell(&entry.params));
    if let Some(result) = &entry.result {
        let _ = write!(out, " {} |", cell(result));
    }
    let _ = writeln!(out, " {} |", entry.doc);
}

fn section(out: &mut String, named: &Named) {
    let _ = write!(out, "\n### {}\n\n{}\n", named.name.trim_start_matches(PREFIX), named.doc);
    match &named.shape {
        Shape::Alias(target) => {
            let _ = writeln!(out, "\nOne of: {}", cell(target));
        }
        Shape::Object(fields) if fields.is_empty() => {
            let _ = writeln!(out, "\nAn empty map.");
        }
        Shape::Object(fields) => {
            let _ = write!(out, "\n| key | type | |\n|---|---|---|\n");
            for field in fields {
                let mark = if field.required { "" } else { "?" };
                let _ = writeln!(
                    out,
                    "| `{}{mark}` | {} | {} |",
                    field.name,
                    cell(&field.lua),
                    field.doc
                );
            }
        }
    }
}

/// A type in a table cell: a bar would end the cell.
fn cell(lua: &str) -> String {
    format!("`{}`", lua.replace(PREFIX, "").replace('|', " \\| "))
}
