//! The lab's name servers: what each says, and real servers that say it.

mod encrypted;
mod https;
mod serve;
mod view;

pub(crate) use serve::serve;
pub(crate) use view::View;
