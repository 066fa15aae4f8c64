//! Owns what a board costs: how soon a change is on the screen while a hundred agents change a hundred times a second, how
//! often it is painted, what it costs the editor, and that nothing is done where nothing moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rmpv::Value;
use serde_json::{Value as Json, json};

use crate::figures::{ms, percentile};
use crate::grid;
use crate::scene;
use crate::shared::spent;
use crate::support::json::to_msgpack;
use crate::support::still::{spawn, start, works};
use crate::support::{Daemon, Editor, Sandbox, Version};
use crate::table::{Bar, Figure, Table};

const AGENTS: usize = 100;

/// Changes of each agent in a second.
const RATE: u32 = 100;

/// How long it is looked at.
pub const LOOK: Duration = Duration::from_secs(5);

/// What comes of showing or hiding a board is over after that.
const SETTLED: Duration = Duration::from_secs(2);

/// Counts paintings.
const WATCH: &str = r"
_G.bench = { paintings = 0 }
require('orchflow.notices').on('board.painted', function()
  _G.bench.paintings = _G.bench.paintings + 1
end)
";

/// How late the event loop comes to a timer that is due every 2 ms, and how old what a row tells is when the row has changed:
/// what was changed names the moment, by the clock that we have too. It costs the editor something, so its CPU is measured without.
/// Where it is given how far events of one agent are apart, those that were never shown, as a newer one was, count as painted with
/// that one (`every`), of rows that can be seen.
pub const LOOK_CLOSELY: &str = r"
local apart = ...
local seen = { late = {}, ages = {}, every = {} }
local painted = {}
local timer, last = vim.uv.new_timer(), vim.uv.hrtime()
timer:start(2, 2, function()
  local now = vim.uv.hrtime()
  table.insert(seen.late, (now - last) / 1e6 - 2)
  last = now
end)
local board = require('orchflow.board').get()
if board then
  vim.api.nvim_buf_attach(board.rows.buf, false, {
    on_lines = function(_, buf, _, first, _, past)
      if not timer then return true end
      local now = vim.uv.hrtime() / 1e6
      local top, bottom = vim.fn.line('w0', board.win), vim.fn.line('w$', board.win)
      for i, text in ipairs(vim.api.nvim_buf_get_lines(buf, first, past, false)) do
        local name, at = text:match('(n%d+) .*at (%d+%.%d+)')
        at = tonumber(at)
        if at then
          table.insert(seen.ages, now - at)
          local before, can_be_seen = painted[name], first + i >= top and first + i <= bottom
          while apart and before and can_be_seen and before < at - apart / 2 do
            before = before + apart
            table.insert(seen.every, now - math.min(before, at))
          end
          painted[name] = can_be_seen and at or nil
        end
      end
    end,
  })
end
_G.bench_seen = function()
  timer:stop()
  timer:close()
  timer = nil
  return seen
end
";

pub fn measure(table: &mut Table) {
    for version in Version::ALL {
        if version.path().is_none() {
            table.skip(&format!("the board in Neovim {version}"), "it is not here");
            continue;
        }
        let scene = Scene::new(version);
        scene.opening(table);
        scene.statusline(table);
        scene.idle(table);
        scene.changes(table);
        grid::measure(version, table);
    }
}

struct Scene {
    editor: Editor,
    daemon: Daemon,
    sandbox: Sandbox,
    version: Version,
}

impl Scene {
    fn new(version: Version) -> Self {
        let (sandbox, daemon) = start();
        for number in 0..AGENTS {
            let name = format!("n{number}");
            spawn(&sandbox, &daemon, &name, "web");
            works(&daemon, &name, "Bash: make");
        }
        let launch = Editor::with(version)
            .size(120, 40)
            .config("motion", json!(false))
            .config("notify", json!(false));
        let editor = scene::connected(launch, &sandbox);
        editor.lua(WATCH, Json::Null);
        Self { editor, daemon, sandbox, version }
    }

