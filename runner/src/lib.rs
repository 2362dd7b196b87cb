//! Declarative test scenarios for the network: DNS answers, routes, and what changed.
