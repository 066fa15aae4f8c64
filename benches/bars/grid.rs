//! Owns what a grid of floods costs the editor, beside the same floods unseen and in terminals of its own.

use serde_json::{Value as Json, json};

use crate::board::{LOOK, LOOK_CLOSELY, list, wait};
use crate::figures::percentile;
use crate::scene;
use crate::support::{Daemon, Editor, Sandbox, Version};
use crate::table::{Bar, Figure, Table};

/// Terminals that flood in the grid.
const FLOODS: usize = 12;
const FLOOD: &str = r#"exec awk 'BEGIN { for (i = 1; ; i++) printf "\033[3%dmline %d of a flood\033[0m\n", i % 8, i }'"#;

/// Measures it in one version, for the table of the board.
pub fn measure(version: Version, table: &mut Table) {
    // What of it the programs cause, by using the same processors, what the grid does, and what Neovim's own terminals would.
    let [unseen, shown] = floods_of_ours(version);
    let native = native_floods(version);
    let mut add = |what: String, late, bar| {
        let name = format!("{what}: event-loop gap, p99, Neovim {version}");
        table.add(name, Figure::of(late, "ms"), bar);
    };
    add(format!("{FLOODS} floods that nothing shows"), unseen, Bar::None);
    add(format!("{FLOODS} floods in native terminals"), native, Bar::None);
    add(format!("grid of {FLOODS} floods"), shown, Bar::AtMost(4.0));
}

/// The editor's gaps while terminals of ours flood, first where nothing shows them, then in the grid.
fn floods_of_ours(version: Version) -> [f64; 2] {
    let sandbox = Sandbox::new();
    sandbox.start_daemon();
    let daemon = Daemon::connect(&sandbox);
    for number in 0..FLOODS {
        daemon.open(&format!("flood{number}"), FLOOD);
    }
    let launch = Editor::with(version).size(200, 60).config("motion", json!(false));
    let editor = scene::connected(launch, &sandbox);
    let unseen = gap(&editor);
    editor.command("Orchflow grid");
    editor.wait_text("of a flood");
    [unseen, gap(&editor)]
}

/// The editor's gaps while as many terminals of its own flood in windows of the same size.
fn native_floods(version: Version) -> f64 {
    let sandbox = Sandbox::new();
    let editor = Editor::with(version).size(200, 60).start(&sandbox);
    let open = r"
        for column = 1, 4 do
          if column > 1 then vim.cmd('vertical botright new') end
          for row = 1, 3 do
            if row > 1 then vim.cmd('belowright new') end
            vim.fn.termopen({ 'sh', '-c', ... })
          end
        end";
    editor.lua(open, json!(FLOOD));
    editor.wait_text("of a flood");
    gap(&editor)
}

/// How late the editor's event loop comes, p99 in milliseconds.
fn gap(editor: &Editor) -> f64 {
    editor.lua(LOOK_CLOSELY, Json::Null);
    wait(LOOK);
    percentile(&list(&editor.lua("return _G.bench_seen()", Json::Null), "late"), 99.0)
}