    fn name(&self, what: &str) -> String {
        format!("{what}, {AGENTS} agents, Neovim {}", self.version)
    }

    /// From the command to the first rows on the screen.
    fn opening(&self, table: &mut Table) {
        let open = |_| {
            let begun = Instant::now();
            self.editor.rpc().notify("nvim_command", vec![Value::from("Orchflow")]);
            self.editor.wait_text("~/web");
            let took = ms(begun.elapsed());
            self.editor.command("lua local b = require('orchflow.board').get() b:hide() b.painting:close() vim.api.nvim_buf_delete(b.rows.buf, { force = true })");
            self.editor.wait_screen("it to go", |grid| !grid.contains("~/web"));
            took
        };
        // The first loads its code.
        let times: Vec<f64> = (0..21).map(open).skip(1).collect();
        let figure = Figure::of(percentile(&times, 95.0), "ms");
        table.add(self.name("board opened → on the screen, p95"), figure, Bar::AtMost(20.0));
    }

    fn statusline(&self, table: &mut Table) {
        self.editor.wait_lua(
            "a statusline",
            "return require('orchflow').statusline() ~= ''",
            Json::Null,
        );
        let code = "local line, begun = require('orchflow').statusline, vim.uv.hrtime()
            for _ = 1, 100000 do line() end return (vim.uv.hrtime() - begun) / 1e8";
        let took = self.editor.lua(code, Json::Null).as_f64().expect("a time");
        table.add(self.name("statusline(), a call"), Figure::of(took, "µs"), Bar::AtMost(5.0));
    }

    /// Wake-ups of an idle swarm: with the board open, whose clocks count minutes or seconds, and hidden.
    fn idle(&self, table: &mut Table) {
        if !spent::COUNTED {
            return;
        }
        let pids = [self.editor.pid(), self.sandbox.daemon_pid().expect("a daemon")];
        let wakes = || {
            self.editor.lua("_G.bench.paintings = 0", Json::Null);
            wait(SETTLED);
            let before = spent::of_all(&pids);
            wait(LOOK);
            (spent::of_all(&pids) - &before).switches as f64 / LOOK.as_secs_f64()
        };
        self.editor.command("Orchflow");
        self.editor.wait_text("~/web");
        let open = wakes();
        let count = self.editor.lua("return _G.bench.paintings", Json::Null).as_f64();
        let count = count.expect("a count");
        let rate = count / (SETTLED + LOOK).as_secs_f64();
        // Clocks go once a second; the look may begin and end with one, and the board was just opened.
        let ticks = Bar::AtMost(1.0 + 2.0 / (SETTLED + LOOK).as_secs_f64());
        table.add(self.name("idle, board open: paintings a second"), Figure::of(rate, ""), ticks);
        let what = self.name("idle, board open: wake-ups of both a second");
        table.add(what, Figure::of(open, ""), Bar::None);
        self.editor.command("Orchflow");
        self.editor.wait_screen("it to go", |grid| !grid.contains("~/web"));
        let what = self.name("idle, board hidden: wake-ups of both in all");
        let hidden = wakes() * LOOK.as_secs_f64();
        table.add(what, Figure::of(hidden, ""), Bar::Never(0.0));
    }

    /// How soon changes are on the screen, and how long the editor lets others wait.
    fn closely(&self, state: &str, bars: bool, table: &mut Table) {
        self.editor.lua(LOOK_CLOSELY, json!(1000 / RATE));
        wait(LOOK);
        let seen = self.editor.lua("return _G.bench_seen()", Json::Null);
        let mut add = |what: &str, values: Vec<f64>, at: f64, limit: f64| {
            let bar = if bars { Bar::AtMost(limit) } else { Bar::None };
            table.add(self.busy(state, what), Figure::of(percentile(&values, at), "ms"), bar);
        };
        if bars {
            add("age of what is shown, p95", list(&seen, "ages"), 95.0, 16.0);
            add("every event → painted, p95", list(&seen, "every"), 95.0, 16.0);
        }
        add("event-loop gap, p99", list(&seen, "late"), 99.0, 4.0);
    }

