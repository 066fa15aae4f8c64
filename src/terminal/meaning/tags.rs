//! What may be a terminal's tag.

use crate::fault::{Fault, Kind, Result};

/// More tags than anyone tells apart.
const MOST: usize = 16;

/// Longest tag, in characters.
const LONGEST: usize = 32;

/// The tags in order and each once, or why one of them cannot be.
pub fn check(tags: &[String]) -> Result<Vec<String>> {
    let bad = |c: char| c.is_whitespace() || c.is_control();
    let fits = |tag: &&String| (1..=LONGEST).contains(&tag.chars().count()) && !tag.contains(bad);
    if let Some(tag) = tags.iter().find(|tag| !fits(tag)) {
        return Err(Fault::new(Kind::InvalidParams, format!("{tag:?} cannot be a tag"))
            .hint(format!("take one word of at most {LONGEST} characters")));
    }
    let mut tags = tags.to_vec();
    tags.sort();
    tags.dedup();
    if tags.len() > MOST {
        let message = format!("{} tags are too many", tags.len());
        return Err(Fault::new(Kind::InvalidParams, message).hint(format!("at most {MOST}")));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_in_order_and_each_once() {
        let tags =
            |words: &[&str]| check(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(tags(&["b", "ä%{x}", "b"]).unwrap(), ["b", "ä%{x}"]);
        for word in ["", "two words", "a\u{1b}", &"x".repeat(33)] {
            assert!(tags(&[word]).is_err(), "{word:?}");
        }
        let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
        assert!(check(&many).is_err() && check(&many[..16]).is_ok());
    }
}
