//! Owns how much memory a daemon takes that holds nothing.

use serde_json::json;

use crate::spent;
use crate::support::{Daemon, Sandbox};
use crate::table::{Bar, Figure, Table};

/// Memory does not depend on who else is at work.
const BAR: Bar = Bar::Never(10.0);

pub fn measure(table: &mut Table) {
    let sandbox = Sandbox::new();
    let pid = sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    let info = daemon.expect("daemon.info", json!({}));
    assert_eq!(info["counts"]["terminals"], 0);
    let told = info["rss"].as_u64().expect("a size") as f64 / 1e6;
    let what = "resident memory with no terminal";
    table.add(format!("{what}, by daemon.info"), Figure::of(told, "MB"), BAR);
    if !spent::COUNTED {
        return table.skip(what, "only Linux tells it of another process");
    }
    let (all, own) = spent::resident(pid);
    table.add(format!("{what}, by the kernel"), Figure::of(all, "MB"), BAR);
    let part = "the part of it that is no file's";
    table.add(part, Figure::of(own, "MB"), Bar::None);
}
