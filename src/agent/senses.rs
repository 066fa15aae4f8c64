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
    /// What each kind of sequence has said last, as long as it stands.
    stands: BTreeMap<Sequence, Sign>,
    /// Which of them is believed: the one that came last.
    latest: Option<Sequence>,
    /// What the screen says that a person has to do first.
    pub needs: Option<String>,
}

/// Where a sequence speaks: each place has one text at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sequence {
    Mode,
    Title,
    Osc(u32),
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
        Self {
            signs,
            reading: None,
            title,
            said,
            marks_paste: false,
            stands: BTreeMap::new(),
            latest: None,
            needs: None,
        }
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
            let found = reading::mode(&profile.mode, self.marks_paste);
            works |= self.sequence(Sequence::Mode, found, &text, now);
        }
        if self.title != sight.title {
            self.title.clone_from(&sight.title);
            let found = reading::osc(&profile.osc, 0, &sight.title);
            works |= self.sequence(Sequence::Title, found, &sight.title, now);
        }
        for (code, text) in &sight.said {
            if self.said.get(code) != Some(text) {
                self.said.insert(*code, text.clone());
                let found = reading::osc(&profile.osc, *code, text);
                works |= self.sequence(Sequence::Osc(*code), found, text, now);
            }
        }
        self.read(profile, sight, now);
        works
    }

    fn sequence(
        &mut self,
        place: Sequence,
        found: Option<(Says, String)>,
        text: &str,
        now: Millis,
    ) -> bool {
        let Some((says, rule)) = found else {
            self.withdraw(place, now);
            return false;
        };
        let sign = Sign { says, rule, text: text.to_owned(), at: now };
        self.stands.insert(place, sign.clone());
        self.latest = Some(place);
        self.signs.hear(Source::Sequence, sign);
        says == Says::Working
    }

    /// What was said there stands there no more. What another place says, if one does, was never taken back.
    fn withdraw(&mut self, place: Sequence, now: Millis) {
        self.stands.remove(&place);
        if self.latest == Some(place)
            && let Some((place, sign)) = self.stands.iter().max_by_key(|(_, sign)| sign.at)
        {
            self.latest = Some(*place);
            self.signs.hear(Source::Sequence, Sign { at: now, ..sign.clone() });
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::profiles::Profiles;
    use crate::protocol::agent::Status;

    #[test]
    fn a_title_that_says_nothing_any_more_gives_way_to_what_another_sequence_still_says() {
        let codex = Profiles::new("/nowhere".into()).find("codex").unwrap();
        let mut senses = Senses::new(&codex, 0, false);
        let mut sight = Sight::default();
        let mut look = |said: Option<&str>, title: &str, now| {
            sight.said.extend(said.map(|text| (7501, text.to_owned())));
            sight.title = title.to_owned();
            senses.look(&codex, &sight, now);
            senses.signs.conclude(now).status
        };
        // As codex begins where it was given nothing to do.
        assert_eq!(look(Some("state=idle:app=codex"), "", 495), Status::Idle);
        look(None, "\u{2819} work", 658);
        assert_eq!(look(None, "\u{2819} work", 1_658), Status::Working);
        look(None, "work", 1_722);
        assert_eq!(look(None, "work", 4_000), Status::Idle);
        // At a turn, and after it.
        look(Some("state=working:app=codex"), "\u{2819} work", 5_000);
        assert_eq!(look(None, "work", 6_000), Status::Working);
        look(Some("state=idle:app=codex"), "work", 7_000);
        assert_eq!(look(None, "work", 8_000), Status::Idle);
    }
}
