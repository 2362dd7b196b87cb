//! Connections: each to one address, by one socket, never two raced.

mod ask;
mod bytes;
mod connect;
mod dialogue;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(not(target_os = "linux"))]
#[path = "tcp/kernel_elsewhere.rs"]
mod kernel;
mod question;
mod seen;
mod way;

pub use ask::ask;
pub(crate) use bytes::hex;
pub use bytes::{Bytes, from_hex};
pub use connect::connect;
pub use question::{Awaited, Question, Step};
pub use seen::*;
pub(crate) use way::ms;
pub use way::{Connection, End, Status, Unreachable, Unreached, Way};
