//! All integration tests, one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod agent_life;
mod agent_speed;
mod agents;
mod attach;
mod background;
mod board;
mod context;
mod continuity;
mod daemon_life;
// Limits of other processes, and what those hold open, are Linux's to tell.
#[cfg(target_os = "linux")]
mod descriptors;
mod docs;
mod editor;
mod editor_rules;
mod faults;
mod fidelity;
mod first_prompt;
mod floods;
// Only there everybody may have a disk of their own.
#[cfg(target_os = "linux")]
mod full_disk;
mod generated;
mod harness;
mod history;
mod hooks;
mod hostile_clients;
mod inbox;
mod input_boxes;
mod jsonpath_suite;
mod keeper;
mod layers;
mod limits;
mod listing;
mod load;
mod lost;
mod meaning;
mod nested;
mod pace;
mod profiles;
mod prompting;
mod questions;
mod real_agents;
mod real_agents_away;
mod real_agents_boxes;
mod real_agents_forms;
mod real_agents_login;
mod real_agents_memory;
mod real_agents_nested;
mod real_agents_own;
mod real_agents_prompts;
mod real_agents_references;
mod recordings;
mod reload;
mod screens;
mod state;
// Mounts and the processes' view of them are Linux's.
#[cfg(target_os = "linux")]
mod store_faults;
mod support;
mod survival;
mod swarm;
mod terminals;
