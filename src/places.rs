//! Where things are: socket, locks, state, configuration; and whose they must be.

use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::fault::{Fault, Kind, Result};

/// Paths of one user's daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The socket.
    pub socket: PathBuf,
    /// Logs, journals and databases.
    pub state_dir: PathBuf,
    /// The configuration file, which need not exist.
    pub config: PathBuf,
}

impl Places {
    /// The places for an environment, given as a look-up.
    pub fn new(variable: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let set = |name: &str| variable(name).filter(|path| path.is_absolute());
        let home = set("HOME").unwrap_or_else(|| PathBuf::from("/"));
        let under = |name: &str, default: &str| {
            set(name).unwrap_or_else(|| home.join(default)).join("orchflow")
        };
        let temp = || {
            let own = format!("orchflow-{}", rustix::process::geteuid().as_raw());
            set("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp")).join(own)
        };
        let folder = || set("XDG_RUNTIME_DIR").map_or_else(temp, |dir| dir.join("orchflow"));
        Self {
            socket: set("ORCHFLOW_SOCKET").unwrap_or_else(|| folder().join("daemon.sock")),
            state_dir: under("XDG_STATE_HOME", ".local/state"),
            config: under("XDG_CONFIG_HOME", ".config").join("config.toml"),
        }
    }

    /// The places for this process.
    pub fn from_env() -> Self {
        Self::new(|name| std::env::var_os(name).map(PathBuf::from))
    }

    /// The socket's folder.
    pub fn folder(&self) -> &Path {
        self.socket.parent().unwrap_or(Path::new("/"))
    }

    /// Held by whoever starts a daemon, so that two clients starting together get one.
    pub fn start_lock(&self) -> PathBuf {
        self.beside_socket("start.lock")
    }

    /// Held by the daemon all its life, so that a socket file without one is known to be stale.
    pub fn life_lock(&self) -> PathBuf {
        self.beside_socket("lock")
    }

    /// Where the terminals' journals are: a folder for each socket, as each has a daemon of its own.
    pub fn journals(&self) -> PathBuf {
        self.of_socket("journals")
    }

    /// A folder for this socket among those of all.
    fn of_socket(&self, all: &str) -> PathBuf {
        let name = self.socket.to_string_lossy().replace('%', "%%").replace('/', "%");
        self.state_dir.join(all).join(name)
    }

    /// The database, in a folder of its own for each socket, as each has a daemon of its own.
    pub fn database(&self) -> PathBuf {
        self.of_socket("databases").join("state.db")
    }

    /// The user's own agent profiles, a folder that need not exist.
    pub fn profiles(&self) -> PathBuf {
        self.config.with_file_name("agents")
    }

    /// Where the keeper listens.
    pub fn keeper_socket(&self) -> PathBuf {
        self.beside_socket("keeper")
    }

    /// Held by the keeper all its life.
    pub fn keeper_lock(&self) -> PathBuf {
        self.beside_socket("keeper.lock")
    }

    /// Each socket has locks of its own: one folder may hold several.
    fn beside_socket(&self, extension: &str) -> PathBuf {
        let mut path = self.socket.clone().into_os_string();
        path.push(".");
        path.push(extension);
        path.into()
    }
}

/// Makes the socket's folder if need be, and refuses one that others could have put a socket into.
pub fn secure_folder(folder: &Path) -> Result<()> {
    match std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            let message =
                format!("the socket's folder {} cannot be made: {error}", folder.display());
            return Err(Fault::new(Kind::Permission, message).hint(elsewhere()));
        }
    }
    check_folder(folder)
}

/// Whether the folder is a real one, ours, and closed to everybody else.
pub fn check_folder(folder: &Path) -> Result<()> {
    let shown = folder.display();
    let refuse = |why: String, hint: String| {
        let message = format!("the socket's folder {shown} {why}");
        Err(Fault::new(Kind::Permission, message).hint(hint))
    };
    let found = match std::fs::symlink_metadata(folder) {
        Ok(found) => found,
        Err(error) => return refuse(format!("cannot be looked at: {error}"), elsewhere()),
    };
    if found.is_symlink() {
        return refuse(
            "is a link, which somebody may turn elsewhere".into(),
            format!("rm {shown}"),
        );
    }
    if !found.is_dir() {
        return refuse("is no folder".into(), format!("rm {shown}"));
    }
    let own = rustix::process::geteuid().as_raw();
    if found.uid() != own {
        return refuse(format!("belongs to user {}, not to {own}", found.uid()), elsewhere());
    }
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return refuse(format!("is open to others (mode {mode:o})"), format!("chmod 700 {shown}"));
    }
    Ok(())
}

fn elsewhere() -> String {
    "put the socket elsewhere: export ORCHFLOW_SOCKET=$HOME/.orchflow/daemon.sock".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(set: &[(&str, &str)]) -> Places {
        Places::new(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| PathBuf::from(v)))
    }

    #[test]
    fn the_socket_is_where_the_environment_says() {
        let uid = rustix::process::geteuid().as_raw();
        let socket = |set: &[(&str, &str)]| places(set).socket.display().to_string();
        assert_eq!(socket(&[]), format!("/tmp/orchflow-{uid}/daemon.sock"));
        assert_eq!(socket(&[("TMPDIR", "/x")]), format!("/x/orchflow-{uid}/daemon.sock"));
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/1");
        assert_eq!(socket(&[("TMPDIR", "/x"), runtime]), "/run/user/1/orchflow/daemon.sock");
        assert_eq!(socket(&[runtime, ("ORCHFLOW_SOCKET", "/s/a.sock")]), "/s/a.sock");
        assert_eq!(
            socket(&[runtime, ("ORCHFLOW_SOCKET", "relative")]),
            "/run/user/1/orchflow/daemon.sock"
        );
    }

    #[test]
    fn state_and_configuration_follow_xdg() {
        let home = ("HOME", "/home/a");
        assert_eq!(places(&[home]).state_dir, Path::new("/home/a/.local/state/orchflow"));
        assert_eq!(places(&[home]).config, Path::new("/home/a/.config/orchflow/config.toml"));
        let set = [home, ("XDG_STATE_HOME", "/s"), ("XDG_CONFIG_HOME", "/c")];
        assert_eq!(places(&set).state_dir, Path::new("/s/orchflow"));
        assert_eq!(places(&set).config, Path::new("/c/orchflow/config.toml"));
    }

    #[test]
    fn a_folder_that_others_can_reach_is_refused_with_what_to_type() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("orchflow");
        secure_folder(&folder).unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        for mode in [0o770, 0o707, 0o750, 0o777] {
            std::fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).unwrap();
            let fault = secure_folder(&folder).unwrap_err();
            assert_eq!(fault.kind, Kind::Permission);
            assert_eq!(fault.hint, Some(format!("chmod 700 {}", folder.display())));
        }
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path(), &link).unwrap();
        let fault = secure_folder(&link).unwrap_err();
        assert!(fault.message.contains("is a link"), "{fault}");
    }
}
