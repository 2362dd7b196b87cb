//! What the wire did, counted.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Packets the wire has seen since the lab's start, by what became of them.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
        }

        /// The same, while it grows.
        #[derive(Default)]
        pub(crate) struct Tally {
            $(pub(crate) $name: Count,)*
        }

        impl Tally {
            pub(crate) fn counts(&self) -> Counts {
                Counts { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

tally! {
    /// Packets from the client.
    from_client,
    /// Packets from the internet's side.
    from_internet,
    /// Packets handed to the client, the routers' answers included.
    to_client,
    /// Packets handed to the internet's side.
    to_internet,
    /// ICMP errors that played routers sent.
    answered,
    /// Packets that ended at a silent router.
    silent,
    /// Packets or answers lost by chance.
    lost,
    /// Answers a router's rate limit forbade.
    rate_limited,
    /// Packets a destination does not accept.
    filtered,
    /// Packets to addresses no route leads to.
    unrouted,
    /// Forged answers sent.
    forged,
    /// Frames that were no whole IP packet, or that no router may answer.
    ignored,
    /// Packets dropped because the wire or a device had no room.
    overflowed,
}

/// One counter.
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.add_many(1);
    }

    pub(crate) fn add_many(&self, more: u32) {
        self.0.fetch_add(more.into(), Ordering::Relaxed);
    }
}
