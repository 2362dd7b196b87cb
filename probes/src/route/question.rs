//! What to trace, and how gently.

use std::net::IpAddr;
use std::time::Duration;

/// What is sent. Middleboxes treat each differently, so a route is that of a protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// ICMP echo requests.
    #[default]
    Icmp,
    /// Datagrams to this port.
    Udp(u16),
    /// The first packet of a connection to this port, never more of it.
    Tcp(u16),
}

/// Where traceroutes have always sent datagrams to, because nobody listens there.
pub const USUAL_UDP_PORT: u16 = 33434;

/// One trace to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The address to trace to.
    pub to: IpAddr,
    /// What is sent there.
    pub protocol: Protocol,
    /// How many flows to probe: one flow is one path through load balancers.
    pub flows: u16,
    /// Where every router that load is balanced over is to be found: the chance of missing one behind another router, in
    /// parts per million. As many flows are asked as that takes.
    pub enumerate_ppm: Option<u32>,
    /// Whether a hop that answers some probes and not others is asked on, after pauses, until it shows why; for some ten
    /// seconds at most.
    pub explain_silence: bool,
    /// Whether to look for the largest packet that comes through whole, and for the hops that refuse larger ones.
    pub path_mtu: bool,
    /// How many answers every hop is asked for; with several flows, how many the first flow asks for.
    pub tries: u8,
    /// The largest TTL.
    pub max_hops: u8,
    /// The smallest TTL.
    pub first_hop: u8,
    /// The longest any one probe is waited for; silence is mostly told sooner.
    pub timeout: Duration,
    /// The identity of the flows: the same seed takes the same paths again.
    pub seed: u64,
}

impl Question {
    /// The customary trace to an address: one flow, three answers a hop, 30 hops, two seconds.
    pub fn new(to: IpAddr) -> Self {
        Self {
            to,
            protocol: Protocol::Icmp,
            flows: 1,
            enumerate_ppm: None,
            explain_silence: false,
            path_mtu: false,
            tries: 3,
            max_hops: 30,
            first_hop: 1,
            timeout: Duration::from_secs(2),
            seed: 0,
        }
    }
}

/// What the whole process may send, and how patient it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Probes per second of all traces together.
    pub packets_per_second: u32,
    /// Probes that may leave at once after a pause; one trace's first look at every hop.
    pub burst: u32,
    /// The least time between two probes that expire at one hop of one target. Routers limit how many errors they send:
    /// Linux allows a burst of six to one address and then one a second (net/ipv4/icmp.c, `icmp_ratelimit`).
    pub same_hop_gap: Duration,
    /// How long a silent hop is waited for at least, once the end of the way is known: routers that forward in hardware
    /// take their time to answer.
    pub silent_hop: Duration,
    /// How long silence is waited for at least while nobody beyond it has answered: the next link may cross an ocean.
    pub silent_end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packets_per_second: 100,
            burst: 30,
            same_hop_gap: Duration::from_millis(50),
            silent_hop: Duration::from_millis(200),
            silent_end: Duration::from_millis(450),
        }
    }
}
