//! orchflow: a daemon that owns terminals, and clients that show them in Neovim.
//!
//! `ARCHITECTURE.md` is the map of the rooms and states the invariants; `doc/protocol.md` is the wire.

pub mod event;
pub mod fault;
pub mod ids;
pub mod keeper;
pub mod protocol;
pub mod terminal;
