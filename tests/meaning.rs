//! What programs say of themselves: from a real program to facts, notices and messages.

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, repository, wait_until};

/// Starts a shell line whose program then stays.
fn run(client: &Daemon, name: &str, line: &str) {
    let command = format!("{line}; printf 'done\\n'; exec sleep 1000");
    client.expect("terminal.open", json!({"command": command, "cwd": "/", "name": name}));
    client.expect("terminal.wait", json!({"id": name, "match": "done", "timeout_ms": 50_000}));
}

fn info(client: &Daemon, name: &str) -> Json {
    client.expect("terminal.get", json!({"id": name}))
}

/// Waits for the next notice of that name, and gives its payload.
fn told(client: &Daemon, name: &str) -> Json {
    client.wait_notice(name, |n, payload| (n == name).then(|| payload.clone()))
}

/// The names of all notices about a terminal that have come so far, up to a last one that is provoked.
fn notices_until_renamed(client: &Daemon, name: &str, other: &str) -> Vec<(String, Json)> {
    client.expect("terminal.rename", json!({"id": name, "name": other}));
    let mut all = Vec::new();
    wait_until("the notice of another name", DEADLINE, || {
        let taken = client.rpc().take_notifications().into_iter();
        all.extend(taken.map(|(n, params)| (n, crate::support::json::to_json(&params[0]))));
        all.iter().any(|(n, _)| n == "terminal.renamed").then_some(())
    });
    all
}

#[test]
fn what_a_program_says_of_itself_is_told_and_can_be_asked() {
    let (_sandbox, client) = Daemon::start();
    let line = r"printf '\033]7;file:///usr/li%%62\007\033]9;4;1;42\033\\'";
    run(&client, "one", line);
    let updated = told(&client, "terminal.updated");
    assert_eq!((&updated["id"], &updated["name"]), (&json!("t1"), &json!("one")));
    assert_eq!(updated["changed"][0], "directory");
    assert_eq!(updated["directory"], "/usr/lib");
    let facts = info(&client, "one");
    assert_eq!((&facts["cwd"], &facts["directory"]), (&json!("/"), &json!("/usr/lib")));
    assert_eq!(facts["progress"], json!({"state": "normal", "percent": 42}));
    assert_eq!((&facts["purpose"], &facts["tags"]), (&json!("other"), &json!([])));
    assert_eq!(facts.get("running"), None);
}

#[test]
fn what_changes_too_fast_is_told_a_moment_later() {
    let (_sandbox, client) = Daemon::start();
    run(&client, "one", r"for n in 1 2 3 4 5 6 7 8 9; do printf '\033]9;4;1;%s\007' $n; done");
    let last = |_: &str, updated: &Json| (updated["progress"]["percent"] == 9).then_some(());
    client.wait_notice("the last percentage", last);
    let all = notices_until_renamed(&client, "one", "two");
    let percentages: Vec<&Json> = all
        .iter()
        .filter(|(name, _)| name == "terminal.updated")
        .map(|(_, updated)| &updated["progress"]["percent"])
        .collect();
    assert!(percentages.len() < 8 && !percentages.contains(&&json!(9)), "{percentages:?}");
}

#[test]
fn notifications_and_the_bell_become_notices() {
    let (_sandbox, client) = Daemon::start();
    run(
        &client,
        "one",
        r"printf '\033]777;notify;Tests;3 \033[31mfailed\007 \033]9;%%{x}\007\033]99;u=2:e=1;aGVsbG8=\033\\\007'",
    );
    // An ESC ends the first one.
    let note = |title: &str, body: &str, urgency: &str, source: &str| json!({"id": "t1", "name": "one", "title": title, "body": body, "urgency": urgency, "source": source, "missed": 0});
    assert_eq!(told(&client, "terminal.notified"), note("Tests", "3", "normal", "osc777"));
    assert_eq!(told(&client, "terminal.notified"), note("", "%{x}", "normal", "osc9"));
    assert_eq!(told(&client, "terminal.notified"), note("hello", "", "critical", "osc99"));
    assert_eq!(told(&client, "terminal.belled"), json!({"id": "t1", "name": "one", "missed": 0}));
}

