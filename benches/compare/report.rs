//! Owns the lines of the table that come of a flood.

use crate::figures::{median, percentile};
use crate::flood::{Flood, Side};
use crate::same::{self, LINES, PLACES};
use crate::support::Version;
use crate::table::{Bar, Beside, Figure, Table};

pub fn add(version: Version, flood: &Flood, table: &mut Table) {
    rates(version, flood, table);
    editors(version, flood, table);
    text(version, flood, table);
    looks(version, flood, table);
    let noise: Vec<String> = flood.noise.iter().map(|noise| format!("{noise:.0}")).collect();
    table.remark(format!("others used {} % of the cores in the rounds", noise.join(", ")));
    for (whose, theirs) in [("its own", &flood.native.rates), ("PTY only read", &flood.raw)] {
        let ratios = ratios(&flood.ours.rates, theirs);
        let ratios: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        table.remark(format!("in the same rounds, rate of ours / {whose}: {}", ratios.join(", ")));
    }
}

/// The median, over rounds, of ours by theirs: what hits a whole round is in both.
fn ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(&ratios(ours, theirs))
}

fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    let both = ours.chunks(ours.len() / theirs.len()).zip(theirs);
    both.map(|(ours, theirs)| ours.iter().sum::<f64>() / ours.len() as f64 / theirs).collect()
}

fn rates(version: Version, flood: &Flood, table: &mut Table) {
    let rate = |rates: &[f64]| (!rates.is_empty()).then(|| Figure::of(median(rates), "MB/s"));
    let beside = Beside {
        native: rate(&flood.native.rates),
        tmux: rate(&flood.tmux),
        raw: rate(&flood.raw),
        ours: rate(&flood.ours.rates),
    };
    let what = |whose| format!("50 MB to the screen, Neovim {version}, ours / {whose}");
    let ours = &flood.ours.rates;
    let times = |theirs: &[f64]| Figure::of(ratio(ours, theirs), "×");
    table.compare(what("its own"), beside, times(&flood.native.rates), Bar::AtLeast(6.0));
    let nothing = Beside::default();
    table.compare(what("PTY only read"), nothing, times(&flood.raw), Bar::AtLeast(0.8));
    match flood.tmux.is_empty() {
        true => table.skip("50 MB to the screen, tmux", "it is not here"),
        false => table.compare(what("tmux"), nothing, times(&flood.tmux), Bar::None),
    }
    for (whose, figure) in [
        ("its own", beside.native),
        ("tmux", beside.tmux),
        ("PTY only read", beside.raw),
        ("ours", beside.ours),
    ] {
        if let Some(figure) = figure {
            table.add(format!("50 MB to the screen, Neovim {version}, {whose}"), figure, Bar::None);
        }
    }
}

fn editors(version: Version, flood: &Flood, table: &mut Table) {
    let Flood { native, ours, .. } = flood;
    let beside = |of: &dyn Fn(&Side) -> f64| Beside {
        native: Some(Figure::of(of(native), "ms")),
        ours: Some(Figure::of(of(ours), "ms")),
        ..Beside::default()
    };
    let gap = |gaps: &[f64], percent| percentile(gaps, percent);
    let p999 = |side: &Side| gap(&side.gaps, 99.9);
    let times = Figure::of(p999(ours) / p999(native), "×");
    let what = format!("event-loop gap p99.9 meanwhile, Neovim {version}");
    table.compare(what, beside(&p999), times, Bar::AtMost(1.0));
    let cpu = Figure::of(ratio(&ours.cpu, &native.cpu), "×");
    let what = format!("Neovim's CPU time meanwhile, Neovim {version}");
    table.compare(what, beside(&|side| median(&side.cpu)), cpu, Bar::AtMost(0.1));
    let what = format!("Neovim's CPU time until the buffer holds all, Neovim {version}");
    let cpu = Figure::of(ratio(&ours.cpu_settled, &native.cpu_settled), "×");
    table.compare(what, beside(&|side| median(&side.cpu_settled)), cpu, Bar::None);
    let what = format!("last line → the buffer holds all, Neovim {version}");
    let settled = Figure::of(median(&ours.settled), "ms");
    table.compare(what, beside(&|side| median(&side.settled)), settled, Bar::None);
    for (whose, side) in [("its own", native), ("ours", ours)] {
        let mut told = |what: &str, gaps: &[f64], percent| {
            let what = format!("{what}, Neovim {version}, {whose}");
            table.add(what, Figure::of(gap(gaps, percent), "ms"), Bar::None);
        };
        told("event-loop gap p50", &side.gaps, 50.0);
        told("event-loop gap p99", &side.gaps, 99.0);
        told("event-loop gap p99.9", &side.gaps, 99.9);
        told("event-loop gap, largest", &side.gaps, 100.0);
        told("event-loop gap p99.9 while lines scroll in", &side.gaps_settled, 99.9);
        told("event-loop gap, largest while lines scroll in", &side.gaps_settled, 100.0);
        let samples = format!("event-loop gaps, samples, Neovim {version}, {whose}");
        table.add(samples, Figure::of(side.gaps.len() as f64, ""), Bar::None);
    }
}

/// The run with most differences.
fn text(version: Version, flood: &Flood, table: &mut Table) {
    let native = flood.native.ends.last().map_or(&[][..], |end| &end.lines);
    let runs = flood.ours.ends.iter().map(|end| same::differences(native, &end.lines));
    let (count, first) = runs.max_by_key(|(count, _)| *count).expect("a run");
    let what = format!("of the last {LINES} lines, those that differ, Neovim {version}");
    table.add(what, Figure::of(count as f64, ""), Bar::Never(0.0));
    if let Some(first) = first {
        table.remark(format!("the last that differs in Neovim {version}, {first}"));
    }
}

fn looks(version: Version, flood: &Flood, table: &mut Table) {
    let (native, ours) = (&flood.native.places, &flood.ours.places);
    let rows = native.iter().flatten().zip(ours.iter().flatten());
    let differing: Vec<_> = rows.filter(|(native, ours)| native != ours).collect();
    let what = format!("of {PLACES} windows full, rows that look different, Neovim {version}");
    table.add(what, Figure::of(differing.len() as f64, ""), Bar::Never(0.0));
    if let Some((native, ours)) = differing.first() {
        table.remark(format!("the first that looks different: {native} ≠ {ours}"));
    }
}
