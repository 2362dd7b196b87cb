//! A proxy that forwards what it is asked to, and tunnels (CONNECT).

use std::io;
use std::net::{IpAddr, SocketAddr};

use hickory_proto::rr::{Name, RData, RecordType};
use http::{HeaderValue, Uri};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpSocket, TcpStream};

use super::Door;
use super::http::permits;
use super::talk::{Stream, Talk};
use crate::world::service::Proxy;

const LONGEST_HEAD: usize = 1 << 14;

/// Serves one request, and then what both sides say until one hangs up.
pub(super) async fn serve(
    mut client: Box<dyn Stream>,
    settings: &Proxy,
    talk: &Talk,
    door: &Door,
) -> io::Result<()> {
    let Some(head) = head(&mut client).await? else {
        return Ok(());
    };
    let asked = match Asked::of(&head) {
        Some(asked) => asked,
        None => return refuse(&mut client, "400 Bad Request", "").await,
    };
    if let Some(login) = &settings.login
        && !permits(login, asked.login.as_ref())
    {
        let how = "proxy-authenticate: Basic realm=\"lab\"\r\n";
        return refuse(&mut client, "407 Proxy Authentication Required", how).await;
    }
    let Some(address) = address(settings, door, &asked.host) else {
        return refuse(
            &mut client,
            "502 Bad Gateway",
            "proxy-status: lab; error=dns_error\r\n",
        )
        .await;
    };
    let server = connect(talk.server.ip(), SocketAddr::new(address, asked.port)).await;
    let Ok(mut server) = server else {
        let why = "proxy-status: lab; error=connection_refused\r\n";
        return refuse(&mut client, "502 Bad Gateway", why).await;
    };
    match asked.forwarded {
        Some(head) => server.write_all(head.as_bytes()).await?,
        None => {
            client
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await?;
            client.flush().await?;
        }
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// The head of a request, read byte by byte: what follows is the other side's.
async fn head(client: &mut dyn Stream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Ok(None);
        }
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(None),
        }
    }
    Ok(String::from_utf8(head).ok())
}

async fn refuse(client: &mut dyn Stream, status: &str, fields: &str) -> io::Result<()> {
    let answer =
        format!("HTTP/1.1 {status}\r\n{fields}content-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}

/// From the proxy's own address, so that a server sees who asks.
async fn connect(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if from.is_ipv4() == to.is_ipv4() {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    socket.connect(to).await
}

/// What a proxy is asked for.
struct Asked {
    host: String,
    port: u16,
    login: Option<HeaderValue>,
    /// The head to pass on; none for a tunnel.
    forwarded: Option<String>,
}

impl Asked {
    fn of(head: &str) -> Option<Self> {
        let (line, fields) = head.split_once("\r\n")?;
        let [method, target, version] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let target: Uri = target.parse().ok()?;
        let tunnel = method == "CONNECT";
        let forwarded = (!tunnel).then(|| {
            let path = target.path_and_query().map_or("/", |path| path.as_str());
            let kept = fields
                .split_inclusive("\r\n")
                .filter(|field| !is_of_the_hop(field));
            let kept: String = kept.collect();
            let kept = kept.trim_end();
            format!(
                "{method} {path} {version}\r\n{kept}\r\nvia: 1.1 lab\r\nconnection: close\r\n\r\n"
            )
        });
        Some(Self {
            host: target.host()?.trim_matches(['[', ']']).to_owned(),
            port: target.port_u16().or((!tunnel).then_some(80))?,
            login: login(fields),
            forwarded,
        })
    }
}

fn login(fields: &str) -> Option<HeaderValue> {
    let pairs = fields.lines().filter_map(|line| line.split_once(':'));
    let mut own = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"));
    own.next()
        .and_then(|(_, value)| HeaderValue::from_str(value.trim()).ok())
}

fn is_of_the_hop(field: &str) -> bool {
    let name = field
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ["proxy-authorization", "proxy-connection", "connection"].contains(&name.as_str())
}

fn address(settings: &Proxy, door: &Door, host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse() {
        return Some(address);
    }
    let stage = door.stages.at(door.started.elapsed());
    let view = stage.views.get(settings.resolver.as_ref()?)?;
    let mut name = Name::from_utf8(host).ok()?;
    name.set_fqdn(true);
    let answer = view.answer(&name, RecordType::A, None)?.answer;
    answer.iter().find_map(|line| match &line.0.data {
        RData::A(address) => Some(address.0.into()),
        _ => None,
    })
}
