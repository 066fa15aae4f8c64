//! All integration tests, one binary.
mod generated;
