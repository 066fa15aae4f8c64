//! Owns which core runs what, where that decides a figure: a kernel may wake whoever is asked on the core of who asks, or
//! on another, and the one takes three times as long as the other.

use std::process::{Command, Stdio};

/// A core that we may use; both are the same where there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    First,
    Last,
}

/// Whether a process can be kept to a core.
pub const PINNED: bool = cfg!(target_os = "linux");

/// Keeps all threads of a process to this core.
pub fn pin(pid: u32, core: Core) {
    taskset(&["--all-tasks"], core, &pid.to_string());
}

/// Keeps the calling thread, and the threads that it starts, to this core.
pub fn pin_thread(core: Core) {
    let thread = std::fs::read_link("/proc/thread-self").expect("the thread's folder");
    let id = thread.file_name().and_then(|name| name.to_str());
    taskset(&[], core, id.expect("the thread's number"));
}

fn taskset(args: &[&str], core: Core, id: &str) {
    let mut command = Command::new("taskset");
    command.args(args).args(["--pid", "--cpu-list", &number(core), id]).stdout(Stdio::null());
    let status = command.status().expect("taskset, which is in util-linux");
    assert!(status.success(), "{status}");
}

fn number(core: Core) -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("what we may use");
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    // Such as `0-3,8`.
    let mut numbers = list.expect("the cores").trim().split([',', '-']);
    let number = match core {
        Core::First => numbers.next(),
        Core::Last => numbers.next_back(),
    };
    number.expect("a core").to_owned()
}
