//! All integration tests, one binary.
mod daemon_life;
mod docs;
mod editor;
mod editor_rules;
mod generated;
mod harness;
mod hostile_clients;
mod layers;
mod support;
mod terminals;
