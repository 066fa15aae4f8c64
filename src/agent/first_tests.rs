//! When an agent has begun with what it was started with, and what it is thought to do until then.

use std::path::Path;

use super::*;
use crate::agent::signs::Signs;

const HOOKED: &str =
    "name = 'x'\ntitle = 'X'\ncommand = ['x']\nhooks.events = { Begin = { signal = 'working' } }";
const HOOKLESS: &str = "name = 'x'\ntitle = 'X'\ncommand = ['x']";

fn started(profile: &str) -> Signs {
    let profile = Profile::parse(profile, Path::new("x.toml")).unwrap();
    Signs::new(0, false).beginning_with(First::passed(&profile, 0))
}

fn hear(signs: &mut Signs, all: &[(Source, Says, Millis)]) {
    for &(source, says, at) in all {
        signs.hear(source, Sign { says, rule: String::new(), text: String::new(), at });
    }
}

use Says::{Blocked, Done, Started, Working};
use Source::{Hook, Screen, Sequence};

#[test]
fn an_agent_that_was_started_with_a_prompt_is_not_idle_before_it_has_begun_with_that() {
    for (profile, said, now, wanted) in [
        (HOOKED, &[(Screen, Done, 1_000)][..], 5_000, Status::Starting),
        (HOOKLESS, &[(Screen, Done, 1_000)], 5_000, Status::Starting),
        (HOOKED, &[(Hook, Started, 500), (Screen, Done, 1_000)], 5_000, Status::Starting),
        // It calls itself at work while it only starts.
        (HOOKED, &[(Sequence, Working, 500), (Sequence, Done, 2_500)], 5_000, Status::Starting),
        (HOOKED, &[(Screen, Done, 1_000), (Hook, Working, 2_000)], 2_000, Status::Working),
        (HOOKED, &[(Hook, Working, 2_000), (Hook, Done, 3_000)], 3_000, Status::Idle),
        (HOOKLESS, &[(Sequence, Working, 500), (Sequence, Done, 600)], 600, Status::Idle),
        // Its screen is quicker than its title.
        (HOOKLESS, &[(Sequence, Done, 0), (Screen, Working, 3_000)], 3_000, Status::Starting),
        (HOOKLESS, &[(Screen, Working, 500), (Screen, Done, 600)], 5_000, Status::Idle),
        // Its hooks say nothing, and it has worked for long.
        (HOOKED, &[(Sequence, Working, 500), (Sequence, Done, 500 + SURE)], 60_000, Status::Idle),
        // A question before that, and what comes after it.
        (HOOKED, &[(Screen, Blocked, 500)], 600, Status::Blocked),
        (HOOKED, &[(Screen, Blocked, 500), (Screen, Done, 20_000)], 30_000, Status::Starting),
    ] {
        let mut signs = started(profile);
        hear(&mut signs, said);
        let concluded = signs.conclude(now);
        assert_eq!(concluded.status, wanted, "{said:?} at {now}: {concluded:?}");
    }
}

#[test]
fn whoever_rests_for_long_without_beginning_is_idle_and_that_is_news_once() {
    let mut signs = started(HOOKED);
    hear(&mut signs, &[(Screen, Done, 1_000)]);
    let due = 1_000 + PATIENCE;
    let concluded = signs.conclude(due - 1);
    assert_eq!((concluded.status, concluded.again), (Status::Starting, Some(due)));
    assert_eq!(signs.sign(Source::Prompt).unwrap().rule, "first prompt");
    assert!(!signs.first().give_up(&concluded));
    let concluded = signs.conclude(due);
    assert_eq!(concluded.status, Status::Idle);
    assert!(signs.first().give_up(&concluded));
    assert!(!signs.first().give_up(&concluded));
    assert!(!signs.was_given());
    assert_eq!(signs.sign(Source::Prompt), None);
}
