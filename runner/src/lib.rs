//! Declarative test scenarios for the network: DNS answers, routes, and what changed.
//!
//! The flow of one file: [`source`] → [`yaml`] → [`scenario`] (every value with its place, all problems noted) → [`plan`]
//! (tests named, selected, settled) → [`execute`] ([`network`] asks each question once) → [`verdict`] → [`event`]s →
//! [`report`]s, [`snapshot`]s and an [`exit`] code. [`mod@harness`] runs the same tests under `cargo test`.

pub mod abreast;
pub mod cli;
pub mod conduct;
pub mod diagnostic;
pub mod drill;
pub mod event;
pub mod execute;
pub mod exit;
pub mod explain;
pub mod files;
pub mod format;
pub mod guard;
pub mod harness;
pub mod keys;
pub mod language;
pub mod lint;
pub mod look;
pub mod network;
pub mod normal;
pub mod plan;
pub mod probe;
pub mod project;
pub mod record;
pub mod report;
pub mod requirement;
pub mod resolver;
pub mod sampling;
pub mod scenario;
pub mod schema;
pub mod setup;
pub mod snapshot;
pub mod source;
pub mod tags;
pub mod turns;
pub mod vantage;
pub mod verdict;
pub mod yaml;
