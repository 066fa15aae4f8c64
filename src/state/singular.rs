//! Reads the steps of a path that selects one place at most: names and indices, and nothing else. Pure.

use super::path::Turn;

/// The steps of a valid path; none where it may select several places.
pub fn turns(path: &str) -> Option<Vec<Turn>> {
    let mut rest = path.strip_prefix('$')?;
    let mut turns = Vec::new();
    loop {
        rest = blank(rest);
        if rest.is_empty() {
            return Some(turns);
        }
        let (turn, after) = match rest.strip_prefix('.') {
            Some(name) => shorthand(name)?,
            None => bracketed(rest.strip_prefix('[')?)?,
        };
        turns.push(turn);
        rest = after;
    }
}

/// What RFC 9535 calls blank.
fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

/// The name after a dot.
fn shorthand(text: &str) -> Option<(Turn, &str)> {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let end = text.find(|c| !named(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty()).then(|| (Turn::Name(name.to_owned()), rest))
}

/// The name or index after a bracket, which must be the only one.
fn bracketed(text: &str) -> Option<(Turn, &str)> {
    let text = blank(text);
    let (turn, rest) = match text.chars().next()? {
        quote @ ('\'' | '"') => quoted(text.get(1..)?, quote)?,
        _ => {
            let end = text.find(|c: char| c != '-' && !c.is_ascii_digit())?;
            let (index, rest) = text.split_at(end);
            (Turn::Index(index.parse().ok()?), rest)
        }
    };
    Some((turn, blank(rest).strip_prefix(']')?))
}

/// The name up to the quote that ends it.
fn quoted(text: &str, quote: char) -> Option<(Turn, &str)> {
    let mut json = String::from("\"");
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                // JSON has every escape that a path has but for this one.
                '\'' => json.push('\''),
                escaped => json.extend(['\\', escaped]),
            },
            c if c == quote => {
                json.push('"');
                let name = serde_json::from_str(&json).ok()?;
                return Some((Turn::Name(name), text.get(at + 1..)?));
            }
            '"' => json.push_str("\\\""),
            c => json.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_names_and_indices_has_steps_and_any_other_has_none() {
        let name = |name: &str| Turn::Name(name.to_owned());
        for (path, wanted) in [
            ("$", vec![]),
            ("$.a_1.ä", vec![name("a_1"), name("ä")]),
            ("$['it\\'s'][ \"say \\\"x\\\"\" ]", vec![name("it's"), name("say \"x\"")]),
            (r#"$['say "x"']["it's"]"#, vec![name("say \"x\""), name("it's")]),
            (r"$['\u00e4\uD834\uDD1E\\']", vec![name("ä𝄞\\")]),
            ("$ [0] [-1]\n.a", vec![Turn::Index(0), Turn::Index(-1), name("a")]),
        ] {
            assert_eq!(turns(path), Some(wanted), "{path}");
        }
        for path in ["$.*", "$..a", "$[0,1]", "$['a','b']", "$[1:2]", "$[:]", "$[?@.a]", "$[*]"] {
            assert_eq!(turns(path), None, "{path}");
        }
    }
}
