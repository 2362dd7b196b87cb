//! Namespaces and the two device calls nobody wraps: the only unsafe code of this crate.
#![allow(unsafe_code)]

use std::ffi::c_char;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Uid, getegid, geteuid};

/// Moves the calling thread, which must be the process's only one, into a new network namespace;
/// into a new user namespace too where the process may not do so otherwise.
pub(crate) fn enter() -> Result<(), Errno> {
    if geteuid().is_root() && unshare(CloneFlags::CLONE_NEWNET).is_ok() {
        return Ok(());
    }
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)?;
    map_to_root(user, group.as_raw())
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EPERM)))
}

fn map_to_root(user: Uid, group: u32) -> io::Result<()> {
    fs::write("/proc/self/uid_map", format!("0 {user} 1\n"))?;
    fs::write("/proc/self/setgroups", "deny\n")?;
    fs::write("/proc/self/gid_map", format!("0 {group} 1\n"))
}

/// Moves the calling thread alone into a new network namespace.
pub(crate) fn enter_thread() -> Result<(), Errno> {
    unshare(CloneFlags::CLONE_NEWNET)
}

/// The calling thread's network namespace.
pub(crate) fn current() -> io::Result<fs::File> {
    fs::File::open("/proc/thread-self/ns/net")
}

/// How many threads the process has.
pub(crate) fn threads() -> io::Result<usize> {
    Ok(fs::read_dir("/proc/self/task")?.count())
}

/// A socket that sees every frame arriving at a device, and sends frames out of it (packet(7)).
pub(crate) fn packet_socket(device: &str) -> io::Result<OwnedFd> {
    let index = if_nametoindex(device)?;
    let every = (libc::ETH_P_ALL as u16).to_be();
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: socket(2) takes no pointer; its result is checked before it is owned.
    let fd = Errno::result(unsafe { libc::socket(libc::AF_PACKET, kind, 0) })?;
    // SAFETY: `fd` was just opened and belongs to nobody else.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    set_option(&socket, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, 1)?;
    // Frames go straight to the device, which the kernel may not yet have given a queue.
    set_option(&socket, libc::SOL_PACKET, libc::PACKET_QDISC_BYPASS, 1)?;
    set_option(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
    set_option(&socket, libc::SOL_SOCKET, libc::SO_RCVBUF, 8 << 20)?;
    // SAFETY: sockaddr_ll is plain data for which all zeros are valid.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address.sll_protocol = every;
    address.sll_ifindex = index as i32;
    let len = size_of::<libc::sockaddr_ll>() as u32;
    // SAFETY: the pointer is to a live sockaddr_ll and `len` is its size.
    Errno::result(unsafe { libc::bind(fd, (&raw const address).cast(), len) })?;
    Ok(socket)
}

fn set_option(socket: &OwnedFd, level: i32, name: i32, value: i32) -> io::Result<()> {
    let len = size_of::<i32>() as u32;
    // SAFETY: the pointer is to a live int and `len` is its size.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            len,
        )
    };
    Ok(Errno::result(set).map(drop)?)
}

/// Frames the kernel dropped since the last call, because the socket's buffer was full (PACKET_STATISTICS).
pub(crate) fn dropped(socket: &OwnedFd) -> u32 {
    let mut statistics = libc::tpacket_stats {
        tp_packets: 0,
        tp_drops: 0,
    };
    let mut len = size_of::<libc::tpacket_stats>() as u32;
    let (fd, to) = (socket.as_raw_fd(), (&raw mut statistics).cast());
    // SAFETY: the pointer is to a live tpacket_stats and `len` is its size.
    unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            to,
            &raw mut len,
        )
    };
    statistics.tp_drops
}

/// What a veth leaves to hardware that is not there: checksums and segmentation (linux/ethtool.h).
const OFFLOADS: [u32; 5] = [
    0x17, // ETHTOOL_STXCSUM
    0x19, // ETHTOOL_SSG
    0x1f, // ETHTOOL_STSO
    0x24, // ETHTOOL_SGSO
    0x2c, // ETHTOOL_SGRO
];

#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// Makes the kernel write whole packets with whole checksums on this device.
pub(crate) fn no_offloads(device: &str) -> io::Result<()> {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0")
        .or_else(|_| std::net::UdpSocket::bind("0.0.0.0:0"))?;
    for command in OFFLOADS {
        let mut value = EthtoolValue { command, data: 0 };
        // SAFETY: ifreq is plain data for which all zeros are valid.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        for (to, from) in request
            .ifr_name
            .iter_mut()
            .zip(device.bytes().take(libc::IFNAMSIZ - 1))
        {
            *to = from as c_char;
        }
        request.ifr_ifru.ifru_data = (&raw mut value).cast();
        // SAFETY: `request` names a device, ends in a zero byte and points to an ethtool_value that outlives the call.
        Errno::result(unsafe {
            libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL, &raw mut request)
        })?;
    }
    Ok(())
}
