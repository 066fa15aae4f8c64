//! orchflow: a daemon that owns terminals, and clients that show them in Neovim.
//!
//! `ARCHITECTURE.md` is the map of the rooms and states the invariants; `doc/protocol.md` is the wire.

pub mod agent;
pub mod api;
pub mod app;
pub mod board;
pub mod cli;
mod clock;
pub mod config;
pub mod daemon;
pub mod event;
pub mod fault;
pub mod ids;
pub mod keeper;
mod log;
pub mod places;
mod process;
pub mod protocol;
pub mod rpc;
pub mod state;
pub mod store;
pub mod terminal;
pub mod ui;
