mod later;
mod line;
mod recorded;
mod rtt;
mod series;
mod show;

use super::Outcome;
use clap::Subcommand;

/// Finds the moments at which something changed in what was recorded, by the rules that `netspec run` decides by.
#[derive(Debug, Subcommand)]
pub(super) enum Detect {
    Rtt(rtt::Rtt),
    Dns(later::Dns),
    Route(later::Route),
}

impl Detect {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Rtt(rtt) => rtt.run(),
            Self::Dns(dns) => dns.run(),
            Self::Route(route) => route.run(),
        }
    }
}

/// The schema of what `--json` writes.
pub(super) fn schema() -> serde_json::Value {
    schemars::schema_for!(line::Line).to_value()
}
