//! Owns which Neovims the tests use, where they are, and how a test that needs a missing one says so.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// The versions that every editor test runs on: the oldest that we support, and the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Debian 13's. Its terminal knows no synchronised updates and cannot clear scrollback.
    V0_10,
    /// The newest.
    V0_12,
}

impl Version {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V0_10, Self::V0_12];

    /// Such as `0.10`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V0_10 => "0.10",
            Self::V0_12 => "0.12",
        }
    }

    /// The program to start: from `NVIM_0_10` or `NVIM_0_12`, else what `scripts/bring-neovim` has brought.
    pub fn path(self) -> Option<PathBuf> {
        let variable = format!("NVIM_{}", self.name().replace('.', "_"));
        let named = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
        named.or_else(|| {
            Some(cache()?.join(format!("nvim-{}", self.name())).join("nvim"))
                .filter(|path| path.exists())
        })
    }

    /// The newest that is here.
    pub fn newest() -> Option<Self> {
        Self::ALL.into_iter().rev().find(|version| version.path().is_some())
    }

    /// Runs a test's body on this version, or skips it where the version is missing.
    pub fn run(self, test: &str, body: fn(Self)) {
        match self.path() {
            Some(_) => body(self),
            None => {
                skip(test, &format!("no Neovim {self} here; type: scripts/bring-neovim {self}"))
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The folder of `scripts/bring-neovim` and the like, by the same rule.
pub fn cache() -> Option<PathBuf> {
    let folder =
        |variable| std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let default = || {
        Some(
            folder("XDG_CACHE_HOME")
                .or_else(|| Some(folder("HOME")?.join(".cache")))?
                .join("orchflow-dev"),
        )
    };
    folder("ORCHFLOW_DEV_CACHE").or_else(default)
}

/// Says that a test did not run, where libtest cannot swallow it, and in the file `ORCHFLOW_SKIPPED_LOG`: a suite that
/// tested nothing must not look green.
pub fn skip(test: &str, reason: &str) {
    let line = format!("SKIPPED {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os("ORCHFLOW_SKIPPED_LOG") {
        let log = File::options().create(true).append(true).open(path);
        log.and_then(|mut log| log.write_all(line.as_bytes())).expect("the log of skipped tests");
    }
}

/// Tests that run on every Neovim: `fn name(version) { … }` becomes `name::on_0_10` and `name::on_0_12`.
macro_rules! each_neovim {
    ($($(#[$meta:meta])* fn $name:ident($version:ident) $body:block)+) => {$(
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;

            $(#[$meta])*
            fn body($version: $crate::support::version::Version) $body

            #[test]
            fn on_0_10() {
                $crate::support::version::Version::V0_10.run(concat!(module_path!(), "::on_0_10"), body);
            }

            #[test]
            fn on_0_12() {
                $crate::support::version::Version::V0_12.run(concat!(module_path!(), "::on_0_12"), body);
            }
        }
    )+};
}
pub(crate) use each_neovim;
