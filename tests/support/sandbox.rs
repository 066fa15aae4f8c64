//! Owns a throw-away home: its folders, the environment of every program started in it, its daemon, and that nothing
//! of it is left running.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::environment::orchflow_binary;
use super::process;
use super::wait::{DEADLINE, is_within, wait_until};

/// Unix socket paths end at 104 bytes (macOS) or 108 (Linux).
const LONGEST_SOCKET_PATH: usize = 100;

/// How long what was told to stop may take before it counts as an orphan.
const PATIENCE: Duration = Duration::from_secs(10);

/// A home of its own, removed at the end. Make it before the editors of a test, so that it is dropped after them.
pub struct Sandbox {
    root: TempDir,
    patience: Duration,
    orphans_allowed: bool,
}

impl Sandbox {
    /// Makes the folders.
    #[must_use]
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("of-").tempdir().expect("a folder");
        let sandbox = Self { root, patience: PATIENCE, orphans_allowed: false };
        for folder in ["home", "config", "data", "state", "cache", "run", "tmp", "work"] {
            fs::create_dir(sandbox.path(folder)).expect("a folder");
        }
        fs::set_permissions(sandbox.path("run"), fs::Permissions::from_mode(0o700))
            .expect("a private folder");
        let socket = sandbox.socket();
        assert!(
            socket.as_os_str().len() < LONGEST_SOCKET_PATH,
            "the temp dir is too deep: {}",
            socket.display()
        );
        sandbox
    }

    /// A path in it. Existing folders: `home`, `config`, `data`, `state`, `cache`, `run`, `tmp`, `work`.
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(below)
    }

    /// Writes a file in it, with its folders.
    pub fn write(&self, below: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Where the daemon listens by the XDG rule.
    pub fn socket(&self) -> PathBuf {
        self.path("run/orchflow/daemon.sock")
    }

    /// Where the keeper of that daemon listens.
    pub fn keeper_socket(&self) -> PathBuf {
        self.path("run/orchflow/daemon.sock.keeper")
    }

    /// A program with the sandbox's environment only (see `environment.rs`), in the folder `work`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env()).current_dir(self.path("work"));
        command
    }

    /// The built `orchflow`.
    pub fn orchflow(&self) -> Command {
        self.command(orchflow_binary())
    }

    /// Starts the daemon as a person would, and gives its process.
    #[track_caller]
    pub fn start_daemon(&self) -> u32 {
        let mut command = self.orchflow();
        command.arg("daemon");
        self.run(&mut command).expect_success();
        self.daemon_pid().expect("a daemon that listens once its starter has ended")
    }

    /// The process that listens on the socket; `None` when nobody does.
    #[cfg(target_os = "linux")]
    pub fn daemon_pid(&self) -> Option<u32> {
        process::listening(&self.socket())
    }

    /// The process that listens on the socket, by its own word; `None` when nobody does.
    #[cfg(not(target_os = "linux"))]
    pub fn daemon_pid(&self) -> Option<u32> {
        let hello = super::daemon::Daemon::try_connect(&self.socket()).ok()?;
        hello.greeting().get("pid")?.as_u64()?.try_into().ok()
    }

    /// The process that holds the programs; `None` when there is none.
    #[cfg(target_os = "linux")]
    pub fn keeper_pid(&self) -> Option<u32> {
        process::listening(&self.keeper_socket())
    }

    /// The process that holds the programs, by the daemon's word; `None` when there is none, or no daemon.
    #[cfg(not(target_os = "linux"))]
    pub fn keeper_pid(&self) -> Option<u32> {
        let daemon = super::daemon::Daemon::try_connect(&self.socket()).ok()?;
        let info = daemon.call("daemon.info", serde_json::json!({})).ok()?;
        info["keeper"]["pid"].as_u64()?.try_into().ok()
    }

    /// SIGKILL to the keeper, as a crash; gives which process it was.
    #[track_caller]
    pub fn kill_keeper(&self) -> u32 {
        let pid = self.keeper_pid().expect("a keeper to kill");
        process::kill(pid);
        process::wait_gone("the keeper", pid, DEADLINE);
        pid
    }

    /// Waits until a daemon listens, whoever started it.
    #[track_caller]
    pub fn wait_daemon(&self) -> u32 {
        wait_until("a daemon to listen", DEADLINE, || self.daemon_pid())
    }

    /// SIGKILL to the daemon, as a crash; gives which process it was.
    #[track_caller]
    pub fn kill_daemon(&self) -> u32 {
        let pid = self.daemon_pid().expect("a daemon to kill");
        process::kill(pid);
        process::wait_gone("the daemon", pid, DEADLINE);
        pid
    }

    /// Stops the daemon, its keeper and everything they hold: kindly first, by force in the end.
    pub fn stop_daemon(&self) {
        let (daemon, keeper) = (self.daemon_pid(), self.keeper_pid());
        if daemon.is_none() && keeper.is_none() {
            return;
        }
        // The keeper first, or it would start the daemon again.
        let all = || keeper.into_iter().chain(daemon);
        let gone = || !all().any(process::alive);
        let mut stop = self.orchflow();
        stop.args(["stop", "--force"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // It may hang, which is for a test about `stop` to complain of: it is waited for elsewhere.
        let asked = stop.spawn().map(|mut child| std::thread::spawn(move || child.wait()));
        if asked.is_err() || !is_within(self.patience, gone) {
            all().for_each(process::kill);
            is_within(self.patience, gone);
        }
    }

    /// The processes that were started in it, directly or not, and still live.
    pub fn processes(&self) -> Vec<u32> {
        process::belonging_to(self.root.path())
    }

    /// For a test that leaves processes on purpose: they are ended, and nobody complains.
    pub fn allow_orphans(&mut self) {
        self.orphans_allowed = true;
    }

    /// For a test that knows that waiting for the end of something is in vain.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    fn end_orphans(&self) -> Vec<String> {
        if is_within(self.patience, || self.processes().is_empty()) {
            return Vec::new();
        }
        let left = self.processes().into_iter();
        let described = left.map(|pid| format!("{pid} {}", process::command_line(pid))).collect();
        // A keeper may start a new daemon while the old one is being killed, hence until none is left.
        is_within(self.patience, || {
            self.processes().into_iter().for_each(process::kill);
            self.processes().is_empty()
        });
        described
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop_daemon();
        let orphans = self.end_orphans();
        if !std::thread::panicking() && !self.orphans_allowed {
            assert!(orphans.is_empty(), "processes of the test were left: {orphans:#?}");
        }
    }
}
