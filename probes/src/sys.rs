//! What the kernel of Linux tells beyond a portable socket: sockets that hear of ICMP errors and need no privilege, the error
//! queue, and what TCP measured. The one place where this crate is `unsafe`.
//!
//! The kernel delivers replies on the normal queue and every ICMP error on the error queue, the latter with the quoted
//! destination as name. Its payload is what was quoted: from the ICMP header on (net/ipv4/ping.c, `ping_err`), behind the
//! UDP header (net/ipv4/udp.c, `__udp4_lib_err`), from the TCP header on (net/ipv4/tcp_ipv4.c, `tcp_v4_err`).
#![allow(unsafe_code)]

mod datagram;

use self::datagram::address_of;
pub(crate) use self::datagram::{Datagram, QueuedError};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::sockopt::{
    Ipv4RecvErr, Ipv4RecvTtl, Ipv6RecvErr, Ipv6RecvHopLimit, RcvBuf, RcvBufForce,
    ReceiveTimestampns, RxqOvfl,
};
use nix::sys::socket::{
    ControlMessage, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrStorage, recvmsg, sendmsg,
    setsockopt,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What a user sets to be allowed these sockets.
pub(crate) const PERMIT: &str = "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"";

const RECEIVE_BUFFER_BYTES: usize = 4 << 20;
/// linux/in.h `IP_RECVERR_RFC4884` and linux/in6.h `IPV6_RECVERR_RFC4884`, since Linux 5.9.
const IP_RECVERR_RFC4884: libc::c_int = 26;
const IPV6_RECVERR_RFC4884: libc::c_int = 31;

/// Any but 0 would do.
const USUAL_IDENT: u16 = 0x6e73;

/// The two address families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() {
            Self::V4
        } else {
            Self::V6
        }
    }
}

/// Which of a socket's two queues to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    Errors,
    Replies,
}

/// Where one packet goes and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    pub(crate) to: IpAddr,
    pub(crate) from: IpAddr,
    /// The UDP port; 0 for ICMP.
    pub(crate) port: u16,
    pub(crate) ttl: u8,
    /// IPv6 flow label, 20 bits; part of what routers balance by.
    pub(crate) flow_label: u32,
    pub(crate) cut: Cut,
}

/// Whether a packet may be cut into fragments where a link does not take it whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Not by routers; by this system where it has learnt that the way is narrower.
    #[default]
    AsUsual,
    /// By anybody; of IPv6 packets by this system alone.
    Anywhere,
    /// By nobody, whatever this system has learnt of the way.
    Never,
}

/// A socket of one family that probes leave from.
#[derive(Debug)]
pub(crate) struct ProbeSocket {
    socket: socket2::Socket,
    family: Family,
    ident: u16,
    /// What the socket's option on fragments is set to; held from setting it until the packet has left.
    cut: Mutex<Cut>,
}

impl ProbeSocket {
    /// Opens an unconnected ICMP datagram socket. `PermissionDenied` means [`PERMIT`].
    pub(crate) fn icmp(family: Family) -> io::Result<Self> {
        let (domain, protocol) = match family {
            Family::V4 => (socket2::Domain::IPV4, socket2::Protocol::ICMPV4),
            Family::V6 => (socket2::Domain::IPV6, socket2::Protocol::ICMPV6),
        };
        let socket =
            socket2::Socket::new(domain, socket2::Type::DGRAM.nonblocking(), Some(protocol))?;
        configure(&socket, family)?;
        deepen(&socket)?;
        let ident = bind_anywhere(&socket, family)?;
        Ok(Self {
            socket,
            family,
            ident,
            cut: Mutex::default(),
        })
    }

    /// Opens a UDP socket on an address and port. It is not connected: an error that quotes a translated destination
    /// would not find its way to a connected one.
    pub(crate) fn udp(local: SocketAddr) -> io::Result<Self> {
        Self::bound(local, socket2::Type::DGRAM, socket2::Protocol::UDP)
    }

    /// Opens a TCP socket on an address and port, whose SYN leaves with that TTL or hop limit.
    pub(crate) fn tcp(local: SocketAddr, ttl: u8) -> io::Result<Self> {
        let opened = Self::bound(local, socket2::Type::STREAM, socket2::Protocol::TCP)?;
        match opened.family {
            Family::V4 => opened.socket.set_ttl_v4(ttl.into())?,
            Family::V6 => opened.socket.set_unicast_hops_v6(ttl.into())?,
        }
        // Whatever becomes of the connection, closing it leaves nothing behind: at most a RST.
        opened.socket.set_linger(Some(Duration::ZERO))?;
        Ok(opened)
    }

    fn bound(
        local: SocketAddr,
        kind: socket2::Type,
        protocol: socket2::Protocol,
    ) -> io::Result<Self> {
        let family = Family::of(local.ip());
        let domain = socket2::Domain::for_address(local);
        let socket = socket2::Socket::new(domain, kind.nonblocking(), Some(protocol))?;
        configure(&socket, family)?;
        socket.set_reuse_address(protocol == socket2::Protocol::TCP)?;
        socket.bind(&local.into())?;
        Ok(Self {
            socket,
            family,
            ident: local.port(),
            cut: Mutex::default(),
        })
    }

