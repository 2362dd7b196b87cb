use super::*;

#[test]
fn addresses_with_and_without_scheme_and_port() {
    for (written, shown) in [
        ("1.1.1.1", "udp://1.1.1.1"),
        ("1.1.1.1:5353", "udp://1.1.1.1:5353"),
        ("tcp://1.1.1.1:53", "tcp://1.1.1.1"),
        ("2606:4700::1111", "udp://[2606:4700::1111]"),
        ("[2606:4700::1111]", "udp://[2606:4700::1111]"),
        ("udp://[2606:4700::1111]:53", "udp://[2606:4700::1111]"),
        ("TCP://[::1]:5300", "tcp://[::1]:5300"),
        ("tls://1.1.1.1", "tls://1.1.1.1"),
        (
            "tls://1.1.1.1:853#Cloudflare-DNS.com",
            "tls://1.1.1.1#cloudflare-dns.com",
        ),
        ("tls://dns.google:8853", "tls://dns.google:8853"),
        ("https://dns.google", "https://dns.google/dns-query"),
        (
            "https://dns.google/dns-query{?dns}",
            "https://dns.google/dns-query",
        ),
        ("https://[::1]:8443/q", "https://[::1]:8443/q"),
        (
            "https://8.8.8.8/dns-query#dns.google",
            "https://8.8.8.8/dns-query#dns.google",
        ),
        ("quic://94.140.14.14", "quic://94.140.14.14"),
    ] {
        let server: Server = written.parse().unwrap();
        assert_eq!(server.to_string(), shown);
        assert_eq!(server.to_string().parse(), Ok(server));
    }
}

#[test]
fn what_cannot_be_asked_says_what_to_write() {
    for (written, says) in [
        ("gopher://1.1.1.1", "write udp://, tcp://"),
        ("dns.google", "write the address"),
        ("tcp://dns.google", "write the address"),
        ("1.1.1.1:0", "port 0"),
        ("1.1.1.1:99999", "no port"),
        ("1.1.1", "write the address"),
        ("tls://1.1.1", "write the address"),
        ("", "write the address"),
        ("udp://1.1.1.1#dns.google", "has none"),
        ("tls://1.1.1.1/dns-query", "only https:// has a path"),
        ("tls://1.1.1.1#a..b", "empty label"),
        ("https://", "write the address"),
    ] {
        let error = written.parse::<Server>().unwrap_err();
        assert!(error.contains(says), "{written}: {error}");
    }
}

#[test]
fn the_certificate_bears_the_name_written_or_the_host() {
    for (written, name) in [
        ("tls://1.1.1.1#one.one.one.one", "one.one.one.one"),
        ("tls://1.1.1.1", "1.1.1.1"),
        ("https://DNS.google/dns-query", "dns.google"),
        ("quic://[2001:db8::1]", "2001:db8::1"),
    ] {
        assert_eq!(written.parse::<Server>().unwrap().name(), name);
    }
}

#[test]
fn a_server_by_name_is_looked_up_at_its_bootstrap() {
    let mut server: Server = "https://dns.google/dns-query".parse().unwrap();
    assert_eq!(server.addr(), None);
    assert_eq!(server.lookup(QueryType::A), None);
    server.bootstrap = Some(Box::new("1.1.1.1".parse().unwrap()));
    let lookup = server.lookup(QueryType::A).unwrap();
    assert_eq!(lookup.to_string(), "udp://1.1.1.1 A dns.google.");
}
