//! Names, resolvers and what befalls them: histories without an incident, which must stay quiet, and with one, which must
//! be told.

mod baseline;
mod history;
mod incident;
mod kinds;
mod score;
mod server;
mod source;
mod world;

pub use baseline::Baseline;
pub use history::{History, Judge, Run, benign, with_incident};
pub use incident::Incident;
pub use kinds::Kind;
pub use score::{Benign, Caught, Matrix, Truth, benign_score, incident_score};
pub use world::World;

#[cfg(test)]
mod tests;
