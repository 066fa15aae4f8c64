//! A question as it stands on a screen: its words, its choices, and the keys that take them; pure, by the profile's rule.

use std::ops::Range;

use regex::{Captures, Regex};

use super::profile::{Answer, Screen};

/// So many characters of a question are kept, the last ones: what is asked stands at its end. A screen of the usual size
/// has no more.
const WORDS: usize = 2_000;

/// What dialogs are framed with.
const FRAME: &[char] = &['│', '┃', '║', '─', '━', '═', '╌', '╭', '╮', '╰', '╯', '┌', '┐', '└', '┘'];

/// A question with what it offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialog {
    /// Its words, line by line, without frames and blank lines.
    pub text: String,
    /// In the order of the screen.
    pub choices: Vec<Choice>,
    /// The question stands there as the profile knows it, and not only what the rule matches: a dialog that a program
    /// has begun to take off the screen is not.
    pub whole: bool,
}

/// One of the choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What stands before it, where something does.
    pub key: Option<String>,
    /// Its words.
    pub label: String,
    /// What takes it, each a write of its own; nothing where the profile does not know.
    pub keys: Vec<String>,
    /// They begin at what is selected when the dialog comes: once somebody has moved that, they take something else.
    pub moves: bool,
}

impl Choice {
    /// Whether that is what a person means by this word: its key, or its words.
    pub fn is(&self, word: &str) -> bool {
        let plain = |text: &str| text.replace(['(', ')'], "").trim().to_lowercase();
        let word = plain(word);
        let key = self.key.as_deref().map(plain);
        !word.is_empty() && (key.as_ref() == Some(&word) || plain(&self.label) == word)
    }
}

/// Reads the dialog of a rule that matches there. The last place where its question stands counts, and only what is
/// below that is a choice: other lists on the screen, and in what is asked about, are none.
pub fn read(rule: &Screen, screen: &str, found: Range<usize>) -> Dialog {
    let asked = rule.question.as_ref().and_then(|pattern| {
        let groups = pattern.0.captures_iter(screen).last()?;
        groups.get(1).or(groups.get(0)).map(|group| group.range())
    });
    let whole = asked.is_some() || rule.question.is_none();
    let from = asked.as_ref().map_or(found.start, |asked| asked.end);
    let below = &screen[from..];
    let choices = match &rule.choices {
        Some(pattern) => listed(&pattern.0, &rule.accept, below),
        None => offered(&rule.answers, below),
    };
    let text = words(&screen[asked.unwrap_or(found)]);
    let above = text.chars().count().saturating_sub(WORDS);
    Dialog { text: text.chars().skip(above).collect(), choices, whole }
}

/// Choices that stand there with a key before each.
fn listed(pattern: &Regex, accept: &[String], text: &str) -> Vec<Choice> {
    let choice = |groups: Captures<'_>| {
        let key = groups.get(1)?.as_str().to_owned();
        let label = words(groups.get(2).or(groups.get(0))?.as_str()).replace('\n', " ");
        let keys = accept.iter().map(|keys| keys.replace("{choice}", &key)).collect();
        Some(Choice { key: Some(key), label, keys, moves: false })
    };
    let mut all: Vec<_> = pattern.captures_iter(text).filter_map(choice).collect();
    let number = |choice: &Choice| choice.key.as_deref().and_then(|key| key.parse::<usize>().ok());
    if all.iter().all(|choice| number(choice).is_some()) {
        // The last list that counts from one is the dialog's.
        let begin = all.iter().rposition(|choice| number(choice) == Some(1)).unwrap_or(all.len());
        let list = all.drain(begin..).enumerate();
        let whole = |(at, choice): &(usize, Choice)| number(choice) == Some(at + 1);
        return list.take_while(whole).map(|(_, choice)| choice).collect();
    }
    all
}

/// Choices whose words are known: all of them, in their order, or it is another dialog.
fn offered(answers: &[Answer], mut text: &str) -> Vec<Choice> {
    for Answer { label, .. } in answers {
        let Some(at) = text.find(label.as_str()) else {
            return Vec::new();
        };
        text = &text[at + label.len()..];
    }
    let choice = |answer: &Answer| Choice {
        key: None,
        label: answer.label.clone(),
        keys: answer.keys.clone(),
        moves: true,
    };
    answers.iter().map(choice).collect()
}

/// What a person reads there: no frames, no blank lines, nothing that a terminal would take for more than text.
pub fn words(text: &str) -> String {
    let line = |line: &str| {
        let bare = |c: char| c.is_whitespace() || FRAME.contains(&c);
        line.trim_matches(bare).chars().filter(|c| !c.is_control()).collect::<String>()
    };
    let lines: Vec<String> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Screen {
        let rule = format!("status = 'blocked'\nmatch = 'May I'\n{text}");
        toml::from_str(&rule).unwrap()
    }

    fn read(rule: &Screen, screen: &str) -> Dialog {
        let found = rule.pattern.0.find(screen).unwrap().range();
        super::read(rule, screen, found)
    }

    const LIST: &str = r"
        question = '(?m)^(?:│ .*\n)*│ (May I .*\?)'
        choices = '(?m)^│ .(\d)\. (.+?)\s*│$'
        accept = ['{choice}', '!']
    ";

    #[test]
    fn choices_are_taken_from_the_dialog_alone() {
        let screen = "May I what? 1. no\n│  1. above │\n│  2. it    │\n│ May I run │\n│  1. this │\n│  2. that │\n│  3. more │\n│ May I go? │\n\
                      │ ›1. Yes   │\n│  2. No (x) │\n│  7. Odd │\n";
        let dialog = read(&rule(LIST), screen);
        assert_eq!(dialog.text, "May I go?");
        let labels: Vec<_> = dialog.choices.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(labels, ["Yes", "No (x)"]);
        assert_eq!(dialog.choices[1].keys, ["2", "!"]);
        for (word, index) in [("1", 0), ("yes", 0), ("No (x)", 1), ("no x", 1), (" 2 ", 1)] {
            assert_eq!(dialog.choices.iter().position(|c| c.is(word)), Some(index), "{word}");
        }
        assert!(!dialog.choices.iter().any(|c| c.is("") || c.is("3") || c.is("n")));
        // Of a list that has begun above the screen nobody knows what its numbers take.
        let cut = read(&rule(LIST), "│ May I go? │\n│  2. No │\n│  3. So │");
        assert!(cut.choices.is_empty() && cut.whole);
        assert!(!read(&rule(LIST), "May I go? │\n│  1. Yes │").whole);
    }

    #[test]
    fn choices_that_are_known_are_offered_where_all_of_them_stand_there() {
        let known = "answers = [{label = 'Once', keys = [\"\\r\"]}, {label = 'Never', keys = [\"\\u001b[C\", \"\\r\"]}]";
        let dialog = read(&rule(known), "Never\n ┃ May I?\n ┃\n ┃ Once  Never");
        assert_eq!(dialog.choices[1].keys, ["\x1b[C", "\r"]);
        assert!(dialog.choices.iter().all(|choice| choice.moves && choice.key.is_none()));
        assert!(read(&rule(known), "May I?\n Once  Al").choices.is_empty());
    }

    #[test]
    fn a_question_has_no_frames_and_is_cut_at_its_beginning() {
        assert_eq!(words("╭──╮\n│ a \x1b[b  │\n\n│ ╌╌╌ │\n ┃ c"), "a [b\nc");
        let long = format!("May I {}end", "x".repeat(3 * WORDS));
        let dialog = read(&rule("question = '(?s)(.*)'"), &long);
        assert!(dialog.text.ends_with("xend") && dialog.text.len() == WORDS);
    }
}
