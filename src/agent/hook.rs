//! What a hook's event says, by the profile's table: pure.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::profile::{Profile, Says};
use super::signs::{Millis, Sign};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// Longest payload, in bytes: programs put whole answers into theirs.
pub const MOST: usize = 64 << 10;

/// Words of evidence are cut to so many characters.
const WORDS: usize = 400;

/// An event as it concerns us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// What it says of the status, if anything.
    pub sign: Option<Sign>,
    /// What is to be kept of it, by name.
    pub kept: BTreeMap<String, String>,
}

/// What an event says. One that the profile does not know says nothing.
pub fn hear(profile: &Profile, event: &str, payload: &str, now: Millis) -> Result<Heard> {
    if payload.len() > MOST {
        let message = format!("a hook's payload has {} KB, more than 64", payload.len() >> 10);
        return Err(Fault::new(Kind::InvalidParams, message));
    }
    let Some(rule) = profile.hooks.events.get(event) else {
        return Ok(Heard::default());
    };
    // Some programs give none, or no JSON.
    let payload: Json = serde_json::from_str(payload).unwrap_or(Json::Null);
    let holds = rule.when.iter().all(|(place, pattern)| {
        text_at(&payload, place).is_some_and(|text| pattern.0.is_match(&text))
    });
    if !holds {
        return Ok(Heard::default());
    }
    let kept = rule
        .keep
        .iter()
        .filter_map(|(name, place)| Some((name.clone(), text_at(&payload, place)?)));
    let question = rule.question.as_ref().and_then(|place| text_at(&payload, place));
    let text: String = question.unwrap_or_else(|| event.to_owned()).chars().take(WORDS).collect();
    let sign = rule.signal.map(|says| Sign {
        says: status(says),
        rule: format!("hook {event}"),
        text,
        at: now,
    });
    Ok(Heard { sign, kept: kept.collect() })
}

fn status(says: Says) -> Status {
    match says {
        Says::Started => Status::Starting,
        Says::Working => Status::Working,
        Says::Blocked => Status::Blocked,
        Says::Done => Status::Idle,
    }
}

/// The text at a JSON pointer, or in a field of that name.
fn text_at(payload: &Json, place: &str) -> Option<String> {
    let found =
        if place.starts_with('/') { payload.pointer(place)? } else { payload.get(place)? };
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
        Begin = { signal = "working", keep = { conversation = "session" } }
        Note = { signal = "blocked", when = { kind = "^permission" }, question = "/about/words" }
        End = { signal = "done" }
    "#;

    #[test]
    fn an_event_says_what_the_profile_makes_of_it() {
        let profile = Profile::parse(PROFILE, Path::new("x.toml")).unwrap();
        let hear = |event: &str, payload: &str| hear(&profile, event, payload, 7).unwrap();
        let begun = hear("Begin", r#"{"session": "abc"}"#);
        assert_eq!(begun.kept["conversation"], "abc");
        assert_eq!(begun.sign.as_ref().map(|s| (s.says, s.at)), Some((Status::Working, 7)));
        let asked = hear("Note", r#"{"kind": "permission_prompt", "about": {"words": "May I?"}}"#);
        assert_eq!(asked.sign.map(|s| (s.says, s.text)), Some((Status::Blocked, "May I?".into())));
        for (event, payload) in [("Note", r#"{"kind": "idle"}"#), ("Note", "{"), ("Other", "{}")] {
            assert_eq!(hear(event, payload), Heard::default(), "{event} {payload}");
        }
        assert_eq!(hear("End", "no json").sign.map(|s| s.says), Some(Status::Idle));
        let long = "x".repeat(MOST + 1);
        assert!(super::hear(&profile, "End", &long, 0).is_err());
    }
}