    /// How often it is painted, and what that costs.
    fn cost(&self, state: &str, bars: bool, table: &mut Table) {
        self.editor.lua("_G.bench.paintings = 0", Json::Null);
        let before = spent::of(self.editor.pid());
        wait(LOOK);
        let used = spent::of(self.editor.pid()) - &before;
        let paintings = self.editor.lua("return _G.bench.paintings", Json::Null);
        let rate = paintings.as_f64().expect("a count") / LOOK.as_secs_f64();
        let cpu = 100.0 * used.cpu.as_secs_f64() / LOOK.as_secs_f64();
        let bar = |open: Bar, hidden| if bars { open } else { hidden };
        let most = bar(Bar::AtMost(60.0), Bar::Never(0.0));
        table.add(self.busy(state, "paintings a second"), Figure::of(rate, ""), most);
        let most = bar(Bar::AtMost(5.0), Bar::None);
        table.add(self.busy(state, "the editor's CPU"), Figure::of(cpu, "%"), most);
    }

    fn busy(&self, state: &str, what: &str) -> String {
        self.name(&format!("{state}, {RATE} changes a second each: {what}"))
    }

    fn changes(&self, table: &mut Table) {
        let clock =
            || self.editor.lua("return vim.uv.hrtime()", Json::Null).as_u64().expect("a time");
        let (zero, at_zero) = (Instant::now(), clock());
        let stop = Arc::new(AtomicBool::new(false));
        let change = {
            let (stop, socket) = (stop.clone(), self.sandbox.socket());
            std::thread::spawn(move || change(&socket, &stop, zero, at_zero))
        };
        for (state, bars) in [("board open", true), ("board hidden", false)] {
            self.editor.command("Orchflow");
            self.editor.wait_screen(state, |grid| grid.contains("~/web") == bars);
            self.closely(state, bars, table);
            self.cost(state, bars, table);
        }
        stop.store(true, Ordering::Relaxed);
        let done = change.join().expect("the changes");
        table.add(self.name("changes that were made a second"), Figure::of(done, ""), Bar::None);
        assert!(self.daemon.call("agent.list", json!({})).is_ok());
    }
}

/// What was seen of one kind.
pub fn list(seen: &Json, key: &str) -> Vec<f64> {
    seen[key].as_array().into_iter().flatten().filter_map(Json::as_f64).collect()
}

/// Changes every agent so often, as fast as the daemon takes it, and gives how many changes a second that were.
fn change(socket: &std::path::Path, stop: &AtomicBool, zero: Instant, at_zero: u64) -> f64 {
    let daemon = Daemon::try_connect(socket).expect("a connection");
    let begun = Instant::now();
    let mut made = 0u32;
    while !stop.load(Ordering::Relaxed) {
        let due = begun.elapsed().as_secs_f64() * f64::from(RATE);
        if f64::from(made) >= due {
            wait(Duration::from_millis(1));
            continue;
        }
        for number in 0..AGENTS {
            let now = (zero.elapsed().as_nanos() as u64 + at_zero) as f64 / 1e6;
            let payload = json!({"detail": format!("at {now:.3}")}).to_string();
            let params = json!({"id": format!("n{number}"), "profile": "still", "event": "Begin", "payload": payload});
            daemon.rpc().notify("agent.report", vec![to_msgpack(&params)]);
        }
        // An answer says that all before it were taken.
        let _ = daemon.call("agent.get", json!({"id": "n0"}));
        made += 1;
    }
    f64::from(made) * AGENTS as f64 / begun.elapsed().as_secs_f64()
}

#[allow(clippy::disallowed_methods, reason = "a measurement takes its time")]
pub fn wait(time: Duration) {
    std::thread::sleep(time);
}
