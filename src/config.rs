//! The daemon's configuration file: what it may say, its defaults, and what is wrong with it.

use std::path::Path;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::fault::{Fault, Kind};

/// `config.toml`. Unknown keys are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The `[daemon]` table.
    pub daemon: Daemon,
    /// The `[terminal]` table.
    pub terminal: Terminal,
    /// The `[state]` table.
    pub state: State,
}

/// `[daemon]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Daemon {
    /// After so many seconds without a client and without a running program the daemon ends.
    pub linger: u64,
}

impl Default for Daemon {
    /// Ten minutes: long enough to restart an editor, short enough to leave nothing behind.
    fn default() -> Self {
        Self { linger: 600 }
    }
}

/// `[state]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// What a change that was answered outlives.
    pub durability: Durability,
}

/// What a change that was answered outlives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// The end of the daemon, however it ends. A loss of power may cost the last seconds.
    #[default]
    Normal,
    /// A loss of power too: the answer waits for the disk.
    Full,
}

/// `[terminal]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terminal {
    /// How many lines that have scrolled off the screen each terminal keeps.
    #[serde(deserialize_with = "scrollback")]
    pub scrollback: usize,
    /// How many MB of each terminal's output are kept on disk, for the next daemon; none for 0.
    #[serde(deserialize_with = "journal")]
    pub journal: u64,
}

impl Default for Terminal {
    /// As many lines as Neovim's own terminals keep, and a journal that holds them.
    fn default() -> Self {
        Self { scrollback: 10_000, journal: 4 }
    }
}

/// Most lines of scrollback: what Neovim's 'scrollback' may be too, and with lines of a usual length 100 MB.
const SCROLLBACK: u64 = 1_000_000;

/// Most MB of a journal: all of it is read, and held in memory meanwhile, when the daemon comes back.
const JOURNAL: u64 = 256;

fn scrollback<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let lines = up_to(SCROLLBACK, "lines", deserializer)?;
    usize::try_from(lines).map_err(D::Error::custom)
}

fn journal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    up_to(JOURNAL, "MB", deserializer)
}

/// A number, refused where it is beyond `most`.
fn up_to<'de, D: Deserializer<'de>>(most: u64, unit: &str, from: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(from)?;
    match number <= most {
        true => Ok(number),
        false => Err(D::Error::custom(format!("{number} is too much: at most {most} {unit}"))),
    }
}

impl Config {
    /// What the file says, or the defaults where there is none.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|fault| Fault {
                message: format!("{}: {}", path.display(), fault.message),
                ..fault
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => {
                let message = format!("{} cannot be read: {error}", path.display());
                Err(Fault::new(Kind::Permission, message))
            }
        }
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = |message: String| {
            Fault::new(Kind::InvalidParams, message).hint("the keys: :help orchflow-config-file")
        };
        let document = toml::Deserializer::parse(text).map_err(|error| wrong(error.to_string()))?;
        serde_path_to_error::deserialize(document).map_err(|error| {
            let path = error.path().to_string();
            wrong(format!("at {path}: {}", error.into_inner().message()))
        })
    }

    /// How many bytes each terminal's journal may take.
    pub fn journal(&self) -> u64 {
        self.terminal.journal.saturating_mul(1_000_000)
    }

    /// The grace time before an idle daemon ends; a second at least, in which its first client connects.
    pub fn linger(&self) -> Duration {
        Duration::from_secs(self.daemon.linger.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_its_default() {
        assert_eq!(Config::parse("").unwrap().linger(), Duration::from_secs(600));
        assert_eq!(Config::parse("[daemon]\nlinger = 5").unwrap().linger(), Duration::from_secs(5));
        let terminal = |text: &str| Config::parse(text).unwrap().terminal;
        let (scrollback, journal) = (10_000, 4);
        assert_eq!(terminal(""), Terminal { scrollback, journal });
        assert_eq!(terminal("[terminal]\njournal = 0"), Terminal { scrollback, journal: 0 });
        assert_eq!(terminal("[terminal]\nscrollback = 0"), Terminal { scrollback: 0, journal });
    }

    #[test]
    fn unknown_keys_and_wrong_types_are_refused_with_their_path() {
        let message = |text: &str| Config::parse(text).unwrap_err().message;
        assert!(
            message("[daemon]\nlingre = 5").starts_with("at daemon.lingre: unknown field"),
            "{}",
            message("[daemon]\nlingre = 5")
        );
        assert!(message("[deamon]\nlinger = 5").starts_with("at deamon: unknown field"));
        assert!(message("[daemon]\nlinger = \"5\"").starts_with("at daemon.linger: invalid type"));
        assert!(message("[daemon]\nlinger = -5").starts_with("at daemon.linger: invalid value"));
        assert_eq!(
            message("[terminal]\nscrollback = 1_000_001"),
            "at terminal.scrollback: 1000001 is too much: at most 1000000 lines"
        );
        assert_eq!(
            message("[terminal]\njournal = 257"),
            "at terminal.journal: 257 is too much: at most 256 MB"
        );
        assert!(message("[terminal]\njournal = -1").starts_with("at terminal.journal: invalid"));
        assert!(message("[terminal]\nscrollback = 0.5").starts_with("at terminal.scrollback: "));
        let durable = |text: &str| Config::parse(text).unwrap().state.durability;
        assert_eq!(durable("[state]\ndurability = \"full\""), Durability::Full);
        assert_eq!(durable("[state]"), Durability::Normal);
        assert_eq!(
            message("[state]\ndurability = \"none\""),
            "at state.durability: unknown variant `none`, expected `normal` or `full`"
        );
        assert!(message("[daemon").contains("line 1"), "{}", message("[daemon"));
    }
}
