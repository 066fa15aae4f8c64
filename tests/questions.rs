//! What programs ask their terminal gets exactly one right answer, with and without editors looking on.

use serde_json::{Value as Json, json};

use crate::support::{DEADLINE, Daemon, Editor, Sandbox, each_neovim, wait_until};

/// Each question, as `printf` takes it, with its answer, in which `\e` is an escape and `\a` a bell.
const QUESTIONS: &[(&str, &str)] = &[
    ("\\033[c", r"\e[?62;22c"),
    ("\\033[>c", r"\e[>1;100;0c"),
    ("\\033[=c", r"\eP!|00000000\e\"),
    ("\\033[5n", r"\e[0n"),
    ("\\033[3;7H\\033[6n", r"\e[3;7R"),
    ("\\033[3;7H\\033[?6n", r"\e[?3;7;1R"),
    ("\\033[>q", concat!(r"\eP>|orchflow(", env!("CARGO_PKG_VERSION"), r")\e\")),
    ("\\033P+q544e\\033\\\\", r"\eP1+r544e=787465726D2D323536636F6C6F72\e\"),
    ("\\033P+q6b66\\033\\\\", r"\eP0+r\e\"),
    ("\\033[?2026$p", r"\e[?2026;2$y"),
    ("\\033[?2027$p", r"\e[?2027;0$y"),
    ("\\033[?1004h\\033[?1004$p\\033[?1004l", r"\e[?1004;1$y"),
    ("\\033[?2004h\\033[?2004$p\\033[?2004l", r"\e[?2004;1$y"),
    ("\\033[?2004$p", r"\e[?2004;2$y"),
    ("\\033[?25$p", r"\e[?25;1$y"),
    ("\\033[?1049$p", r"\e[?1049;2$y"),
    ("\\033[4$p", r"\e[4;2$y"),
    ("\\033]10;#010203\\007\\033]10;?\\007", r"\e]10;rgb:0101/0202/0303\a"),
    ("\\033]11;#040506\\007\\033]11;?\\033\\\\", r"\e]11;rgb:0404/0505/0606\e\"),
    ("\\033]12;#070809\\007\\033]12;?\\007", r"\e]12;rgb:0707/0808/0909\a"),
    ("\\033]4;77;?\\007", r"\e]4;77;rgb:3333/cccc/3333\a"),
    ("\\033]4;1;#aabbcc\\007\\033]4;1;?\\007", r"\e]4;1;rgb:aaaa/bbbb/cccc\a"),
    ("\\033[?u", r"\e[?0u"),
    ("\\033[>5u\\033[?u\\033[<u", r"\e[?5u"),
    ("\\033[=3u\\033[?u\\033[=0u", r"\e[?3u"),
    ("\\033[?4m", r"\e[>4;0m"),
    ("\\033[14t", r"\e[4;0;0t"),
    ("\\033[16t", r"\e[6;0;0t"),
    ("\\033[1;4:3;31m\\033P$qm\\033\\\\\\033[m", r"\eP1$r0;1;4:3;31m\e\"),
    ("\\033P$qm\\033\\\\", r"\eP1$r0m\e\"),
    ("\\033[4 q\\033P$q q\\033\\\\\\033[0 q", r"\eP1$r4 q\e\"),
    ("\\033P$qz\\033\\\\", r"\eP0$r\e\"),
    ("\\033[?2026h\\033[5;2H\\033[6n\\033[?2026l", r"\e[5;2R"),
];

/// Asks everything, one after the other; `CSI 18 t` as the last, whose answer ends the reading.
fn program(sandbox: &Sandbox) -> String {
    let asks: String = QUESTIONS.iter().map(|(ask, _)| format!("printf '{ask}'\n")).collect();
    let out = sandbox.path("work/answers");
    let read = format!(
        "stty raw -echo\n{asks}printf '\\033[18t'\ndd bs=1 2>/dev/null > '{0}'\n",
        out.display()
    );
    sandbox.write("work/ask.sh", read).display().to_string()
}

fn wanted(size: &str) -> String {
    let answers: String = QUESTIONS.iter().map(|(_, answer)| *answer).collect();
    format!(r"{answers}\e[8;{size}t")
}

/// What the program has read, in the words of `QUESTIONS`.
fn answers(sandbox: &Sandbox) -> String {
    let read = std::fs::read(sandbox.path("work/answers")).unwrap_or_default();
    String::from_utf8_lossy(&read).replace('\x1b', r"\e").replace('\x07', r"\a")
}

#[track_caller]
fn answered(sandbox: &Sandbox, daemon: &Daemon, id: &str, size: &str) {
    let mut seen = String::new();
    wait_until("the last answer", DEADLINE, || {
        seen = answers(sandbox);
        seen.contains(r"\e[8;").then_some(())
    });
    // Whoever answers a second time has done so before this arrives.
    daemon.expect("terminal.write", json!({"id": id, "data": "end"}));
    wait_until("what was typed", DEADLINE, || {
        seen = answers(sandbox);
        seen.ends_with("end").then_some(())
    });
    assert_eq!(seen, wanted(size) + "end");
}

#[test]
fn each_question_gets_one_answer_while_nobody_looks_on() {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let script = program(&sandbox);
    daemon.expect(
        "terminal.open",
        json!({"command": ["/bin/sh", script], "name": "asks", "rows": 20, "cols": 70}),
    );
    answered(&sandbox, &daemon, "asks", "20;70");
}

each_neovim! {
    fn each_question_gets_one_answer_though_two_editors_look_on(version) {
        let sandbox = Sandbox::new();
        let script = program(&sandbox);
        let (one, two) = (Editor::start(version, &sandbox), Editor::start(version, &sandbox));
        let open = "require('orchflow').terminal({ cmd = ..., name = 'asks', split = 'current' })";
        one.lua(open, json!([format!("stty -echo; read go; exec sh {script}")]));
        let shown = "return vim.b.orchflow ~= nil and vim.b.orchflow.view ~= nil";
        one.wait_lua("the terminal", shown, Json::Null);
        two.command("Orchflow attach ++current asks");
        two.wait_lua("the terminal", shown, Json::Null);
        let daemon = Daemon::connect(&sandbox);
        daemon.expect("terminal.write", json!({"id": "asks", "data": "\r"}));
        let info = daemon.expect("terminal.get", json!({"id": "asks"}));
        answered(&sandbox, &daemon, "asks", &format!("{};{}", info["rows"], info["cols"]));
    }
}
