//! Owns a tmux of our own: a socket in the sandbox, nobody's settings, as much scrollback as Neovim keeps.

use std::path::Path;

use crate::pty::Pty;
use crate::stage::SIZE;
use crate::support::{DEADLINE, Sandbox, wait_until};

/// What comes before every command of it.
pub const TMUX: &str = "tmux -S ../run/tmux -f /dev/null";

/// A server without a window yet; it ends with this.
pub struct Tmux<'s>(&'s Sandbox);

impl<'s> Tmux<'s> {
    /// None where it is not installed.
    pub fn find(sandbox: &'s Sandbox) -> Option<Self> {
        which::which("tmux").ok().map(|_| Self(sandbox))
    }

    /// Shows a shell line's terminal of `SIZE` in a PTY of ours, which has one more row for tmux's own line.
    pub fn attach(&self, line: &str) -> Pty {
        let script = format!("exec {TMUX} set -g history-limit 10000 ';' new-session \"$0\"");
        let (columns, rows) = SIZE;
        Pty::start(self.0, (columns, rows + 1), &["sh", "-c", &script, line])
    }

    /// Opens a shell line's terminal that nobody looks at.
    pub fn open(&self, line: &str, first: bool) {
        let (columns, rows) = SIZE;
        let how = if first {
            format!("set -g history-limit 10000 ';' new-session -d -x {columns} -y {rows}")
        } else {
            "new-window -d".to_owned()
        };
        self.run(&format!("{TMUX} {how} \"$0\""), line);
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        let pid = self.run(&format!("{TMUX} display-message -p '#{{pid}}'"), "");
        pid.trim().parse().expect("a process")
    }

    /// Waits until all its terminals show this text.
    pub fn wait_all(&self, text: &str, count: usize) {
        let script = format!(
            "for pane in $({TMUX} list-panes -s -F '#D'); do {TMUX} capture-pane -p -t $pane; done"
        );
        wait_until("tmux to have read all", DEADLINE, || {
            (self.run(&script, "").matches(text).count() >= count).then_some(())
        });
    }

    fn run(&self, script: &str, line: &str) -> String {
        let mut command = self.0.command("sh");
        command.args(["-c", script, line]);
        self.0.run(&mut command).expect_success()
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        let mut command = self.0.command("sh");
        command.args(["-c", &format!("{TMUX} kill-server")]);
        let socket: &Path = &self.0.path("run/tmux");
        if socket.exists() {
            self.0.run(&mut command);
        }
    }
}
