//! The way of one question's packets: out by the engine's socket, back by a channel of its own.

use super::Question;
use crate::icmp::echo::LEAST_PAYLOAD_BYTES;
use crate::route::engine::Shared;
use crate::route::engine::in_flight::{Arrival, Flight, Sent};
use crate::route::engine::port::{Outgoing, Port};
use crate::sys::Cut;
use std::io;
use std::net::IpAddr;
use std::time::Instant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The checksum of every echo request, so that routers which balance by it send all of them one way.
const FLOW_SUM: u16 = 0x6e73;
const FLOW_LABEL: u32 = 0x6e73;

pub(crate) struct Line<'a> {
    shared: &'a Shared,
    port: &'a Port,
    source: IpAddr,
    question: &'a Question,
    sender: UnboundedSender<Arrival>,
    receiver: UnboundedReceiver<Arrival>,
    slot: Option<Instant>,
    flow: (u16, u32),
}

impl<'a> Line<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        port: &'a Port,
        source: IpAddr,
        question: &'a Question,
    ) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            shared,
            port,
            source,
            question,
            sender,
            receiver,
            slot: None,
            flow: (FLOW_SUM, FLOW_LABEL),
        }
    }

    /// The same for packets of that checksum and IPv6 flow label, which take the way of that flow.
    pub(crate) fn of_flow(self, flow: (u16, u32)) -> Self {
        Self { flow, ..self }
    }

    /// When the next packet may leave: the same moment until one has left.
    pub(super) fn slot(&mut self) -> Instant {
        let pacer = &self.shared.pacer;
        *self.slot.get_or_insert_with(|| pacer.slot(Instant::now()))
    }

    /// Sends a request now; says when it left.
    pub(super) async fn send(
        &mut self,
        index: usize,
        payload_bytes: u16,
        cut: Cut,
    ) -> io::Result<Instant> {
        self.slot = None;
        let flight = Flight {
            probe: self.shared.next_probe(),
            index,
            to: self.question.to,
            sent: Sent::now(),
            timeout: self.question.timeout,
            answered: false,
            minds_size: true,
            duplicates: 0,
            message: None,
            listener: self.sender.clone(),
        };
        let outgoing = Outgoing {
            flight,
            from: self.source,
            ttl: self.question.ttl,
            flow: 0,
            flow_sum: self.flow.0,
            flow_label: self.flow.1,
            payload_bytes: payload_bytes.max(LEAST_PAYLOAD_BYTES),
            cut,
        };
        let sent = self.port.send(outgoing).await?;
        // Whoever reads the socket may share this thread, and its buffer is finite.
        tokio::task::yield_now().await;
        Ok(sent)
    }

    /// What arrives next, until then.
    pub(super) async fn hear_until(&mut self, until: Instant) -> Option<Arrival> {
        if let Ok(arrival) = self.receiver.try_recv() {
            return Some(arrival);
        }
        let heard = tokio::time::timeout_at(until.into(), self.receiver.recv()).await;
        heard.ok().flatten()
    }

    /// Messages the kernel dropped on this socket since it was opened.
    pub(super) fn dropped(&self) -> u32 {
        self.port.dropped()
    }
}

/// Why a packet could not leave this machine, in a word or two.
pub(super) fn local(error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => "no route".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted, by a local firewall perhaps".to_owned(),
        io::ErrorKind::NetworkDown => "the network is down".to_owned(),
        _ if is_too_long(error) => "larger than the first link takes".to_owned(),
        _ => error.to_string(),
    };
    format!("local: {why}")
}

/// A packet that may not be cut is larger than the first link takes.
pub(super) fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(nix::libc::EMSGSIZE)
}
