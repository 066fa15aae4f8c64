//! The directory in which a program works, as shells tell it.

use std::path::PathBuf;

use super::clean;

/// Longer paths than the system's own limit lead nowhere.
const LONGEST: usize = 4096;

/// OSC 7: `file://host/path`. Only of this machine: where the path of another one were taken for ours, files would be
/// looked for, and programs started, in the wrong place. So a remote one says nothing, and what was known stays.
pub fn of_url(url: &[u8], host: &str) -> Option<PathBuf> {
    let kitty = b"kitty-shell-cwd://"; // Kitty's own, which encodes nothing.
    let encoded = url.strip_prefix(b"file://");
    let rest = encoded.or_else(|| url.strip_prefix(kitty))?;
    let slash = rest.iter().position(|byte| *byte == b'/')?;
    let (named, path) = rest.split_at(slash);
    if !is_here(named, host) {
        return None;
    }
    if encoded.is_some() { of_path(&clean::percent_decoded(path)) } else { of_path(path) }
}

/// A plain path: absolute, text, and without control characters.
pub fn of_path(path: &[u8]) -> Option<PathBuf> {
    let path = std::str::from_utf8(path).ok()?;
    let fits = path.starts_with('/') && path.len() <= LONGEST && !path.contains(char::is_control);
    fits.then(|| PathBuf::from(path))
}

/// Whether that is this machine. Shells say its name with or without a domain.
fn is_here(named: &[u8], host: &str) -> bool {
    let first =
        |name: &[u8]| name.split(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    let full = |name: &[u8]| name.contains(&b'.');
    match named {
        b"" | b"localhost" => true,
        named if full(named) && full(host.as_bytes()) => {
            named.eq_ignore_ascii_case(host.as_bytes())
        }
        named => first(named) == first(host.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_of_this_machine_is_taken_and_nothing_else() {
        for (url, wanted) in [
            ("file:///home/me", Some("/home/me")),
            ("file://localhost/a%20b%25", Some("/a b%")),
            ("file://box/a", Some("/a")),
            ("file://BOX.lan/a", Some("/a")),
            ("file://box/gr%C3%B6%C3%9Fe", Some("/größe")),
            ("file:///größe", Some("/größe")),
            ("file:///%{x}", Some("/%{x}")),
            ("kitty-shell-cwd://box/a%20b", Some("/a%20b")),
            ("file://other/a", None),
            ("file://boxer/a", None),
            ("file://", None),
            ("file://box", None),
            ("file:/a", None),
            ("http://box/a", None),
            ("/a", None),
            ("", None),
            ("file:///a%0Ab", None),
            ("file:///a%1b[31m", None),
            ("file:///%ff", None),
        ] {
            assert_eq!(of_url(url.as_bytes(), "box"), wanted.map(PathBuf::from), "{url}");
        }
        assert_eq!(of_url(b"file://box.lan/a", "box.example"), None);
        assert_eq!(of_url(b"file://box/a", "Box.local"), Some("/a".into()));
    }

    #[test]
    fn a_plain_path_is_absolute_and_can_be_shown() {
        assert_eq!(of_path(b"/a b"), Some("/a b".into()));
        for path in ["a", "", "~", "/a\nb", "/a\u{9b}"] {
            assert_eq!(of_path(path.as_bytes()), None, "{path:?}");
        }
        assert_eq!(of_path(b"/\xff"), None);
        assert_eq!(of_path(&vec![b'/'; LONGEST + 1]), None);
    }
}
