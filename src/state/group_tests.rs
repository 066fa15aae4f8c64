//! Changes that are committed together.

use serde_json::{Value, json};

use super::*;
use crate::state::edit::Edit;
use crate::state::path::Path;

fn op(scope: &str, path: &str, edit: Edit) -> Op {
    let (scope, path) = (Scope::resolve(scope).unwrap(), Arc::new(Path::parse(path).unwrap()));
    Op { scope, path, edit, unless_changed: None, name: "set" }
}

fn request(ops: Vec<Op>) -> Request {
    Request { batch: ops.len() > 1, ops, who: "test (c1)".into(), at: 7 }
}

/// What a group leaves to be written.
fn left(group: &Group) -> Vec<(String, u64, Option<Value>, usize)> {
    let all = group.dirty();
    all.map(|d| (d.scope.to_string(), d.version, d.value.cloned(), d.past.len())).collect()
}

fn stored(value: Value) -> impl FnMut(&Scope) -> Result<Arc<Snapshot>> {
    move |_| Ok(Arc::new(Snapshot { version: 3, value: Some(value.clone()), size: 10 }))
}

#[test]
fn each_change_sees_what_the_one_before_has_left() {
    let mut group = Group::default();
    let mut load = stored(json!({"n": 1}));
    for _ in 0..3 {
        let count = request(vec![op("shared", "$.n", Edit::Increment(1.into()))]);
        group.carry_out(&count, &mut load).unwrap();
    }
    assert_eq!(left(&group), [("shared".into(), 6, Some(json!({"n": 4})), 3)]);
    let shelf = Shelf::default();
    group.publish(&shelf, &[7]);
    let scope = Scope::resolve("shared").unwrap();
    let wanted = Snapshot { version: 6, value: Some(json!({"n": 4})), size: 7 };
    assert_eq!(shelf.get(&scope).as_deref(), Some(&wanted));
}

#[test]
fn a_batch_that_fails_leaves_all_documents_as_they_were_and_says_which_change_it_was() {
    let mut group = Group::default();
    let mut load = stored(json!({"n": 1}));
    let count = |scope| op(scope, "$.n", Edit::Increment(1.into()));
    group.carry_out(&request(vec![count("a")]), &mut load).unwrap();
    let bad = op("a", "$.n", Edit::Append(json!(1)));
    let batch = request(vec![count("a"), count("b"), bad]);
    let fault = group.carry_out(&batch, &mut load).unwrap_err();
    assert!(fault.message.starts_with("at ops[2]: an array was expected at $['n']"), "{fault}");
    assert!(fault.message.ends_with("; nothing was changed"), "{fault}");
    assert_eq!(left(&group), [("a".into(), 4, Some(json!({"n": 2})), 1)]);
}

#[test]
fn a_change_with_a_version_is_refused_once_the_document_has_another() {
    let mut group = Group::default();
    let mut load = stored(json!({}));
    let cas = |version| {
        let set = op("shared", "$.x", Edit::Set(json!(version)));
        request(vec![Op { unless_changed: Some(version), ..set }])
    };
    let written = group.carry_out(&cas(3), &mut load).unwrap();
    assert_eq!(written, [Written { count: 1, version: 4 }]);
    let fault = group.carry_out(&cas(3), &mut load).unwrap_err();
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains("version 4 now, not 3"), "{fault}");
}

#[test]
fn what_changes_no_place_makes_no_version_and_only_the_last_changes_are_remembered() {
    let mut group = Group::default();
    let mut load = stored(json!({"n": 1}));
    let nothing = request(vec![op("shared", "$.nothing", Edit::Delete)]);
    let written = group.carry_out(&nothing, &mut load).unwrap();
    assert_eq!(written, [Written { count: 0, version: 3 }]);
    assert_eq!(left(&group), []);
    let ops = (0..250).map(|_| op("shared", "$.n", Edit::Increment(1.into()))).collect();
    group.carry_out(&request(ops), &mut load).unwrap();
    let dirty = group.dirty().next().unwrap();
    assert_eq!(dirty.past.len(), past::KEPT);
    let last = dirty.past.back().unwrap();
    assert_eq!((last.version, last.at, last.who.as_str()), (253, 7, "test (c1)"));
    let place = &last.places[0];
    assert_eq!((&place.old, &place.new), (&Some(json!(250)), &Some(json!(251))));
}

#[test]
fn long_values_and_many_places_are_remembered_in_part() {
    let mut group = Group::default();
    let mut load = stored(json!({"l": vec![0; 50], "s": "x".repeat(5000)}));
    let all = request(vec![op("shared", "$.l[*]", Edit::Set(json!(1)))]);
    group.carry_out(&all, &mut load).unwrap();
    let long = request(vec![op("shared", "$.s", Edit::Set(json!("y")))]);
    group.carry_out(&long, &mut load).unwrap();
    let dirty = group.dirty().next().unwrap();
    assert_eq!((dirty.past[0].count, dirty.past[0].places.len()), (50, 8));
    assert_eq!(dirty.past[0].places[7].path, "$['l'][7]");
    let cut = &dirty.past[1].places[0];
    assert_eq!((&cut.old, &cut.new, cut.cut), (&None, &Some(json!("y")), true));
}
