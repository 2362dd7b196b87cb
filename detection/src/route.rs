//! Ways through the network: hops by distance, load balancing, systems passed.

mod model;
mod rules;
mod trace;

pub use model::Model;
pub use rules::{Rules, decide};
pub use trace::{Asker, Hop, Reply, Trace};
