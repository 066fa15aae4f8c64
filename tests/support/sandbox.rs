//! Owns a throw-away home: its folders, the environment of every program started in it, its daemon, and that nothing
//! of it is left running.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::process;
use super::wait::{DEADLINE, is_within, wait_until, wait_until_shown};

/// Unix socket paths end at 104 bytes (macOS) or 108 (Linux).
const LONGEST_SOCKET_PATH: usize = 100;

/// How long what was told to stop may take before it counts as an orphan.
const TIME_TO_STOP: Duration = Duration::from_secs(10);

/// A home of its own, removed at the end. Make it before the editors of a test, so that it is dropped after them.
pub struct Sandbox {
    root: TempDir,
    orphans_allowed: bool,
}

impl Sandbox {
    /// Makes the folders.
    #[must_use]
    pub fn new() -> Self {
        let root = tempfile::Builder::new().prefix("of-").tempdir().expect("a folder");
        let sandbox = Self { root, orphans_allowed: false };
        for folder in ["home", "config", "data", "state", "cache", "run", "tmp", "work"] {
            fs::create_dir(sandbox.path(folder)).expect("a folder");
        }
        fs::set_permissions(sandbox.path("run"), fs::Permissions::from_mode(0o700)).expect("a private folder");
        let socket = sandbox.socket();
        assert!(socket.as_os_str().len() < LONGEST_SOCKET_PATH, "the temp dir is too deep: {}", socket.display());
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

    /// The environment of everything in it: nothing of the person's own, so that no test sees their settings.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut env: Vec<(&str, OsString)> = vec![
            ("PATH", path_without_orchflow()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "xterm-256color".into()),
            ("SHELL", "/bin/sh".into()),
            ("RUST_BACKTRACE", "1".into()),
        ];
        let folders = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ];
        env.extend(folders.map(|(name, folder)| (name, self.path(folder).into_os_string())));
        env
    }

    /// A program with exactly this environment, in the folder `work`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env()).current_dir(self.path("work"));
        command
    }

    /// The built `orchflow`.
    pub fn orchflow(&self) -> Command {
        self.command(orchflow_binary())
    }

    /// Starts a daemon and waits until it listens. What it prints goes to `daemon.out`.
    #[track_caller]
    pub fn start_daemon(&self) {
        let out = File::options().create(true).append(true).open(self.path("daemon.out")).expect("a file");
        let err = out.try_clone().expect("a second handle");
        let mut command = self.orchflow();
        command.arg("daemon").stdin(Stdio::null()).stdout(out).stderr(err);
        let mut child = command.spawn().expect("the daemon to start");
        // Reaps it whenever it ends, as init does with a detached one.
        std::thread::spawn(move || child.wait());
        wait_until_shown("the daemon to listen", DEADLINE, || {
            let said = fs::read_to_string(self.path("daemon.out")).unwrap_or_default();
            UnixStream::connect(self.socket()).map(drop).map_err(|error| format!("{error}; it printed: {said}"))
        });
    }

    /// The process that listens on the socket; `None` when nobody does.
    #[cfg(target_os = "linux")]
    pub fn daemon_pid(&self) -> Option<u32> {
        let stream = UnixStream::connect(self.socket()).ok()?;
        let peer = rustix::net::sockopt::socket_peercred(&stream).ok()?;
        u32::try_from(peer.pid.as_raw_nonzero().get()).ok()
    }

    /// The process that listens on the socket, by its own word; `None` when nobody does.
    #[cfg(not(target_os = "linux"))]
    pub fn daemon_pid(&self) -> Option<u32> {
        let hello = super::daemon::Daemon::try_connect(&self.socket()).ok()?;
        hello.greeting().get("pid")?.as_u64()?.try_into().ok()
    }

    /// Waits until a daemon listens, whoever started it.
    #[track_caller]
    pub fn wait_daemon(&self) -> u32 {
        wait_until("a daemon to listen", DEADLINE, || self.daemon_pid())
    }

    /// Stops the daemon and everything it holds: kindly first, by force in the end.
    pub fn stop_daemon(&self) {
        let Some(pid) = self.daemon_pid() else { return };
        let mut stop = self.orchflow();
        stop.args(["stop", "--force"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // It may hang, which is for a test about `stop` to complain of: it is waited for elsewhere.
        let asked = stop.spawn().map(|mut child| std::thread::spawn(move || child.wait()));
        if asked.is_err() || !is_within(TIME_TO_STOP, || !process::alive(pid)) {
            process::kill(pid);
            is_within(TIME_TO_STOP, || !process::alive(pid));
        }
    }

    /// The processes that were started in it, directly or not, and still live.
    pub fn processes(&self) -> Vec<u32> {
        process::carrying(&self.root.path().display().to_string())
    }

    /// For a test that leaves processes on purpose: they are ended, and nobody complains.
    pub fn allow_orphans(&mut self) {
        self.orphans_allowed = true;
    }

    fn end_orphans(&self) -> Vec<String> {
        if is_within(TIME_TO_STOP, || self.processes().is_empty()) {
            return Vec::new();
        }
        let left = self.processes().into_iter();
        let described = left.map(|pid| format!("{pid} {}", process::command_line(pid))).collect();
        // A keeper may start a new daemon while the old one is being killed, hence until none is left.
        is_within(TIME_TO_STOP, || {
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

/// The program under test: `ORCHFLOW_BIN`, else the one cargo built for these tests, else the one beside an example.
pub fn orchflow_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ORCHFLOW_BIN") {
        return path.into();
    }
    if let Some(path) = option_env!("CARGO_BIN_EXE_orchflow") {
        return path.into();
    }
    let example = std::env::current_exe().expect("our own path");
    let path = example.parent().and_then(Path::parent).expect("a target folder").join("orchflow");
    assert!(path.exists(), "{} is not built; type `cargo build` first, or set ORCHFLOW_BIN", path.display());
    path
}

/// The person's own `orchflow` must not be found by accident.
fn path_without_orchflow() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|folder| !folder.join("orchflow").exists());
    std::env::join_paths(folders).expect("folders that were in PATH before")
}
