//! Which question of an agent is open, given what is concluded of it and what its screen and its hooks say over time: pure.
//!
//! One that is seen by a hook only is the same as the dialog that comes after it. Another dialog is another question,
//! so that nobody answers one that was not seen.

use super::dialog::{self, Choice, Dialog};
use super::signs::{Millis, Sign};
use crate::protocol::agent::Status;
use crate::protocol::inbox::Ending;

/// A dialog that changes so soon, with nothing typed, was not drawn to its end: nobody can have read it before.
const DRAWN: Millis = 300;

/// What is said of a question that nothing can be read of.
const UNREAD: &str = "It waits for an answer.";

/// What is known at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What is concluded.
    pub status: Status,
    /// The question on the screen.
    pub dialog: Option<&'a Dialog>,
    /// The screen shows something else that is known.
    pub elsewhere: bool,
    /// The hook that has told of a question, if no other has come since.
    pub told: Option<&'a Sign>,
    /// How often something was typed.
    pub typed: u64,
}

/// What has become of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// One is open.
    Opened,
    /// More of it can be read.
    Changed,
    /// The one of this number is not open any more.
    Closed(u64, Ending),
}

/// Where the dialog of a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    NotYet,
    Now,
    /// It was there; `elsewhere` if something else has been since.
    Gone {
        elsewhere: bool,
    },
}

/// An open question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which of the agent's.
    pub number: u64,
    /// Its words.
    pub text: String,
    /// What it offers.
    pub choices: Vec<Choice>,
    /// When it came.
    pub since: Millis,
    /// How often something had been typed when it came.
    pub typed: u64,
    shown: Shown,
    told: Millis,
    /// The first event that a hook has told of it by.
    told_by: Option<String>,
    /// It was read as the profile knows it.
    whole: bool,
}

/// The questions of one agent, of which one is open at most.
#[derive(Debug)]
pub struct Questions {
    asked: u64,
    open: Option<Open>,
}

impl Questions {
    /// None is open, and so many were asked before.
    pub fn new(asked: u64) -> Self {
        Self { asked, open: None }
    }

    /// The open one.
    pub fn open(&self) -> Option<&Open> {
        self.open.as_ref()
    }

    /// How many there were.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// Draws the consequences of what is known now.
    pub fn see(&mut self, seen: &Seen<'_>, now: Millis) -> Vec<News> {
        let mut news = Vec::new();
        let seen = &Seen { dialog: seen.dialog.filter(|dialog| !self.is_torn(dialog)), ..*seen };
        if let Some((number, how)) = self.open.as_ref().and_then(|open| open.over(seen, now)) {
            self.open = None;
            news.push(News::Closed(number, how));
        }
        if seen.status != Status::Blocked {
            return news;
        }
        match &mut self.open {
            Some(open) => {
                if open.learn(seen) {
                    news.push(News::Changed);
                }
            }
            None => {
                self.asked += 1;
                self.open = Some(Open::new(self.asked, seen, now));
                news.push(News::Opened);
            }
        }
        news
    }
}

impl Questions {
    /// What is left of a dialog that was read whole is not another one.
    fn is_torn(&self, dialog: &Dialog) -> bool {
        !dialog.whole && self.open.as_ref().is_some_and(|open| open.whole)
    }
}

impl Open {
    fn new(number: u64, seen: &Seen<'_>, now: Millis) -> Self {
        let (text, choices) = (String::new(), Vec::new());
        let (typed, shown) = (seen.typed, Shown::NotYet);
        let (told, told_by, whole) = (0, None, false);
        let mut open =
            Self { number, text, choices, since: now, typed, shown, told, told_by, whole };
        open.learn(seen);
        open
    }

    /// Its dialog is on the screen.
    pub fn is_shown(&self) -> bool {
        self.shown == Shown::Now
    }

    /// How it has ended, if it has.
    fn over(&self, seen: &Seen<'_>, now: Millis) -> Option<(u64, Ending)> {
        let how = match seen.status {
            Status::Exited => Ending::Exited,
            Status::Blocked if !self.is_followed(seen, now) => return None,
            _ if seen.typed == self.typed => Ending::Withdrawn,
            _ => Ending::Answered,
        };
        Some((self.number, how))
    }

