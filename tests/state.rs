//! State documents, through the socket of a real daemon: every verb, bad input, watching, and who changes what at once.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::{Daemon, Lost, Sandbox};

/// The values that a path selects.
#[track_caller]
pub(crate) fn get(daemon: &Daemon, scope: &str, path: &str) -> Json {
    daemon.expect("state.get", json!({"scope": scope, "path": path}))["values"].clone()
}

#[track_caller]
fn set(daemon: &Daemon, path: &str, value: Json) -> Json {
    daemon.expect("state.set", json!({"scope": "shared", "path": path, "value": value}))
}

/// The error of a call that must fail.
#[track_caller]
fn refused(daemon: &Daemon, method: &str, params: Json) -> Json {
    let error = daemon.call(method, params.clone());
    error.expect_err(&format!("{method} {params} is refused"))
}

#[track_caller]
fn is_about(error: &Json, kind: &str, part: &str) {
    assert_eq!(error["kind"], kind, "{error}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains(part), "{part:?} is not in {message:?}");
    assert!(error["hint"].is_string(), "{error}");
}

#[test]
fn every_verb_does_what_it_says_and_tells_the_version() {
    let (_sandbox, daemon) = Daemon::start();
    let nothing = daemon.expect("state.get", json!({"scope": "shared"}));
    assert_eq!(nothing, json!({"values": [], "version": 0}));
    assert_eq!(set(&daemon, "$.tasks.first", json!({"n": 1})), json!({"count": 1, "version": 1}));
    let on = |method: &str, path: &str, key: &str, value: Json| {
        daemon.expect(method, json!({"scope": "shared", "path": path, key: value}))
    };
    let merged = on("state.merge", "$.tasks.first", "value", json!({"done": false, "n": 2}));
    assert_eq!(merged, json!({"count": 1, "version": 2}));
    assert_eq!(on("state.increment", "$..n", "by", json!(5)), json!({"count": 1, "version": 3}));
    on("state.append", "$.log", "value", json!("begun"));
    on("state.append", "$.log", "value", json!("ended"));
    let all = json!({"tasks": {"first": {"done": false, "n": 7}}, "log": ["begun", "ended"]});
    assert_eq!(get(&daemon, "shared", "$"), json!([all]));
    let params = json!({"scope": "shared", "path": "$.log[?@ != 'begun']", "paths": true});
    let found = json!({"values": ["ended"], "paths": ["$['log'][1]"], "version": 5});
    assert_eq!(daemon.expect("state.get", params.clone()), found);
    assert_eq!(daemon.expect("state.get", params), found, "also when it is known already");
    let one = json!({"scope": "shared", "path": "$.log[-1]", "paths": true});
    assert_eq!(daemon.expect("state.get", one), found);
    let deleted = daemon.expect("state.delete", json!({"scope": "shared", "path": "$.log[*]"}));
    assert_eq!(deleted, json!({"count": 2, "version": 6}));
    let exported = daemon.expect("state.export", json!({"scope": "shared"}));
    assert_eq!(exported["value"], json!({"tasks": all["tasks"], "log": []}));
    assert_eq!(exported["version"], 6);
    let import = json!({"scope": "copy", "value": exported["value"]});
    assert_eq!(daemon.expect("state.import", import), json!({"count": 1, "version": 1}));
    assert_eq!(get(&daemon, "copy", "$"), get(&daemon, "shared", "$"));
    daemon.expect("state.delete", json!({"scope": "copy", "path": "$"}));
    assert_eq!(get(&daemon, "copy", "$"), json!([]));
    let listed = daemon.expect("state.list", json!({}))["documents"].clone();
    let size = exported["value"].to_string().len();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let document =
        json!({"scope": "shared", "version": 6, "size": size, "changed": listed[0]["changed"]});
    assert_eq!(listed[0], document);
}

#[test]
fn a_scope_is_the_same_however_it_is_written_and_no_other() {
    let (_sandbox, daemon) = Daemon::start();
    for (scope, value) in [("shared", 1), ("project:/a/b", 2), ("night-shift", 3)] {
        daemon.expect("state.set", json!({"scope": scope, "path": "$", "value": value}));
    }
    assert_eq!(get(&daemon, "project:/a//c/../b/", "$"), json!([2]));
    assert_eq!(get(&daemon, "project:/a", "$"), json!([]));
    let listed = daemon.expect("state.list", json!({}))["documents"].clone();
    let mut scopes: Vec<&str> =
        listed.as_array().unwrap().iter().filter_map(|one| one["scope"].as_str()).collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["night-shift", "project:/a/b", "shared"]);
    for scope in ["", "a b", "project:relative", "project:"] {
        let error = refused(&daemon, "state.get", json!({"scope": scope}));
        is_about(&error, "invalid_params", "");
    }
}

