//! The tests' harness: a throw-away home, a plain client of the daemon, and a real Neovim with its screen captured.
//!
//! Start with `Sandbox::new()`, then `Editor::start(version, &sandbox)` or `Daemon::connect(&sandbox)`.

#![allow(dead_code, reason = "the tests and each example use different parts")]
#![allow(unused_macros, reason = "the examples run no tests")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the harness fails the test by panicking"
)]

pub mod asks;
pub mod boxes;
pub mod daemon;
pub mod environment;
pub mod fake_agent;
pub mod grid;
pub mod json;
pub mod launch;
pub mod look;
pub mod mailbox;
pub mod model;
pub mod nvim;
pub mod process;
pub mod random;
pub mod rpc;
pub mod run;
pub mod sandbox;
pub mod screen;
pub mod seeds;
pub mod setting;
pub mod stage;
pub mod state;
pub mod still;
pub mod streams;
pub mod style;
pub mod svg;
pub mod tty;
pub mod version;
pub mod wait;
pub mod wire;

use std::path::{Path, PathBuf};

#[allow(unused_imports, reason = "the tests and each example use different parts")]
pub use self::{
    daemon::Daemon,
    grid::Grid,
    nvim::Editor,
    rpc::{Lost, Rpc},
    run::Run,
    sandbox::Sandbox,
    stage::Stage,
    state::State,
    tty::Tty,
    version::{Version, skip},
    wait::{DEADLINE, wait_until},
    wire::Raw,
};
#[allow(unused_imports, reason = "the examples run no tests")]
pub(crate) use {stage::each_agent, version::each_neovim};

/// The checkout.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder that end in `.extension`.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files_below(&path, extension)),
            path if path.extension().is_some_and(|ext| ext == extension) => found.push(path),
            _ => {}
        }
    }
    found
}
