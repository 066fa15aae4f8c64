//! The wire: msgpack-RPC over the daemon's socket. The only room that knows msgpack and nvim-rs.

mod client;
mod codec;
mod guard;
mod hub;
mod link;
mod outbox;
mod pacing;
mod scan;
mod server;
mod session;
mod slots;
#[cfg(test)]
mod wire_tests;

pub use client::Client;
pub use hub::Hub;
pub use link::{Heard, Link, Payload};
pub use server::accept;
