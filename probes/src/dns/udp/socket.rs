//! A connected datagram socket that knows when the kernel received what it hands out.

use nix::cmsg_space;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt::ReceiveTimestampns,
};
use nix::sys::time::TimeSpec;
use std::cell::RefCell;
use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket as StdSocket};
use std::os::fd::AsRawFd;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::Instant;

thread_local! {
    /// One buffer per thread, as large as a datagram can be, so that a thousand sockets do not need a thousand of them.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 65_535]);
}

/// Kept open, so that the kernel does not stop stamping between questions.
///
/// It starts to stamp a little after the first socket asks for it and stops with the last (`net_enable_timestamp` in
/// net/core/dev.c); what comes before that is stamped when it is read.
static STAMPED: LazyLock<Option<StdSocket>> = LazyLock::new(|| {
    let socket = StdSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    setsockopt(&socket, ReceiveTimestampns, &true).ok()?;
    Some(socket)
});

/// What arrived, and when.
#[derive(Debug)]
pub(super) struct Datagram {
    /// The payload.
    pub(super) octets: Vec<u8>,
    /// When it was read.
    read_at: Instant,
    /// How long it had been waiting in the kernel by then.
    waited: Duration,
}

impl Datagram {
    /// The time from `started` until the kernel had it.
    ///
    /// Both ends are of the monotonic clock; only the wait in between is of the wall clock the kernel stamps with, and
    /// where a step of that clock makes it impossible it is left out.
    pub(super) fn after(&self, started: Instant) -> Duration {
        let until_read = self.read_at - started;
        until_read.checked_sub(self.waited).unwrap_or(until_read)
    }
}

/// The socket of one question.
#[derive(Debug)]
pub(super) struct Socket(UdpSocket);

impl Socket {
    /// A socket on a random port that talks to `server` only. Nothing is sent by this.
    pub(super) fn connect(server: SocketAddr) -> io::Result<Self> {
        LazyLock::force(&STAMPED);
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = StdSocket::bind(any)?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        setsockopt(&socket, ReceiveTimestampns, &true)?;
        UdpSocket::from_std(socket).map(Self)
    }

    /// Sends one datagram.
    pub(super) async fn send(&self, octets: &[u8]) -> io::Result<()> {
        self.0.send(octets).await.map(drop)
    }

    /// The next datagram, or the error that ICMP reported for what was sent.
    pub(super) async fn receive(&self) -> io::Result<Datagram> {
        // An error alone does not make a datagram socket readable.
        let interest = Interest::READABLE | Interest::ERROR;
        let read = || BUFFER.with_borrow_mut(|buffer| receive_into(&self.0, buffer));
        self.0.async_io(interest, read).await
    }
}

fn receive_into(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<Datagram> {
    let mut control = cmsg_space!(TimeSpec);
    let (length, stamp) = {
        let mut parts = [IoSliceMut::new(buffer)];
        let flags = MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
        let stamp = message
            .cmsgs()
            .ok()
            .and_then(|mut messages| messages.find_map(|message| received_at(&message)));
        (message.bytes, stamp)
    };
    Ok(Datagram {
        octets: buffer.get(..length).unwrap_or_default().to_vec(),
        read_at: Instant::now(),
        waited: stamp.map(since).unwrap_or_default(),
    })
}

fn received_at(message: &ControlMessageOwned) -> Option<SystemTime> {
    match message {
        ControlMessageOwned::ScmTimestampns(stamp) => {
            UNIX_EPOCH.checked_add(Duration::from(*stamp))
        }
        _ => None,
    }
}

fn since(stamp: SystemTime) -> Duration {
    stamp.elapsed().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a reader that comes 50 ms late measures the time until the answer was there.
    async fn is_measured_though_read_late(peer: &StdSocket) -> bool {
        let socket = Socket::connect(peer.local_addr().unwrap()).unwrap();
        let started = Instant::now();
        socket.send(b"question").await.unwrap();
        let (_, from) = peer.recv_from(&mut [0; 16]).unwrap();
        peer.send_to(b"answer", from).unwrap();
        let answered_after = started.elapsed();
        let late = Duration::from_millis(50);
        std::thread::sleep(late);
        let datagram = socket.receive().await.unwrap();
        assert_eq!(datagram.octets, b"answer");
        assert!(datagram.after(started) <= started.elapsed());
        datagram.after(started) < answered_after + late / 2
    }

    #[tokio::test]
    async fn the_time_is_the_kernels_however_late_it_is_read() {
        let peer = StdSocket::bind("127.0.0.1:0").unwrap();
        let mut tries = 0;
        while !is_measured_though_read_late(&peer).await {
            tries += 1;
            assert!(tries < 100, "the kernel never starts to stamp");
        }
        for _ in 0..5 {
            assert!(
                is_measured_though_read_late(&peer).await,
                "it stopped again"
            );
        }
    }
}
