//! What is generated from `src/protocol/` stands in the tree as it would be generated now.

use std::path::Path;

/// Between these marks of a document everything is generated.
const BEGIN: &str = "<!-- generated: begin -->\n";
const END: &str = "<!-- generated: end -->";

/// With `ORCHFLOW_BLESS` set, writes; otherwise fails where the file differs.
fn check(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ORCHFLOW_BLESS").is_some() {
        std::fs::write(&file, wanted).unwrap();
    }
    let present = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        present == wanted,
        "{path} is stale: run `ORCHFLOW_BLESS=1 cargo test generated` and commit it"
    );
}

#[test]
fn the_generated_lua_types_are_those_of_the_protocol() {
    check("lua/orchflow/types.lua", &orchflow::protocol::annotations());
}

#[test]
fn the_generated_tables_of_the_protocol_document_are_those_of_the_protocol() {
    let path = "doc/protocol.md";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let present = std::fs::read_to_string(file).unwrap();
    let (head, rest) = present.split_once(BEGIN).expect("the begin mark");
    let (_, tail) = rest.split_once(END).expect("the end mark");
    check(path, &format!("{head}{BEGIN}{}{END}{tail}", orchflow::protocol::markdown()));
}
