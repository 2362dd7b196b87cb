//! A small internet inside one unprivileged process.
//!
//! [`enter`] moves the process into a network of its own, described by a [`World`]: real sockets, real
//! kernels, real servers; only the routers between are played. Nothing sent there leaves the process.
//!
//! ```text
//!  client namespace                  the wire (a thread)              internet namespace
//!  this process  <-- veth -->  reads and writes frames  <-- veth -->  every address is local,
//!  and its sockets             and plays the routers                  real servers are bound to some
//! ```

mod authority;
mod builtin;
mod dns;
mod forbidden;
mod lab;
mod link;
mod netns;
mod service;
mod shell;
mod stage;
mod sysctl;
mod wire;
pub mod world;

pub use builtin::{builtin, builtin_names};
pub use lab::{EnterError, EnterErrorKind, Lab, enter};
pub use shell::shell;
pub use wire::Counts;
pub use world::{World, schema};
