//! Owns which seeds a test with random cases goes through.

use std::ops::Range;

/// As many as the test takes by itself, or those of `ORCHFLOW_SEEDS`, such as `100..200`.
pub fn seeds(own: u64) -> Range<u64> {
    let Ok(wanted) = std::env::var("ORCHFLOW_SEEDS") else {
        return 0..own;
    };
    let ends = wanted.split_once("..").map(|(from, to)| (from.parse(), to.parse()));
    match ends {
        Some((Ok(from), Ok(to))) => from..to,
        _ => panic!("ORCHFLOW_SEEDS is {wanted}; two numbers are wanted, such as 100..200"),
    }
}
