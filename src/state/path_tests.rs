//! What paths select, and what is said of those that cannot be read.

use serde_json::json;

use super::*;

fn parse(text: &str) -> Path {
    Path::parse(text).unwrap()
}

#[test]
fn a_path_selects_values_and_their_places() {
    let root = json!({"a": [{"n": 1, "t": "one"}, {"n": 2, "t": "two"}], "it's": null});
    for (path, values, places) in [
        ("$", json!([root]), json!(["$"])),
        ("$.a[1].t", json!(["two"]), json!(["$['a'][1]['t']"])),
        ("$.a[-1].n", json!([2]), json!(["$['a'][1]['n']"])),
        ("$['it\\'s']", json!([null]), json!(["$['it\\'s']"])),
        ("$.a[2]", json!([]), json!([])),
        ("$.a.n", json!([]), json!([])),
        ("$.a[?@.n > 1].t", json!(["two"]), json!(["$['a'][1]['t']"])),
        ("$.a[?match(@.t, 'o.e')].n", json!([1]), json!(["$['a'][0]['n']"])),
        ("$.a[?search(@.t, 'w')].n", json!([2]), json!(["$['a'][1]['n']"])),
        ("$..n", json!([1, 2]), json!(["$['a'][0]['n']", "$['a'][1]['n']"])),
    ] {
        let path = parse(path);
        assert_eq!(json!(path.values(&root)), values, "{}", path.text());
        let found: Vec<String> = path.places(&root).iter().map(Place::to_string).collect();
        assert_eq!(json!(found), places, "{}", path.text());
    }
}

#[test]
fn a_path_that_cannot_be_read_is_refused_with_where_and_what_a_path_looks_like() {
    for (path, at) in [
        ("", "character 1, its end"),
        ("x", "character 1, \"x\""),
        ("$.a[", "character 4, \"[\""),
        ("$.ä b", "character 4, \" b\""),
        ("$.a[?@.x==]", "character 9, \"==]\": expected closing ']'"),
        ("$['a", "character 5, its end: expected an ending quote"),
        ("$[?foo(@)]", "function name 'foo' is not defined"),
        ("$[?@.a='x']", "character 7, \"='x']\""),
        ("$[01]", "character 4"),
    ] {
        let fault = Path::parse(path).unwrap_err();
        assert_eq!(fault.kind, Kind::InvalidParams, "{path}");
        assert!(fault.message.contains(at), "{path}: {}", fault.message);
        assert!(fault.hint.unwrap().contains("$.tasks[0].title"));
    }
    let long = format!("$.{}", "a".repeat(LONGEST_PATH));
    assert!(Path::parse(&long).unwrap_err().message.contains("longer than 1024 bytes"));
}

#[test]
fn brackets_in_brackets_up_to_the_bound_take_little_of_the_stack() {
    // The daemon's worker threads have two megabytes.
    let deep = format!("$[?{}@.a{}]", "(".repeat(31), ")".repeat(31));
    let parsed =
        std::thread::Builder::new().stack_size(1 << 20).spawn(move || Path::parse(&deep).is_ok());
    assert!(parsed.unwrap().join().unwrap());
}
