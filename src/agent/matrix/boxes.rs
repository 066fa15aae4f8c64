//! What is read of the programs' boxes for prompts in the recordings, against what they really showed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::play::{Shown, play};
use super::recording::{Truth, all};
use crate::agent::input_box::Input;
use crate::agent::profiles::Profiles;
use crate::agent::signs::Millis;

/// A program that is idle shows its box within this time.
const SOON: Millis = 300;

/// What a program draws between two screens is no box, in so many of a thousand ticks at most: three (gemini) are the most in
/// our recordings. Such a moment costs a prompt no more than itself.
const BETWEEN: usize = 5;

/// Whether that is what is to be read; none where nothing is to be said of it.
fn is_right(shown: &Shown) -> Option<bool> {
    match shown.truth {
        // The one that must never be: a prompt would be typed.
        Truth::Blocked => Some(shown.input != Input::Empty),
        Truth::Menu => Some(shown.input == Input::Hidden),
        Truth::Draft => Some(matches!(shown.input, Input::Holds(_))),
        Truth::Kept if shown.at >= shown.since + SOON => {
            Some(matches!(shown.input, Input::Holds(_)))
        }
        Truth::Idle | Truth::Done if shown.at >= shown.since + SOON => {
            Some(shown.input == Input::Empty)
        }
        _ => None,
    }
}

#[test]
fn a_recorded_box_is_open_and_empty_where_a_prompt_can_be_typed_and_nowhere_else() {
    let profiles = Profiles::new(PathBuf::from("/nowhere"));
    let mut judged = BTreeMap::<(String, Truth), (usize, usize)>::new();
    let mut wrong = Vec::new();
    for recording in all() {
        let profile = profiles.find(&recording.program).unwrap();
        let mut before = None;
        for shown in play(&recording, &profile).shown {
            let Some(right) = is_right(&shown) else { continue };
            let key = (recording.program.clone(), shown.truth);
            let (ticks, mistakes) = judged.entry(key).or_default();
            (*ticks, *mistakes) = (*ticks + 1, *mistakes + usize::from(!right));
            let what = format!("{} {:?}: {:?}", recording.name, shown.truth, shown.input);
            if !right && before.as_ref() != Some(&what) {
                wrong.push(format!("{what} at {} ms", shown.at));
                before = Some(what);
            }
        }
    }
    let wrong = wrong.join("\n");
    for ((program, truth), (ticks, mistakes)) in &judged {
        println!("{program} {truth:?}: {mistakes} of {ticks} ticks read wrong");
    }
    println!("{wrong}");
    let programs = ["aider", "claude", "codex", "gemini", "opencode", "qwen"];
    for program in programs {
        for truth in
            [Truth::Blocked, Truth::Menu, Truth::Draft, Truth::Kept, Truth::Idle, Truth::Done]
        {
            let (ticks, mistakes) = judged[&(program.to_owned(), truth)];
            let most = if matches!(truth, Truth::Idle | Truth::Done) {
                ticks * BETWEEN / 1_000
            } else {
                0
            };
            assert!(mistakes <= most, "{program}: {mistakes} of {ticks} {truth:?}\n{wrong}");
        }
    }
}
