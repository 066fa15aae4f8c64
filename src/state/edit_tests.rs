//! What edits make of values, and what they refuse.

use serde_json::json;

use super::*;

fn root() -> Value {
    json!({"n": 1, "s": "x", "a": [1, 2, 3], "o": {"x": 1, "y": {"z": 2}}, "l": [{"n": 1}, {"n": 2}]})
}

/// How many places the edit changes, and what it leaves.
#[track_caller]
fn edited(root: Option<Value>, path: &str, edit: &Edit) -> (usize, Option<Value>) {
    let mut value = root;
    let before = value.as_ref().map_or(0, size);
    let plan = Plan::new(value.as_ref(), &Path::parse(path).unwrap(), edit, before).unwrap();
    plan.carry_out(&mut value, edit);
    let after = value.as_ref().map_or(0, size);
    assert!(after <= plan.size(), "{after} bytes, and {} were foreseen", plan.size());
    (plan.places().len(), value)
}

#[track_caller]
fn refused(path: &str, edit: &Edit) -> Fault {
    let root = root();
    Plan::new(Some(&root), &Path::parse(path).unwrap(), edit, size(&root)).unwrap_err()
}

/// The root with something else at a JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut root = root();
    *root.pointer_mut(pointer).unwrap() = value;
    root
}

#[test]
fn set_changes_every_place_and_makes_one_that_is_named() {
    let set = |path: &str, value: Value| edited(Some(root()), path, &Edit::Set(value));
    assert_eq!(set("$.n", json!([])), (1, Some(with("/n", json!([])))));
    assert_eq!(set("$.l[*].n", json!(7)), (2, Some(with("/l", json!([{"n": 7}, {"n": 7}])))));
    assert_eq!(set("$.l[?@.n == 2].n", json!(7)), (1, Some(with("/l/1/n", json!(7)))));
    assert_eq!(set("$", json!(1)), (1, Some(json!(1))));
    assert_eq!(set("$.a[-1]", json!(9)), (1, Some(with("/a", json!([1, 2, 9])))));
    assert_eq!(set("$.l[?@.n == 3].n", json!(7)), (0, Some(root())), "nothing is selected");
    assert_eq!(set("$.a[0,0]", json!(9)).0, 1, "a place counts once");
    let made = json!({"x": 1, "y": {"z": 2}, "new": {"deep one": 3}});
    assert_eq!(set("$.o.new['deep one']", json!(3)), (1, Some(with("/o", made))));
    let member = json!([{"n": 1, "m": 3}, {"n": 2}]);
    assert_eq!(set("$.l[0].m", json!(3)), (1, Some(with("/l", member))));
    let fresh = edited(None, "$.a.b", &Edit::Set(json!(1)));
    assert_eq!(fresh, (1, Some(json!({"a": {"b": 1}}))));
    assert_eq!(edited(None, "$", &Edit::Set(json!(null))), (1, Some(json!(null))));
    assert_eq!(edited(None, "$.*", &Edit::Set(json!(1))), (0, None));
}

#[test]
fn a_place_in_another_place_is_changed_first() {
    let nested = json!({"a": {"a": {"b": 1}}});
    let set = edited(Some(nested.clone()), "$..a", &Edit::Set(json!({"c": 1})));
    assert_eq!(set, (2, Some(json!({"a": {"c": 1}}))));
    let merged = edited(Some(nested.clone()), "$..a", &Edit::Merge(json!({"c": 1})));
    assert_eq!(merged, (2, Some(json!({"a": {"a": {"b": 1, "c": 1}, "c": 1}}))));
    assert_eq!(edited(Some(nested), "$..a", &Edit::Delete), (2, Some(json!({}))));
}

