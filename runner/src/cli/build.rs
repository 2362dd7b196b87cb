//! What this binary was built of.

/// The version, and the facts a report of a fault should have.
pub(super) const LONG: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit:   ",
    env!("NETSPEC_COMMIT"),
    "\nbuilt by: ",
    env!("NETSPEC_RUSTC"),
    "\nfor:      ",
    env!("NETSPEC_TARGET"),
    ", ",
    env!("NETSPEC_PROFILE"),
);