    /// Sends a SYN; what becomes of it shows later.
    pub(crate) fn connect(&self, to: SocketAddr) -> io::Result<()> {
        match self.socket.connect(&to.into()) {
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(()),
            other => other,
        }
    }

    /// Whether the peer has accepted the connection.
    pub(crate) fn is_connected(&self) -> bool {
        self.socket.peer_addr().is_ok()
    }

    /// The socket's pending error, which is thereby taken away.
    pub(crate) fn take_error(&self) -> Option<io::Error> {
        self.socket.take_error().ok().flatten()
    }

    /// Has the current runtime say when there is an error, or what else is of interest.
    pub(crate) fn register(self, interest: Interest) -> io::Result<AsyncFd<Self>> {
        // SAFETY: the socket owns its descriptor, never exchanges it, and closes it only when dropped.
        Ok(unsafe { AsyncFd::register_with_interest(self, interest | Interest::ERROR) }?)
    }

    /// The identifier the kernel writes into every echo request of this socket; the source port of others.
    pub(crate) fn ident(&self) -> u16 {
        self.ident
    }

    /// Sends one ICMP message; identifier and checksum are the kernel's to fill in.
    pub(crate) fn send(&self, message: &[u8], envelope: &Envelope) -> io::Result<()> {
        let iov = [IoSlice::new(message)];
        let ttl = libc::c_int::from(envelope.ttl);
        let fd = self.as_raw_fd();
        let _until_sent = self.set_cut(envelope.cut)?;
        match (envelope.to, envelope.from) {
            (IpAddr::V4(to), IpAddr::V4(from)) => {
                let source = source_v4(from);
                let controls = [
                    ControlMessage::Ipv4Ttl(&ttl),
                    ControlMessage::Ipv4PacketInfo(&source),
                ];
                let to = SockaddrIn::from(SocketAddrV4::new(to, envelope.port));
                sendmsg(fd, &iov, &controls, MsgFlags::empty(), Some(&to))?;
            }
            // IPv6 ping sockets take no source from a control message (Linux 6.18, `ping_v6_sendmsg`): the system's choice
            // for the destination stands, which is what `from` was asked from.
            (IpAddr::V6(to), IpAddr::V6(_)) => {
                let controls = [ControlMessage::Ipv6HopLimit(&ttl)];
                let to = SockaddrIn6::from(SocketAddrV6::new(
                    to,
                    envelope.port,
                    envelope.flow_label.to_be(),
                    0,
                ));
                sendmsg(fd, &iov, &controls, MsgFlags::empty(), Some(&to))?;
            }
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    /// Sets what may be cut. There is no control message for it.
    fn set_cut(&self, cut: Cut) -> io::Result<MutexGuard<'_, Cut>> {
        let mut now = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        if *now == cut {
            return Ok(now);
        }
        // Never IP_PMTUDISC_DONT: while it is set, the kernel keeps to itself what routers say of any packet's size (`ping_err`
        // in net/ipv4/ping.c). IPv6 packets are cut by their sender alone, who has to heed what it has learnt.
        let discover = match (cut, self.family) {
            (Cut::AsUsual, _) | (Cut::Anywhere, Family::V6) => libc::IP_PMTUDISC_WANT,
            (Cut::Anywhere, Family::V4) => libc::IP_PMTUDISC_OMIT,
            (Cut::Never, _) => libc::IP_PMTUDISC_PROBE,
        };
        let never = libc::c_int::from(cut == Cut::Never);
        match self.family {
            Family::V4 => set_where_known(
                &self.socket,
                (libc::IPPROTO_IP, libc::IP_MTU_DISCOVER),
                discover,
            )?,
            // The numbers are those of IPv4; the second option keeps this system from cutting.
            Family::V6 => {
                let v6 = libc::IPPROTO_IPV6;
                set_where_known(&self.socket, (v6, libc::IPV6_MTU_DISCOVER), discover)?;
                set_where_known(&self.socket, (v6, libc::IPV6_DONTFRAG), never)?;
            }
        }
        *now = cut;
        Ok(now)
    }

    /// Takes the next message from a queue; `WouldBlock` when it is empty.
    pub(crate) fn receive(&self, queue: Queue, buffer: &mut [u8]) -> io::Result<Datagram> {
        receive(self.as_raw_fd(), queue, buffer)
    }

    /// The family it was opened for.
    pub(crate) fn family(&self) -> Family {
        self.family
    }
}

impl AsRawFd for ProbeSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

impl AsFd for ProbeSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Takes the next message from a queue of any socket; `WouldBlock` when it is empty.
pub(crate) fn receive(socket: RawFd, queue: Queue, buffer: &mut [u8]) -> io::Result<Datagram> {
    let mut iov = [IoSliceMut::new(buffer)];
    let mut control = cmsg_space!([u8; 256]);
    let flags = match queue {
        Queue::Errors => MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT,
        Queue::Replies => MsgFlags::MSG_DONTWAIT,
    };
    let message = recvmsg::<SockaddrStorage>(socket, &mut iov, Some(&mut control), flags)?;
    let mut datagram = Datagram {
        length: message.bytes,
        name: message.address.and_then(address_of),
        ..Datagram::default()
    };
    for control in message.cmsgs()? {
        datagram.note(&control);
    }
    Ok(datagram)
}

/// Has the ICMP errors of a socket kept on its error queue.
pub(crate) fn keep_errors(socket: &impl AsFd, family: Family) -> io::Result<()> {
    match family {
        Family::V4 => setsockopt(socket, Ipv4RecvErr, &true)?,
        Family::V6 => setsockopt(socket, Ipv6RecvErr, &true)?,
    }
    Ok(())
}

/// What the kernel measured of a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TcpMeasured {
    /// The smoothed round-trip time: right after connecting, that of the handshake.
    pub(crate) rtt: Duration,
    /// Segments sent again; right after connecting, SYNs.
    pub(crate) retransmits: u32,
}

