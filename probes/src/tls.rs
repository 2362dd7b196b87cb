//! TLS: what a server says of itself, kept whether it can be verified or not.

mod ask;
mod attempt;
mod certificate;
mod handshake;
mod hello;
mod ocsp;
mod offer;
mod probed;
mod record;
mod seen;
mod starttls;
mod tap;
#[cfg(test)]
pub(crate) mod testing;
mod trust;
mod verdict;

pub use ask::{Question, ask};
pub use handshake::{Stream, handshake};
pub use offer::{Offer, Sni, Versions, dns_name, server_name};
pub use probed::{Probed, TriedVersion, VersionAnswer};
pub use record::Record;
pub use seen::*;
pub use starttls::{Starttls, Upgrade};
pub use tap::Tap;
pub use trust::Trust;
