//! How much a document may be, each bound with its reason.

/// Largest document, as bytes of JSON. Whoever changes one writes all of it, which is some ms for this.
pub const MOST_SIZE: usize = 4 << 20;

/// Most values in each other. What reads and writes JSON goes down with it on the stack, and refuses 128.
pub const MOST_DEPTH: usize = 100;

/// Longest path, in bytes: far more than people write, and little to keep.
pub const LONGEST_PATH: usize = 1024;

/// Most changes in a batch: all others wait for it.
pub const MOST_OPS: usize = 1000;

/// Most that one read answers, in bytes of JSON: a client that does not take eight megabytes is taken for one that does not
/// read, and a path may select a value several times.
pub const MOST_ANSWER: usize = 6 << 20;
