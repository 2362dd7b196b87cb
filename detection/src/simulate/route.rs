//! Ways through simulated networks: what happens to them that is no change, and what is one.
//!
//! A [`Network`] is made by chance: systems one after the other, load balanced by flow or by packet, with silent, limited and
//! lossy hops, tunnels, exchanges, networks of several origins or of none. A history is thirty looks at it, in which
//! something happens: something [`benign`](Benign), or an [`incident`](Incident). [`live`] runs it through the rules, and
//! through what is usually done instead ([`baseline`]).

pub mod baseline;
mod benign;
mod history;
mod incident;
mod make;
mod network;
mod tally;

pub use benign::Benign;
pub use history::{Happening, Outcome, RUNS, live};
pub use incident::Incident;
pub use network::{Live, Network};
pub use tally::{Tally, matrix, tally};

#[cfg(test)]
mod tests;