/// Asks the kernel what it measured of a TCP connection (tcp(7), `TCP_INFO`).
pub(crate) fn tcp_measured(socket: &impl AsRawFd) -> io::Result<TcpMeasured> {
    // SAFETY: `tcp_info` is made of integers alone, for which all bits zero is a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of_val(&info) as libc::socklen_t;
    // SAFETY: the descriptor is open for the whole call, and the kernel writes at most `length` bytes into `info`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut length,
        )
    };
    Errno::result(result)?;
    Ok(TcpMeasured {
        rtt: Duration::from_micros(info.tcpi_rtt.into()),
        retransmits: info.tcpi_total_retrans,
    })
}

fn source_v4(from: Ipv4Addr) -> libc::in_pktinfo {
    let spec_dst = libc::in_addr {
        s_addr: u32::from(from).to_be(),
    };
    libc::in_pktinfo {
        ipi_ifindex: 0,
        ipi_spec_dst: spec_dst,
        ipi_addr: libc::in_addr { s_addr: 0 },
    }
}

fn configure(socket: &socket2::Socket, family: Family) -> io::Result<()> {
    match family {
        Family::V4 => {
            setsockopt(socket, Ipv4RecvErr, &true)?;
            setsockopt(socket, Ipv4RecvTtl, &true)?;
            set_where_known(socket, (libc::IPPROTO_IP, IP_RECVERR_RFC4884), 1)?;
        }
        Family::V6 => {
            setsockopt(socket, Ipv6RecvErr, &true)?;
            setsockopt(socket, Ipv6RecvHopLimit, &true)?;
            set_where_known(socket, (libc::IPPROTO_IPV6, IPV6_RECVERR_RFC4884), 1)?;
            set_where_known(socket, (libc::IPPROTO_IPV6, libc::IPV6_FLOWINFO_SEND), 1)?;
        }
    }
    setsockopt(socket, ReceiveTimestampns, &true)?;
    setsockopt(socket, RxqOvfl, &1)?;
    Ok(())
}

/// Room for the answers of all traces at once. Forcing needs CAP_NET_ADMIN over the namespace; without it the kernel cuts
/// the size at net.core.rmem_max.
fn deepen(socket: &socket2::Socket) -> io::Result<()> {
    setsockopt(socket, RcvBufForce, &RECEIVE_BUFFER_BYTES)
        .or_else(|_| setsockopt(socket, RcvBuf, &RECEIVE_BUFFER_BYTES))?;
    Ok(())
}

/// A send failed because the socket or the device has too much to send already.
pub(crate) fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(libc::ENOBUFS)
}

/// Another socket has the address and port, or is on the way from there to where this one was to go.
pub(crate) fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable
    )
}

/// The peer refused the connection.
pub(crate) fn is_refusal(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

/// Sets an option, where this kernel has it.
fn set_where_known(
    socket: &socket2::Socket,
    (level, option): (libc::c_int, libc::c_int),
    value: libc::c_int,
) -> io::Result<()> {
    let length = size_of_val(&value) as libc::socklen_t;
    // SAFETY: the descriptor is open for the whole call, and the kernel reads exactly `length` bytes of `value`.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            length,
        )
    };
    match Errno::result(result) {
        Ok(_) | Err(Errno::ENOPROTOOPT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Binds to the usual identifier, which routers may balance by too, so that a flow takes the same way tomorrow;
/// to a random one where another process has it.
fn bind_anywhere(socket: &socket2::Socket, family: Family) -> io::Result<u16> {
    let any: IpAddr = match family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
    };
    let mut outcome = Err(io::ErrorKind::AddrInUse.into());
    let random = std::iter::repeat_with(|| rand::random_range(1..=u16::MAX));
    for ident in std::iter::once(USUAL_IDENT).chain(random).take(16) {
        outcome = socket
            .bind(&SocketAddr::new(any, ident).into())
            .map(|()| ident);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}
