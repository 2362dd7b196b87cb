//! One question to one named server, and the whole message seen.

mod seen;

pub use seen::*;
