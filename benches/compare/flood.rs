//! Owns the flood: 50 MB of coloured text through a visible terminal, until its last line stands on the screen, and what
//! the editor could still do meanwhile.

use std::time::{Duration, Instant};

use rmpv::Value;

use crate::figures::ms;
use crate::noise::Noise;
use crate::pty::Pty;
use crate::report;
use crate::same::{self, End};
use crate::spent;
use crate::stage::{self, SIZE, Whose};
use crate::support::{Editor, Sandbox, Version};
use crate::table::Table;
use crate::text::{FLOOD, LAST, flood};
use crate::tmux::Tmux;
use crate::watch;

/// In each of them everybody has a turn, ours before and after the others, so that noise of minutes hits all alike.
const ROUNDS: usize = 5;

/// What a terminal shows before the flood.
const READY: &str = "ready-for-it";

/// What was measured in all rounds, in the same order: rates in MB/s, and those of the editors.
#[derive(Default)]
pub struct Flood {
    pub raw: Vec<f64>,
    pub tmux: Vec<f64>,
    pub native: Side,
    /// Two runs in each round.
    pub ours: Side,
    /// How much of the cores others used in each round, in percent.
    pub noise: Vec<f64>,
}

/// One of the two kinds of terminal in an editor.
#[derive(Default)]
pub struct Side {
    pub rates: Vec<f64>,
    /// Of the event loop, in milliseconds, of all runs: until the last line, and until the buffer held all.
    pub gaps: Vec<f64>,
    pub gaps_settled: Vec<f64>,
    /// Neovim's time on a core, in milliseconds: until the last line, and until the buffer held all.
    pub cpu: Vec<f64>,
    pub cpu_settled: Vec<f64>,
    /// How long after the last line the buffer held all, in milliseconds.
    pub settled: Vec<f64>,
    /// Each run's buffer.
    pub ends: Vec<End>,
    /// How the last run's buffer looks.
    pub places: Vec<Vec<String>>,
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
        for number in 0..ROUNDS {
            round(version, &line, number + 1 == ROUNDS, &mut flood);
        }
        report::add(version, &flood, table);
    }
}

fn round(version: Version, line: &str, last: bool, flood: &mut Flood) {
    let noise = Noise::now();
    in_editor(version, Whose::Native, line, None, last, &mut flood.native);
    let wanted = flood.native.ends.last();
    in_editor(version, Whose::Ours, line, wanted, false, &mut flood.ours);
    flood.raw.push(rate(raw(line)));
    flood.tmux.extend(tmux(line).map(rate));
    in_editor(version, Whose::Ours, line, wanted, last, &mut flood.ours);
    flood.noise.push(noise.end().percent());
}

fn rate(time: Duration) -> f64 {
    FLOOD as f64 / 1e6 / time.as_secs_f64()
}

fn raw(line: &str) -> Duration {
    let sandbox = Sandbox::new();
    let mut pty = Pty::start(&sandbox, SIZE, &["sh", "-c", line]);
    pty.drain_until(READY);
    pty.time("\r", LAST)
}

fn tmux(line: &str) -> Option<Duration> {
    let sandbox = Sandbox::new();
    let tmux = Tmux::find(&sandbox)?;
    let mut pty = tmux.attach(line);
    pty.drain_until(READY);
    Some(pty.time("\r", LAST))
}

/// `wanted` is how the buffer is to end, where that is known; `look` is whether to see how it looks.
fn in_editor(
    version: Version,
    whose: Whose,
    line: &str,
    wanted: Option<&End>,
    look: bool,
    side: &mut Side,
) {
    let sandbox = Sandbox::new();
    let editor = stage::editor(version, &sandbox, whose);
    stage::open(&editor, whose, line);
    stage::wait_ready(&editor, READY);
    same::prepare(&editor);
    watch::start(&editor);
    let before = spent::of(editor.pid());
    side.rates.push(rate(show(&editor)));
    side.cpu.push(ms((spent::of(editor.pid()) - &before).cpu));
    side.gaps.extend(watch::take(&editor));
    let arrived = match wanted {
        Some(wanted) => same::arrive(&editor, wanted),
        None => same::fill(&editor),
    };
    side.cpu_settled.push(ms((spent::of(editor.pid()) - &before).cpu));
    side.gaps_settled.extend(watch::take(&editor));
    let is_same = wanted.is_none_or(|wanted| same::settle(&editor, wanted));
    side.settled.push(arrived.filter(|_| is_same).unwrap_or(f64::INFINITY));
    side.ends.push(same::end(&editor));
    if look {
        side.places = same::places(&editor);
    }
}

/// From the key to the last line on the screen.
fn show(editor: &Editor) -> Duration {
    let start = Instant::now();
    editor.rpc().notify("nvim_input", vec![Value::from("<CR>")]);
    editor.wait_text(LAST);
    start.elapsed()
}
