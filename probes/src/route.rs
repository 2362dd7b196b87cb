//! The routers on the way to an address, by flow.

mod seen;

pub use seen::*;
