//! What an agent is told of files, in the syntax of its program: pure.

use std::path::Path;

use serde::Deserialize;

use super::profile::Prompt;
use crate::protocol::agent::{Part, Place};

/// How a program wants a path in a reference that is not one plain word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quoting {
    /// There is no way: the path is given in quotes, and the program's model reads it.
    #[default]
    None,
    /// `@"a b.rs"`: what follows the sign is in quotes.
    Quotes,
    /// `@a\ b.rs`: what shells take for special has a backslash.
    Backslash,
}

/// What gemini and qwen take for special in a path.
const SPECIAL: &str = " \t()[]{};|*?$`'\"#&<>!~";

/// The words as they are, and each place as the program takes it.
pub fn compose(how: &Prompt, cwd: &Path, parts: &[Part]) -> String {
    let text = |part: &Part| match part {
        Part::Words(words) => words.clone(),
        Part::Place(place) => refer(how, cwd, place),
    };
    parts.iter().map(text).collect()
}

/// A reference to one place. Paths below the agent's directory are relative to it.
fn refer(how: &Prompt, cwd: &Path, place: &Place) -> String {
    let below = place.path.strip_prefix(cwd).ok().filter(|below| !below.as_os_str().is_empty());
    let path = below.unwrap_or(&place.path).display().to_string();
    let lines = place.first.map(|first| (first, place.last.unwrap_or(first)));
    if let (Some((line, _)), Some(column)) = (lines, place.column) {
        // No program has a syntax for columns, and every model knows this one.
        let path = if is_word(&path) { path } else { format!("{path:?}") };
        return format!("{path}:{line}:{column}");
    }
    let template = if lines.is_some() { &how.range } else { &how.reference };
    let filled = |path: &str| with_lines(template, lines).replace("{path}", path);
    match how.quoting {
        Quoting::Backslash if !path.contains(char::is_control) => filled(&escaped(&path)),
        _ if is_word(&path) => filled(&path),
        Quoting::Quotes if !path.contains(['"', '\n', '\r']) => match filled(&path) {
            text if text.starts_with('@') => format!("@\"{}\"", &text[1..]),
            text => format!("\"{text}\""),
        },
        _ => with_lines(if lines.is_some() { "{path}:{first}-{last}" } else { "{path}" }, lines)
            .replace("{path}", &format!("{path:?}")),
    }
}

/// Whether a path ends where a program thinks it does.
fn is_word(path: &str) -> bool {
    !path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '"')
}

fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        if SPECIAL.contains(c) || c == '\\' {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// One line is a number and not a range.
fn with_lines(template: &str, lines: Option<(u32, u32)>) -> String {
    let Some((first, last)) = lines else { return template.to_owned() };
    let (first, last) = (first.to_string(), last.to_string());
    let template =
        if first == last { template.replace("{first}-{last}", "{first}") } else { template.into() };
    template.replace("{first}", &first).replace("{last}", &last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(reference: &str, range: &str, quoting: Quoting) -> Prompt {
        Prompt { reference: reference.into(), range: range.into(), quoting, ..Prompt::default() }
    }

    fn place(path: &str, first: Option<u32>, last: Option<u32>, column: Option<u32>) -> Part {
        Part::Place(Place { path: path.into(), first, last, column })
    }

    #[test]
    fn a_place_is_referred_to_as_each_program_takes_it() {
        let claude = how("@{path}", "@{path}#L{first}-{last}", Quoting::Quotes);
        let gemini = how("@{path}", "@{path} (lines {first}-{last})", Quoting::Backslash);
        let plain = Prompt::default();
        for (how, path, lines, wanted) in [
            (&claude, "/w/src/a.rs", None, "@src/a.rs"),
            (&claude, "/w/src/a.rs", Some((3, 7)), "@src/a.rs#L3-7"),
            (&claude, "/w/src/a.rs", Some((3, 3)), "@src/a.rs#L3"),
            (&claude, "/w/a b%.rs", Some((3, 7)), "@\"a b%.rs#L3-7\""),
            (&claude, "/w/a\nb.rs", Some((3, 7)), "\"a\\nb.rs\":3-7"),
            (&claude, "/wide/a.rs", None, "@/wide/a.rs"),
            (&gemini, "/w/(app)/a b.ts", Some((3, 7)), "@\\(app\\)/a\\ b.ts (lines 3-7)"),
            (&gemini, "/w/a.ts", Some((3, 3)), "@a.ts (lines 3)"),
            (&gemini, "/w/a\nb.ts", None, "\"a\\nb.ts\""),
            (&plain, "/w/src/a.rs", Some((3, 7)), "src/a.rs:3-7"),
            (&plain, "/w/a b.rs", None, "\"a b.rs\""),
            (&plain, "/w", None, "/w"),
        ] {
            let (first, last) = lines.unzip();
            let text = compose(how, Path::new("/w"), &[place(path, first, last, None)]);
            assert_eq!(text, wanted);
        }
    }

    #[test]
    fn a_position_is_written_in_one_way_and_words_stay_as_they_are() {
        let claude = how("@{path}", "@{path}#L{first}-{last}", Quoting::Quotes);
        let parts = [
            Part::Words("see {path} ".into()),
            place("/w/a.rs", Some(3), None, Some(9)),
            Part::Words(" and ".into()),
            place("/w/a b.rs", Some(3), None, Some(9)),
        ];
        let text = compose(&claude, Path::new("/w"), &parts);
        assert_eq!(text, "see {path} a.rs:3:9 and \"a b.rs\":3:9");
    }
}
