//! Owns random output of programs: a table of families of escape sequences, and streams made of them.

use super::random::Random;

/// One kind of output.
pub struct Family {
    pub name: &'static str,
    make: fn(&mut Random) -> String,
}

/// The size of the screens that the streams are made for; coordinates go a little beyond it.
pub const COLUMNS: usize = 40;
pub const ROWS: usize = 12;

const fn family(name: &'static str, make: fn(&mut Random) -> String) -> Family {
    Family { name, make }
}

fn csi(r: &mut Random, most: usize, ends: &[&str]) -> String {
    let end = r.of(ends);
    if r.once_in(4) { format!("\x1b[{end}") } else { format!("\x1b[{}{end}", r.below(most + 1)) }
}

fn fixed(r: &mut Random, all: &[&str]) -> String {
    (*r.of(all)).to_owned()
}

fn words(r: &mut Random) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyz ABC 0123456789 {}[]()<>|~_-=+*&^%$#@!";
    (0..=r.below(30)).map(|_| char::from(*r.of(letters))).collect()
}

fn sgr(r: &mut Random, codes: &[&str]) -> String {
    let count = 1 + r.below(3);
    let chosen: Vec<&str> = (0..count).map(|_| *r.of(codes)).collect();
    format!("\x1b[{}m", chosen.join(";"))
}

