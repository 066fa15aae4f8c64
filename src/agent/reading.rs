//! What a profile's rules make of a screen.

use super::dialog::{self, Dialog};
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
    /// The question that stands there, if it is one.
    pub dialog: Option<Dialog>,
}

/// Reads a screen, whose lines are given from the top.
pub fn read(rules: &[Screen], lines: &[String]) -> Option<Reading> {
    let used = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    let lines = &lines[..used];
    let screen = lines.join("\n");
    rules.iter().enumerate().find_map(|(index, rule)| {
        let begin = screen.len() - last(lines, rule.rows);
        let found = rule.pattern.0.find(&screen[begin..])?.range();
        let found = begin + found.start..begin + found.end;
        let dialog =
            (rule.says == Says::Blocked).then(|| dialog::read(rule, &screen, found.clone()));
        let text = dialog.as_ref().map_or(screen[found].trim(), |dialog| &dialog.text);
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
            text: signs::cut(text),
            dialog,
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

/// How many bytes the last lines that are not blank have, with the blank ones between them.
fn last(lines: &[String], rows: usize) -> usize {
    let mut left = rows.max(1);
    let begin = lines.iter().rposition(|line| {
        left -= usize::from(!line.trim().is_empty());
        left == 0
    });
    let lines = &lines[begin.unwrap_or(0)..];
    lines.iter().map(|line| line.len() + 1).sum::<usize>().saturating_sub(1)
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
        let choices = reading.dialog.unwrap().choices;
        let told: Vec<_> = choices.iter().map(|c| (c.key.as_deref().unwrap(), &*c.label)).collect();
        assert_eq!(told, [("1", "Yes"), ("2", "No")]);
        let scrolled = lines("Do you want to run it?\na\nb\nesc to interrupt\n\n> ");
        assert_eq!(read(&rules(), &scrolled).unwrap().says, Says::Working);
        assert_eq!(read(&rules(), &lines("\n\n")), None);
        assert_eq!(read(&rules(), &[]), None);
    }
}
