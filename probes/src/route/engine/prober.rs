//! How a trace's probes leave: by the process's ICMP socket, or from sockets of their own.

use super::local::{self, FlowOf};
use super::port::{OpenPort, Outgoing, Port};
use super::tcp::Tcp;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;

/// What sends the probes of one trace.
#[derive(Debug)]
pub(crate) enum Prober {
    /// The socket of all traces.
    Icmp(Arc<Port>),
    /// A socket for each flow.
    Udp(Udp),
    /// A socket for each probe.
    Tcp(Tcp),
}

impl Prober {
    /// Sends one probe; says when it left.
    pub(crate) async fn send(&mut self, outgoing: Outgoing) -> io::Result<Instant> {
        match self {
            Self::Icmp(port) => port.send(outgoing).await,
            Self::Udp(udp) => udp.send(outgoing).await,
            Self::Tcp(tcp) => tcp.send(outgoing).await,
        }
    }

    /// Messages its sockets dropped because nobody had read what came before.
    pub(crate) fn dropped(&self) -> u32 {
        match self {
            Self::Icmp(port) => port.dropped(),
            Self::Udp(udp) => udp.ports.values().map(|open| open.port.dropped()).sum(),
            Self::Tcp(_) => 0,
        }
    }
}

/// Probes by UDP: addresses and ports of a flow stay, what tells its probes apart is in the payload.
#[derive(Debug)]
pub(crate) struct Udp {
    seed: u64,
    port: u16,
    ports: HashMap<u16, OpenPort>,
    _room: OwnedSemaphorePermit,
}

impl Udp {
    pub(crate) fn new(seed: u64, port: u16, room: OwnedSemaphorePermit) -> Self {
        Self {
            seed,
            port,
            ports: HashMap::new(),
            _room: room,
        }
    }

    async fn send(&mut self, outgoing: Outgoing) -> io::Result<Instant> {
        let (from, to, flow) = (outgoing.from, outgoing.flight.to, outgoing.flow);
        if !self.ports.contains_key(&flow) {
            let opened = self.open(from, to, flow)?;
            self.ports.insert(flow, opened);
        }
        match self.ports.get(&flow) {
            Some(open) => open.port.send(outgoing).await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn open(&self, from: IpAddr, to: IpAddr, flow: u16) -> io::Result<OpenPort> {
        let flow = FlowOf {
            seed: self.seed,
            flow,
            to,
        };
        local::open(from, flow, |local| OpenPort::udp(local, self.port))
    }
}
