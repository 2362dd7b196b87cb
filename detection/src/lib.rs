//! Is it a change, or is it noise? Models of what is normal, learned from what was seen, and the rules that decide.
//!
//! Everything here is pure: no socket, no clock, no file. What a rule needs to know besides it asks of an `Asker`, which
//! is the live network or a simulated one ([`simulate`]); times are given. [`dns`] judges answers, [`route`] ways,
//! [`rtt`] series of round-trip times, [`values`] anything else that is tracked. Each gives a [`Verdict`] that names its
//! rule, its evidence and what it cost; [`state`] makes a story of verdicts run after run, [`group`] one event of many.

pub mod catalogue;
pub mod dns;
pub mod group;
pub mod place;
pub mod route;
pub mod rtt;
pub mod simulate;
pub mod state;
pub mod values;
pub mod verdict;

pub use place::{Place, Token};
pub use verdict::{Edge, Verdict, Word};
