//! Owns the run of families: those whose names are asked for, each in a quiet moment, each line printed once it is known.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::noise::{self, Noise};
use super::table::{self, Table};

/// Families that take minutes are measured only when asked for.
const LONG: &str = "long";

/// Measures one family and adds its lines.
pub type Measure = fn(&mut Table);

/// Measures the families whose name contains one of the arguments, all of them without any. A missed bar is measured in so
/// many attempts where others kept the machine busy meanwhile: their noise is not our figure.
pub fn run(families: &[(&str, Measure)], attempts: usize) -> Table {
    // Cargo says `--bench`; other options are criterion's, to which the same command line goes.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |name: &str| {
        if wanted.is_empty() {
            !name.starts_with(LONG)
        } else {
            wanted.iter().any(|part| name.contains(part.as_str()))
        }
    };
    noise::adopt_orphans();
    table::print_head();
    let mut all = Table::default();
    for (name, measure) in families.iter().filter(|(name, _)| is_wanted(name)) {
        let table = attempt(name, *measure, attempts);
        table.print();
        all.append(table);
    }
    all.print_end();
    all
}

/// Measures a family in a quiet moment, again where noise may have spoiled it.
fn attempt(name: &str, measure: Measure, attempts: usize) -> Table {
    let mut attempt = 1;
    loop {
        let noise = Noise::listen();
        let mut table = Table::default();
        if catch_unwind(AssertUnwindSafe(|| measure(&mut table))).is_err() {
            table.broken(name);
        }
        let heard = noise.end();
        table.heard(name, heard);
        if table.is_whole() || !heard.is_loud() || attempt == attempts {
            return table;
        }
        println!("{name}: a bar was missed in {heard}; measured again");
        attempt += 1;
    }
}
