//! One request over HTTP and what came back, each phase with its time.

mod ask;
mod clock;
mod content;
mod decode;
mod describe;
mod ear;
mod fields;
mod heard;
mod hop;
mod licence;
mod offer;
mod question;
mod quic;
mod redirect;
mod request;
mod seen;
mod talk;
mod tasks;
mod tunnel;

pub use ask::{Found, Names, ask};
pub use fields::{Cookie, Fields, Line};
pub use question::{DEFAULT_READ_BYTES, Limits, Place, Proxy, Question};
pub use seen::*;
