//! All traces of a process: those by ICMP on one socket per address family, the others within one number of sockets.

mod batch;
mod conduct;
pub(crate) mod in_flight;
mod leisure;
mod local;
mod mda;
mod mtu;
mod pace;
mod plan;
pub(crate) mod port;
mod prober;
mod stopping;
mod tcp;
mod trace;

use self::pace::{Pacer, lock};
use self::port::{OpenPort, Port};
use self::prober::{Prober, Udp};
use self::tcp::Tcp;
use super::{Limits, Protocol, Question, RawOutcome, RawTrace};
use crate::sys::{Family, PERMIT, ProbeSocket};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Duplicate address detection takes a second, and up to one more to begin.
const ADDRESS_CHECK: Duration = Duration::from_millis(2500);

/// Sockets of all traces by UDP and TCP together.
const MOST_SOCKETS: u32 = 256;

/// Makes traces, however many at once, without privilege: by ICMP on one datagram socket per address family.
///
/// Cheap to clone. A socket is opened at the first trace of its family, on the runtime and in the network namespace of
/// that trace, and an engine belongs to both from then on.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    limits: Limits,
    pub(crate) pacer: Pacer,
    next_probe: AtomicU32,
    v4: Mutex<Option<OpenPort>>,
    v6: Mutex<Option<OpenPort>>,
    /// A place for each other socket.
    room: Arc<Semaphore>,
}

impl Engine {
    /// An engine that keeps these limits over all its traces together.
    pub fn new(limits: Limits) -> Self {
        let pacer = Pacer::new(&limits, Instant::now());
        Self {
            shared: Arc::new(Shared {
                limits,
                pacer,
                next_probe: AtomicU32::new(0),
                v4: Mutex::default(),
                v6: Mutex::default(),
                room: Arc::new(Semaphore::new(MOST_SOCKETS as usize)),
            }),
        }
    }

    /// Asks every hop on the way to an address and waits for the answers.
    pub async fn trace(&self, question: &Question) -> RawTrace {
        let question = Question {
            to: question.to.to_canonical(),
            ..question.clone()
        };
        match settled_source(question.to).await {
            Ok(source) => {
                let mut trace = trace::Trace::new(question, source);
                trace.raw.outcome = match self.prober(&trace.raw.question).await {
                    Ok(mut prober) => trace.conduct(&self.shared, &mut prober).await,
                    Err(outcome) => outcome,
                };
                trace.finish()
            }
            Err(error) => {
                let why = format!("no route to {}: {error}", question.to);
                RawTrace::not_asked(question, RawOutcome::CouldNotAsk(why))
            }
        }
    }

    /// The socket to use and the source address the system chooses, or why there is none.
    pub(crate) async fn ready(&self, to: IpAddr) -> Result<(Arc<Port>, IpAddr), RawOutcome> {
        let source = settled_source(to)
            .await
            .map_err(|error| RawOutcome::CouldNotAsk(format!("no route to {to}: {error}")))?;
        let port = self.shared.port(Family::of(to));
        Ok((port.map_err(|error| not_open(&error))?, source))
    }

    /// What sends the probes of a trace, or why nothing can.
    async fn prober(&self, question: &Question) -> Result<Prober, RawOutcome> {
        let no_room = |_| RawOutcome::CouldNotAsk("no socket: the engine is closed".into());
        let room = async || {
            let sockets = match question.enumerate_ppm {
                Some(_) => MOST_SOCKETS,
                None => u32::from(question.flows.max(1)).min(MOST_SOCKETS),
            };
            let room = Arc::clone(&self.shared.room).acquire_many_owned(sockets);
            room.await.map_err(no_room)
        };
        Ok(match question.protocol {
            Protocol::Icmp => {
                let port = self.shared.port(Family::of(question.to));
                Prober::Icmp(port.map_err(|error| not_open(&error))?)
            }
            Protocol::Udp(port) => Prober::Udp(Udp::new(question.seed, port, room().await?)),
            Protocol::Tcp(port) => Prober::Tcp(Tcp::new(question.seed, port, room().await?)),
        })
    }
}

fn not_open(error: &io::Error) -> RawOutcome {
    if is_forbidden(error) {
        RawOutcome::Unsupported(reason(error))
    } else {
        RawOutcome::CouldNotAsk(reason(error))
    }
}

impl Shared {
    fn port(&self, family: Family) -> io::Result<Arc<Port>> {
        let mut open = lock(match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        });
        if let Some(open) = open.as_ref() {
            return Ok(Arc::clone(&open.port));
        }
        Ok(Arc::clone(&open.insert(OpenPort::icmp(family)?).port))
    }

    pub(crate) fn next_probe(&self) -> u32 {
        self.next_probe.fetch_add(1, Ordering::Relaxed)
    }
}

/// Why this process may not trace to addresses of that family, and what to set, if so.
pub fn forbidden(family_of: IpAddr) -> Option<String> {
    ProbeSocket::icmp(Family::of(family_of))
        .err()
        .map(|error| reason(&error))
}

fn is_forbidden(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

fn reason(error: &io::Error) -> String {
    if is_forbidden(error) {
        return format!("ICMP sockets are not permitted to this user; set: {PERMIT}");
    }
    format!("no ICMP socket: {error}")
}

/// The source address, once there is one: a fresh IPv6 address is not used while it is checked for duplicates (RFC 4862
/// §5.4), and until then the system can only offer its loopback address, from which nothing comes back.
async fn settled_source(to: IpAddr) -> io::Result<IpAddr> {
    let begun = Instant::now();
    loop {
        let from = source(to)?;
        if to.is_loopback() || !from.is_loopback() || begun.elapsed() > ADDRESS_CHECK {
            return Ok(from);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The address the system would send from; connecting a datagram socket sends nothing.
fn source(to: IpAddr) -> io::Result<IpAddr> {
    let any: IpAddr = match to {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
    socket.connect(SocketAddr::new(to, 33434))?;
    Ok(socket.local_addr()?.ip())
}