/// All of them. Text comes several times, so that there is something to be moved about.
pub const FAMILIES: &[Family] = &[
    family("text", words),
    family("text", words),
    family("lines", |r| format!("{}\r\n{}\r\n", words(r), words(r))),
    family("controls", |r| fixed(r, &["\r", "\n", "\x08", "\x0b", "\x0c", "\r\n", "\x07", "\x00"])),
    family("sgr", |r| {
        let codes = [
            "0",
            "1",
            "3",
            "4",
            "7",
            "9",
            "22",
            "23",
            "24",
            "27",
            "29",
            "31",
            "42",
            "93",
            "104",
            "39",
            "49",
            "38;5;208",
            "48;5;17",
            "38;2;1;2;3",
            "48;2;200;100;50",
            "38;5;3",
        ];
        sgr(r, &codes)
    }),
    family("underlines", |r| {
        fixed(r, &["\x1b[4:0m", "\x1b[4:1m", "\x1b[4:2m", "\x1b[4:3m", "\x1b[4m"])
    }),
    family("rare underlines", |r| fixed(r, &["\x1b[4:4m", "\x1b[4:5m", "\x1b[24m"])),
    family("underline colours", |r| fixed(r, &["\x1b[58:5:9m", "\x1b[58:2::1:2:3m", "\x1b[59m"])),
    family("underline colours with semicolons", |_| "\x1b[58;5;9m".to_owned()),
    family("dim and hidden", |r| fixed(r, &["\x1b[2m", "\x1b[8m", "\x1b[22m", "\x1b[28m"])),
    family("colon colours", |r| fixed(r, &["\x1b[38:5:77m", "\x1b[38:2:7:8:9m"])),
    family("colon colours with a space", |_| "\x1b[48:2::9:8:7m".to_owned()),
    family("cursor moves", |r| {
        csi(r, 15, &["A", "B", "C", "D", "E", "F", "G", "d", "`", "a", "e"])
    }),
    family("cursor places", |r| format!("\x1b[{};{}H", r.below(ROWS + 3), r.below(COLUMNS + 3))),
    family("line erases", |r| csi(r, 2, &["K"])),
    family("screen erases", |_| "\x1b[J".to_owned()),
    family("erases above", |_| "\x1b[1J".to_owned()),
    family("whole screen erases", |_| "\x1b[2J".to_owned()),
    family("scrollback erases", |_| "\x1b[3J".to_owned()),
    family("character erases", |r| csi(r, 10, &["X"])),
    family("character shifts", |r| csi(r, 10, &["@", "P"])),
    family("line shifts", |r| csi(r, 5, &["L", "M"])),
    family("scrolls", |r| csi(r, 5, &["S", "T"])),
    family("scroll regions", |r| {
        if r.once_in(3) {
            return "\x1b[r".to_owned();
        }
        let top = 1 + r.below(ROWS - 2);
        format!("\x1b[{top};{}r", top + 1 + r.below(ROWS - top))
    }),
    family("origin mode", |r| fixed(r, &["\x1b[?6h", "\x1b[?6l"])),
    family("index", |r| fixed(r, &["\x1bD", "\x1bM", "\x1bE"])),
    family("tabs", |r| fixed(r, &["\t", "\t\t", "\x1b[2I", "\x1b[Z", "\x1b[2Z"])),
    family("tab stops", |r| fixed(r, &["\x1bH", "\x1b[g", "\x1b[3g", "\t"])),
    family("line drawing", |r| {
        fixed(r, &["\x1b(0lqkx\x1b(B", "\x1b(0mjtuvwn\x1b(B", "\x1b)0\x0elqk\x0f", "\x0f"])
    }),
    family("line drawing left on", |r| fixed(r, &["\x1b(0", "\x1b(B", "\x0e"])),
    family("wide", |r| fixed(r, &["漢字", "한글", "ｆｕｌｌ", "あ", "、。"])),
    family("combining", |r| fixed(r, &["\re\u{301}", "\ra\u{308}\u{304}", "\rn\u{303}x"])),
    family("combining at the margin", |r| fixed(r, &["e\u{301}", "n\u{303}x", "o\u{20d7}"])),
    family("emoji", |r| fixed(r, &["👍", "🚀🎉", "⭐", "😀 "])),
    family("pictographs", |r| fixed(r, &["🛠", "🌡x", "🖥 y", "🛠\u{fe0f}", "🕷🕷"])),
    family("emoji clusters", |r| {
        fixed(r, &["👩\u{200d}👧", "👍🏽", "❤\u{fe0f}", "🇩🇪", "1\u{fe0f}\u{20e3}"])
    }),
    family("ambiguous", |r| {
        fixed(r, &["─│┌", "→←", "±§", "αβγ", "жд", "█▒", "✓✗", "…", "\u{e0b0}"])
    }),
    family("alternate screen", |r| format!("\r\x1b[?1049h\x1b[H{}\x1b[?1049l", words(r))),
    family("alternate screen left open", |r| fixed(r, &["\x1b[?1049h", "\x1b[?1049l"])),
    family("cursor shapes", |r| csi(r, 6, &[" q"])),
    family("cursor visibility", |r| fixed(r, &["\x1b[?25l\x1b7", "\x1b[?25h\x1b7"])),
    family("cursor visibility not saved", |r| fixed(r, &["\x1b[?25l", "\x1b[?25h"])),
    family("input modes", |r| {
        let mode = *r.of(&["1", "1000", "1002", "1003", "1004", "1006", "2004"]);
        format!("\x1b[?{mode}{}", r.of(&["h", "l"]))
    }),
    family("keypad", |r| fixed(r, &["\x1b=", "\x1b>"])),
    family("wrap mode", |r| fixed(r, &["\x1b[?7l", "\x1b[?7h", "\x1b[?7h"])),
    family("insert mode", |r| format!("\r\x1b[4h{}\x1b[4l", words(r))),
    family("insert mode left on", |r| fixed(r, &["\x1b[4h", "\x1b[4l", "\x1b[4l"])),
    family("newline mode", |r| fixed(r, &["\x1b[20h", "\x1b[20l"])),
    family("links", |r| {
        fixed(r, &["\x1b]8;;http://a/\x1b\\", "\x1b]8;id=x;http://b/?q\x07", "\x1b]8;;\x1b\\"])
    }),
    family("titles", |r| {
        fixed(r, &["\x1b]2;a title\x07", "\x1b]0;another\x1b\\", "\x1b]1;icon\x07"])
    }),
    family("synchronised updates", |r| format!("\x1b[?2026h{}\x1b[?2026l", words(r))),
    family("palette", |r| {
        fixed(r, &["\x1b]4;1;#102030\x07", "\x1b]104\x07", "\x1b]10;#ffeedd\x07", "\x1b]110\x07"])
    }),
    family("repeats", |r| {
        format!("\r{}\x1b[{}b", r.of(&["x", "─", "-"]), 1 + r.below(COLUMNS - 4))
    }),
    family("wrapping repeats", |r| format!("{}\x1b[{}b", r.of(&["x", "─", "-"]), 1 + r.below(50))),
    family("alignment", |_| "\x1b[m\x1b#8".to_owned()),
    family("alignment in colour", |_| "\x1b[41m\x1b#8\x1b[m".to_owned()),
    family("saves", |r| fixed(r, &["\x1b7", "\x1b8"])),
    family("SCO saves", |r| fixed(r, &["\x1b[s", "\x1b[u"])),
    family("long lines", |r| r.of(&["wrap ", "x", "ab"]).repeat(20 + r.below(60))),
    family("resets", |_| "\x1bc".to_owned()),
    family("unknown", |r| {
        fixed(
            r,
            &[
                "\x1b[>4;1m",
                "\x1b[?9999h",
                "\x1bP$x\x1b\\",
                "\x1b_apc\x1b\\",
                "\x1b]777;a\x07",
                "\x1b[1;2;3;4;5y",
            ],
        )
    }),
];

/// A stream of at most so many sequences, which can be cut between any two of its parts. `admit` is asked of each part, by its
/// family, whether it may follow those before it.
pub fn stream(
    seed: u64,
    length: usize,
    mut admit: impl FnMut(&'static str, &str) -> bool,
) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut parts = Vec::with_capacity(length);
    for _ in 0..length {
        let family = random.of(FAMILIES);
        // What does much alone would leave nothing of the rest to be seen.
        let rare = ["resets", "alignment", "whole screen erases", "origin mode", "newline mode"];
        if !rare.contains(&family.name) || random.once_in(4) {
            let part = (family.make)(&mut random);
            if admit(family.name, &part) {
                parts.push(part);
            }
        }
    }
    parts
}
