//! The board: its wire, its screens, what its keys do, the statusline, what a person is told.

mod keys;
mod news;
mod places;
mod screens;
mod statusline;
mod windows;
mod wire;
