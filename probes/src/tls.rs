//! TLS: what a server says of itself, kept whether it can be verified or not.

mod certificate;
mod handshake;
mod ocsp;
mod offer;
mod record;
mod seen;
mod tap;
#[cfg(test)]
pub(crate) mod testing;
mod trust;
mod verdict;

pub use handshake::{Stream, handshake};
pub use offer::{Offer, Sni, Versions};
pub use record::Record;
pub use seen::*;
pub use tap::Tap;
pub use trust::Trust;
