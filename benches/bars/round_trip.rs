//! Owns how long an editor waits for an answer of the daemon, beside what it waits for another editor's.

use std::process::{Child, Stdio};

use serde_json::{Value as Json, json};

use crate::cores::{self, Core};
use crate::figures::median;
use crate::support::{DEADLINE, Editor, Rpc, Sandbox, Version, wait_until};
use crate::table::{Bar, Figure, Table};

/// Of each kind in one scene.
const REQUESTS: usize = 2000;

/// Scenes from which the samples come: now and then all answers of one are a fifth slower than those of the next.
const SCENES: usize = 3;

const BAR: Bar = Bar::AtMost(1.3);

/// Requests in a row to the same peer, and how many of each row do not count: what the peer before has left to do for its
/// last answer would be charged to the first of this one.
const ROW: usize = 20;
const UNCOUNTED: usize = 2;

/// Asks both in turns, a row each, and gives how long the answers took, in nanoseconds. Both answer with a small map.
const ASK: &str = r"
local editor, daemon, count, row, uncounted = ...
editor = vim.fn.sockconnect('pipe', editor, { rpc = true })
daemon = vim.fn.sockconnect('pipe', daemon, { rpc = true })
vim.rpcrequest(daemon, 'hello', { client = { name = 'nvim' }, protocol = { major = 1, minor = 0 } })
local function ask(took, ...)
  for turn = 1, row do
    local start = vim.uv.hrtime()
    vim.rpcrequest(...)
    local time = vim.uv.hrtime() - start
    if turn > uncounted then
      table.insert(took, time)
    end
  end
end
local took = { {}, {} }
for _ = 1, count / row do
  ask(took[1], editor, 'nvim_get_mode')
  ask(took[2], daemon, 'terminal.list', {})
end
return took
";

pub fn measure(table: &mut Table) {
    for version in Version::ALL {
        match version.path() {
            None => table.skip(&format!("round trip from Neovim {version}"), "it is not here"),
            Some(_) if cores::PINNED => {
                for core in [Core::First, Core::Last] {
                    measure_on(core, version, table);
                }
            }
            Some(_) => table.skip("round trip", "only Linux keeps a process to one core"),
        }
    }
}

/// With the editor on that core, and both who are asked on the first.
fn measure_on(core: Core, version: Version, table: &mut Table) {
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..SCENES {
        let took = play(core, version);
        theirs.extend(microseconds(&took[0]));
        ours.extend(microseconds(&took[1]));
    }
    let place = match core {
        Core::First => "on one core",
        Core::Last => "across cores",
    };
    for (whom, times) in [("nvim", &theirs), ("daemon", &ours)] {
        let what = format!("round trip nvim {version} → {whom}, {place}");
        table.add(what, Figure::median(times, "µs"), Bar::None);
    }
    let ratio = Figure::of(median(&ours) / median(&theirs), "×");
    let what = format!("round trip nvim {version} → daemon / → nvim, {place}");
    table.add(what, ratio, BAR);
}

/// Asks in new processes, and gives the times of both.
fn play(core: Core, version: Version) -> Json {
    let sandbox = Sandbox::new();
    cores::pin(sandbox.start_daemon(), Core::First);
    let socket = sandbox.path("run/peer.sock");
    let mut peer = start_peer(version, &sandbox);
    wait_until("the other editor to listen", DEADLINE, || Rpc::connect(&socket).ok());
    cores::pin(peer.id(), Core::First);
    let editor = Editor::with(version).bare().start(&sandbox);
    cores::pin(editor.pid(), core);
    let arguments = json!([socket, sandbox.socket(), REQUESTS, ROW, UNCOUNTED]);
    let took = editor.lua(ASK, arguments);
    peer.kill().expect("our child");
    peer.wait().expect("our child");
    took
}

/// Another editor of the same version, with nothing to do but to answer.
fn start_peer(version: Version, sandbox: &Sandbox) -> Child {
    let mut command = sandbox.command(version.path().expect("this Neovim"));
    command.args(["--clean", "-n", "--headless", "--listen"]);
    command.arg(sandbox.path("run/peer.sock"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("Neovim to start")
}

fn microseconds(times: &Json) -> Vec<f64> {
    let times = times.as_array().expect("a list of times");
    let times = times.iter().filter_map(Json::as_f64);
    times.map(|time| time / 1e3).collect()
}
