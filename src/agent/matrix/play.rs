//! Owns the playing of a recording: what would be concluded at which moment, as an agent's owner would conclude it.

use super::recording::{Event, Recording, Truth};
use crate::agent::hook;
use crate::agent::input_box::{self, Input};
use crate::agent::profile::Profile;
use crate::agent::senses::Senses;
use crate::agent::signs::{Conclusion, Millis};
use crate::protocol::agent::{PAYLOAD, Source, Status};
use crate::terminal::{PACE, Player};

/// So finely time is cut.
pub const TICK: Millis = 10;

/// How long after a mark a conclusion is not judged. A mark is of the moment in which a key was typed or words came to be on
/// the screen: what an owner sees of it is up to a sight (50 ms) old, and a hook is a process that has to start.
pub const LAG: Millis = 100;

/// A status that is taken back within this time was none.
pub const FLAP: Millis = 300;

/// A conclusion beside the truth.
pub struct Moment {
    pub at: Millis,
    pub truth: Truth,
    pub concluded: Conclusion,
}

/// The box beside the truth.
pub struct Shown {
    pub at: Millis,
    /// Since when that is the truth.
    pub since: Millis,
    pub truth: Truth,
    pub input: Input,
}

/// What came of a recording.
pub struct Played {
    /// At each tick at which the truth is known, where there is a rule for the box.
    pub shown: Vec<Shown>,
    /// At each tick at which the truth is known.
    pub moments: Vec<Moment>,
    /// When which status began.
    pub changes: Vec<(Millis, Status)>,
}

/// The owner of the agent in a recording.
struct Owner<'a> {
    profile: &'a Profile,
    senses: Senses,
    player: Player,
    input: Option<Input>,
    /// The screen is another one than was looked at.
    changed: bool,
    /// When it may be looked at again.
    next: Millis,
}

/// Plays a recording.
pub fn play(recording: &Recording, profile: &Profile) -> Played {
    let mut owner = Owner {
        profile,
        senses: Senses::new(profile, 0, recording.passed),
        player: Player::new(recording.size),
        input: None,
        changed: false,
        next: 0,
    };
    let (mut moments, mut changes) = (Vec::new(), vec![(0, Status::Starting)]);
    let (mut shown, mut typed) = (Vec::new(), 0);
    let mut events = recording.events.iter().peekable();
    let end = recording.events.last().map_or(0, |(at, _)| *at);
    for at in (0..=end).step_by(TICK as usize) {
        while let Some((when, event)) = events.next_if(|(when, _)| *when <= at) {
            owner.take(event, *when);
            typed = if matches!(event, Event::Input(_)) { *when } else { typed };
        }
        owner.look(at);
        let concluded = owner.senses.signs.conclude(at);
        if changes.last().is_none_or(|(_, status)| *status != concluded.status) {
            changes.push((at, concluded.status));
        }
        if let Some((since, truth)) = truth(recording, at) {
            // What somebody types next is in the box before it is another truth.
            let input = owner.input.iter().filter(|_| typed < since).cloned();
            shown.extend(input.map(|input| Shown { at, since, truth, input }));
            moments.push(Moment { at, truth, concluded });
        }
    }
    Played { shown, moments, changes }
}

impl Owner<'_> {
    fn take(&mut self, event: &Event, at: Millis) {
        match event {
            Event::Output(text) => {
                self.player.play(text.as_bytes());
                self.changed = true;
            }
            Event::Input(text) if self.player.typed(text.as_bytes()) => {
                self.senses.signs.submit(at)
            }
            Event::Hook(event, payload) => {
                let payload = if payload.len() > PAYLOAD { "" } else { payload };
                if let Some(sign) = hook::hear(self.profile, event, payload, at).unwrap().sign {
                    self.senses.signs.hear(Source::Hook, sign);
                }
            }
            Event::Input(_) | Event::Mark(_) => {}
        }
    }

    /// No more often than a screen is read.
    fn look(&mut self, at: Millis) {
        if self.changed && at >= self.next {
            let sight = self.player.sight();
            self.senses.look(self.profile, &sight, at);
            let rule = self.profile.prompt.input.as_ref();
            self.input = rule.map(|rule| input_box::look(rule, &sight));
            (self.changed, self.next) = (false, at + PACE.as_millis() as Millis);
        }
    }
}

/// What is true then and since when, if it is known, and time to conclude it was given.
fn truth(recording: &Recording, at: Millis) -> Option<(Millis, Truth)> {
    let marks = recording.events.iter().filter_map(|(when, event)| match event {
        Event::Mark(truth) => Some((*when, *truth)),
        _ => None,
    });
    let (since, truth) = marks.clone().take_while(|(when, _)| *when <= at).last()?;
    let truth = truth?;
    let until = marks.map(|(when, _)| when).find(|when| *when > at);
    // Who has typed the key that ends it knows it before the screen shows it, and so may the program.
    let typed = recording.events.iter().rev().find_map(|(when, event)| {
        (matches!(event, Event::Input(_)) && until.is_some_and(|until| *when < until))
            .then_some(*when)
    });
    let over = typed.filter(|typed| *typed > since).is_some_and(|typed| at >= typed);
    let near = until.is_some_and(|until| at + LAG >= until);
    (at >= since + LAG && !over && !near).then_some((since, truth))
}
