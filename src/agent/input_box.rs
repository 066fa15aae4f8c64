//! The box in which a program takes a prompt: whether it is open, and what it holds, by the rule of a profile.

use super::profile::InputBox;
use super::signs;
use crate::terminal::Sight;

/// The group of a rule that is what the box holds.
pub const HELD: &str = "held";

/// So much of a text's last word is looked for: no more than fits into a row.
const END: usize = 8;

/// What a screen shows of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It is open, and holds nothing: what is typed becomes a prompt of its own.
    Empty,
    /// It is open, and holds this, which nobody has submitted.
    Holds(String),
    /// Something else is shown in its place, or over it.
    Hidden,
}

/// What this screen shows of it.
pub fn look(rule: &InputBox, sight: &Sight) -> Input {
    let is_blank = |line: &String| line.trim().is_empty();
    let used = sight.lines.iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1);
    let screen = sight.lines[..used].join("\n");
    let held = rule.pattern.0.captures(&screen).and_then(|found| found.name(HELD));
    let is_under = rule.under.as_ref().is_some_and(|over| over.0.is_match(&screen));
    let Some(held) = held.filter(|_| !is_under) else {
        return Input::Hidden;
    };
    // What is drawn faint is a suggestion.
    let bright = |index: usize| sight.bright.get(&index).unwrap_or(&sight.lines[index]).as_str();
    let bright = (0..used).map(bright).collect::<Vec<_>>().join("\n");
    // Some draw their cursor as a blank without a width, and not always.
    let held = bright[held.range()].replace('\u{200b}', "");
    let held = held.trim();
    let says_nothing = |words: &super::profile::Pattern| words.0.is_match(held);
    if held.is_empty() || rule.empty.as_ref().is_some_and(says_nothing) {
        return Input::Empty;
    }
    Input::Holds(signs::cut(held))
}

/// Whether this screen shows the end of what was typed into an open box: a long text may need the room of what tells
/// the box from other things.
pub fn shows_end(rule: &InputBox, typed: &str, sight: &Sight) -> bool {
    let word = typed.split_whitespace().last().unwrap_or_default();
    let begin = word.char_indices().rev().nth(END - 1).map_or(0, |(begin, _)| begin);
    let is_under = |over: &super::profile::Pattern| over.0.is_match(&sight.lines.join("\n"));
    !word.is_empty()
        && sight.lines.iter().any(|line| line.contains(&word[begin..]))
        && !rule.under.as_ref().is_some_and(is_under)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::terminal::Size;
    use crate::terminal::Player;

    fn shown(output: &str) -> Input {
        let rule = r#"match = '(?m)^> ?(?<held>[^\n]*(?:\n  [^\n]*)*)\n-{3,}\z'
            empty = '^Type your message'
            under = 'esc to close'"#;
        let mut player = Player::new(Size { rows: 8, cols: 40 });
        player.play(output.replace('\n', "\r\n").as_bytes());
        look(&toml::from_str(rule).unwrap(), &player.sight())
    }

    #[test]
    fn a_box_is_empty_where_only_a_suggestion_stands_in_it() {
        for empty in [
            "> \n---",
            "> Type your message\n---",
            "> \x1b[2mdo “this”, perhaps\x1b[0m\n---\n\n",
            // The cursor stands on its first letter.
            "> \x1b[7mT\x1b[27;2mry “this”\x1b[0m\n---",
        ] {
            assert_eq!(shown(empty), Input::Empty, "{empty:?}");
        }
    }

    #[test]
    fn the_end_of_a_text_is_seen_though_the_rest_of_its_box_has_no_room() {
        let rule = r"match = '(?<held>)---\z'
            under = 'esc to close'";
        let rule = toml::from_str(rule).unwrap();
        let shows = |output: &str| {
            let mut player = Player::new(Size { rows: 4, cols: 20 });
            player.play(output.as_bytes());
            shows_end(&rule, "do all\nof éverything. \n", &player.sight())
        };
        assert!(shows("all\r\nof\r\néverything."));
        assert!(!shows("all\r\nof"));
        assert!(!shows("esc to close\r\néverything."));
    }

    #[test]
    fn a_box_with_a_draft_holds_it_and_what_is_over_a_box_hides_it() {
        let holds = |text: &str| Input::Holds(text.to_owned());
        assert_eq!(shown("> half\n---"), holds("half"));
        assert_eq!(shown("> half\n  é of it\n---"), holds("half\n  é of it"));
        assert_eq!(shown("> half\x1b[2m of a thought\x1b[0m\n---"), holds("half"));
        // A cursor on a letter that somebody has typed.
        assert_eq!(shown("> \x1b[7mh\x1b[27malf\n---"), holds("half"));
        for hidden in ["", "> \n", "1. One\n2. Two", "esc to close\n> \n---"] {
            assert_eq!(shown(hidden), Input::Hidden, "{hidden:?}");
        }
    }
}
