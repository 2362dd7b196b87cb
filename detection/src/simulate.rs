//! Networks without sockets and with a clock of their own, to try the rules on by the thousand.

mod chance;
mod clock;
pub mod dns;
pub mod route;

pub use chance::Chance;
pub use clock::{Clock, at_once};