#[test]
fn a_flood_of_notifications_is_told_in_part() {
    let (_sandbox, client) = Daemon::start();
    run(
        &client,
        "one",
        r"i=0; while [ $i -lt 2000 ]; do i=$((i+1)); printf '\033]9;note %s\007\007' $i; done",
    );
    let all = notices_until_renamed(&client, "one", "two");
    let count = |name: &str| all.iter().filter(|(n, _)| n == name).count();
    // What takes longer on a busy machine may be told more of.
    assert!((3..200).contains(&count("terminal.notified")), "{}", count("terminal.notified"));
    assert!((1..800).contains(&count("terminal.belled")), "{}", count("terminal.belled"));
}

#[test]
fn hostile_sequences_harm_neither_the_terminal_nor_its_facts() {
    let (_sandbox, client) = Daemon::start();
    let before = r"printf '\033]7;file:///a\nb\007\033]7;file://elsewhere/x\007\033]9;4;1;x\007\033]99;e=1;!!\007'";
    let never_ends = r"printf '\033]9;'; head -c 3000000 /dev/zero | tr '\0' x; printf '\007plain'";
    let cut_off =
        r"printf '\033]2;new title\007\033]9;\377\033]133;C;cmdline_url=%%1b%%ff\007after'";
    run(&client, "one", &format!("{before}; {never_ends}; {cut_off}"));
    let facts = info(&client, "one");
    assert_eq!((&facts["directory"], facts.get("progress")), (&json!("/"), None));
    assert_eq!(facts["title"], "new title");
    assert_eq!(facts["running"]["command"], "\u{fffd}");
    let screen = client.expect("terminal.read", json!({"id": "one"}));
    assert_eq!(
        screen["lines"][0], "plainafterdone",
        "nothing of the long one is printed, and what follows is"
    );
    assert_eq!(told(&client, "terminal.notified")["body"], "\u{fffd}");
}

#[test]
fn what_a_terminal_is_for_is_guessed_and_can_be_set() {
    let (_sandbox, client) = Daemon::start();
    let open = |params: Json| client.expect("terminal.open", params);
    open(json!({"command": ["sh", "-i"], "name": "shell"}));
    open(json!({"command": "cat; pytest", "name": "cat"}));
    open(json!({"command": "cat", "name": "set", "purpose": "agent", "tags": ["b", "a", "b"]}));
    let purpose = |name: &str| info(&client, name)["purpose"].clone();
    assert_eq!([purpose("shell"), purpose("cat"), purpose("set")], ["shell", "test", "agent"]);
    assert_eq!(info(&client, "set")["tags"], json!(["a", "b"]));

    let update = |params: Json| client.call("terminal.update", params);
    let updated = update(json!({"id": "cat", "purpose": "server", "tags": ["web"]})).unwrap();
    assert_eq!((&updated["purpose"], &updated["tags"]), (&json!("server"), &json!(["web"])));
    let notice = told(&client, "terminal.updated");
    assert_eq!(notice["changed"], json!(["purpose", "tags"]));
    assert_eq!((&notice["name"], &notice["purpose"]), (&json!("cat"), &json!("server")));
    update(json!({"id": "cat", "purpose": "server", "tags": ["web", "web"]})).unwrap();
    update(json!({"id": "cat"})).unwrap();
    let all = notices_until_renamed(&client, "cat", "dog");
    assert!(
        all.iter().all(|(name, _)| name != "terminal.updated"),
        "no change, no notice: {all:?}"
    );

    let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
    for (params, part) in [
        (json!({"id": "dog", "purpose": "fun"}), "purpose"),
        (json!({"id": "dog", "tags": ["two words"]}), "two words"),
        (json!({"id": "dog", "tags": [""]}), "tag"),
        (json!({"id": "dog", "tags": many}), "17 tags"),
        (json!({"id": "dog", "tag": []}), "unknown field"),
    ] {
        let fault = update(params.clone()).unwrap_err();
        assert_eq!(fault["kind"], "invalid_params", "{params}");
        assert!(fault["message"].as_str().unwrap().contains(part), "{params}: {fault}");
    }
    assert_eq!(update(json!({"id": "nobody"})).unwrap_err()["kind"], "not_found");
    let fault = client.call("terminal.open", json!({"command": "cat", "tags": ["a b"]}));
    assert_eq!(fault.unwrap_err()["kind"], "invalid_params");
    assert_eq!(info(&client, "dog")["tags"], json!(["web"]), "what is refused changes nothing");
}

/// The lines that the help gives for bash.
fn lines_for_bash() -> String {
    let help = std::fs::read_to_string(repository().join("doc/orchflow.txt")).unwrap();
    let (_, rest) = help.split_once(">bash\n").expect("an example for bash");
    let (example, _) = rest.split_once("\n<").expect("its end");
    example.to_owned()
}

