//! Answers of name servers: pools of addresses, aliases, who holds them. Rules R0 to R6.

mod answer;
mod model;
mod rules;

pub use answer::{Answer, Asker, Certificate};
pub use model::Model;
pub use rules::{Rules, decide};
