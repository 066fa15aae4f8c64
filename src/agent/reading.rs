//! What a profile's rules make of a screen.

use super::profile::{Mode, Osc, Screen};
use super::signs::{self, Says};

/// A rule that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it means.
    pub says: Says,
    /// Which rule it was, counted from 1, and for which versions.
    pub rule: String,
    /// What it matched, or the question in it.
    pub text: String,
    /// What a person has to do first.
    pub needs: Option<String>,
    /// Keys that answer, with their words.
    pub choices: Vec<(String, String)>,
}

/// Reads a screen, whose lines are given from the top.
pub fn read(rules: &[Screen], lines: &[String]) -> Option<Reading> {
    let used = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    let lines = &lines[..used];
    rules.iter().enumerate().find_map(|(index, rule)| {
        let text = last(lines, rule.rows);
        let found = rule.pattern.0.find(&text)?;
        let question = rule.question.as_ref().and_then(|pattern| {
            let groups = pattern.0.captures(&text)?;
            Some(groups.get(1).or(groups.get(0))?.as_str())
        });
        let choices = rule.choices.as_ref().map(|pattern| {
            let all = pattern.0.captures_iter(&text).map(|groups| {
                let group = |n| groups.get(n).map_or("", |m: regex::Match<'_>| m.as_str().trim());
                (group(1).to_owned(), group(2).to_owned())
            });
            all.collect()
        });
        Some(Reading {
            says: if rule.background
                || rule.instead_of == Some(Says::Done) && rule.says == Says::Working
            {
                Says::Background
            } else {
                rule.says
            },
            needs: rule.needs.clone(),
            rule: name("screen", index, &rule.versions),
            text: signs::cut(question.unwrap_or(found.as_str()).trim()),
            choices: choices.unwrap_or_default(),
        })
    })
}

/// What it says that pasted text is to be marked, or is not any more.
pub fn mode(rules: &[Mode], marks_paste: bool) -> Option<(Says, String)> {
    let of_paste = |rule: &&Mode| rule.number == 2004 && rule.set == marks_paste;
    let (index, rule) = rules.iter().enumerate().find(|(_, rule)| of_paste(rule))?;
    Some((rule.says, name("mode", index, &rule.versions)))
}

/// What a sequence (OSC) of this number says, and by which rule; the title's is 0.
pub fn osc(rules: &[Osc], code: u32, text: &str) -> Option<(Says, String)> {
    let is = |rule: &&Osc| rule.code == code && rule.pattern.0.is_match(text);
    let (index, rule) = rules.iter().enumerate().find(|(_, rule)| is(rule))?;
    Some((rule.says, name("osc", index, &rule.versions)))
}

/// What a rule is called in evidence.
pub fn name(kind: &str, index: usize, versions: &str) -> String {
    let number = index + 1;
    if versions.is_empty() {
        return format!("{kind} {number}");
    }
    format!("{kind} {number}, made for {versions}")
}

/// The last lines that are not blank, with the blank ones between them.
fn last(lines: &[String], rows: usize) -> String {
    let mut left = rows.max(1);
    let begin = lines.iter().rposition(|line| {
        left -= usize::from(!line.trim().is_empty());
        left == 0
    });
    lines[begin.unwrap_or(0)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Vec<Screen> {
        #[derive(serde::Deserialize)]
        struct Rules {
            screen: Vec<Screen>,
        }
        let text = r#"
            [[screen]]
            status = "blocked"
            versions = "2.1"
            rows = 4
            match = 'Do you want .*\?'
            question = '(Do you want .*\?)'
            choices = '(?m)^.?\s*(\d)\. (.+)$'
            [[screen]]
            status = "working"
            match = 'esc to interrupt'
        "#;
        toml::from_str::<Rules>(text).unwrap().screen
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_first_rule_that_matches_says_what_and_why() {
        let screen = lines("esc to interrupt\n\nDo you want to run it?\n❯ 1. Yes\n  2. No\n\n");
        let reading = read(&rules(), &screen).unwrap();
        assert_eq!((reading.says, &*reading.rule), (Says::Blocked, "screen 1, made for 2.1"));
        assert_eq!(reading.text, "Do you want to run it?");
        assert_eq!(reading.choices, [("1".into(), "Yes".into()), ("2".into(), "No".into())]);
        let scrolled = lines("Do you want to run it?\na\nb\nesc to interrupt\n\n> ");
        assert_eq!(read(&rules(), &scrolled).unwrap().says, Says::Working);
        assert_eq!(read(&rules(), &lines("\n\n")), None);
        assert_eq!(read(&rules(), &[]), None);
    }
}
