//! Agents: terminals that run a coding agent, with a status and the evidence for it.

mod advice;
mod agents;
mod compose;
mod conversation;
mod driver;
mod hook;
mod launch;
mod life;
#[cfg(test)]
mod matrix;
mod memo;
mod metering;
mod names;
mod profile;
mod profiles;
mod prompts;
mod reading;
mod senses;
mod signs;
mod transcript;
mod usage;

pub use agents::Agents;
pub use launch::Here;
pub use profiles::Profiles;
