//! What a path may ask for at once: the library that follows it knows no bounds. Pure.

use crate::fault::{Fault, Kind, Result};

/// Deepest brackets and parentheses: the library goes down with them on the stack.
const MOST_NESTED: usize = 32;

/// How often a path may select the same value. Unions such as `[*,*]` multiply, and so does `..` after `..`, by
/// the document's depth.
const MOST_OFTEN: usize = 64;

/// What each `..` after the first counts for.
const DESCENT: usize = 8;

/// Refuses a path that would take the memory or the stack of us all. What is no path at all passes.
pub fn check(text: &str) -> Result<()> {
    let (mut nested, mut deepest, mut often, mut union, mut descents) = (0_usize, 0, 1_usize, 1, 0);
    let (mut quote, mut last) = (None, ' ');
    for c in text.chars() {
        match (quote, c) {
            // What is escaped ends nothing, and a backslash that is escaped escapes nothing.
            (Some(_), c) if last == '\\' => last = if c == '\\' { ' ' } else { c },
            (Some(open), c) => {
                quote = (c != open).then_some(open);
                last = c;
            }
            (None, c) => {
                match c {
                    '\'' | '"' => quote = Some(c),
                    '[' | '(' => nested += 1,
                    ']' | ')' => {
                        nested = nested.saturating_sub(1);
                        if nested == 0 {
                            often = often.saturating_mul(union);
                            union = 1;
                        }
                    }
                    ',' => union += 1,
                    '.' if last == '.' => descents += 1,
                    _ => {}
                }
                deepest = deepest.max(nested);
                last = c;
            }
        }
    }
    let repeated = (1..descents).fold(often, |often, _| often.saturating_mul(DESCENT));
    if deepest > MOST_NESTED || repeated > MOST_OFTEN {
        return Err(Fault::new(Kind::Exhausted, "the path asks for too much at once")
            .hint("take several paths, with fewer `..` and fewer selectors in each"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_ask_for_passes_and_what_multiplies_does_not() {
        let nested = |deep: usize| format!("$[?{}@.a{}]", "(".repeat(deep), ")".repeat(deep));
        for path in [
            "$",
            "$..a..b..c",
            "$['a','b','c','d'][0,1,2,3]",
            "$['..,..,..,..,..[[[(((']",
            r"$['\'..,\\']",
            &nested(31),
            "no path, [at all",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        let many = format!("$[{}*]", "*,".repeat(64));
        for path in ["$..*..*..*..*", "$[*,*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*,*]", &many, &nested(32)]
        {
            assert_eq!(check(path).unwrap_err().kind, Kind::Exhausted, "{path}");
        }
    }
}
