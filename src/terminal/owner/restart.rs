//! Another program in the place of one that has ended.

use std::time::Instant;

use super::Owner;
use crate::event::Event;
use crate::fault::{Result, internal};
use crate::keeper::Held;
use crate::terminal::pty::Pty;
use crate::terminal::shared::Program;
use crate::terminal::sight::Sights;

impl Owner {
    /// What the last one has left of modes, title and half a sequence is none of the new one's.
    pub(super) fn restart(&mut self, held: Held, command: Vec<String>) -> Result<()> {
        let Held { master, pid, start, exit } = held;
        self.pty = Some(Pty::new(master).map_err(internal)?);
        (self.ending, self.draining, self.floods) = (Some(exit), None, false);
        self.emulator.begin_again();
        self.memory.changed();
        // What was submitted, was so to the one before.
        self.sights = Sights::new(Instant::now());
        self.fed(Instant::now());
        self.shared.begin_again(Program { pid, start, command });
        self.memory.relabel(self.shared.info());
        (self.tell)(Event::TerminalRestarted(self.shared.info()));
        Ok(())
    }
}
