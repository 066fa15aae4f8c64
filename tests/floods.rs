//! Reading back what a program prints without end: all of what there was when it was asked for, by search, export and buffer.

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, wait_until};

/// The whole buffer.
const LINES: &str = "return vim.api.nvim_buf_get_lines(0, 0, -1, false)";

/// What a window shows, and where its cursor is.
const VIEW: &str = "return { vim.fn.winsaveview(), vim.fn.getline('w0'), vim.fn.getline('.') }";

/// Starts a program that counts for ever, much faster than its lines can be read, and waits until the oldest fall out.
fn flood(client: &Daemon, name: &str) {
    let count = "exec awk 'BEGIN { for (i = 0; ; i++) print \"number\", i, \"of a flood\" }'";
    client.open(name, count);
    wait_until("lines to fall out", DEADLINE, || {
        first_line(client, name).filter(|first| *first > 0)
    });
}

/// The number of the oldest line that is kept.
fn first_line(client: &Daemon, name: &str) -> Option<u64> {
    client.expect("terminal.history", json!({"id": name, "count": 1}))["first_line"].as_u64()
}

/// They are all that a flooding terminal kept at one moment; gives the number in the last one.
#[track_caller]
fn is_all_of_a_flood<'a>(lines: impl Iterator<Item = &'a str>) -> u64 {
    let number = |line: &str| line.split(' ').nth(1)?.parse().ok();
    let numbers: Vec<u64> = lines.map(|line| number(line).unwrap_or(u64::MAX)).collect();
    // The last one may be under way.
    let whole = &numbers[..numbers.len() - 1];
    assert!(whole.len() >= 10_000, "{}", whole.len());
    let holes: Vec<_> = whole.windows(2).filter(|pair| pair[0] + 1 != pair[1]).collect();
    assert!(holes.is_empty(), "{holes:?}");
    whole[whole.len() - 1]
}

#[test]
fn what_is_exported_of_a_flood_is_all_that_was_there_when_it_began() {
    let (sandbox, client) = Daemon::start();
    flood(&client, "web");
    for format in ["text", "ansi"] {
        let args = ["export", "web", "--format", format];
        let text = sandbox.run(sandbox.orchflow().args(args)).expect_success();
        is_all_of_a_flood(text.lines());
    }
    client.expect("terminal.close", json!({"id": "web"}));
}

#[test]
fn a_search_in_a_flood_misses_no_line() {
    let (_sandbox, client) = Daemon::start();
    flood(&client, "web");
    for way in [json!({"from": 0}), json!({})] {
        let mut params =
            json!({"id": "web", "pattern": r"number (\d*7) ", "keep": true, "limit": 300});
        params.as_object_mut().unwrap().extend(way.as_object().unwrap().clone());
        let mut numbers: Vec<u64> = Vec::new();
        loop {
            let found = client.expect("terminal.search", params.clone());
            let groups = found["matches"].as_array().unwrap().iter();
            let number = |m: &Json| m["groups"][0].as_str().unwrap().parse::<u64>().unwrap();
            numbers.extend(groups.map(number));
            let Some(next) = found.get("next") else { break };
            assert!(found["reading"].is_string(), "{}", found["reading"]);
            params["reading"] = found["reading"].clone();
            params[if way == json!({}) { "before" } else { "from" }] = next.clone();
        }
        numbers.sort_unstable();
        assert!(numbers.len() >= 1_000, "{}", numbers.len());
        assert!(numbers.windows(2).all(|pair| pair[0] + 10 == pair[1]), "{numbers:?}");
    }
    client.expect("terminal.close", json!({"id": "web"}));
}

#[test]
fn lines_that_are_kept_are_read_to_their_end_by_one_client_and_then_dropped() {
    let (sandbox, client) = Daemon::start();
    flood(&client, "web");
    let other = Daemon::connect(&sandbox);
    let gone = |client: &Daemon, reading: &Json| {
        let params = json!({"id": "web", "from": 0, "reading": reading});
        let fault = client.call("terminal.history", params).unwrap_err();
        assert_eq!(fault["kind"], "not_found", "{fault}");
        assert!(fault["hint"].is_string(), "{fault}");
    };
    let mut params = json!({"id": "web", "from": 0, "keep": true});
    let mut lines: Vec<String> = Vec::new();
    loop {
        let page = client.expect("terminal.history", params.clone());
        let some = page["lines"].as_array().unwrap();
        lines.extend(some.iter().map(|line| line.as_str().unwrap().to_owned()));
        if page["more"] == false {
            assert_eq!(page.get("reading"), None);
            break;
        }
        gone(&other, &page["reading"]);
        params["reading"] = page["reading"].clone();
        params["from"] = json!(page["first"].as_u64().unwrap() + some.len() as u64);
    }
    is_all_of_a_flood(lines.iter().map(String::as_str));
    gone(&client, &params["reading"]);
    client.expect("terminal.close", json!({"id": "web"}));
}

each_neovim! {
    fn the_history_of_a_flood_is_all_that_was_there_and_stays(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).start(&sandbox);
        flood(&daemon, "web");
        editor.command("Orchflow history ++current web");
        // They come five hundred at a time; the last time it is less, as there is a screen beside the scrollback.
        editor.wait_lua("its lines", "return vim.api.nvim_buf_line_count(0) > 10000", Json::Null);
        let lines = editor.lua(LINES, Json::Null);
        let last = is_all_of_a_flood(lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()));
        let view = editor.lua(VIEW, Json::Null);
        wait_until("them to fall out", DEADLINE, || first_line(&daemon, "web").filter(|first| *first > last));
        assert_eq!((editor.lua(LINES, Json::Null), editor.lua(VIEW, Json::Null)), (lines, view));
        daemon.expect("terminal.close", json!({"id": "web"}));
    }
}
