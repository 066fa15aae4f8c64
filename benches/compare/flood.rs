//! Owns the flood: 50 MB of coloured text through a visible terminal, until its last line stands on the screen, and what
//! the editor could still do meanwhile.

use std::time::{Duration, Instant};

use rmpv::Value;

use crate::noise::Noise;
use crate::pty::Pty;
use crate::report;
use crate::same;
use crate::spent;
use crate::stage::{self, SIZE, Whose};
use crate::support::{Editor, Sandbox, Version};
use crate::table::Table;
use crate::text::{FLOOD, LAST, flood};
use crate::tmux::Tmux;
use crate::watch;

const ROUNDS: usize = 3;

/// What a terminal shows before the flood.
const READY: &str = "ready-for-it";

/// What was measured in all rounds, in the same order: rates in MB/s, and those of the editors.
#[derive(Default)]
pub struct Flood {
    pub raw: Vec<f64>,
    pub tmux: Vec<f64>,
    pub native: Side,
    pub ours: Side,
}

/// One of the two kinds of terminal in an editor.
#[derive(Default)]
pub struct Side {
    pub rates: Vec<f64>,
    /// Of the event loop, in milliseconds, of all rounds.
    pub gaps: Vec<f64>,
    /// Neovim's time on a core, in milliseconds: until the last line, and until the buffer held all.
    pub cpu: Vec<f64>,
    pub cpu_settled: Vec<f64>,
    /// How long after the last line the buffer held all, in milliseconds.
    pub settled: Vec<f64>,
    /// The last round's buffer.
    pub lines: Vec<String>,
}

pub fn measure(table: &mut Table) {
    let sandbox = Sandbox::new();
    let file = flood(&sandbox, FLOOD);
    // The reader's key starts it, so that the start of a program is not measured. What was typed is not shown.
    let line =
        format!("stty -echo; printf 'ready-%s' for-it; read _; cat {}; exec cat", file.display());
    for version in Version::ALL {
        if version.path().is_none() {
            table.skip(&format!("flood in Neovim {version}"), "it is not here");
            continue;
        }
        let mut flood = Flood::default();
        for _ in 0..ROUNDS {
            round(version, &line, &mut flood);
        }
        report::add(version, &flood, table);
    }
}

fn round(version: Version, line: &str, flood: &mut Flood) {
    flood.raw.push(rate(raw(line)));
    in_editor(version, Whose::Native, line, &mut flood.native);
    flood.tmux.extend(tmux(line).map(rate));
    in_editor(version, Whose::Ours, line, &mut flood.ours);
}

fn rate(time: Duration) -> f64 {
    FLOOD as f64 / 1e6 / time.as_secs_f64()
}

fn raw(line: &str) -> Duration {
    let sandbox = Sandbox::new();
    let mut pty = Pty::start(&sandbox, SIZE, &["sh", "-c", line]);
    pty.drain_until(READY);
    Noise::listen();
    pty.time("\r", LAST)
}

fn tmux(line: &str) -> Option<Duration> {
    let sandbox = Sandbox::new();
    let tmux = Tmux::find(&sandbox)?;
    let mut pty = tmux.attach(line);
    pty.drain_until(READY);
    Noise::listen();
    Some(pty.time("\r", LAST))
}

fn in_editor(version: Version, whose: Whose, line: &str, side: &mut Side) {
    let sandbox = Sandbox::new();
    let editor = stage::editor(version, &sandbox, whose);
    stage::open(&editor, whose, line);
    stage::wait_ready(&editor, READY);
    Noise::listen();
    watch::start(&editor);
    let before = spent::of(editor.pid());
    side.rates.push(rate(show(&editor)));
    let shown = Instant::now();
    side.cpu.push(crate::figures::ms((spent::of(editor.pid()) - before).cpu));
    side.gaps.extend(watch::end(&editor));
    let settled = same::settle(&editor);
    side.settled.push(if settled { crate::figures::ms(shown.elapsed()) } else { f64::INFINITY });
    side.cpu_settled.push(crate::figures::ms((spent::of(editor.pid()) - before).cpu));
    side.lines = same::lines(&editor);
}

/// From the key to the last line on the screen.
fn show(editor: &Editor) -> Duration {
    let start = Instant::now();
    editor.rpc().notify("nvim_input", vec![Value::from("<CR>")]);
    editor.wait_text(LAST);
    start.elapsed()
}
