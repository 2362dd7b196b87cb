//! Packets written and read byte by byte, by none of the code under test.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

/// A DNS question by its wire format, without EDNS; id 4660.
pub(crate) fn question(name: &str, kind: u8) -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.trim_end_matches('.').split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.extend([0, 0, kind, 0, 1]);
    bytes
}

/// Every reply to one question within a time, each with its milliseconds.
pub(crate) fn ask(server: &str, question: &[u8], wait: Duration) -> Vec<(f64, Vec<u8>)> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket
        .connect((server.parse::<IpAddr>().unwrap(), 53))
        .unwrap();
    let begun = Instant::now();
    socket.send(question).unwrap();
    let mut replies = Vec::new();
    let mut buffer = [0; 4096];
    while let Some(left) = wait
        .checked_sub(begun.elapsed())
        .filter(|left| !left.is_zero())
    {
        socket.set_read_timeout(Some(left)).unwrap();
        if let Ok(len) = socket.recv(&mut buffer) {
            replies.push((begun.elapsed().as_secs_f64() * 1e3, buffer[..len].to_vec()));
        }
    }
    replies
}

pub(crate) const UDP: u8 = 17;

/// The ICMP protocol and echo request type of an address's family.
pub(crate) fn echo_of(address: IpAddr) -> (u8, u8) {
    if address.is_ipv6() { (58, 128) } else { (1, 8) }
}

/// A whole echo request of one socket, `id`, with a sequence number and `size` bytes of payload.
pub(crate) fn echo(
    from: IpAddr,
    to: IpAddr,
    ttl: u8,
    (id, sequence): (u16, u16),
    size: usize,
) -> Vec<u8> {
    let (protocol, kind) = echo_of(to);
    let mut message = vec![kind, 0, 0, 0];
    message.extend(id.to_be_bytes());
    message.extend(sequence.to_be_bytes());
    message.extend((0..size).map(|at| at as u8));
    let counted = if to.is_ipv6() {
        pseudo(from, to, protocol, message.len())
    } else {
        Vec::new()
    };
    let sum = checksum(&[counted, message.clone()].concat());
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    packet(from, to, protocol, ttl, &message)
}

/// A whole datagram.
pub(crate) fn datagram(
    from: IpAddr,
    to: IpAddr,
    ttl: u8,
    (from_port, to_port): (u16, u16),
    size: usize,
) -> Vec<u8> {
    let mut message = [from_port, to_port, (8 + size) as u16, 0]
        .map(u16::to_be_bytes)
        .concat();
    message.extend((0..size).map(|at| at as u8));
    let sum = checksum(&[pseudo(from, to, UDP, message.len()), message.clone()].concat());
    message[6..8].copy_from_slice(&sum.to_be_bytes());
    packet(from, to, UDP, ttl, &message)
}

fn packet(from: IpAddr, to: IpAddr, protocol: u8, ttl: u8, payload: &[u8]) -> Vec<u8> {
    let [len_high, len_low] =
        (payload.len() as u16 + if to.is_ipv6() { 0 } else { 20 }).to_be_bytes();
    let mut header = match to {
        IpAddr::V4(_) => vec![
            0x45, 0x10, len_high, len_low, 0xab, 0xcd, 0x40, 0, ttl, protocol, 0, 0,
        ],
        IpAddr::V6(_) => vec![0x60, 0, 0, 0, len_high, len_low, protocol, ttl],
    };
    header.extend([octets(from), octets(to)].concat());
    if to.is_ipv4() {
        let sum = checksum(&header);
        header[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    header.extend(payload);
    header
}

fn pseudo(from: IpAddr, to: IpAddr, protocol: u8, len: usize) -> Vec<u8> {
    let mut bytes = [octets(from), octets(to)].concat();
    bytes.extend((len as u32).to_be_bytes());
    bytes.extend([0, 0, 0, protocol]);
    bytes
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// RFC 1071, in ones' complement as it is written there.
pub(crate) fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    !(words.fold(0u32, |sum, word| {
        if sum + word > 0xffff {
            sum + word - 0xffff
        } else {
            sum + word
        }
    }) as u16)
}

/// Sends whole packets where this thread is, and returns every ICMP error that arrives until `wait` is over.
pub(crate) fn errors(packets: &[Vec<u8>], to: IpAddr, wait: Duration) -> Vec<Vec<u8>> {
    let timed = timed_errors(packets, to, wait);
    timed.into_iter().map(|(_, error)| error).collect()
}

/// The same, each with the time since the first packet was sent.
pub(crate) fn timed_errors(
    packets: &[Vec<u8>],
    to: IpAddr,
    wait: Duration,
) -> Vec<(Duration, Vec<u8>)> {
    let begun = Instant::now();
    // One protocol, not every: what this side sends is then not heard.
    let arriving: u16 = if to.is_ipv6() { 0x86dd } else { 0x0800 };
    let arriving = Protocol::from(i32::from(arriving.to_be()));
    let mut ear = Socket::new(Domain::PACKET, Type::DGRAM, Some(arriving)).unwrap();
    let voice = Socket::new(
        Domain::for_address(SocketAddr::new(to, 0)),
        Type::RAW,
        Some(Protocol::from(255)),
    )
    .unwrap();
    for packet in packets {
        voice
            .send_to(packet, &SocketAddr::new(to, 0).into())
            .unwrap();
        std::thread::sleep(Duration::from_micros(300));
    }
    let end = Instant::now() + wait;
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while let Some(left) = end
        .checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero())
    {
        ear.set_read_timeout(Some(left)).unwrap();
        let Ok(len) = ear.read(&mut buffer) else {
            continue;
        };
        if is_error(&buffer[..len]) {
            heard.push((begun.elapsed(), buffer[..len].to_vec()));
        }
    }
    heard
}

/// The bytes of the ICMP message in an IP packet without options.
pub(crate) fn icmp(packet: &[u8]) -> &[u8] {
    &packet[if packet[0] >> 4 == 6 { 40 } else { 20 }..]
}

fn is_error(packet: &[u8]) -> bool {
    match (packet[0] >> 4, packet.get(9), packet.get(6)) {
        (4, Some(1), _) => matches!(icmp(packet)[0], 3 | 11 | 12),
        (6, _, Some(58)) => icmp(packet)[0] < 128,
        _ => false,
    }
}
