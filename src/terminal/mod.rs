//! Terminals: programs on PTYs, modelled here, shown in views.

mod close;
mod command;
mod emulator;
mod erasure;
mod frame;
mod handle;
mod input;
mod launch;
mod modes;
mod owner;
mod painter;
mod pen;
mod picture;
mod process;
mod pty;
mod read;
mod reflow;
mod registry;
mod rows;
mod shared;
mod view;
mod wait;

pub use handle::Terminal;
pub use registry::Terminals;
pub use view::{Gate, Screen as ViewScreen};
