//! The wire between the client and the internet: it plays the routers.

pub(crate) mod chance;
mod echo;
mod forge;
mod fragment;
mod icmp;
mod memory;
mod mend;
mod packet;
mod play;
mod queue;
mod run;
mod tally;
mod translate;

pub(crate) use memory::Memory;
pub(crate) use play::Player;
pub(crate) use run::Wire;
pub use tally::Counts;
pub(crate) use tally::Tally;
