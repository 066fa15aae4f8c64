//! Rules for the Lua sources, read from them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::files_below;

/// The plugin's files with their text without comments.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["lua", "plugin"].into_iter().flat_map(|dir| files_below(&root.join(dir), "lua"));
    let code = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("--")).collect();
        (path, lines.join("\n"))
    };
    files.map(code).collect()
}

#[test]
fn no_lua_of_ours_waits() {
    for (path, code) in sources() {
        // A health report is asked for and read at once: it alone may wait, with a timeout.
        let is_health = path.ends_with("health.lua");
        for word in [
            "rpcrequest",
            "vim.wait",
            "jobwait",
            ":wait(",
            "vim.fn.system",
            "os.execute",
            "io.popen",
        ] {
            let found = code.contains(word);
            assert!(!found || (is_health && word == ":wait("), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_shim_and_the_daemon_are_of_one_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lua/orchflow/version.lua");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(concat!("\"", env!("CARGO_PKG_VERSION"), "\"")), "{text}");
}

#[test]
fn every_lua_file_says_first_what_it_owns() {
    for (path, _) in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("--"), "{}", path.display());
    }
}
