//! The routers on the way to an address, by flow.

mod describe;
#[cfg(target_os = "linux")]
pub(crate) mod engine;
#[cfg(not(target_os = "linux"))]
#[path = "route/engine_elsewhere.rs"]
mod engine;
mod question;
mod raw;
mod seen;

pub use crate::icmp::{Meaning, Said};
pub use describe::{describe, responders};
pub use engine::{Engine, forbidden};
pub use question::*;
pub use raw::*;
pub use seen::*;
