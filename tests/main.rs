//! All integration tests, one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod daemon_life;
mod docs;
mod editor;
mod editor_rules;
mod generated;
mod harness;
mod hostile_clients;
mod layers;
mod screens;
mod support;
mod terminals;
