//! The compliance test suite of JSONPath (RFC 9535), through our own verbs: what the library says of itself does not count.

use std::fs;

use serde_json::{Value as Json, json};

use crate::support::{Daemon, skip};

/// The file of the suite, `cts.json` of the project jsonpath-compliance-test-suite.
const SUITE: &str = "ORCHFLOW_JSONPATH_CTS";

/// Whether one of these is what was found.
fn is_one_of(found: &Json, one: &Json, several: &Json) -> bool {
    match several.as_array() {
        Some(several) => several.contains(found),
        None => found == one,
    }
}

/// What is wrong with a case, if anything is.
fn check(daemon: &Daemon, case: &Json) -> Option<String> {
    let query = json!({"scope": "suite", "path": case["selector"], "paths": true});
    if case["invalid_selector"] == true {
        let answer = daemon.call("state.get", query);
        let refused = answer.as_ref().is_err_and(|error| error["kind"] == "invalid_params");
        return (!refused).then(|| format!("{answer:?}"));
    }
    daemon.expect("state.import", json!({"scope": "suite", "value": case["document"]}));
    let got = match daemon.call("state.get", query) {
        Ok(got) => got,
        Err(error) => return Some(error.to_string()),
    };
    let right = is_one_of(&got["values"], &case["result"], &case["results"])
        && is_one_of(&got["paths"], &case["result_paths"], &case["results_paths"]);
    (!right).then(|| got.to_string())
}

#[test]
fn every_case_of_the_compliance_suite_is_answered_as_it_must_be() {
    let Some(file) = std::env::var_os(SUITE) else {
        return skip("the compliance suite of JSONPath", &format!("{SUITE} names no cts.json"));
    };
    let suite: Json = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let cases = suite["tests"].as_array().unwrap();
    assert!(cases.len() > 500, "{} cases are not all of them", cases.len());
    let (_sandbox, daemon) = Daemon::start();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case["name"], check(&daemon, case)?)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), cases.len());
}