/// A bash with these lines at work in the folder `work`, at its first prompt.
fn open_bash(sandbox: &Sandbox, client: &Daemon, cols: u16) {
    let file = sandbox.write("home/bashrc", format!("PS1='ready> '\n{}", lines_for_bash()));
    let command = json!(["bash", "--noprofile", "--rcfile", file, "-i"]);
    let params =
        json!({"command": command, "cwd": sandbox.path("work"), "cols": cols, "name": "bash"});
    client.expect("terminal.open", params);
    client.expect(
        "terminal.wait",
        json!({"id": "bash", "match": "^ready> $|^ready>$", "timeout_ms": 50_000}),
    );
}

fn type_line(client: &Daemon, line: &str) {
    client.expect("terminal.write", json!({"id": "bash", "data": format!("{line}\r")}));
}

#[test]
fn a_bash_with_the_lines_of_the_help_tells_its_commands() {
    let (sandbox, client) = Daemon::start();
    open_bash(&sandbox, &client, 80);
    assert_eq!(info(&client, "bash")["purpose"], "other", "it was started with a file");
    let work = sandbox.path("work").canonicalize().unwrap();

    type_line(&client, "read x; (exit 3)");
    let started = told(&client, "terminal.command_started");
    assert_eq!(
        (&started["name"], &started["command"]),
        (&json!("bash"), &json!("read x; (exit 3)"))
    );
    assert_eq!(started["directory"], json!(work));
    let running = info(&client, "bash")["running"].clone();
    assert_eq!(
        running,
        json!({"command": "read x; (exit 3)", "directory": work, "since": started["since"]})
    );

    type_line(&client, "");
    let finished = told(&client, "terminal.command_finished");
    assert_eq!((&finished["command"], &finished["exit_code"]), (&started["command"], &json!(3)));
    assert_eq!(finished["started"], started["since"]);
    assert!(finished["duration_ms"].as_u64().unwrap() < 60_000);
    let facts = info(&client, "bash");
    assert_eq!((facts.get("running"), &facts["last_command"]["exit_code"]), (None, &json!(3)));

    std::fs::create_dir(work.join("100% größe")).unwrap();
    type_line(&client, "cd 100*");
    assert_eq!(told(&client, "terminal.command_finished")["exit_code"], 0);
    wait_until("the directory", DEADLINE, || {
        (info(&client, "bash")["directory"] == json!(work.join("100% größe"))).then_some(())
    });
    assert_eq!(info(&client, "bash")["cwd"], json!(sandbox.path("work")));
}

#[test]
fn a_command_that_is_longer_than_the_screen_is_wide_is_one_line() {
    let (sandbox, client) = Daemon::start();
    open_bash(&sandbox, &client, 20);
    let line = "echo a-word-that-is-longer than a line of this screen | tr a b";
    type_line(&client, line);
    assert_eq!(told(&client, "terminal.command_started")["command"], line);
    assert_eq!(told(&client, "terminal.command_finished")["exit_code"], 0);
}

/// Collects what `vim.notify` is given.
const COLLECT: &str = "
_G.notes = {}
vim.notify = function(text, level, opts)
  table.insert(_G.notes, { text, level, opts and opts.title or '' })
end
";

/// A terminal that prints what it is typed, and shows that it is there.
fn open_cat(editor: &Editor, daemon: &Daemon, name: &str) {
    editor.lua("require('orchflow').terminal({ cmd = 'stty -echo raw; echo there; cat', name = ..., split = 'current' })", json!([name]));
    daemon_has(daemon, name);
    daemon.expect("terminal.wait", json!({"id": name, "match": "there", "timeout_ms": 50_000}));
    editor.wait_text("there");
}

fn daemon_has(daemon: &Daemon, name: &str) {
    wait_until("the terminal", DEADLINE, || daemon.call("terminal.get", json!({"id": name})).ok());
}

fn print(daemon: &Daemon, name: &str, bytes: &str) {
    daemon.expect("terminal.write", json!({"id": name, "data": bytes}));
}

