//! What the system says of a process: whose it is, and when it started, by which it is told from a later one of the same number.

/// A line of `/proc/PID/stat`, as far as anybody wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// False where it has ended and only waits to be reaped.
    pub lives: bool,
    /// The process that it comes from.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// The session that it belongs to.
    pub session: u32,
    /// When it started, in the system's own unit.
    pub start: u64,
}

impl Stat {
    /// What is said of the process with that number; None where there is none, or no such file on this system.
    pub fn of(pid: u32) -> Option<Self> {
        Self::read(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn read(line: &str) -> Option<Self> {
        // The program's name stands in brackets and may itself contain blanks and brackets; the state follows.
        let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
        let lives = !matches!(fields.next()?, "Z" | "X");
        let mut number = || fields.next()?.parse().ok();
        let (parent, group, session) = (number()?, number()?, number()?);
        // 15 fields stand between.
        Some(Self { lives, parent, group, session, start: fields.nth(15)?.parse().ok()? })
    }
}

/// When a process started, in the system's own unit; 0 where the system does not tell.
pub fn start_of(pid: u32) -> u64 {
    Stat::of(pid).map_or(0, |stat| stat.start)
}

/// Whether the process that has this number since `start` is there still.
pub fn runs(pid: u32, start: u64) -> bool {
    start != 0 && start_of(pid) == start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_whose_name_holds_brackets_and_blanks_is_still_read_right() {
        let line = "41 (a) S (b)) S 40 39 38 0 -1 1 2 3 4 5 6 7 8 9 20 0 1 0 777 0";
        let stat = Stat { lives: true, parent: 40, group: 39, session: 38, start: 777 };
        assert_eq!(Stat::read(line), Some(stat.clone()));
        let ended = Stat { lives: false, ..stat };
        assert_eq!(Stat::read(&line.replace("S 40", "Z 40")), Some(ended));
        assert_eq!(Stat::read("nonsense"), None);
        assert_eq!(Stat::read("41 (cut) S 40 39"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_told_from_another_that_has_had_its_number() {
        let own = std::process::id();
        let start = start_of(own);
        assert!(runs(own, start));
        assert!(!runs(own, start + 1));
        assert!(!runs(u32::MAX, 0), "where nothing is told, nobody runs");
    }
}