#[test]
fn what_cannot_be_done_is_refused_with_where_and_changes_nothing() {
    let (_sandbox, daemon) = Daemon::start();
    set(&daemon, "$", json!({"n": 1, "s": "text", "a": [1, "two"]}));
    let before = daemon.expect("state.export", json!({"scope": "shared"}));
    let on = |method: &str, path: &str, value: Json| {
        let mut params = json!({"scope": "shared", "path": path});
        if !value.is_null() {
            params["value"] = value;
        }
        refused(&daemon, method, params)
    };
    for method in ["state.get", "state.watch", "state.delete", "state.increment"] {
        let error = on(method, "$.a[?@.x==]", Json::Null);
        is_about(&error, "invalid_params", "cannot be read at character 9");
    }
    is_about(&on("state.set", "$.a[", json!(1)), "invalid_params", "character 4");
    let error = on("state.increment", "$.a[*]", Json::Null);
    is_about(&error, "invalid_params", "a number was expected at $['a'][1], and there is a string");
    let error = on("state.append", "$.s", json!(1));
    is_about(&error, "invalid_params", "an array was expected at $['s'], and there is a string");
    is_about(&on("state.set", "$.s.x", json!(1)), "invalid_params", "at $['s']");
    is_about(&on("state.set", "$.a[2]", json!(1)), "invalid_params", "which has 2");
    is_about(&on("state.set", "$.n", Json::Null), "invalid_params", "missing field `value`");
    is_about(&on("state.get", "$..*..*..*..*", Json::Null), "exhausted", "too much at once");
    let deep = (0..200).fold(json!(1), |value, _| json!([value]));
    is_about(&on("state.set", "$.n", deep), "exhausted", "100 values deep");
    let by = json!({"scope": "shared", "path": "$.n", "by": "1"});
    assert_eq!(refused(&daemon, "state.increment", by)["kind"], "invalid_params");
    assert_eq!(daemon.expect("state.export", json!({"scope": "shared"})), before);
    let history = daemon.expect("state.history", json!({"scope": "shared"}));
    assert_eq!(history["changes"].as_array().unwrap().len(), 1, "only what was changed");
}

#[test]
fn a_batch_changes_several_documents_or_none_and_names_what_was_wrong() {
    let (_sandbox, daemon) = Daemon::start();
    let batch = |ops: Json| daemon.call("state.batch", json!({"ops": ops}));
    let done = batch(json!([
        {"op": "set", "scope": "one", "path": "$.n", "value": 1},
        {"op": "increment", "scope": "one", "path": "$.n"},
        {"op": "append", "scope": "two", "path": "$.l", "value": null},
        {"op": "cas", "scope": "two", "path": "$.m", "version": 1, "value": {}},
        {"op": "merge", "scope": "one", "value": {"m": 1}},
        {"op": "delete", "scope": "two", "path": "$.nothing"},
        {"op": "import", "scope": "three", "value": [1]},
    ]));
    let wanted: Vec<Json> = [(1, 1), (1, 2), (1, 1), (1, 2), (1, 3), (0, 2), (1, 1)]
        .map(|(count, version)| json!({"count": count, "version": version}))
        .to_vec();
    assert_eq!(done, Ok(json!({"results": wanted})));
    assert_eq!(get(&daemon, "one", "$"), json!([{"n": 2, "m": 1}]));
    assert_eq!(get(&daemon, "two", "$"), json!([{"l": [null], "m": {}}]));
    let error = batch(json!([
        {"op": "set", "scope": "one", "path": "$.n", "value": 100},
        {"op": "set", "scope": "new", "path": "$.n", "value": 100},
        {"op": "increment", "scope": "two", "path": "$.l[0]"},
    ]));
    let wrong =
        "at ops[2]: a number was expected at $['l'][0], and there is null; nothing was changed";
    is_about(&error.unwrap_err(), "invalid_params", wrong);
    let error = batch(
        json!([{"op": "delete", "scope": "one", "path": "$.n"}, {"op": "set", "scope": "one", "path": "$[", "value": 1}]),
    );
    is_about(&error.unwrap_err(), "invalid_params", "at ops[1]: the path \"$[\"");
    assert_eq!(get(&daemon, "one", "$.n"), json!([2]));
    assert_eq!(daemon.expect("state.get", json!({"scope": "new"}))["version"], 0);
    is_about(&batch(json!([])).unwrap_err(), "invalid_params", "1 to 1000 ops, not 0");
    let error = batch(json!([{"op": "explode", "scope": "one"}])).unwrap_err();
    is_about(&error, "invalid_params", "unknown variant `explode`");
}

