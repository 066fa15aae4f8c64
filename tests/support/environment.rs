//! Owns what programs of the tests find around them: their environment, and which `orchflow` is tested.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::sandbox::Sandbox;

impl Sandbox {
    /// The environment of everything in it: nothing of the person's own, so that no test sees their settings.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut env: Vec<(&str, OsString)> = vec![
            ("PATH", path_without_orchflow()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "xterm-256color".into()),
            ("SHELL", "/bin/sh".into()),
            ("RUST_BACKTRACE", "1".into()),
        ];
        let folders = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ];
        env.extend(folders.map(|(name, folder)| (name, self.path(folder).into_os_string())));
        env
    }
}

/// The program under test: `ORCHFLOW_BIN`, else the one cargo built for these tests, else the one beside an example.
pub fn orchflow_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ORCHFLOW_BIN") {
        return path.into();
    }
    if let Some(path) = option_env!("CARGO_BIN_EXE_orchflow") {
        return path.into();
    }
    let example = std::env::current_exe().expect("our own path");
    let path = example.parent().and_then(Path::parent).expect("a target folder").join("orchflow");
    assert!(
        path.exists(),
        "{} is not built; type `cargo build` first, or set ORCHFLOW_BIN",
        path.display()
    );
    path
}

/// The person's own `orchflow` must not be found by accident.
fn path_without_orchflow() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|folder| !folder.join("orchflow").exists());
    std::env::join_paths(folders).expect("folders that were in PATH before")
}
