//! Owns what is made of many samples: the median, a percentile. Pure.

use std::time::Duration;

/// The sample below which half of them lie.
pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 50.0)
}

/// The sample below which so many percent of them lie.
pub fn percentile(samples: &[f64], percent: f64) -> f64 {
    assert!(!samples.is_empty(), "nothing was measured");
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = (sorted.len() - 1) as f64;
    sorted[(last * percent / 100.0).round() as usize]
}

/// A time in milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
