//! Answers of name servers: pools of addresses, aliases, who holds them. Rules R0 to R6.

mod answer;
mod domain;
mod facts;
mod model;
mod pool;
mod rules;
mod tally;
mod view;

pub use answer::{Answer, Asker, Certificate};
pub use model::{LEARNED_AFTER, Model, Suspect};
pub use pool::{Known, Pool};
pub use rules::{Rule, Rules, decide};
pub use tally::Tally;

#[cfg(test)]
mod tests;
