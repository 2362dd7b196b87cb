//! Whether an address echoes, how fast, how steadily, and how large a packet may be on the way there.

mod describe;
#[cfg(target_os = "linux")]
mod engine;
#[cfg(target_os = "linux")]
pub(crate) mod line;
#[cfg(target_os = "linux")]
pub(crate) mod mtu;
mod question;
mod raw;
mod seen;
mod statistics;
mod surge;

pub use describe::{describe, responders};
pub use question::*;
pub use raw::*;
pub use seen::*;
pub use surge::Surge;

use std::future::Future;

/// Whoever can ask for echoes.
///
/// On Linux [`Engine`](crate::route::Engine) does, which sees errors, copies and damage; elsewhere it has [`Surge`] do it.
pub trait Pinger {
    /// Asks one address and waits for its echoes.
    fn ping(&self, question: &Question) -> impl Future<Output = RawPing> + Send;
}

#[cfg(not(target_os = "linux"))]
impl Pinger for crate::route::Engine {
    async fn ping(&self, question: &Question) -> RawPing {
        Surge.ping(question).await
    }
}
