//! What the real programs have told, as recorded, and what is made of it.

use std::path::Path;

use serde_json::json;

use super::*;
use crate::agent::hook;
use crate::agent::profile::Profile;
use crate::agent::profiles::Profiles;

fn profile(name: &str) -> Profile {
    Profiles::new("/nowhere".into()).find(name).unwrap()
}

/// Feeds lines of a program's transcript, and gives what was used by then with the model.
fn read(program: &str, lines: &[&str]) -> (Told, Option<String>) {
    let meter = profile(program).usage.transcript.unwrap();
    let mut tally = Tally::default();
    let mut model = None;
    for line in lines {
        if let Some(reading) = meter.read(&serde_json::from_str(line).unwrap()) {
            model = reading.model.clone().or(model);
            tally.take(reading);
        }
    }
    (tally.told(), model)
}

#[test]
fn a_message_that_is_told_in_parts_counts_once_as_it_was_told_last() {
    let line = |id: &str, out: u64| {
        json!({"type": "assistant", "message": {"id": id, "model": "claude-opus-4-8", "usage": {
            "input_tokens": 25, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 1000, "output_tokens": out}}})
        .to_string()
    };
    let failure = r#"{"type": "assistant", "message": {"id": "x", "model": "<synthetic>", "usage": {"input_tokens": 0, "output_tokens": 0}}}"#;
    let lines = [
        line("m1", 3),
        line("m1", 8),
        r#"{"type": "user", "message": {}}"#.into(),
        line("m2", 8),
        failure.into(),
    ];
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let (told, model) = read("claude", &lines);
    assert_eq!((told.tokens_in, told.tokens_out, told.cached), (Some(2250), Some(16), Some(2000)));
    assert_eq!((told.cost, model.as_deref()), (None, Some("claude-opus-4-8")));
}

#[test]
fn sums_of_the_programs_own_replace_each_other_and_begin_anew_with_a_file() {
    let line = |used: u64| {
        json!({"type": "event_msg", "payload": {"type": "token_count", "info": {
            "total_token_usage": {"input_tokens": used, "cached_input_tokens": 5, "output_tokens": 8},
            "last_token_usage": {"total_tokens": 33}, "model_context_window": 258_400}}})
    };
    let model = json!({"type": "turn_context", "payload": {"model": "stub"}});
    let meter = profile("codex").usage.transcript.unwrap();
    assert_eq!(meter.read(&model), None);
    let mut tally = Tally::default();
    tally.turn_to("one".into(), 0);
    for used in [25, 75] {
        tally.take(meter.read(&line(used)).unwrap());
    }
    let told = tally.told();
    assert_eq!((told.tokens_in, told.tokens_out, told.cached), (Some(75), Some(8), Some(5)));
    assert_eq!((told.context, told.context_left), (Some(33), Some(258_367)));
    tally.turn_to("one".into(), 70);
    assert_eq!(tally.told().tokens_in, Some(75));
    tally.turn_to("two".into(), 0);
    tally.take(meter.read(&line(25)).unwrap());
    assert_eq!(tally.told().tokens_in, Some(100));
}

#[test]
fn a_file_that_was_left_is_gone_on_with_where_it_was_left() {
    let mut tally = Tally::default();
    assert_eq!((tally.place_in("one"), tally.is_in("one")), (0, false));
    for (file, next) in [("one", 10), ("one", 20), ("two", 5), ("one", 30), ("two", 6)] {
        tally.turn_to(file.into(), next);
    }
    assert_eq!((tally.place_in("one"), tally.place_in("two"), tally.is_in("two")), (30, 6, true));
    (0..40).for_each(|file| tally.turn_to(file.to_string(), 1));
    assert_eq!((tally.left.len(), tally.place_in("one")), (RECENT, 0));
}

