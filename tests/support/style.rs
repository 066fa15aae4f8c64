//! Owns how one cell looks: read from Neovim's highlight attributes, written so that people can compare it.

use std::fmt;

use rmpv::Value;

/// The kinds of underline, by Neovim's names.
const UNDERLINES: [&str; 5] =
    ["underline", "undercurl", "underdouble", "underdotted", "underdashed"];

/// Attributes that are simply on or off, by Neovim's names, in the order in which they are written.
const FLAGS: [&str; 6] = ["bold", "dim", "italic", "reverse", "strikethrough", "conceal"];

/// The look of a cell. Colours that are not set are the default ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// The text's colour, as 0xRRGGBB.
    pub fg: Option<u32>,
    /// The background's colour.
    pub bg: Option<u32>,
    /// The underline's colour.
    pub special: Option<u32>,
    /// One of Neovim's kinds of underline.
    pub underline: Option<&'static str>,
    /// Where a link leads.
    pub url: Option<String>,
    flags: u8,
}

impl Style {
    /// Reads the `rgb_attr` map of `hl_attr_define`.
    pub fn read(attributes: &Value) -> Self {
        let mut style = Self::default();
        let entries = attributes.as_map().map_or(&[][..], Vec::as_slice);
        for (name, value) in entries {
            let (name, colour) = (name.as_str().unwrap_or_default(), to_colour(value));
            match name {
                "foreground" => style.fg = colour,
                "background" => style.bg = colour,
                "special" => style.special = colour,
                "url" => style.url = value.as_str().map(str::to_owned),
                _ if value.as_bool() == Some(true) => style.set(name),
                _ => {}
            }
        }
        style
    }

    /// Sets a flag or an underline, by Neovim's name.
    pub(super) fn set(&mut self, name: &str) {
        if let Some(kind) = UNDERLINES.into_iter().find(|kind| *kind == name) {
            self.underline = Some(kind);
        }
        if let Some(bit) = FLAGS.iter().position(|flag| *flag == name) {
            self.flags |= 1 << bit;
        }
    }

    /// Whether this flag, by Neovim's name, is on: `bold`, `dim`, `italic`, `reverse`, `strikethrough`, `conceal`.
    pub fn is(&self, flag: &str) -> bool {
        FLAGS.iter().position(|name| *name == flag).is_some_and(|bit| self.flags & (1 << bit) != 0)
    }

    /// Whether nothing is set.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A colour as Neovim sends it; `None` for -1 or anything else that is no colour.
pub fn to_colour(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|colour| u32::try_from(colour).ok())
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        for (name, colour) in [("fg", self.fg), ("bg", self.bg), ("sp", self.special)] {
            words.extend(colour.map(|colour| format!("{name}=#{colour:06x}")));
        }
        words.extend(FLAGS.into_iter().filter(|flag| self.is(flag)).map(str::to_owned));
        words.extend(self.underline.map(str::to_owned));
        words.extend(self.url.as_ref().map(|url| format!("link={url}")));
        if words.is_empty() { f.write_str("plain") } else { f.write_str(&words.join(" ")) }
    }
}
