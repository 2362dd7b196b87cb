//! Connections: each to one address, by one socket, never two raced.

mod connect;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(not(target_os = "linux"))]
#[path = "tcp/kernel_elsewhere.rs"]
mod kernel;
mod way;

pub use connect::connect;
pub(crate) use way::ms;
pub use way::{Connection, End, Status, Unreachable, Unreached, Way};
