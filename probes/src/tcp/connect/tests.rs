use super::*;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

const LONG: Duration = Duration::from_secs(30);

fn listener(address: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(address).expect("a port");
    let address = listener.local_addr().expect("bound");
    (listener, address)
}

/// A port that was free a moment ago.
fn closed(address: &str) -> SocketAddr {
    listener(address).1
}

#[tokio::test]
async fn a_listener_is_connected_to_and_the_kernel_says_how_far_it_is() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let (_listener, to) = listener(address);
        let (way, stream) = connect(to, LONG).await;
        assert_eq!(way.end, End::Connected, "{address}");
        assert_eq!(way.source, Some(to.ip()));
        let stream = stream.expect("connected");
        assert_eq!(stream.peer_addr().expect("a peer"), to);
        if cfg!(target_os = "linux") {
            assert_eq!(way.retransmits, Some(0));
            let rtt = way.rtt.expect("measured");
            assert!(rtt > Duration::ZERO && rtt <= way.took, "{way:?}");
        }
    }
}

#[tokio::test]
async fn a_closed_port_refuses() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let (way, stream) = connect(closed(address), LONG).await;
        assert_eq!(way.end, End::Refused, "{address}");
        assert!(stream.is_none() && way.rtt.is_none());
    }
}

#[tokio::test]
async fn a_listener_whose_queue_is_full_is_silence() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any.into()).expect("a port");
    socket.listen(0).expect("listening");
    let to = socket.local_addr().expect("bound").as_socket().expect("IP");
    let (_, _held) = connect(to, LONG).await;
    let (way, stream) = connect(to, Duration::from_millis(50)).await;
    assert_eq!(way.end, End::TimedOut);
    assert!(stream.is_none() && way.took >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_mapped_address_is_the_address_it_maps() {
    let (_listener, to) = listener("127.0.0.1:0");
    let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped();
    let (way, _) = connect(SocketAddr::new(mapped.into(), to.port()), LONG).await;
    assert_eq!((way.end, way.to), (End::Connected, to));
}

#[test]
fn what_this_machine_says_is_not_what_the_network_says() {
    let to = SocketAddr::from((Ipv6Addr::LOCALHOST, 443));
    let error = |errno: Errno| io::Error::from_raw_os_error(errno as i32);
    let at_once = |errno| end_at_once(&error(errno), to);
    assert!(matches!(
        at_once(Errno::EADDRNOTAVAIL),
        End::LocalExhaustion(_)
    ));
    assert!(matches!(at_once(Errno::ENETUNREACH), End::CouldNotAsk(_)));
    assert!(matches!(at_once(Errno::EMFILE), End::CouldNotAsk(_)));
    assert!(matches!(at_once(Errno::EPERM), End::CouldNotAsk(_)));
    let later = |errno| end_by(&error(errno), to);
    assert_eq!(later(Errno::EHOSTUNREACH), End::Unreachable(None));
    assert_eq!(later(Errno::ETIMEDOUT), End::TimedOut);
    assert_eq!(later(Errno::ECONNREFUSED), End::Refused);
    assert_eq!(later(Errno::ECONNRESET), End::Reset);
}
