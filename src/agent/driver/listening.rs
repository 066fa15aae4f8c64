//! Whose hooks an agent hears: its own, and not those of a program like it that it has started.

use super::Driver;
use crate::agent::speaker::{Verdict, verdict};
use crate::fault::{Fault, Kind, Result};
use crate::process::runs;
use crate::protocol::agent::Process;

impl Driver {
    /// Whether a hook that comes from these processes is the agent's own; a fault says that it is not.
    pub(super) fn listen(&self, by: &[Process]) -> Result<()> {
        let about = self.terminal.info();
        let known = self.state.borrow().memo.speaker.clone();
        let known = known.filter(|speaker| {
            let (pid, start) = speaker.process();
            runs(pid, start)
        });
        match verdict(by, about.pid, known.as_ref()) {
            Verdict::Heard => Ok(()),
            Verdict::From(speaker) => {
                self.keep(|memo| memo.speaker = Some(speaker));
                Ok(())
            }
            Verdict::Silent => {
                let message =
                    format!("this is not {}, but a program that it has started", about.name);
                let hint = format!("what the agent itself says: :Orchflow explain {}", about.name);
                Err(Fault::new(Kind::Conflict, message).hint(hint))
            }
        }
    }
}
