//! What time it is for a person: counted from 1970, and 0 where a clock says that it is earlier.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Since 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Since 1970, in seconds.
pub fn seconds() -> u64 {
    now().as_secs()
}

/// Since 1970, in milliseconds.
pub fn milliseconds() -> u64 {
    u64::try_from(now().as_millis()).unwrap_or(u64::MAX)
}
