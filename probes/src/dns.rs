//! One question to one named server, and the whole message seen.

mod ask;
mod chain;
mod dnssec;
mod doh;
mod doq;
mod dot;
mod edns;
mod heard;
mod name;
mod question;
mod rdata;
mod reading;
mod rtype;
mod secure;
mod seen;
mod server;
mod signatures;
mod tcp;
#[cfg(test)]
mod testing;
mod types;
mod udp;
mod wire;

pub use ask::{ask, ask_then};
pub use dnssec::TrustAnchor;
pub use name::QueryName;
pub use question::{Found, Question};
pub use rtype::{QueryClass, QueryType};
pub use seen::*;
pub use server::{Host, Method, Server, Verify};
