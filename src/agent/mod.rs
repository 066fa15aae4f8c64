//! Agents: terminals that run a coding agent, with a status and the evidence for it.

mod advice;
mod agents;
mod answering;
mod compose;
mod conversation;
mod dialog;
mod driver;
mod first;
mod hook;
mod input_box;
mod interrupt;
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
mod questions;
#[cfg(test)]
mod readable;
mod reading;
mod senses;
mod sharing;
mod signs;
mod speaker;
mod transcript;
mod usage;

pub use agents::Agents;
pub use launch::Here;
pub use profiles::Profiles;
