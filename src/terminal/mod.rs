//! Terminals: programs on PTYs, modelled here, shown in views.

mod emulator;
mod frame;
mod pen;
mod picture;

