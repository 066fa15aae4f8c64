//! All integration tests, one binary.
mod daemon_life;
mod generated;
mod harness;
mod hostile_clients;
mod layers;
mod support;
mod terminals;
