//! Owns how busy others keep the machine: waits for a quiet moment, and tells how quiet it has stayed.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{WaitOptions, wait};

use crate::support::wait::Watched;

/// Others may use so much of the cores before a figure is doubted.
const LOUD: f64 = 0.08;

/// How long to listen, to know whether it is quiet.
const LISTEN: Duration = Duration::from_millis(300);

/// How long to wait for quiet. Then it is measured all the same, and the noise told.
const PATIENCE: Duration = Duration::from_secs(20);

/// What others used while something was measured, as a share of all cores.
#[derive(Clone, Copy)]
pub struct Heard(f64);

/// Listens while something is measured.
pub struct Noise {
    machine: Ticks,
    ours: Duration,
}

/// The machine's clock ticks: on all cores, and those in which a core was at work.
#[derive(Clone, Copy, Default)]
struct Ticks {
    all: u64,
    busy: u64,
}

/// Makes what we start count as ours also when it detaches from who started it, as the daemon does.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

impl Noise {
    /// Listens from now on, quiet or not.
    pub fn now() -> Self {
        reap();
        Self { machine: Ticks::now(), ours: ours() }
    }

    /// Waits for a quiet moment, and listens from then on.
    pub fn listen() -> Self {
        let start = Instant::now();
        loop {
            let noise = Self::now();
            pass(LISTEN);
            if !noise.heard().is_loud() || start.elapsed() > PATIENCE {
                return noise;
            }
        }
    }

    /// What was heard. All that we have started must have ended.
    pub fn end(self) -> Heard {
        reap();
        self.heard()
    }

    fn heard(&self) -> Heard {
        let now = Ticks::now();
        let all = now.all.saturating_sub(self.machine.all);
        if all == 0 {
            // This kernel does not count.
            return Heard(0.0);
        }
        let hertz = rustix::param::clock_ticks_per_second() as f64;
        let ours = (ours() - self.ours).as_secs_f64() * hertz;
        let busy = now.busy.saturating_sub(self.machine.busy) as f64;
        Heard(((busy - ours) / all as f64).max(0.0))
    }
}

/// Lets time pass: the measurement itself where "nothing happens" is what is measured.
pub fn pass(time: Duration) {
    let never = Watched::new(()).wait(time, |()| None::<()>);
    assert!(never.is_none());
}

/// Only a child that was waited for counts as ours; nobody else waits for the adopted ones.
fn reap() {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}

/// Time on a core of ourselves and of our children that have ended.
fn ours() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    // Own and children's, user and system: fields 14 to 17, where the state after the name is field 3.
    let ticks = after_name.split(' ').skip(11).take(4);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

impl Ticks {
    fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let first = stat.lines().next().unwrap_or_default();
        let fields: Vec<u64> =
            first.split_whitespace().filter_map(|field| field.parse().ok()).take(8).collect();
        let all: u64 = fields.iter().sum();
        // Idle, and waiting for a disk.
        let rest: u64 = fields.iter().skip(3).take(2).sum();
        Self { all, busy: all - rest }
    }
}

impl Heard {
    /// In percent of all cores.
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }

    /// Whether figures are to be doubted.
    pub fn is_loud(self) -> bool {
        self.0 > LOUD
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "noise: others used {:.0} % of the cores meanwhile", self.percent())
    }
}
