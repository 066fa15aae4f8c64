//! The other forms of real agent CLIs, as their profiles have them: one prompt and its end, and the Agent Client Protocol.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::support::stage::LONG;
use crate::support::{Stage, each_agent, wait::wait_until_shown};

/// A form of the program as `agent.profiles` has it, with what is read of its answer.
fn form(stage: &Stage, name: &str) -> Vec<String> {
    serde_json::from_value(profile(stage)[name].clone()).unwrap()
}

fn profile(stage: &Stage) -> Json {
    let known = stage.client.expect("agent.profiles", json!({}));
    let mut programs = known["profiles"].as_array().unwrap().iter();
    programs.find(|known| known["name"] == stage.program).unwrap().clone()
}

/// Runs it in the project, with no terminal for its words.
fn run(stage: &Stage, name: &str, argv: &[String], input: &str) {
    let script = format!("exec \"$@\" <{input} >{name}.out 2>{name}.err");
    let sh = ["/bin/sh", "-c", &script, name].map(str::to_owned);
    let command = [&sh[..], argv].concat();
    let env: serde_json::Map<String, Json> =
        stage.env().into_iter().map(|(name, value)| (name, json!(value))).collect();
    stage.ask(
        "terminal.open",
        json!({"command": command, "cwd": stage.sandbox.path("work"), "env": env, "name": name}),
    );
}

/// What it has said by now.
fn said(stage: &Stage, name: &str) -> String {
    fs::read_to_string(stage.sandbox.path(format!("work/{name}.out"))).unwrap_or_default()
}

/// All objects of an answer: one, a list of them, or one on each line.
fn objects(answer: &str) -> Vec<Json> {
    match serde_json::from_str(answer) {
        Ok(Json::Array(all)) => all,
        Ok(one) => vec![one],
        Err(_) => answer.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    }
}

/// What stands at such a path, `*` for any name.
fn at<'a>(object: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(object, |inner, name| match name {
        "*" => inner.as_object()?.values().next(),
        name => inner.get(name),
    })
}

/// Whether something of that name can be read of an answer: the last object that has it counts.
fn read<'a>(answer: &'a [Json], path: &Json) -> Option<&'a Json> {
    answer.iter().rev().find_map(|object| at(object, path.as_str()?))
}

each_agent! {
    fn one_prompt_is_answered_and_the_program_ends(stage: Stage::set, claude codex gemini opencode qwen aider) {
        let fill = |word: String| word.replace("{prompt}", "look around #say=A_heron_it_is.");
        let argv: Vec<String> = form(stage, "once").into_iter().map(fill).collect();
        run(stage, "once", &argv, "/dev/null");
        let ended = stage.ask("terminal.wait", json!({"id": "once", "exit": true, "timeout_ms": 100_000}));
        assert_eq!(ended, json!({"event": "exited", "exit": {"code": 0}}), "{}", said(stage, "once"));
        stage.hears(&["look around"]);
        let answer = said(stage, "once");
        let fields = profile(stage)["once_usage"].as_object().cloned().unwrap_or_default();
        let answered = objects(&answer);
        let value = |name: &str| fields.get(name).and_then(|path| read(&answered, path)).cloned().unwrap_or_default();
        if stage.program == "aider" {
            // It answers in words.
            assert!(fields.is_empty() && answer.contains("A heron it is."), "{answer}");
            return;
        }
        assert!(value("text").as_str().unwrap_or_default().contains("A heron it is."), "{fields:?} {answer}");
        assert!(value("conversation").as_str().is_some_and(|name| name.len() > 10), "{fields:?} {answer}");
        // One asks the model for its own memory too, and counts that.
        let answers = if stage.program == "qwen" { 2 } else { 1 };
        assert_eq!((value("tokens_in"), value("tokens_out")), (json!(25 * answers), json!(8 * answers)), "{fields:?} {answer}");
        assert_eq!(value("cost").is_number(), matches!(stage.program, "claude" | "opencode"), "{fields:?} {answer}");
    }

    fn the_agent_client_protocol_is_spoken(stage: Stage::set, gemini opencode qwen) {
        let input = stage.sandbox.path("work/acp.in");
        assert!(Command::new("mkfifo").arg(&input).status().unwrap().success());
        // Whoever opens it for both does not wait for the other end.
        let mut asks = OpenOptions::new().read(true).write(true).open(&input).unwrap();
        run(stage, "acp", &form(stage, "acp"), "acp.in");
        let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": 1, "clientCapabilities": {"fs": {"readTextFile": false, "writeTextFile": false}}}});
        writeln!(asks, "{initialize}").unwrap();
        let answer = wait_until_shown("an answer", LONG, || {
            let said = said(stage, "acp");
            let answer = objects(&said).into_iter().find(|message| message["id"] == 1);
            answer.ok_or(said)
        });
        assert_eq!(answer["result"]["protocolVersion"], 1, "{answer}");
        assert_eq!(answer["result"]["agentCapabilities"]["loadSession"], true, "{answer}");
        stage.ask("terminal.close", json!({"id": "acp"}));
    }

    fn a_version_is_told(stage: Stage::set, claude codex gemini opencode qwen aider) {
        run(stage, "version", &form(stage, "version"), "/dev/null");
        stage.ask("terminal.wait", json!({"id": "version", "exit": true, "timeout_ms": 100_000}));
        let told = said(stage, "version");
        assert!(told.contains(profile(stage)["proven"].as_str().unwrap()), "{told}");
    }
}
