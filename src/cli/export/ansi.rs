//! Lines with their looks as escape sequences, for pagers and files. Pure.

use std::fmt::Write;

use crate::protocol::terminal::{History, Style};

/// Appends an answer's lines, each ending plain. Without `colours` it is their text.
pub fn write(page: &History, colours: bool, out: &mut String) {
    let mut runs = page.runs.iter().filter(|_| colours).peekable();
    for (index, text) in page.lines.iter().enumerate() {
        let mut at = 0;
        while let Some([_, start, end, style]) = runs.next_if(|[line, ..]| *line == index) {
            let style = page.styles.get(*style).cloned().unwrap_or_default();
            // What comes from a daemon of another version need not fit.
            let (Some(before), Some(run)) = (text.get(at..*start), text.get(*start..*end)) else {
                break;
            };
            out.push_str(before);
            styled(run, &style, out);
            at = *end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out.push('\n');
    }
}

fn styled(text: &str, style: &Style, out: &mut String) {
    let codes = codes(style);
    if let Some(link) = &style.link {
        put(out, format_args!("\x1b]8;;{link}\x1b\\"));
    }
    if codes.is_empty() {
        out.push_str(text);
    } else {
        put(out, format_args!("\x1b[{}m{text}\x1b[m", codes.join(";")));
    }
    if style.link.is_some() {
        out.push_str("\x1b]8;;\x1b\\");
    }
}

fn codes(style: &Style) -> Vec<String> {
    let flags = [
        (style.bold, "1"),
        (style.dim, "2"),
        (style.italic, "3"),
        (style.underline, "4"),
        (style.underdouble, "4:2"),
        (style.undercurl, "4:3"),
        (style.underdotted, "4:4"),
        (style.underdashed, "4:5"),
        (style.reverse, "7"),
        (style.hidden, "8"),
        (style.strikethrough, "9"),
    ];
    let mut codes: Vec<String> =
        flags.iter().filter(|(on, _)| *on).map(|(_, code)| (*code).to_owned()).collect();
    codes.extend(color(style.fg, style.fg_index, 30));
    codes.extend(color(style.bg, style.bg_index, 40));
    // Colons, as those who do not know it would take its numbers for other codes.
    codes.extend(match (style.sp, style.sp_index) {
        (Some(value), _) => {
            let [_, r, g, b] = value.to_be_bytes();
            Some(format!("58:2::{r}:{g}:{b}"))
        }
        (None, Some(index)) => Some(format!("58:5:{index}")),
        (None, None) => None,
    });
    codes
}

/// The code of a colour; `base` is 30 for text, 40 for its ground.
fn color(value: Option<u32>, index: Option<u8>, base: u16) -> Option<String> {
    let long = base + 8;
    match (value, index.map(u16::from)) {
        (Some(value), _) => {
            let [_, r, g, b] = value.to_be_bytes();
            Some(format!("{long};2;{r};{g};{b}"))
        }
        (None, Some(index @ 0..8)) => Some((base + index).to_string()),
        (None, Some(index @ 8..16)) => Some((base + 60 + index - 8).to_string()),
        (None, Some(index)) => Some(format!("{long};5;{index}")),
        (None, None) => None,
    }
}

/// Writing into memory cannot fail, hence the ignored result.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_its_codes_and_the_rest_is_plain() {
        let red = Style { fg_index: Some(1), bold: true, ..Style::default() };
        let wild = Style {
            fg: Some(0x0001_0203),
            bg_index: Some(12),
            sp_index: Some(3),
            undercurl: true,
            ..Style::default()
        };
        let link = Style { link: Some("http://x".into()), ..Style::default() };
        let mut page = History {
            name: String::new(),
            first: 0,
            lines: vec!["a ü b".into(), String::new(), "xyz".into()],
            runs: vec![[0, 2, 4, 0], [2, 0, 1, 1], [2, 2, 3, 2]],
            styles: vec![red, wild, link],
            more: false,
            first_line: 0,
            screen_line: 0,
            reading: None,
        };
        let mut out = String::new();
        write(&page, true, &mut out);
        let wanted = "a \x1b[1;31mü\x1b[m b\n\n\x1b[4:3;38;2;1;2;3;104;58:5:3mx\x1b[my\x1b]8;;http://x\x1b\\z\x1b]8;;\x1b\\\n";
        assert_eq!(out, wanted);
        page.runs = vec![[0, 3, 4, 9], [2, 0, 1, 7], [9, 9, 9, 9]];
        out.clear();
        write(&page, true, &mut out);
        assert_eq!(out, "a ü b\n\nxyz\n", "what does not fit harms nobody");
    }
}