each_neovim! {
    fn a_notification_of_a_terminal_that_is_not_visible_is_a_message(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).lua(COLLECT).start(&sandbox);
        open_cat(&editor, &daemon, "web");
        // Before their eyes: nothing is said. The title shows that it has been read.
        print(&daemon, "web", "\u{1b}]9;seen\u{7}\u{1b}]2;one\u{7}");
        editor.wait_lua("the title", "return vim.b.term_title == 'one'", Json::Null);
        assert_eq!(told(&daemon, "terminal.notified")["body"], "seen");
        assert_eq!(editor.lua("return #_G.notes", Json::Null), 0);
        editor.command("stopinsert | enew");
        print(&daemon, "web", "\u{1b}]777;notify;Tests;%{3} failed\nnow\u{7}\u{1b}]99;u=2;help\u{7}");
        print(&daemon, "web", "\u{1b}]99;u=2;help\u{7}");
        let notes = editor.wait_lua("two messages", "return #_G.notes >= 2 and _G.notes", Json::Null);
        let wanted = json!([["web: Tests: %{3} failed now", 2, "web"], ["web: help", 3, "web"]]);
        assert_eq!(notes, wanted);
        // Another one comes after all that would have come before it.
        print(&daemon, "web", "\u{1b}]9;last\u{7}");
        let more = "return #_G.notes > 2 and _G.notes[3][1]";
        // Three at once is what may be told in a second.
        let next = crate::support::wait::is_within(DEADLINE, || {
            print(&daemon, "web", &format!("\u{1b}]9;last {:?}\u{7}", std::time::Instant::now()));
            editor.lua(more, Json::Null).as_str().is_some_and(|text| text.starts_with("web: last"))
        });
        assert!(next, "the same is not told twice: {:?}", editor.lua("return _G.notes", Json::Null));
    }

    fn notify_false_keeps_them_quiet(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).config("notify", json!(false)).lua(COLLECT).start(&sandbox);
        open_cat(&editor, &daemon, "web");
        editor.command("stopinsert | enew");
        print(&daemon, "web", "\u{1b}]9;unseen\u{7}");
        assert_eq!(told(&daemon, "terminal.notified")["body"], "unseen");
        // Notices keep their order.
        daemon.expect("terminal.rename", json!({"id": "web", "name": "other"}));
        editor.wait_lua("the other name", "return vim.fn.bufexists('orchflow://other') == 1", Json::Null);
        assert_eq!(editor.lua("return #_G.notes", Json::Null), 0);
    }

    fn the_list_shows_what_runs_and_how_far_it_is(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::with(version).size(120, 24).start(&sandbox);
        let open = json!({"command": ["cat"], "name": "web", "cwd": "/", "purpose": "server"});
        daemon.expect("terminal.open", open);
        print(&daemon, "web", "\u{1b}]7;file:///usr\u{7}\u{1b}]133;C;cmdline_url=npm%20run%20dev\u{7}\u{1b}]9;4;1;42\u{7}\r");
        wait_until("the progress", DEADLINE, || info(&daemon, "web").get("progress").map(drop));
        editor.command("Orchflow list");
        editor.wait_screen("the list", |grid| {
            grid.text().contains("t1 web running 42% server /usr cat: npm run dev")
        });
        editor.resize(40, 24);
        editor.command("mode | Orchflow list");
        editor.wait_screen("the list without a purpose", |grid| grid.text().contains("t1 web running 42% /usr cat:"));
    }

    fn a_terminal_of_the_editor_can_be_opened_with_a_purpose_and_tags(version) {
        let sandbox = Sandbox::new();
        let editor = Editor::with(version).lua(COLLECT).start(&sandbox);
        let open = "require('orchflow').terminal(vim.tbl_extend('force', { cmd = 'cat', name = 'web' }, ...))";
        editor.lua(open, json!([{"purpose": "server", "tags": "web"}]));
        let refused = editor.lua("return _G.notes[1][1]", Json::Null);
        assert!(refused.as_str().unwrap().contains("`tags` must be"), "{refused}");
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        editor.lua(open, json!([{"purpose": "server", "tags": ["b", "a"]}]));
        daemon_has(&daemon, "web");
        let facts = info(&daemon, "web");
        assert_eq!((&facts["purpose"], &facts["tags"]), (&json!("server"), &json!(["a", "b"])));
    }

    fn gf_finds_files_where_the_program_works(version) {
        let sandbox = Sandbox::new();
        sandbox.start_daemon();
        let daemon = Daemon::connect(&sandbox);
        let editor = Editor::start(version, &sandbox);
        open_cat(&editor, &daemon, "web");
        print(&daemon, "web", "\u{1b}]7;file:///usr/a,b\u{7}");
        editor.wait_lua("the path", "return vim.bo.path == [[/usr/a\\,b,,]]", Json::Null);
    }
}
