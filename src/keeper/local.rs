//! A keeper inside this process: starts children and reaps them on SIGCHLD.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, WaitOptions, WaitStatus, waitpid};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::fault::{Result, internal};
use crate::protocol::terminal::Exit;

use super::{Held, Keeper, Spawn, program, pty};

type Children = Arc<Mutex<HashMap<u32, oneshot::Sender<Exit>>>>;

/// Children of this process. They hang up when it ends; the keeper process will change that.
pub struct Local {
    children: Children,
}

impl Local {
    /// Starts reaping. Must be called within the runtime.
    pub fn start() -> std::io::Result<Self> {
        let children = Children::default();
        let mut ended = signal(SignalKind::child())?;
        let reaped = children.clone();
        tokio::spawn(async move {
            while ended.recv().await.is_some() {
                reap(&reaped);
            }
        });
        Ok(Self { children })
    }
}

impl Keeper for Local {
    fn spawn(&self, spawn: &Spawn) -> Result<Held> {
        let program = program::find(spawn)?;
        // Held while starting, so that a child which ends at once is not missed by `reap`.
        let mut children = self.children.lock().map_err(internal)?;
        let (master, pid) = pty::start(&program, spawn)?;
        let (tell, exit) = oneshot::channel();
        children.insert(pid, tell);
        Ok(Held { master, pid, exit })
    }
}

/// Reaps whichever of our children have ended. Other children of this process are not ours to reap.
fn reap(children: &Children) {
    let mut children = children.lock().unwrap_or_else(PoisonError::into_inner);
    let ended: Vec<(u32, Exit)> =
        children.keys().filter_map(|&pid| Some((pid, ended(pid)?))).collect();
    for (pid, exit) in ended {
        if let Some(tell) = children.remove(&pid) {
            // Nobody listens any more where the terminal is gone already.
            let _ = tell.send(exit);
        }
    }
}

fn ended(pid: u32) -> Option<Exit> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    match waitpid(Some(pid), WaitOptions::NOHANG) {
        Ok(Some((_, status))) => Some(exit_of(status)),
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(?pid, %error, "a child cannot be waited for; its exit code is unknown");
            Some(Exit { code: -1, signal: None })
        }
    }
}

fn exit_of(status: WaitStatus) -> Exit {
    match status.terminating_signal() {
        Some(number) => Exit { code: 128 + number, signal: Some(signal_name(number)) },
        None => Exit { code: status.exit_status().unwrap_or(-1), signal: None },
    }
}

fn signal_name(number: i32) -> String {
    rustix::process::Signal::from_named_raw(number)
        .map(|signal| {
            format!("{signal:?}").trim_matches('"').trim_start_matches("Signal::").to_owned()
        })
        .unwrap_or_else(|| number.to_string())
}