#[test]
fn transcripts_of_gemini_and_qwen_tell_model_and_tokens() {
    let gemini = r#"{"id": "6153", "type": "gemini", "content": "Hi", "tokens": {"input": 25, "output": 8, "cached": 3, "thoughts": 2, "tool": 0, "total": 35}, "model": "gemini-2.5-flash"}"#;
    let (told, model) = read("gemini", &[r#"{"id": "1", "type": "user"}"#, gemini, gemini]);
    assert_eq!((told.tokens_in, told.tokens_out, told.cached), (Some(25), Some(10), Some(3)));
    assert_eq!(model.as_deref(), Some("gemini-2.5-flash"));
    let qwen = r#"{"uuid": "7d03", "type": "assistant", "model": "scripted", "usageMetadata": {"promptTokenCount": 25, "candidatesTokenCount": 8, "thoughtsTokenCount": 0, "totalTokenCount": 33, "cachedContentTokenCount": 0}}"#;
    let own = r#"{"uuid": "7733", "type": "system", "subtype": "ui_telemetry", "systemPayload": {"uiEvent": {"input_token_count": 25}}}"#;
    let (told, model) = read("qwen", &[qwen, own]);
    assert_eq!((told.tokens_in, told.tokens_out, told.cached), (Some(25), Some(8), Some(0)));
    assert_eq!(model.as_deref(), Some("scripted"));
}

#[test]
fn recorded_hooks_of_opencode_add_up_to_what_its_messages_have_used() {
    let opencode = profile("opencode");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/agents");
    let mut recordings = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("opencode-") {
            continue;
        }
        let (mut tally, mut messages) = (Tally::default(), BTreeMap::new());
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let Ok((_, kind, what)) = serde_json::from_str::<(f64, String, Json)>(line) else {
                continue;
            };
            if kind != "h" || what["event"] != "message.completed" {
                continue;
            }
            let payload = what["payload"].to_string();
            let heard = hook::hear(&opencode, "message.completed", &payload, 0).unwrap();
            let reading = heard.reading.unwrap();
            assert_eq!(reading.model.as_deref(), Some("scripted"), "{name}");
            tally.take(reading);
            let info = &what["payload"]["info"];
            let tokens = info["tokens"]["input"].as_u64().unwrap();
            messages.insert(info["id"].to_string(), tokens);
        }
        if !messages.is_empty() {
            recordings += 1;
            assert_eq!(tally.told().tokens_in, Some(messages.values().sum()), "{name}");
            assert_eq!(tally.told().cost, Some(0.0), "{name}");
        }
    }
    assert!(recordings >= 8, "{recordings}");
}

#[test]
fn lines_that_aider_prints_are_read_as_people_write_numbers() {
    let pattern = profile("aider").usage.printed.unwrap();
    let read = |line: &str| {
        printed(&pattern, line).map(|reading| {
            let Figures { cost, tokens_in, tokens_out, .. } = reading.figures;
            (tokens_in, tokens_out, cost, reading.model)
        })
    };
    assert_eq!(
        read("Tokens: 2.3k sent, 14 received. Cost: $0.0071 message, $0.02 session."),
        Some((Some(2300), Some(14), Some(0.0071), None))
    );
    assert_eq!(
        read("Tokens: 812 sent, 1.1M received."),
        Some((Some(812), Some(1_100_000), None, None))
    );
    assert_eq!(
        read("Tokens: 12k sent, 3.1k cache write, 8.2k cache hit, 1,204 received."),
        Some((Some(12_000), Some(1204), None, None))
    );
    let model = read("Model: openai/scripted with diff edit format").unwrap();
    assert_eq!(model, (None, None, None, Some("openai/scripted".into())));
    assert_eq!(read("> Tokens are cheap"), None);
}

#[test]
fn only_so_many_messages_can_be_told_again() {
    let meter: Meter = toml::from_str("message = 'id'\ntokens_out = 'out'").unwrap();
    let mut tally = Tally::default();
    let mut take =
        |id: usize| tally.take(meter.read(&json!({"id": id.to_string(), "out": 1})).unwrap());
    (0..RECENT + 1).for_each(&mut take);
    take(RECENT);
    take(0);
    assert_eq!(tally.told().tokens_out, Some(RECENT as u64 + 2));
    assert_eq!(tally.recent.len(), RECENT);
}
