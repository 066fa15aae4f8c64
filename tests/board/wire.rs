//! What a plain client is painted, and when.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::Daemon;
use crate::support::still::{asks, ends, spawn, start, works};

/// Applies paintings as a client does.
#[derive(Default)]
struct Shown(Vec<Json>);

impl Shown {
    fn apply(&mut self, painted: &Json) {
        let count = usize::try_from(painted["count"].as_u64().unwrap()).unwrap();
        self.0.resize(count, json!({"text": "", "spans": []}));
        for piece in painted["pieces"].as_array().unwrap() {
            let at = usize::try_from(piece["at"].as_u64().unwrap()).unwrap();
            for (index, row) in piece["rows"].as_array().unwrap().iter().enumerate() {
                self.0[at + index] = row.clone();
            }
        }
    }

    fn row(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|row| row["name"] == name)
    }
}

fn open(client: &Daemon, params: Json) -> Json {
    client.expect("board.open", params)["board"].clone()
}

fn list(client: &Daemon) -> Json {
    open(client, json!({"cols": 100, "rows": 40}))
}

/// Applies what comes until the condition holds.
fn until(client: &Daemon, shown: &mut Shown, what: &str, holds: impl Fn(&Shown) -> bool) {
    client.wait_notice(what, |method, painted| {
        if method == "board.painted" {
            shown.apply(painted);
        }
        holds(shown).then_some(())
    });
}

#[test]
fn a_board_shows_the_swarm_and_then_only_rows_that_look_different() {
    let (sandbox, client) = start();
    for name in ["one", "two"] {
        spawn(&sandbox, &client, name, "web");
        works(&client, name, "Bash: make");
    }
    list(&client);
    let mut shown = Shown::default();
    until(&client, &mut shown, "both", |shown| shown.0.len() == 3);
    assert!(shown.0[0]["text"].as_str().unwrap().starts_with(" ~/web  main"), "{}", shown.0[0]);
    assert_eq!(shown.row("one").unwrap()["agent"], "a1");
    asks(&client, "two", "May I?");
    until(&client, &mut shown, "the question", |shown| {
        shown.0[1]["name"] == "two" && shown.0[1]["text"].as_str().unwrap().contains("May I?")
    });
    client.expect("terminal.close", json!({"id": "two"}));
    until(&client, &mut shown, "it to go", |shown| shown.0.len() == 2);
}

#[test]
fn a_board_that_takes_edits_is_told_only_the_text_that_differs() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, "one", "web");
    works(&client, "one", "step 17 of it");
    open(&client, json!({"cols": 100, "rows": 40, "edits": true}));
    let mut shown = Shown::default();
    until(&client, &mut shown, "it", |shown| {
        shown.row("one").is_some_and(|row| row["text"].as_str().unwrap().contains("step 17"))
    });
    works(&client, "one", "step 18 of it");
    let edit = client.wait_notice("an edit", |method, painted| {
        // A clock may tick before, which is another row or another edit.
        let edits = painted["edits"].as_array().filter(|_| method == "board.painted")?;
        edits.iter().find(|edit| edit["text"] == "8").cloned()
    });
    let text = shown.row("one").unwrap()["text"].as_str().unwrap();
    let from = text.find("17 of").unwrap() + 1;
    assert_eq!(edit, json!({"at": 1, "from": from, "to": from + 1, "text": "8"}));
}

#[test]
fn who_is_hidden_is_painted_nothing_and_is_right_when_it_is_shown_again() {
    let (sandbox, client) = start();
    spawn(&sandbox, &client, "one", "web");
    let board = list(&client);
    let mut shown = Shown::default();
    until(&client, &mut shown, "it", |shown| shown.row("one").is_some());
    client.expect("board.update", json!({"board": board, "hidden": true}));
    works(&client, "one", "Bash: make");
    ends(&client, "one");
    // Another board is painted meanwhile.
    open(&client, json!({"kind": "line", "cols": 80, "rows": 1}));
    let painted = |client: &Daemon| {
        client.wait_notice("a painting", |method, painted| {
            (method == "board.painted").then(|| painted.clone())
        })
    };
    loop {
        let line = painted(&client);
        assert_ne!(line["board"], board, "{line}");
        if line["counts"]["done"] == 1 {
            break;
        }
    }
    client.expect("board.update", json!({"board": board, "hidden": false}));
    until(&client, &mut shown, "what it has missed", |shown| {
        shown.row("one").is_some_and(|row| row["status"] == "done")
    });
}

#[test]
fn a_board_is_its_own_clients_and_ends_with_it() {
    let (sandbox, client) = start();
    let board = list(&client);
    let other = Daemon::connect(&sandbox);
    for (method, params) in [
        ("board.update", json!({"board": board, "cols": 50})),
        ("board.close", json!({"board": board})),
        ("board.close", json!({"board": "b99"})),
    ] {
        assert_eq!(other.call(method, params).unwrap_err()["kind"], "not_found");
    }
    for (key, value) in [("cols", 0), ("rows", 1001)] {
        let mut params = json!({"board": board});
        params[key] = json!(value);
        let fault = client.call("board.update", params).unwrap_err();
        assert_eq!(fault["kind"], "invalid_params", "{fault}");
    }
    for _ in 1..32 {
        list(&client);
    }
    let fault = client.call("board.open", json!({"cols": 80, "rows": 24})).unwrap_err();
    assert_eq!(fault["kind"], "exhausted");
    client.expect("board.close", json!({"board": board}));
    list(&client);
    assert!(
        other
            .try_wait_notice(Duration::from_millis(50), |method, _| (method == "board.painted")
                .then_some(()))
            .is_err(),
        "nobody else is told"
    );
}

#[test]
fn no_more_than_sixty_paintings_come_in_a_second_however_much_changes() {
    let (sandbox, client) = start();
    let names: Vec<String> = (0..10).map(|number| format!("n{number}")).collect();
    names.iter().for_each(|name| drop(spawn(&sandbox, &client, name, "web")));
    let watcher = Daemon::connect(&sandbox);
    list(&watcher);
    let begun = std::time::Instant::now();
    let mut changes = 0;
    while begun.elapsed() < Duration::from_secs(1) {
        for name in &names {
            works(&client, name, &format!("step {changes}"));
            changes += 1;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let paintings = watcher
        .rpc()
        .take_notifications()
        .iter()
        .filter(|(name, _)| name == "board.painted")
        .count();
    assert!(changes > 200, "{changes} changes");
    assert!(
        paintings > 5 && paintings as f64 <= 60.0 * seconds + 2.0,
        "{paintings} in {seconds} s"
    );
}