#[test]
fn compare_and_set_changes_what_nobody_else_has_changed() {
    let (_sandbox, daemon) = Daemon::start();
    let cas = |version: u64, value: u64| {
        let params = json!({"scope": "shared", "path": "$.n", "version": version, "value": value});
        daemon.call("state.cas", params)
    };
    assert_eq!(cas(0, 1), Ok(json!({"count": 1, "version": 1})));
    is_about(&cas(0, 2).unwrap_err(), "conflict", "version 1 now, not 0");
    assert_eq!(cas(1, 2), Ok(json!({"count": 1, "version": 2})));
    assert_eq!(get(&daemon, "shared", "$.n"), json!([2]));
}

#[test]
fn the_history_tells_who_did_what_and_is_bounded() {
    let (_sandbox, daemon) = Daemon::start();
    set(&daemon, "$.n", json!(0));
    for _ in 0..120 {
        daemon.expect("state.increment", json!({"scope": "shared", "path": "$.n"}));
    }
    let list = |limit: Json| {
        let history = daemon.expect("state.history", json!({"scope": "shared", "limit": limit}));
        history["changes"].as_array().unwrap().clone()
    };
    assert_eq!(list(Json::Null).len(), 100);
    let changes = list(json!(2));
    assert_eq!(changes.len(), 2);
    let who = format!("test ({})", daemon.greeting()["client"].as_str().unwrap());
    let at = &changes[0]["at"];
    let place = json!({"path": "$['n']", "old": 119, "new": 120});
    let wanted = json!({"version": 121, "at": at, "who": who, "op": "increment", "path": "$.n", "count": 1, "places": [place]});
    assert_eq!(changes[0], wanted);
    assert_eq!(changes[1]["version"], 120);
}

#[test]
fn who_watches_is_told_old_and_new_and_nobody_else_is() {
    let (sandbox, daemon) = Daemon::start();
    let other = Daemon::connect(&sandbox);
    set(&daemon, "$", json!({"n": 1, "m": 1}));
    let watched = daemon.expect("state.watch", json!({"scope": "shared", "path": "$.n"}));
    assert_eq!((&watched["values"], &watched["version"]), (&json!([1]), &json!(1)));
    set(&other, "$.m", json!(2));
    set(&other, "$.n", json!(2));
    let changed = |method: &str, told: &Json| (method == "state.changed").then(|| told.clone());
    let told = daemon.wait_notice("a change", changed);
    let wanted = json!({"watch": watched["watch"], "scope": "shared", "path": "$.n", "version": 3, "old": [1], "new": [2]});
    assert_eq!(told, wanted, "what is not watched is not told");
    set(&other, "$.n", json!("x".repeat(100_000)));
    let told = daemon.wait_notice("a long change", changed);
    assert_eq!((&told["cut"], &told["old"], told.get("new")), (&json!(true), &json!([2]), None));
    let unwatch = json!({"watch": watched["watch"]});
    assert_eq!(refused(&other, "state.unwatch", unwatch.clone())["kind"], "not_found");
    daemon.expect("state.unwatch", unwatch.clone());
    assert_eq!(refused(&daemon, "state.unwatch", unwatch)["kind"], "not_found");
    set(&other, "$.n", json!(3));
    // Notices come in order, and this one is the last.
    daemon.expect("state.watch", json!({"scope": "shared", "path": "$.m"}));
    set(&other, "$.m", json!(9));
    assert_eq!(daemon.wait_notice("the last change", changed)["path"], "$.m");
    let nothing = other.try_wait_notice(Duration::ZERO, changed);
    assert!(matches!(nothing, Err(Lost::Late(_))), "{nothing:?}");
}

