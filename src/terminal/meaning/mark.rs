//! Prompt marks as shells send them: FinalTerm's `OSC 133`, with kitty's additions, and VS Code's `OSC 633`.

use super::clean;

/// Longest command that is kept, in characters.
const COMMAND: usize = 1000;

/// A place in a shell's conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: Kind,
    /// Who says so, where it says that: a shell in a shell has another one.
    pub aid: Option<String>,
}

/// What is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A prompt begins.
    Prompt,
    /// It has ended; what the person types begins.
    Input,
    /// The command that is about to run.
    Command(String),
    /// It runs, and its output begins; its text where that is said here.
    Output(Option<String>),
    /// It has ended, with this exit code.
    End(Option<i32>),
}

/// What follows `133;`. None where it means nothing to us.
pub fn of_133(text: &[u8]) -> Option<Mark> {
    let (letter, options) = head(text)?;
    let aid = option(options, b"aid=").map(|aid| clean::text(aid, 64));
    // Prompts of second lines, of right sides and the like are no beginnings.
    let first = option(options, b"k=").is_none_or(|kind| kind == b"i");
    let kind = match letter {
        b'A' | b'N' if first => Kind::Prompt,
        b'B' if first => Kind::Input,
        b'C' => Kind::Output(command(options)),
        b'D' => Kind::End(exit_code(options)),
        _ => return None,
    };
    Some(Mark { kind, aid })
}

/// What follows `633;`, but for properties.
pub fn of_633(text: &[u8]) -> Option<Mark> {
    let (letter, rest) = head(text)?;
    let kind = match letter {
        b'A' => Kind::Prompt,
        b'B' => Kind::Input,
        b'C' => Kind::Output(None),
        b'D' => Kind::End(exit_code(rest)),
        b'E' => Kind::Command(cleaned(&unescaped(first_part(rest)))),
        _ => return None,
    };
    Some(Mark { kind, aid: None })
}

/// A letter that stands alone, and what follows the `;`.
fn head(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [letter] => Some((*letter, b"")),
        [letter, b';', rest @ ..] => Some((*letter, rest)),
        _ => None,
    }
}

fn first_part(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b';').next().unwrap_or_default()
}

fn option<'a>(options: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    options.split(|byte| *byte == b';').find_map(|part| part.strip_prefix(key))
}

fn exit_code(options: &[u8]) -> Option<i32> {
    std::str::from_utf8(first_part(options)).ok()?.parse().ok()
}

/// Kitty's: quoted for a shell, with everything that follows, or percent-encoded.
fn command(options: &[u8]) -> Option<String> {
    if let Some(encoded) = option(options, b"cmdline_url=") {
        return Some(cleaned(&clean::percent_decoded(encoded)));
    }
    let key = b"cmdline=";
    let at = options.windows(key.len()).position(|window| window == key)?;
    let begins = at == 0 || options[at - 1] == b';';
    begins.then(|| cleaned(&unquoted(&options[at + key.len()..])))
}

/// A command as it is shown and told.
pub fn cleaned(command: &[u8]) -> String {
    clean::text(command, COMMAND)
}

/// What `printf %q` of bash and zsh has quoted.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut rest, mut quote) = (text, None);
    while let [byte, after @ ..] = rest {
        rest = after;
        match (quote, byte, after) {
            (None, b'$', [b'\'', after @ ..]) => {
                quote = Some(b'$');
                rest = after;
            }
            (None, b'\'' | b'"', _) => quote = Some(*byte),
            (Some(b'$'), b'\'', _) | (Some(b'\''), b'\'', _) | (Some(b'"'), b'"', _) => {
                quote = None
            }
            (Some(b'$'), b'\\', [b'n' | b't' | b'r', after @ ..]) => {
                out.push(b' ');
                rest = after;
            }
            (None | Some(b'$' | b'"'), b'\\', [next, after @ ..]) => {
                out.push(*next);
                rest = after;
            }
            _ => out.push(*byte),
        }
    }
    out
}

