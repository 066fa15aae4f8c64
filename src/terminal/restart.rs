//! A terminal whose program has ended gets another one: under the same id and name, below the same lines, in the same views.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use super::command::Command;
use super::handle::Terminal;
use super::launch;
use super::note::Note;
use super::registry::{Terminals, ending, own_environment};
use crate::fault::{Fault, Kind, Result, internal};
use crate::ids::TerminalId;
use crate::keeper::{Held, Spawn, check_room};
use crate::protocol::terminal::{Facts, Info, OpenParams};

impl Terminals {
    /// Starts a program where another one has ended, in its directory and at its size. Must be called within the runtime.
    pub async fn restart(
        self: &Arc<Self>,
        id: TerminalId,
        params: OpenParams,
        memo: String,
    ) -> Result<()> {
        let terminal = self.find(&id.to_string())?;
        let (note, spawn) = self.reserve_again(&terminal, params, memo.clone())?;
        // A task of its own: whoever asks may go away meanwhile, and the program runs or does not.
        let this = self.clone();
        let starting = tokio::spawn(async move {
            let done = this.start_again(&terminal, note, spawn, memo).await;
            this.table().opening.remove(&id);
            this.opened.notify_waiters();
            done
        });
        starting.await.map_err(internal)?
    }

    /// Has nobody else start a program there meanwhile.
    fn reserve_again(
        &self,
        terminal: &Terminal,
        params: OpenParams,
        memo: String,
    ) -> Result<(Note, Spawn)> {
        let mut table = self.table();
        if self.ending.load(Ordering::Relaxed) {
            return Err(ending());
        }
        let Info { id, name, cwd, rows, cols, opened, exit, facts, .. } = terminal.info();
        if exit.is_none() || table.opening.contains_key(&id) {
            let fault = Fault::new(Kind::Conflict, format!("{name}'s program runs"));
            return Err(fault.hint(format!(":Orchflow stop {name}")));
        }
        check_room(table.open.len(), table.opening.len() + 1)?;
        let params = OpenParams { cwd: Some(cwd), rows: Some(rows), cols: Some(cols), ..params };
        let spawn = launch::spawn(&params, own_environment(), id, &self.socket)?;
        let facts = Facts { directory: spawn.cwd.clone(), ..facts };
        let note = Note::new(name.clone(), &spawn, opened, facts, Some(memo));
        table.opening.insert(id, name);
        Ok((note, spawn))
    }

    async fn start_again(
        &self,
        terminal: &Terminal,
        note: Note,
        spawn: Spawn,
        memo: String,
    ) -> Result<()> {
        let command = spawn.argv.clone();
        let held = self.keeper.spawn(terminal.id(), note.text(), spawn).await?;
        let begun = terminal.begin_again(held, command).await;
        if begun.is_err() {
            // It was closed meanwhile: with nobody to hold its PTY the program hangs up.
            self.keeper.forget(terminal.id());
        }
        begun.map(|()| terminal.set_memo(memo))
    }
}

impl Terminal {
    async fn begin_again(&self, held: Held, command: Vec<String>) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Restart(held, command, answer)).await?;
        answered.await.map_err(|_| self.closed())?
    }
}