#[test]
fn a_client_watches_so_much_and_its_watches_end_with_it() {
    let (sandbox, daemon) = Daemon::start();
    let watch =
        |client: &Daemon| client.call("state.watch", json!({"scope": "shared", "path": "$..a"}));
    let guest = Daemon::connect(&sandbox);
    (0..64).for_each(|_| assert!(watch(&guest).is_ok()));
    is_about(&watch(&guest).unwrap_err(), "exhausted", "64 paths already");
    assert!(watch(&daemon).is_ok(), "another client has its own");
    drop(guest);
    set(&daemon, "$.a", json!(1));
    let told = daemon
        .wait_notice("a change", |method, told| (method == "state.changed").then(|| told.clone()));
    assert_eq!((&told["old"], &told["new"]), (&json!([]), &json!([1])));
}

#[test]
fn counts_of_fifty_clients_at_once_are_exact() {
    const CLIENTS: usize = 50;
    const EACH: usize = 40;
    let (sandbox, daemon) = Daemon::start();
    let count = json!({"scope": "shared", "path": "$.hits"});
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let client = Daemon::connect(&sandbox);
                (0..EACH).for_each(|_| drop(client.expect("state.increment", count.clone())));
            });
        }
    });
    assert_eq!(get(&daemon, "shared", "$.hits"), json!([CLIENTS * EACH]));
    let version = daemon.expect("state.get", json!({"scope": "shared"}))["version"].clone();
    assert_eq!(version, json!(CLIENTS * EACH));
}

#[test]
fn documents_outlive_a_daemon_that_is_stopped_and_large_ones_are_small_on_disk() {
    let (sandbox, daemon) = Daemon::start();
    let words = vec!["the same words again and again"; 20_000];
    let numbers = json!({"n": [u64::MAX, i64::MIN, 0.1, 1e300, -0.0], "text": "ä\u{0}\n"});
    daemon.expect("state.import", json!({"scope": "numbers", "value": numbers}));
    daemon.expect("state.import", json!({"scope": "large", "value": words}));
    drop(daemon);
    sandbox.stop_daemon();
    let file = database(&sandbox);
    assert!(std::fs::metadata(&file).unwrap().len() < 100_000, "600 KB of the same words");
    let mode = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    assert_eq!(get(&daemon, "numbers", "$"), json!([numbers]));
    assert_eq!(get(&daemon, "large", "$[19999]"), json!([words[0]]));
    let history = daemon.expect("state.history", json!({"scope": "large"}));
    assert_eq!(history["changes"][0]["places"], json!([{"path": "$", "cut": true}]));
}

/// The database of the sandbox's daemon.
pub(crate) fn database(sandbox: &Sandbox) -> std::path::PathBuf {
    let name = sandbox.socket().display().to_string().replace('/', "%");
    sandbox.path("state/orchflow/databases").join(name).join("state.db")
}

#[test]
fn a_query_of_a_large_document_is_answered_again_from_what_is_known_and_never_stale() {
    let (_sandbox, daemon) = Daemon::start();
    let item =
        |n: usize| json!({"id": n, "name": format!("task {n}"), "open": n.is_multiple_of(7)});
    let items: Vec<Json> = (0..8_000).map(item).collect();
    daemon.expect("state.import", json!({"scope": "big", "value": {"tasks": items}}));
    let query = "$.tasks[?@.open == true && @.id > 7000].id";
    let wanted: Vec<usize> = (7001..8_000).filter(|n: &usize| n.is_multiple_of(7)).collect();
    for _ in 0..3 {
        assert_eq!(get(&daemon, "big", query), json!(wanted));
    }
    let close = json!({"scope": "big", "path": "$.tasks[7007].open", "value": false});
    daemon.expect("state.set", close);
    assert_eq!(get(&daemon, "big", query), json!(wanted[1..]));
    let searched = get(&daemon, "big", "$.tasks[?match(@.name, 'task 7.*7')].id");
    assert_eq!(searched.as_array().unwrap().len(), 111);
}
