//! Where Neovim's own terminal shows something else than the emulator: the same list as in `doc/fidelity.md`.

use alacritty_terminal::term::TermMode;

use crate::support::Version;
use crate::support::model::Model;

/// A part of a stream, and the moment in which it is printed.
pub struct Moment<'a> {
    pub family: &'a str,
    pub part: &'a str,
    /// What the emulator has made of what came before.
    pub model: &'a Model,
    pub before: &'a str,
}

impl Moment<'_> {
    fn is(&self, family: &str) -> bool {
        self.family == family
    }

    fn has(&self, sequence: &str) -> bool {
        self.part.contains(sequence)
    }

    /// Whether the part begins right behind the last column, where the next character would wrap.
    fn is_at_margin(&self) -> bool {
        self.model.is_at_margin() && !self.part.starts_with('\r')
    }

    /// Whether only some rows scroll.
    fn has_region(&self) -> bool {
        let regions = self.before.match_indices("\x1b[").filter_map(|(at, _)| {
            let end = self.before[at + 2..].find(|c: char| c.is_ascii_alphabetic())? + at + 2;
            let numbers = &self.before[at + 2..end];
            (self.before[end..].starts_with('r') && !numbers.starts_with('?')).then_some(numbers)
        });
        regions.last().is_some_and(|numbers| !numbers.is_empty())
    }

    /// The first number in the part; 1 where there is none.
    fn number(&self) -> usize {
        let from = self.part.find(|c: char| c.is_ascii_digit()).unwrap_or(self.part.len());
        let digits: String = self.part[from..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(1).max(1)
    }

    /// Whether the part prints a character of two cells.
    fn is_wide(&self) -> bool {
        ["wide", "emoji", "pictographs"].contains(&self.family)
    }
}

