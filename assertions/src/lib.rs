//! Is this value as expected, and if not, why.
//!
//! No network, no clock, no files. What is expected was written by somebody ([`written::Node`], with the place of every
//! value), in the words of a [`shape::Shape`]; what was seen is a JSON value. [`expect::read`] makes an [`expect::Expect`]
//! of the first and collects every [`problem::Problem`]; [`judge::judge`] holds the second against it and
//! gives one [`finding::Finding`] for each leaf that does not hold.

// A table of cases reads best with plain values.
#![cfg_attr(test, allow(clippy::needless_pass_by_value))]

pub mod expect;
pub mod finding;
pub mod jsonpath;
pub mod judge;
pub mod matcher;
pub mod operand;
mod phrase;
pub mod problem;
pub mod quantity;
pub mod relation;
pub mod select;
pub mod shape;
pub mod suggest;
#[cfg(test)]
mod testing;
pub mod written;
