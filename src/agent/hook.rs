//! What a hook's event says, by the profile's table: pure.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::profile::{Event, Profile};
use super::signs::{self, Millis, Says, Sign};
use super::usage::Reading;
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::PAYLOAD;

/// An event as it concerns us.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// What it says of the status, if anything.
    pub sign: Option<Sign>,
    /// Whether only a prompt that was taken makes the program tell this.
    pub begins: bool,
    /// What is to be kept of it, by name.
    pub kept: BTreeMap<String, String>,
    /// What it tells of model, cost and tokens.
    pub reading: Option<Reading>,
}

/// What an event says. One that the profile does not know says nothing.
pub fn hear(profile: &Profile, event: &str, payload: &str, now: Millis) -> Result<Heard> {
    if payload.len() > PAYLOAD {
        let message = format!("a hook's payload has {} KB, more than 64", payload.len() >> 10);
        return Err(Fault::new(Kind::InvalidParams, message).hint(format!(
            "leave out what the profile does not keep: orchflow hook {} {event}",
            profile.name
        )));
    }
    // Some programs give none, or no JSON.
    let payload: Json = serde_json::from_str(payload).unwrap_or(Json::Null);
    let meter = profile.usage.hook.as_ref().filter(|meter| meter.event == event);
    let reading = meter.and_then(|meter| meter.read(&payload));
    let holds = |rule: &&Event| {
        let is =
            |(place, text): (&String, &String)| text_at(&payload, place).as_ref() == Some(text);
        rule.when.iter().all(is)
    };
    let Some(rule) = profile.hooks.events.get(event).and_then(|rules| rules.iter().find(holds))
    else {
        return Ok(Heard { reading, ..Heard::default() });
    };
    let keep = |(name, place): (&String, &String)| Some((name.clone(), text_at(&payload, place)?));
    let kept: BTreeMap<_, _> = rule.keep.iter().filter_map(keep).collect();
    let goes_on = kept.get("background").is_some_and(|tasks| !matches!(&**tasks, "" | "[]" | "{}"));
    let says = rule.signal.filter(|says| says.status().is_some());
    let sign = says.map(|says| Sign {
        says: if says == Says::Done && goes_on { Says::Background } else { says },
        rule: format!("hook {event}"),
        text: words(event, &kept),
        at: now,
    });
    Ok(Heard { sign, begins: rule.begins, kept, reading })
}

/// What a person reads of it: the question, or what is asked for.
fn words(event: &str, kept: &BTreeMap<String, String>) -> String {
    let what = ["question", "tool", "input", "detail", "text", "failure", "note"];
    let words: Vec<&str> = what.iter().filter_map(|name| Some(kept.get(*name)?.as_str())).collect();
    let words = if words.is_empty() { event.to_owned() } else { words.join(" ") };
    signs::cut(&words)
}

/// The text at a path such as `info.tokens.0`.
pub fn text_at(payload: &Json, place: &str) -> Option<String> {
    let found = payload.pointer(&format!("/{}", place.replace('.', "/")))?;
    match found {
        Json::String(text) => Some(text.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const PROFILE: &str = r#"
        name = "x"
        title = "X"
        command = ["x"]
        [hooks.events]
        Begin = { signal = "working", begins = true, keep = { conversation = "session" } }
        Note = { signal = "blocked", when = { kind = "permission_prompt" }, keep = { question = "about.words" } }
        End = [
            { signal = "working", when = { kind = "again" } },
            { signal = "done", keep = { background = "tasks" } },
        ]
    "#;

    #[test]
    fn an_event_says_what_the_profile_makes_of_it() {
        let profile = Profile::parse(PROFILE, Path::new("x.toml")).unwrap();
        let hear = |event: &str, payload: &str| hear(&profile, event, payload, 7).unwrap();
        let begun = hear("Begin", r#"{"session": "abc"}"#);
        assert_eq!((&*begun.kept["conversation"], begun.begins), ("abc", true));
        assert_eq!(begun.sign.as_ref().map(|s| (s.says, s.at)), Some((Says::Working, 7)));
        let asked = hear("Note", r#"{"kind": "permission_prompt", "about": {"words": "May I?"}}"#);
        assert!(!asked.begins);
        assert_eq!(asked.sign.map(|s| (s.says, s.text)), Some((Says::Blocked, "May I?".into())));
        for (event, payload) in [("Note", r#"{"kind": "idle"}"#), ("Note", "{"), ("Other", "{}")] {
            assert_eq!(hear(event, payload), Heard::default(), "{event} {payload}");
        }
        assert_eq!(hear("End", "no json").sign.map(|s| s.says), Some(Says::Done));
        assert_eq!(hear("End", r#"{"kind": "again"}"#).sign.map(|s| s.says), Some(Says::Working));
        for (payload, says) in
            [(r#"{"tasks": []}"#, Says::Done), (r#"{"tasks": ["make"]}"#, Says::Background)]
        {
            assert_eq!(hear("End", payload).sign.map(|s| s.says), Some(says), "{payload}");
        }
        let long = "x".repeat(PAYLOAD + 1);
        let fault = super::hear(&profile, "End", &long, 0).unwrap_err();
        assert!(fault.hint.unwrap().contains("orchflow hook x End"));
    }
}