/// Where Neovim's own terminal shows something else than the emulator: `doc/fidelity.md` tells it to people, with the
/// reason.
pub struct Difference {
    pub name: &'static str,
    /// Shows the difference, after a reset.
    pub sample: &'static str,
    /// The parts of streams that bring it about; they are not printed where both are compared.
    pub when: fn(&Moment<'_>) -> bool,
}

/// Only Neovim 0.12 shows links.
const LINKS: Difference = Difference {
    name: "links",
    sample: "\x1b]8;;http://a/\x1b\\\x1b[0mx",
    when: |it| {
        it.model.links()
            && (it.has("\x1b[0m")
                || it.has("\x1b[0;")
                || it.has(";0")
                || it.has("\x1b[m")
                || it.has("\x1b8"))
    },
};

/// Only Neovim 0.10 does not keep the place of what follows one.
const PICTOGRAPHS: Difference =
    Difference { name: "pictographs", sample: "🛠\x1b[9Gx", when: |it| it.is("pictographs") };

/// Only Neovim 0.10 loses the cursor; compared with lenient eyes.
const HALVES: Difference =
    Difference { name: "cursor on half a character", sample: "漢", when: |_| false };

const NATIVE: &[Difference] = &[
    Difference {
        name: "underline colours with semicolons",
        sample: "\x1b[58;5;9mx",
        when: |it| it.is("underline colours with semicolons"),
    },
    Difference {
        name: "colon colours with a space",
        sample: "\x1b[48:2::9:8:7mx",
        when: |it| it.is("colon colours with a space"),
    },
    Difference {
        name: "line erases",
        sample: "\x1b[1;31Habcdefghij\x1b[K",
        when: |it| it.is("line erases") && it.is_at_margin(),
    },
    Difference {
        name: "alternate screen left open",
        sample: "x\x1b7yz\x1b[?1049l-",
        when: |it| {
            let shown = it.model.has(TermMode::ALT_SCREEN);
            let again = ["\x1b[?1049h", "\x1b7", "\x1b8"].iter().any(|one| it.has(one));
            if shown { again } else { it.part == "\x1b[?1049l" }
        },
    },
    Difference {
        name: "origin mode",
        sample: "one\r\ntwo\x1b[?6lx",
        when: |it| it.has("\x1b[?6l") && !it.model.is_at_home(),
    },
    // The other signs are compared with lenient eyes.
    Difference {
        name: "line drawing left on",
        sample: "\x1b(0yz_",
        when: |it| {
            let odd = it.has("_") || it.has("\x1b8") || !it.part.is_ascii();
            odd && it.model.draws_lines()
        },
    },
    Difference {
        name: "repeats in insert mode",
        sample: "abcdefgh\r\x1b[4h-\x1b[3b\x1b[4l",
        when: |it| it.part.ends_with('b') && it.has("\x1b[") && it.model.has(TermMode::INSERT),
    },
    Difference {
        name: "palette",
        sample: "\x1b]4;1;#102030\x07\x1b[31mx",
        when: |it| it.is("palette"),
    },
    Difference {
        name: "wrapping repeats",
        sample: "x\x1b[50b",
        when: |it| {
            it.is("wrapping repeats") && (it.is_at_margin() || it.number() + 2 >= it.model.room())
        },
    },
    Difference { name: "SCO saves", sample: "ab\x1b[scd\x1b[ux", when: |it| it.is("SCO saves") },
    Difference {
        name: "saves",
        sample: "\x1b[1;31Habcdefghij\x1b7\r\x1b8x",
        when: |it| (it.has("\x1b7") || it.has("\x1b[?1049h")) && it.is_at_margin(),
    },
    Difference {
        name: "alignment in colour",
        sample: "\x1b[41m\x1b#8\x1b[m",
        when: |it| it.is("alignment in colour"),
    },
    Difference {
        name: "cursor visibility not saved",
        sample: "\x1b7\x1b[?25l\x1b8",
        when: |it| {
            (it.part == "\x1b8" || it.part == "\x1b[?1049l") && it.before.contains("\x1b[?25")
        },
    },
    Difference {
        name: "insert mode",
        sample: "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\r\x1b[4hx\x1b[4l",
        when: |it| {
            let inserts = it.model.has(TermMode::INSERT) || it.has("\x1b[4h");
            inserts && (it.is_wide() || it.model.has_wide())
        },
    },
    Difference {
        name: "character shifts",
        sample: "\x1b[1;31Habcdefghij\x1b[1;40H\x1b[3P",
        when: |it| {
            it.is("character shifts") && it.part.ends_with('P') && it.number() > it.model.room()
        },
    },
    Difference {
        name: "character shifts outside the scroll region",
        sample: "ab\x1b[7;11r\x1b[@",
        when: |it| it.is("character shifts") && it.has_region(),
    },
    Difference {
        name: "saves before a reset",
        sample: "ab\x1b7\x1bc\x1b8x",
        when: |it| it.has("\x1b8") && it.before.rfind("\x1bc") > it.before.rfind("\x1b7"),
    },
    Difference {
        name: "resets of the alternate screen",
        sample: "\x1b[?1049h\x1bcx\x1b[?1049ly",
        when: |it| it.has("\x1bc") && it.model.has(TermMode::ALT_SCREEN),
    },
    Difference {
        name: "wide",
        sample: "한글\x1b[G\u{e0b0}",
        when: |it| {
            let returns = it.has("\r") && !it.is("lines");
            let cuts = it.model.has_wide_ahead() || returns && it.model.has_wide();
            cuts && !CALM.contains(&it.family)
        },
    },
    Difference {
        name: "tabs",
        sample: "\x1b[1;31Habcdefghij\t\tx",
        when: |it| (it.has("\t") || it.is("tabs")) && it.is_at_margin(),
    },
    Difference {
        name: "controls",
        sample: "\x1b[1;31Habcdefghij\x0bx",
        when: |it| (it.has("\n") || it.has("\x0b") || it.has("\x0c")) && it.is_at_margin(),
    },
    Difference {
        name: "index",
        sample: "\x1b[1;31Habcdefghij\x1bDx",
        when: |it| it.has("\x1bD") && it.is_at_margin(),
    },
    Difference {
        name: "emoji",
        sample: "\x1b[1;40H\x1b[41m👍\x1b[m",
        when: |it| it.is_wide() && it.model.room() < 9,
    },
    Difference {
        name: "combining at the margin",
        sample: "\x1b[1;40Ha\u{308}\u{304}\x0bx",
        when: |it| it.is("combining at the margin") && it.model.room() < 3,
    },
    Difference {
        name: "tab stops",
        sample: "\x1b[3g\x1b[3;33H\x1b[Zx",
        when: |it| {
            it.part.ends_with('Z')
                && (it.before.contains("\x1b[3g") || it.before.contains("\x1b[g"))
        },
    },
    Difference {
        name: "index in newline mode",
        sample: "\x1b[20hab\x1bDx",
        when: |it| it.has("\x1bD") && it.model.has(TermMode::LINE_FEED_NEW_LINE),
    },
    Difference {
        name: "wrap mode after the last column",
        sample: "\x1b[?7l1234567890123456789012345678901234567890\x1b[?7hx",
        when: |it| it.is("wrap mode") && it.is_at_margin(),
    },
    // Agents print it; streams do not.
    Difference {
        name: "zero-width spaces",
        sample: "\x1b[7m \x1b[27m\u{200b}",
        when: |it| it.has("\u{200b}"),
    },
    Difference { name: "emoji clusters", sample: "👍🏽x", when: |it| it.is(UNJOINED) },
];

/// Those of both versions, and those of this one.
pub fn listed(version: Version) -> impl Iterator<Item = &'static Difference> {
    let own: &[&Difference] = match version {
        Version::V0_10 => &[&PICTOGRAPHS, &HALVES],
        Version::V0_12 => &[&LINKS],
    };
    NATIVE.iter().chain(own.iter().copied())
}

/// Families that write and erase nothing, or whole rows: they leave wide characters whole.
const CALM: &[&str] = &[
    "sgr",
    "underlines",
    "rare underlines",
    "underline colours",
    "dim and hidden",
    "colon colours",
    "cursor moves",
    "cursor places",
    "whole screen erases",
    "scrollback erases",
    "line shifts",
    "scrolls",
    "scroll regions",
    "origin mode",
    "index",
    "tab stops",
    "cursor shapes",
    "cursor visibility",
    "input modes",
    "keypad",
    "wrap mode",
    "newline mode",
    "links",
    "titles",
    "saves",
    "resets",
    "unknown",
];

/// Families that our own frames change: see `Pen::text`.
pub const UNJOINED: &str = "emoji clusters";

#[test]
fn each_listed_difference_is_in_the_docs_and_no_other() {
    let docs =
        std::fs::read_to_string(crate::support::repository().join("doc/fidelity.md")).unwrap();
    let rows = docs.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    let told: Vec<&str> = rows.map(|(name, _)| name).filter(|name| *name != "difference").collect();
    let names = NATIVE.iter().chain([&PICTOGRAPHS, &HALVES, &LINKS]).map(|it| it.name);
    let (mut told, mut names) = (told, names.collect::<Vec<_>>());
    told.sort_unstable();
    names.sort_unstable();
    assert_eq!(told, names, "doc/fidelity.md and this list");
}
