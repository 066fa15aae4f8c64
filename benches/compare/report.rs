//! Owns the lines of the table that come of a flood.

use crate::figures::{median, percentile};
use crate::flood::{Flood, Side};
use crate::same::{self, LINES};
use crate::support::Version;
use crate::table::{Bar, Figure, Table};

pub fn add(version: Version, flood: &Flood, table: &mut Table) {
    rates(version, flood, table);
    editors(version, flood, table);
    text(version, flood, table);
}

fn rates(version: Version, flood: &Flood, table: &mut Table) {
    let what = "50 MB to the screen";
    let sides = [
        ("a PTY only read", &flood.raw),
        ("its own", &flood.native.rates),
        ("tmux", &flood.tmux),
        ("ours", &flood.ours.rates),
    ];
    for (whose, rates) in sides {
        if rates.is_empty() {
            table.skip(&format!("{what}, {whose}"), "it is not here");
            continue;
        }
        let what = format!("{what}, Neovim {version}, {whose}");
        table.add(what, Figure::of(median(rates), "MB/s"), Bar::None);
    }
    let ours = median(&flood.ours.rates);
    for (whose, rates, bar) in [
        ("its own", &flood.native.rates, Bar::AtLeast(6.0)),
        ("a PTY only read", &flood.raw, Bar::AtLeast(0.8)),
    ] {
        let what = format!("{what}, Neovim {version}, ours / {whose}");
        table.add(what, Figure::of(ours / median(rates), "×"), bar);
    }
}

fn editors(version: Version, flood: &Flood, table: &mut Table) {
    let gap = |side: &Side| percentile(&side.gaps, 99.9);
    for (whose, side) in [("its own", &flood.native), ("ours", &flood.ours)] {
        let of = |what: &str| format!("{what}, Neovim {version}, {whose}");
        let largest = percentile(&side.gaps, 100.0);
        table.add(of("event-loop gap p99.9"), Figure::of(gap(side), "ms"), Bar::None);
        table.add(of("event-loop gap, largest"), Figure::of(largest, "ms"), Bar::None);
        table.add(of("Neovim's CPU time"), Figure::of(median(&side.cpu), "ms"), Bar::None);
        let settled = Figure::of(median(&side.cpu_settled), "ms");
        table.add(of("the same until the buffer holds all"), settled, Bar::None);
        let settled = Figure::of(median(&side.settled), "ms");
        table.add(of("last line → the buffer holds all"), settled, Bar::None);
    }
    let of = |what: &str| format!("{what}, Neovim {version}, ours / its own");
    let gaps = Figure::of(gap(&flood.ours) / gap(&flood.native), "×");
    table.add(of("event-loop gap p99.9"), gaps, Bar::AtMost(1.0));
    let cpu = Figure::of(median(&flood.ours.cpu) / median(&flood.native.cpu), "×");
    table.add(of("Neovim's CPU time"), cpu, Bar::AtMost(0.1));
}

fn text(version: Version, flood: &Flood, table: &mut Table) {
    let (count, first) = same::differences(&flood.native.lines, &flood.ours.lines);
    let what = format!("of the last {LINES} lines, those that differ, Neovim {version}");
    table.add(what, Figure::of(count as f64, ""), Bar::Never(0.0));
    if let Some(first) = first {
        table.remark(format!("the last that differs in Neovim {version}, {first}"));
    }
}
