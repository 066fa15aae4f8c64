//! All integration tests, one binary.
mod generated;
mod harness;
mod support;