#[test]
fn merge_is_that_of_rfc_7386() {
    // The examples of its appendix A.
    for (target, patch, wanted) in [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a": "b"}), json!(["c"]), json!(["c"])),
        (json!({"a": "foo"}), json!(null), json!(null)),
        (json!({"a": "foo"}), json!("bar"), json!("bar")),
        (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ] {
        let done = edited(Some(target.clone()), "$", &Edit::Merge(patch.clone()));
        assert_eq!(done, (1, Some(wanted)), "{target} with {patch}");
    }
    let made = edited(None, "$.a.b", &Edit::Merge(json!({"c": 1, "d": null})));
    assert_eq!(made, (1, Some(json!({"a": {"b": {"c": 1}}}))));
}

#[test]
fn delete_removes_what_is_there_and_needs_nothing_to_be() {
    let delete = |path: &str| edited(Some(root()), path, &Edit::Delete);
    assert_eq!(delete("$.a[0,2]"), (2, Some(with("/a", json!([2])))));
    assert_eq!(delete("$.a[::-1]"), (3, Some(with("/a", json!([])))));
    assert_eq!(delete("$.o.y.z"), (1, Some(with("/o/y", json!({})))));
    assert_eq!(delete("$.nothing.at.all"), (0, Some(root())));
    assert_eq!(delete("$"), (1, None));
    assert_eq!(edited(None, "$", &Edit::Delete), (0, None));
}

#[test]
fn increment_counts_numbers_and_begins_at_nothing() {
    let by = |number: Value| Edit::Increment(number.as_number().unwrap().clone());
    let count = |path: &str, number| edited(Some(root()), path, &by(number));
    assert_eq!(count("$.n", json!(2)), (1, Some(with("/n", json!(3)))));
    assert_eq!(count("$.n", json!(-0.5)), (1, Some(with("/n", json!(0.5)))));
    assert_eq!(count("$.a[*]", json!(10)), (3, Some(with("/a", json!([11, 12, 13])))));
    let made = json!({"x": 1, "y": {"z": 2}, "count": 5});
    assert_eq!(count("$.o.count", json!(5)), (1, Some(with("/o", made))));
    assert_eq!(edited(None, "$.hits", &by(json!(1))), (1, Some(json!({"hits": 1}))));
}

#[test]
fn append_adds_to_arrays_and_begins_with_none() {
    let append = |path: &str| edited(Some(root()), path, &Edit::Append(json!(4)));
    assert_eq!(append("$.a"), (1, Some(with("/a", json!([1, 2, 3, 4])))));
    let made = json!({"x": 1, "y": {"z": 2}, "log": [4]});
    assert_eq!(append("$.o.log"), (1, Some(with("/o", made))));
    assert_eq!(edited(None, "$", &Edit::Append(json!(1))), (1, Some(json!([1]))));
}

#[test]
fn what_does_not_fit_is_refused_with_where_and_what_is_there() {
    let one = Edit::Increment(1.into());
    for (path, edit, said) in [
        ("$.s", &one, "a number was expected at $['s'], and there is a string"),
        ("$.l[*]", &one, "a number was expected at $['l'][1], and there is an object"),
        ("$.n", &Edit::Append(json!(1)), "an array was expected at $['n'], and there is a number"),
        ("$.s.x", &Edit::Set(json!(1)), "an object was expected at $['s'], and there is a string"),
        ("$.a.x.y", &one, "an object was expected at $['a'], and there is an array"),
        ("$.o[0]", &one, "an array was expected at $['o'], and there is an object"),
        ("$.a[3]", &Edit::Set(json!(1)), "no such element at $['a'], which has 3"),
        ("$.new[0]", &Edit::Set(json!(1)), "no such element at $['new'], which has none"),
    ] {
        let fault = refused(path, edit);
        assert_eq!(fault.kind, Kind::InvalidParams, "{path}");
        assert!(fault.message.contains(said), "{path}: {}", fault.message);
        assert!(fault.hint.is_some());
    }
    let root = json!({"n": u64::MAX});
    let fault = Plan::new(Some(&root), &Path::parse("$.n").unwrap(), &one, 0).unwrap_err();
    assert!(fault.message.contains("more than a number can be"), "{}", fault.message);
}

#[test]
fn a_document_has_bounds_in_size_and_depth() {
    let deep = |levels: usize| (0..levels).fold(json!(1), |value, _| json!([value]));
    assert_eq!(refused("$.n", &Edit::Set(deep(MOST_DEPTH))).kind, Kind::Exhausted);
    assert_eq!(edited(Some(root()), "$.n", &Edit::Set(deep(MOST_DEPTH - 2))).0, 1);
    let long = json!("x".repeat(MOST_SIZE / 2));
    assert_eq!(edited(Some(root()), "$.n", &Edit::Set(long.clone())).0, 1);
    let fault = refused("$.a[*]", &Edit::Set(long.clone()));
    assert_eq!(fault.kind, Kind::Exhausted);
    assert!(fault.hint.unwrap().contains("state.delete"));
    // What is replaced makes room.
    let full = json!({"a": "x".repeat(MOST_SIZE - 100)});
    assert_eq!(edited(Some(full), "$.a", &Edit::Set(long)).0, 1);
}
