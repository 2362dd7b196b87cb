use super::Trace;
use crate::place::Place;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is normal for the way to one address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Model {
    /// How many traces it was learned from.
    pub traces: u32,
}

impl Model {
    /// Takes a trace for normal.
    pub fn learn(&mut self, _: &Trace, _: Timestamp) {
        self.traces += 1;
    }

    /// Judges the addresses it knows by other databases; gives what they say otherwise, a sentence each.
    pub fn refresh(&mut self, _: &dyn Fn(IpAddr) -> Place) -> Vec<String> {
        Vec::new()
    }
}
