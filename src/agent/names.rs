//! Names that can be said aloud, for agents that were given none.

/// How a syllable begins, and what it ends in: none of them sounds like another over a bad line.
const BEGINNINGS: &[u8] = b"bdfgklmnprstvz";
const ENDINGS: &[u8] = b"aeiou";

/// So many names have two syllables: more than there are terminals.
pub const SHORT: u64 = 4_900;

/// The name of that number: two syllables, then three. Neighbours look different.
pub fn name(number: u64) -> String {
    let syllables = (BEGINNINGS.len() * ENDINGS.len()) as u64;
    let pairs = SHORT;
    // A step that has no factor in common with them visits all before it comes back.
    const STEP: u64 = 1_847;
    let mut rest = number % pairs * STEP % pairs;
    let mut name = String::new();
    for _ in 0..2 {
        let syllable = (rest % syllables) as usize;
        rest /= syllables;
        name.push(char::from(BEGINNINGS[syllable % BEGINNINGS.len()]));
        name.push(char::from(ENDINGS[syllable / BEGINNINGS.len()]));
    }
    if number >= pairs {
        name += &self::name(number / pairs);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_none_comes_twice() {
        let names: std::collections::BTreeSet<String> = (0..20_000).map(name).collect();
        assert_eq!(names.len(), 20_000);
        assert!((0..4_900).all(|number| name(number).len() == 4));
    }
}