/// What VS Code's scripts have escaped: `\\` and `\xHH`.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'\\', [b'\\', after @ ..]) => {
                out.push(b'\\');
                rest = after;
            }
            (b'\\', [b'x', high, low, after @ ..]) if hex(*high, *low).is_some() => {
                out.extend(hex(*high, *low));
                rest = after;
            }
            _ => out.push(*byte),
        }
    }
    out
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// VS Code's property: `P;Cwd=PATH`.
pub fn cwd_of_633(text: &[u8]) -> Option<Vec<u8>> {
    text.strip_prefix(b"P;Cwd=").map(unescaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(command: &str) -> Option<Kind> {
        Some(Kind::Output(Some(command.to_owned())))
    }

    #[test]
    fn marks_of_osc_133_are_read() {
        for (text, wanted) in [
            ("A", Some(Kind::Prompt)),
            ("A;cl=m;aid=7", Some(Kind::Prompt)),
            ("A;k=i", Some(Kind::Prompt)),
            ("A;k=s", None),
            ("N", Some(Kind::Prompt)),
            ("B", Some(Kind::Input)),
            ("C", Some(Kind::Output(None))),
            ("C;cmdline_url=ls%20-l%3b%20x%0Ay", output("ls -l; x y")),
            (r"C;cmdline=ls\ -l\;\ echo\ \'x\'", output("ls -l; echo 'x'")),
            (r"C;cmdline=$'a\nb\'c'", output("a b'c")),
            (r#"C;aid=1;cmdline='a b' "c\"d""#, output("a b c\"d")),
            ("C;cmdline_url=%1b%5b31m%{x}", output("[31m%{x}")),
            ("C;xcmdline=a", Some(Kind::Output(None))),
            ("D", Some(Kind::End(None))),
            ("D;0", Some(Kind::End(Some(0)))),
            ("D;130;aid=3", Some(Kind::End(Some(130)))),
            ("D;-1", Some(Kind::End(Some(-1)))),
            ("D;x", Some(Kind::End(None))),
            ("D;99999999999", Some(Kind::End(None))),
            ("P;k=i", None),
            ("Z", None),
            ("AB", None),
            ("", None),
            (";", None),
        ] {
            assert_eq!(of_133(text.as_bytes()).map(|mark| mark.kind), wanted, "{text}");
        }
        assert_eq!(of_133(b"D;0;aid=ab").and_then(|mark| mark.aid).as_deref(), Some("ab"));
        let long = format!("C;cmdline_url={}", "x".repeat(60_000));
        let Some(Kind::Output(Some(command))) = of_133(long.as_bytes()).map(|mark| mark.kind)
        else {
            panic!("no command")
        };
        assert_eq!(command.chars().count(), COMMAND);
        assert!(
            of_133(b"C;cmdline=\xff\\").is_some(),
            "invalid text, and a quote that does not end"
        );
    }

    #[test]
    fn marks_of_osc_633_are_read() {
        for (text, wanted) in [
            ("A", Some(Kind::Prompt)),
            ("B", Some(Kind::Input)),
            ("C", Some(Kind::Output(None))),
            ("D", Some(Kind::End(None))),
            ("D;1", Some(Kind::End(Some(1)))),
            (r"E;echo a\x3b b\\n;nonce", Some(Kind::Command(r"echo a; b\n".into()))),
            (r"E;a\x0ab\xzz\x1", Some(Kind::Command(r"a b\xzz\x1".into()))),
            ("E", Some(Kind::Command(String::new()))),
            ("P;Cwd=/a", None),
        ] {
            assert_eq!(of_633(text.as_bytes()).map(|mark| mark.kind), wanted, "{text}");
        }
        assert_eq!(cwd_of_633(br"P;Cwd=/a\x3bb").as_deref(), Some(&b"/a;b"[..]));
        assert_eq!(cwd_of_633(b"P;IsWindows=False"), None);
    }
}
