//! Terminals: programs on PTYs, modelled here, shown in views.

mod answers;
pub mod asciicast;
mod backlog;
#[doc(hidden)]
pub mod bench;
mod close;
mod command;
mod emulator;
mod entry;
mod frame;
mod handle;
mod heap;
mod hearing;
mod history;
mod household;
mod input;
pub mod journal;
mod launch;
mod lexer;
mod lookout;
mod meaning;
mod memory;
mod model;
mod modes;
mod note;
mod owner;
mod painter;
mod pen;
mod picture;
mod process;
mod pty;
mod queries;
mod read;
pub mod recording;
mod reflow;
mod registry;
mod resize;
mod restart;
mod rows;
mod scrollback;
mod shared;
mod sight;
mod snapshot;
mod stop;
mod turns;
mod view;
mod wait;
mod words;

pub use handle::Terminal;
pub use meaning::text as clean;
pub use memory::Place as JournalPlace;
pub use registry::{Settings, Terminals};
#[cfg(test)]
pub use sight::{PACE, Player};
pub use sight::{Sight, Sighting};
pub use view::{Gate, Screen as ViewScreen};
