//! Agents: terminals that run a coding agent, with a status and the evidence for it.

mod agents;
mod compose;
mod driver;
mod hook;
mod launch;
#[cfg(test)]
mod matrix;
mod memo;
mod names;
mod profile;
mod profiles;
mod prompts;
mod reading;
mod senses;
mod signs;

pub use agents::Agents;
pub use launch::Here;
pub use profiles::Profiles;
