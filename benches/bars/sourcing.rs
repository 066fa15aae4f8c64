//! Owns what the plugin costs an editor that does not use it: sourcing its file, and nothing loaded by that.

use serde_json::Value as Json;

use crate::figures::median;
use crate::support::{Sandbox, Version, repository};
use crate::table::{Bar, Figure, Table};

/// Each in a Neovim of its own: only the first sourcing of a file does its work.
const STARTS: usize = 40;

const BAR: Bar = Bar::AtMost(0.3);

/// Sources an empty file and the plugin, the one first or the other, and writes how long each took, in nanoseconds, and
/// which of its modules are loaded.
const SOURCE: &str = r"
local empty, plugin, flip = unpack(vim.g.bench)
vim.cmd.source(empty)
local took = {}
for _, file in ipairs(flip and { plugin, empty } or { empty, plugin }) do
  local start = vim.uv.hrtime()
  vim.cmd.source(file)
  took[file] = vim.uv.hrtime() - start
end
local loaded = vim.tbl_filter(function(name) return vim.startswith(name, 'orchflow') end, vim.tbl_keys(package.loaded))
local there = vim.fn.exists(':Orchflow') == 2
io.stdout:write(vim.json.encode({ took[empty], took[plugin], there, table.concat(loaded, ' ') }))
";

pub fn measure(table: &mut Table) {
    for version in Version::ALL {
        match version.path() {
            Some(_) => measure_with(version, table),
            None => table.skip(&format!("sourcing in Neovim {version}"), "it is not here"),
        }
    }
}

fn measure_with(version: Version, table: &mut Table) {
    let sandbox = Sandbox::new();
    let (mut empty, mut plugin) = (Vec::new(), Vec::new());
    for start in 0..STARTS {
        let took = source(version, &sandbox, start % 2 == 0);
        let ms = |index: usize| took[index].as_f64().expect("a time") / 1e6;
        empty.push(ms(0));
        plugin.push(ms(1));
        assert_eq!(took[2], true, "the plugin was not sourced");
        assert_eq!(took[3], "", "modules that sourcing has loaded");
    }
    let (empty, plugin) = (median(&empty), median(&plugin));
    let what = format!("sourcing the plugin in Neovim {version}, beyond an empty file");
    table.add(what, Figure::of(plugin - empty, "ms"), BAR);
    let what = format!("sourcing an empty file in Neovim {version}");
    table.add(what, Figure::of(empty, "ms"), Bar::None);
}

fn source(version: Version, sandbox: &Sandbox, flip: bool) -> Json {
    let empty = sandbox.write("work/empty.lua", "");
    let plugin = repository().join("plugin/orchflow.lua");
    let script = sandbox.write("work/source.lua", SOURCE);
    let mut command = sandbox.command(version.path().expect("this Neovim"));
    let files = format!("let g:bench = ['{}', '{}', v:{flip}]", empty.display(), plugin.display());
    command.args(["--clean", "-n", "--headless", "--cmd", &files, "-c"]);
    command.arg(format!("luafile {}", script.display()));
    command.args(["-c", "qa!"]);
    let said = sandbox.run(&mut command).expect_success();
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"))
}
