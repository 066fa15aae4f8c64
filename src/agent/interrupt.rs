//! Interrupting an agent: only what does something, and once, as the same keys mean something else to a program that rests.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::agents::{Agent, Agents};
use crate::fault::{Fault, Kind, Result};
use crate::protocol::agent::Status;

/// Between two keys of an interrupt: programs take two that come together for one.
const APART: Duration = Duration::from_millis(350);

/// Who asks again within this time asks for what is under way. Some tell of an interrupt only by their screens, which are
/// believed after a second and a half, and the second ^C within two seconds ends some.
const AGAIN: Duration = Duration::from_secs(3);

impl Agents {
    /// Stops what an agent does at the moment.
    pub async fn interrupt(&self, key: &str) -> Result<()> {
        let agent = self.find(key)?;
        let name = agent.state.borrow().memo.profile.clone();
        let profile = self.profiles.driving(&name)?;
        let tells = profile.tells_idle();
        let status = || agent.state.borrow().status;
        if !does_something(status(), tells) {
            return Err(refused(&agent.terminal.info().name, status()));
        }
        if !agent.is_first(Instant::now()) {
            return Ok(());
        }
        for (number, key) in profile.prompt.interrupt.into_iter().enumerate() {
            if number > 0 {
                sleep(APART).await;
                if !does_something(status(), tells) {
                    break;
                }
            }
            agent.terminal.write(key.into_bytes(), None).await?;
        }
        Ok(())
    }
}

impl Agent {
    /// Whether nobody has interrupted a moment ago what it does.
    fn is_first(&self, now: Instant) -> bool {
        let began = self.state.borrow().since;
        let mut last = self.interrupted.lock().unwrap_or_else(PoisonError::into_inner);
        let first = last.is_none_or(|last| now >= last + AGAIN || began > last);
        if first {
            *last = Some(now);
        }
        first
    }
}

/// Whether there may be something to stop. A program that never tells whether it rests is thought to be at it.
fn does_something(status: Status, tells: bool) -> bool {
    match status {
        Status::Working | Status::Blocked | Status::Unknown => true,
        Status::Starting | Status::Idle | Status::Done => !tells,
        Status::Exited => false,
    }
}

fn refused(name: &str, status: Status) -> Fault {
    let (why, hint) = match status {
        Status::Exited => ("its program has ended", format!(":Orchflow resume {name}")),
        Status::Starting => ("it starts", format!("to end its program: :Orchflow stop {name}")),
        _ => ("it is idle", format!("to end its program: :Orchflow stop {name}")),
    };
    let message = format!("{name} does nothing that could be interrupted: {why}");
    Fault::new(Kind::Conflict, message).hint(hint)
}
