//! The names of hops, by reverse look-up (PTR) at a server of one's choice.

use crate::fact::Fact;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::task::JoinSet;

/// Asks `server` for the names of all addresses at once.
///
/// `Nothing` is the server's word that there is no name, `Unknown` that it did not say within `timeout`. Neither the
/// hosts file nor any setting of the system is looked at. Names come in lower case with the final dot; of several, the
/// first by alphabet. They are whatever the owner of the address wrote.
pub async fn hostnames(
    addresses: &[IpAddr],
    server: SocketAddr,
    timeout: Duration,
) -> BTreeMap<IpAddr, Fact<String>> {
    let Ok(resolver) = resolver(server, timeout) else {
        return BTreeMap::new();
    };
    let mut asked = JoinSet::new();
    for address in addresses.iter().copied() {
        let resolver = resolver.clone();
        asked.spawn(async move { (address, hostname(&resolver, address).await) });
    }
    asked.join_all().await.into_iter().collect()
}

async fn hostname(resolver: &TokioResolver, address: IpAddr) -> Fact<String> {
    match resolver.reverse_lookup(address).await {
        Ok(lookup) => Fact::looked_up(
            lookup
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::PTR(name) => Some(name.to_ascii().to_lowercase()),
                    _ => None,
                })
                .min(),
        ),
        Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords {
            response_code: ResponseCode::NXDomain | ResponseCode::NoError,
            ..
        }))) => Fact::Nothing,
        Err(_) => Fact::Unknown,
    }
}

fn resolver(server: SocketAddr, timeout: Duration) -> Result<TokioResolver, NetError> {
    let mut udp = ConnectionConfig::udp();
    udp.port = server.port();
    let mut tcp = ConnectionConfig::tcp();
    tcp.port = server.port();
    let server = NameServerConfig::new(server.ip(), true, vec![udp, tcp]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = timeout;
    options.attempts = 1;
    options.cache_size = 0;
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::{Message, MessageType};
    use hickory_proto::rr::rdata::PTR;
    use hickory_proto::rr::{Name, Record};
    use tokio::net::UdpSocket;

    /// Knows 192.0.2.1 by two names, denies 192.0.2.2, refuses 192.0.2.3 and is silent about the rest.
    async fn serve(socket: UdpSocket) {
        let mut buffer = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut buffer).await {
            let mut message = Message::from_vec(&buffer[..length]).unwrap();
            message.metadata.message_type = MessageType::Response;
            let name = message.queries[0].name().clone();
            let code = match name.to_ascii().split('.').next() {
                Some("1") => {
                    for host in ["z.Example.", "if-2.AS6453.net."] {
                        let host = PTR(Name::from_ascii(host).unwrap());
                        message.add_answer(Record::from_rdata(name.clone(), 60, RData::PTR(host)));
                    }
                    ResponseCode::NoError
                }
                Some("2") => ResponseCode::NXDomain,
                Some("3") => ResponseCode::Refused,
                _ => continue,
            };
            message.metadata.response_code = code;
            socket
                .send_to(&message.to_vec().unwrap(), client)
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn a_name_no_name_and_no_word_are_three_things() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        let serving = tokio::spawn(serve(socket));
        let addresses: Vec<IpAddr> = (1..=4).map(|last| [192, 0, 2, last].into()).collect();
        let names = hostnames(&addresses, server, Duration::from_millis(200)).await;
        let facts: Vec<Fact<String>> = names.into_values().collect();
        let known = Fact::Known("if-2.as6453.net.".to_owned());
        assert_eq!(facts, [known, Fact::Nothing, Fact::Unknown, Fact::Unknown]);
        serving.abort();
    }
}
