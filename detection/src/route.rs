//! Ways through the network: hops by distance, load balancing, systems passed.
//!
//! A trace is looked at flow by flow, each a way of its own: a load balancer makes many ways of one trace, and every one of
//! them may be normal. [`decide`] first asks whether each of them is a way the model knows (`compare`), and where one is
//! not, has the first hop that differs looked at again with other flows, twice (`confirm`).

mod border;
mod compare;
mod confirm;
mod model;
mod rules;
mod survey;
mod suspicion;
mod trace;
mod walk;
mod way;

pub use model::{Distance, Kind, Known, Length, Model};
pub use rules::{Detail, Rules, decide};
pub use trace::{Asker, Hop, Reply, Trace};