    /// What is asked now is something else.
    fn is_followed(&self, seen: &Seen<'_>, now: Millis) -> bool {
        let again = seen.told.is_some_and(|told| told.at > self.told);
        // The event that has told of this one comes again. While nothing was typed, two may be asked at once, of which the first
        // is on the screen; and some tell of one question by two events.
        let by_same = seen.told.is_some_and(|told| self.told_by.as_ref() == Some(&told.rule));
        if again && by_same && seen.typed != self.typed {
            return true;
        }
        let Some(dialog) = seen.dialog else {
            return again && self.shown != Shown::NotYet;
        };
        match self.shown {
            Shown::NotYet => false,
            Shown::Gone { elsewhere: true } => true,
            Shown::Now | Shown::Gone { .. } => {
                let is_drawn = now >= self.since + DRAWN || seen.typed != self.typed;
                is_drawn && !self.is(dialog)
            }
        }
    }

    /// The same words, and as far as there are choices, the same.
    fn is(&self, dialog: &Dialog) -> bool {
        let mut choices = self.choices.iter().zip(&dialog.choices);
        let is = |(one, other): (&Choice, &Choice)| {
            one.key == other.key && is_same(&one.label, &other.label)
        };
        is_same(&self.text, &dialog.text) && choices.all(is)
    }

    /// True if something is known that was not.
    fn learn(&mut self, seen: &Seen<'_>) -> bool {
        if self.told_by.is_none() {
            self.told_by = seen.told.map(|told| told.rule.clone());
        }
        // What was heard meanwhile does not make it a question that no hook has told of.
        let told = seen.told.map_or(self.told, |told| told.at);
        let Some(Dialog { text, choices, whole }) = seen.dialog else {
            self.shown = match self.shown {
                Shown::NotYet => {
                    let words = seen.told.map(|told| dialog::words(&told.text));
                    let words = words.filter(|words| !words.is_empty());
                    self.told = told;
                    return self.put(words.unwrap_or_else(|| UNREAD.to_owned()), &[]);
                }
                Shown::Gone { elsewhere: true } => Shown::Gone { elsewhere: true },
                Shown::Now | Shown::Gone { .. } => Shown::Gone { elsewhere: seen.elsewhere },
            };
            return false;
        };
        (self.shown, self.told, self.whole) = (Shown::Now, told, *whole);
        self.put(text.clone(), choices)
    }

    fn put(&mut self, text: String, choices: &[Choice]) -> bool {
        let news = self.text != text || self.choices != choices;
        (self.text, self.choices) = (text, choices.to_vec());
        news
    }
}

