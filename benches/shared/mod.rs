//! Owns what every binary of measurements needs: its run, its table, quiet moments, and what the kernel counts.

#![allow(dead_code, reason = "each binary uses different parts")]

pub mod beside;
pub mod figures;
pub mod noise;
pub mod ours;
pub mod run;
pub mod scene;
pub mod spent;
pub mod table;
