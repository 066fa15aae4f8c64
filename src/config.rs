//! The daemon's configuration file: what it may say, its defaults, and what is wrong with it.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::fault::{Fault, Kind, Result};

/// `config.toml`. Unknown keys are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The `[daemon]` table.
    pub daemon: Daemon,
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

impl Config {
    /// What the file says, or the defaults where there is none.
    pub fn load(path: &Path) -> Result<Self> {
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

    fn parse(text: &str) -> Result<Self> {
        let wrong = |message: String| {
            Fault::new(Kind::InvalidParams, message).hint("the keys: :help orchflow-config-file")
        };
        let document = toml::Deserializer::parse(text).map_err(|error| wrong(error.to_string()))?;
        serde_path_to_error::deserialize(document).map_err(|error| {
            let path = error.path().to_string();
            wrong(format!("at {path}: {}", error.into_inner().message()))
        })
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
        assert!(message("[daemon").contains("line 1"), "{}", message("[daemon"));
    }
}
