//! Which source port a flow leaves from: part of what routers balance by, so it is the flow's own for good.

use super::trace::mix;
use crate::sys::is_taken;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// Below what Linux hands out by itself (`net.ipv4.ip_local_port_range`), above what servers like to listen on.
const FIRST: u64 = 10_240;
const COUNT: u64 = 32_768 - FIRST;
/// So many ports are tried before the machine counts as having none.
const TRIES: u64 = 32;

/// What tells the flow from all others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowOf {
    pub(crate) seed: u64,
    pub(crate) flow: u16,
    pub(crate) to: IpAddr,
}

/// Opens something on the flow's port, or where another program has that, on the next of its ports.
pub(crate) fn open<T>(
    from: IpAddr,
    flow: FlowOf,
    open: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    let mut outcome = Err(io::ErrorKind::AddrInUse.into());
    for attempt in 0..TRIES {
        outcome = open(SocketAddr::new(from, port(flow, attempt)));
        if !outcome.as_ref().is_err_and(is_taken) {
            break;
        }
    }
    outcome
}

/// No two flows of one trace have the same port at first: flows step through all ports.
fn port(FlowOf { seed, flow, to }: FlowOf, attempt: u64) -> u16 {
    /// Has no divisor in common with the number of ports.
    const STEP: u64 = 7919;
    let begin = mix(seed ^ mix(word(to))) % COUNT;
    let at = (begin + u64::from(flow) * STEP + attempt * 257) % COUNT;
    (FIRST + at) as u16
}

fn word(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            (bits >> 64) as u64 ^ mix(bits as u64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const TO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));

    fn flow(flow: u16) -> FlowOf {
        FlowOf {
            seed: 3,
            flow,
            to: TO,
        }
    }

    #[test]
    fn every_flow_has_a_port_of_its_own_and_keeps_it() {
        let ports: HashSet<u16> = (0..1000).map(|it| port(flow(it), 0)).collect();
        assert_eq!(ports.len(), 1000);
        assert!(ports.iter().all(|port| (10_240..32_768).contains(port)));
        assert_eq!(port(flow(5), 0), port(flow(5), 0));
    }

    #[test]
    fn a_taken_port_is_passed_over_and_another_failure_is_told() {
        let taken = port(flow(0), 0);
        let opened = open(TO, flow(0), |local| match local.port() {
            port if port == taken => Err(io::ErrorKind::AddrInUse.into()),
            port => Ok(port),
        });
        assert_eq!(opened.ok(), Some(port(flow(0), 1)));
        let refused: io::Result<()> =
            open(TO, flow(0), |_| Err(io::ErrorKind::PermissionDenied.into()));
        assert_eq!(
            refused.map_err(|error| error.kind()),
            Err(io::ErrorKind::PermissionDenied)
        );
    }
}
