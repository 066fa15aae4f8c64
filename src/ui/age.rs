//! How long something lasts, in at most four cells, and when that reads differently. Pure.

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The unit that a time is told in.
fn unit(ms: u64) -> (u64, char) {
    match ms {
        _ if ms < MINUTE => (SECOND, 's'),
        _ if ms < HOUR => (MINUTE, 'm'),
        _ if ms < 2 * DAY => (HOUR, 'h'),
        _ => (DAY, 'd'),
    }
}

/// Such as `7s`, `59m`, `47h`, `999d`.
pub fn label(ms: u64) -> String {
    let (unit, name) = unit(ms);
    format!("{}{name}", (ms / unit).min(999))
}

/// In how many milliseconds it reads differently.
pub fn next(ms: u64) -> u64 {
    let (unit, _) = unit(ms);
    unit - ms % unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_four_cells_at_most_and_reads_the_same_until_it_says() {
        for (ms, text) in [
            (0, "0s"),
            (59_999, "59s"),
            (60_000, "1m"),
            (HOUR - 1, "59m"),
            (HOUR, "1h"),
            (2 * DAY - 1, "47h"),
            (2 * DAY, "2d"),
            (u64::MAX / 2, "999d"),
        ] {
            assert_eq!(label(ms), text);
            let later = next(ms);
            assert_eq!(label(ms + later - 1), text);
            assert!(ms > DAY * 1000 || label(ms + later) != text, "{ms}");
        }
    }
}