/// The same words: a terminal of another width has its line breaks elsewhere.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().flat_map(str::chars).eq(other.split_whitespace().flat_map(str::chars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::signs::Says;

    fn dialog(text: &str, labels: &[&str]) -> Dialog {
        let choice = |label: &&str| Choice { label: (*label).into(), ..Choice::default() };
        Dialog { text: text.into(), choices: labels.iter().map(choice).collect(), whole: true }
    }

    fn sign(text: &str, at: Millis) -> Sign {
        Sign { says: Says::Blocked, rule: String::new(), text: text.into(), at }
    }

    const NOTHING: Seen<'_> =
        Seen { status: Status::Blocked, dialog: None, elsewhere: false, told: None, typed: 0 };

    #[test]
    fn what_a_hook_tells_and_what_the_screen_shows_is_one_question() {
        let mut all = Questions::new(6);
        let (told, shown) = (sign("Bash\x1b[2J rm", 5), dialog("May I?", &["Yes", "No"]));
        let told = Seen { told: Some(&told), ..NOTHING };
        assert_eq!(all.see(&told, 5), [News::Opened]);
        assert_eq!(all.open().map(|open| (open.number, &*open.text)), Some((7, "Bash[2J rm")));
        assert!(!all.open().unwrap().is_shown());
        let shown = Seen { dialog: Some(&shown), ..told };
        assert_eq!(all.see(&shown, 900), [News::Changed]);
        assert_eq!(all.see(&shown, 999), []);
        assert!(all.open().unwrap().is_shown() && all.open().unwrap().choices.len() == 2);
        // The screen is on its way to another.
        assert_eq!(all.see(&told, 1_000), []);
        assert!(!all.open().unwrap().is_shown());
        assert_eq!(all.see(&shown, 1_100), []);
        let done = Seen { status: Status::Working, typed: 1, ..NOTHING };
        assert_eq!(all.see(&done, 1_200), [News::Closed(7, Ending::Answered)]);
        assert_eq!((all.see(&done, 1_300), all.asked()), (vec![], 7));
    }

    #[test]
    fn another_dialog_is_another_question_unless_it_was_being_drawn() {
        let (half, whole) = (dialog("May I", &[]), dialog("May I go?", &["Yes", "No"]));
        let (more, other) = (dialog("May I go?", &["Yes", "No", "So"]), dialog("Why?", &["Yes"]));
        let see = |dialog| Seen { dialog: Some(dialog), ..NOTHING };
        let typed = |dialog| Seen { typed: 1, ..see(dialog) };
        let mut all = Questions::new(0);
        assert_eq!(all.see(&see(&half), 0), [News::Opened]);
        assert_eq!(all.see(&see(&whole), 50), [News::Changed]);
        assert_eq!(all.see(&see(&more), 5_000), [News::Changed]);
        assert_eq!(all.see(&see(&whole), 6_000), [News::Changed]);
        let answered = |number| News::Closed(number, Ending::Answered);
        let withdrawn = |number| News::Closed(number, Ending::Withdrawn);
        let narrow = dialog("May I\ngo?", &["Y es", "No"]);
        assert_eq!(all.see(&see(&narrow), 6_500), [News::Changed]);
        assert_eq!(all.see(&see(&other), 7_000), [withdrawn(1), News::Opened]);
        // A program takes the dialog off its screen from above.
        let torn = Dialog { whole: false, ..dialog("1. Yes", &["Yes"]) };
        assert_eq!(all.see(&typed(&torn), 7_005), []);
        assert!(!all.open().unwrap().is_shown());
        // Somebody has typed: what comes so soon is another one.
        assert_eq!(all.see(&typed(&whole), 7_010), [answered(2), News::Opened]);
        // The same words again, after something else.
        let elsewhere = Seen { elsewhere: true, typed: 1, ..NOTHING };
        assert_eq!(all.see(&elsewhere, 9_000), []);
        assert_eq!(all.see(&typed(&whole), 9_050), [withdrawn(3), News::Opened]);
        assert_eq!(all.open().unwrap().number, 4);
    }

    #[test]
    fn the_same_words_told_again_after_an_answer_are_another_question() {
        let (first, second, shown) = (sign("one", 1), sign("one", 50), dialog("May I?", &["Yes"]));
        let seen = Seen { told: Some(&first), dialog: Some(&shown), ..NOTHING };
        let asked = || {
            let mut all = Questions::new(0);
            assert_eq!(all.see(&seen, 1), [News::Opened]);
            all
        };
        // No hook came between, or one that says it works: the screen has never changed.
        for between in [seen, Seen { told: None, ..seen }] {
            let mut all = asked();
            assert_eq!(all.see(&Seen { typed: 1, ..between }, 40), []);
            let again = Seen { told: Some(&second), typed: 1, ..seen };
            assert_eq!(all.see(&again, 50), [News::Closed(1, Ending::Answered), News::Opened]);
            assert_eq!(all.see(&again, 500), []);
        }
        // Nothing was typed: two are asked at once, and the first of them stands there.
        let mut all = asked();
        assert_eq!(all.see(&Seen { told: Some(&second), ..seen }, 50), []);
        // Somebody moves in it, and nobody tells of another one.
        assert_eq!(all.see(&Seen { told: Some(&second), typed: 1, ..seen }, 900), []);
        // Another event tells of the same one, and comes late.
        let late = Sign { rule: "another".into(), ..second.clone() };
        assert_eq!(asked().see(&Seen { told: Some(&late), typed: 1, ..seen }, 50), []);
        // It was read from the screen before its hook came, and answered at once.
        let mut all = Questions::new(0);
        assert_eq!(all.see(&Seen { told: None, ..seen }, 1), [News::Opened]);
        assert_eq!(all.see(&Seen { typed: 1, ..seen }, 2), []);
        assert_eq!(all.open().unwrap().number, 1);
    }

    #[test]
    fn a_hook_that_asks_again_when_the_dialog_is_gone_asks_something_else() {
        let (first, second, shown) = (sign("one", 1), sign("two", 2), dialog("May I?", &[]));
        let mut all = Questions::new(0);
        // Two tools at once: the dialog of the first is not there yet.
        assert_eq!(all.see(&Seen { told: Some(&first), ..NOTHING }, 1), [News::Opened]);
        assert_eq!(all.see(&Seen { told: Some(&second), ..NOTHING }, 2), [News::Changed]);
        let seen = Seen { told: Some(&first), dialog: Some(&shown), ..NOTHING };
        assert_eq!(all.see(&seen, 3), [News::Changed]);
        let again = Seen { told: Some(&second), ..NOTHING };
        assert_eq!(all.see(&again, 900), [News::Closed(1, Ending::Withdrawn), News::Opened]);
        let exited = Seen { status: Status::Exited, ..NOTHING };
        assert_eq!(all.see(&exited, 901), [News::Closed(2, Ending::Exited)]);
        assert_eq!(all.see(&Seen { status: Status::Idle, ..NOTHING }, 902), []);
        // A sequence only: nothing can be read.
        assert_eq!(all.see(&NOTHING, 903), [News::Opened]);
        assert_eq!(all.open().unwrap().text, UNREAD);
    }
}
