//! From what is seen of an agent's terminal to signs, by its profile: pure.

use std::collections::BTreeMap;

use super::first::First;
use super::profile::Profile;
use super::reading::{self, Reading};
use super::signs::{Millis, Says, Sign, Signs};
use crate::protocol::agent::Source;
use crate::terminal::Sight;

/// What was seen last, and the signs.
pub struct Senses {
    /// What all sources have said.
    pub signs: Signs,
    /// What the screen shows, as far as it is known.
    pub reading: Option<Reading>,
    title: String,
    said: BTreeMap<u32, String>,
    marks_paste: bool,
    /// What the screen says that a person has to do first.
    pub needs: Option<String>,
}

impl Senses {
    /// Of a program that was started then, and whether it was passed a prompt.
    pub fn new(profile: &Profile, started: Millis, passed: bool) -> Self {
        let (title, said) = (String::new(), BTreeMap::new());
        let first = if passed { First::passed(profile, started) } else { First::default() };
        let signs = Signs::new(started, profile.draws_background())
            .hiding_background(!profile.screen.iter().any(|rule| rule.background))
            .telling_begin(profile.tells_begin())
            .beginning_with(first);
        Self { signs, reading: None, title, said, marks_paste: false, needs: None }
    }

    /// The terminal looks like this now. Whether a sequence has said that the program works, though another may have said since
    /// that it does not any more.
    pub fn look(&mut self, profile: &Profile, sight: &Sight, now: Millis) -> bool {
        let mut works = false;
        if let Some(exit) = &sight.exit {
            let text = format!("code {}", exit.code);
            self.signs.end(Sign { says: Says::Ended, rule: "process".into(), text, at: now });
        }
        if self.marks_paste != sight.marks_paste {
            self.marks_paste = sight.marks_paste;
            let text = format!("marked pastes: {}", self.marks_paste);
            works |= self.sequence(reading::mode(&profile.mode, self.marks_paste), &text, now);
        }
        if self.title != sight.title {
            self.title.clone_from(&sight.title);
            works |= self.sequence(reading::osc(&profile.osc, 0, &sight.title), &sight.title, now);
        }
        for (code, text) in &sight.said {
            if self.said.get(code) != Some(text) {
                self.said.insert(*code, text.clone());
                works |= self.sequence(reading::osc(&profile.osc, *code, text), text, now);
            }
        }
        self.read(profile, sight, now);
        works
    }

    fn sequence(&mut self, found: Option<(Says, String)>, text: &str, now: Millis) -> bool {
        let Some((says, rule)) = found else { return false };
        let sign = Sign { says, rule, text: text.to_owned(), at: now };
        self.signs.hear(Source::Sequence, sign);
        says == Says::Working
    }

    fn read(&mut self, profile: &Profile, sight: &Sight, now: Millis) {
        self.reading = reading::read(&profile.screen, &sight.lines);
        let Some(Reading { says, rule, text, needs, .. }) = self.reading.clone() else {
            self.needs = None;
            return self.signs.lose(now);
        };
        self.needs.clone_from(&needs);
        let text = match needs.as_deref() {
            Some("login") => format!("{text} (log in: {})", profile.login),
            _ => text,
        };
        self.signs.hear(Source::Screen, Sign { says, rule, text, at: now });
    }
}
