//! Real DNS servers, one for each resolver, on all of its addresses.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use hickory_proto::op::{Edns, Metadata};
use hickory_proto::rr::Record;
use hickory_proto::rr::rdata::opt::{ClientSubnet, EdnsCode, EdnsOption, NSIDPayload};
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use ipnet::IpNet;
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::View;
use crate::authority::Authority;
use crate::stage::Stages;
use crate::world::World;
use crate::world::dns::{ExtendedError, Flag, RecordLine, Reply, Resolver};
use crate::world::habits::Asked;

const PORT: u16 = 53;
const TCP_IDLE: Duration = Duration::from_secs(10);
const TCP_ANSWERS_WAITING: usize = 64;
const EXTENDED_ERROR: u16 = 15;

/// Starts the servers of one resolver in the calling thread's namespace; they are bound when this returns.
pub(crate) async fn serve(
    name: &str,
    world: &World,
    authority: &Authority,
    stages: &Arc<Stages>,
    started: Instant,
) -> std::io::Result<Server<Voice>> {
    let resolver = &world.resolvers[name];
    let voice = Voice {
        name: name.to_owned(),
        stages: Arc::clone(stages),
        started,
        seed: world.seed,
        answered: Arc::default(),
    };
    let mut server = Server::new(voice.clone());
    for address in &resolver.addresses {
        let socket = bound(*address, PORT, Type::DGRAM)?;
        server.register_socket(UdpSocket::from_std(socket.into())?);
        if resolver.tcp {
            let listener = TcpListener::from_std(listening(*address, PORT)?.into())?;
            server.register_listener(listener, TCP_IDLE, TCP_ANSWERS_WAITING);
        }
    }
    if let Some(encrypted) = &resolver.encrypted {
        super::encrypted::listen(&mut server, &voice, resolver, encrypted, world, authority)?;
    }
    Ok(server)
}

/// A socket that waits for connections.
pub(super) fn listening(address: IpAddr, port: u16) -> std::io::Result<Socket> {
    let socket = bound(address, port, Type::STREAM)?;
    // Accepted connections inherit it; without it answers wait for delayed acknowledgements.
    socket.set_tcp_nodelay(true)?;
    socket.listen(128)?;
    Ok(socket)
}

/// A socket on an address of this namespace.
pub(super) fn bound(address: IpAddr, port: u16, kind: Type) -> std::io::Result<Socket> {
    let address = SocketAddr::new(address, port);
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// A name server's voice: it looks at the world as it is now and says what is known.
#[derive(Clone)]
pub(crate) struct Voice {
    name: String,
    stages: Arc<Stages>,
    started: Instant,
    seed: u64,
    answered: Arc<AtomicU64>,
}

impl Voice {
    /// A reply said as this server has the habit of saying it.
    fn in_its_manner(&self, mut reply: Reply, view: &View) -> Reply {
        let asked = Asked {
            seed: self.seed,
            turn: self.answered.fetch_add(1, Ordering::Relaxed),
            elapsed: self.started.elapsed(),
        };
        reply.answer = view.resolver.habits.said(reply.answer, &asked);
        reply
    }
}

#[async_trait]
impl RequestHandler for Voice {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut to: R,
    ) -> ResponseInfo {
        let silence = || {
            ResponseInfo::from(hickory_proto::op::Header {
                metadata: Metadata::response_from_request(&request.metadata),
                counts: Default::default(),
            })
        };
        let stage = self.stages.at(self.started.elapsed());
        let (Ok(info), Some(view)) = (request.request_info(), stage.views.get(&self.name)) else {
            return silence();
        };
        let question = (info.query.original().name(), info.query.query_type());
        let Some(reply) = view.answer(question.0, question.1, subnet(request)) else {
            return silence();
        };
        let reply = self.in_its_manner(reply, view);
        if !reply.thinks.0.is_zero() {
            tokio::time::sleep(reply.thinks.0).await;
        }
        let sent = say(request, view, &reply, &reply.answer, &mut to).await;
        if !reply.then.is_empty() {
            say(request, view, &reply, &reply.then, &mut to).await;
        }
        sent.unwrap_or_else(silence)
    }
}

async fn say(
    request: &Request,
    view: &View,
    reply: &Reply,
    answer: &[RecordLine],
    to: &mut impl ResponseHandler,
) -> Option<ResponseInfo> {
    let truncate = reply.truncate && request.protocol() == Protocol::Udp;
    let mut metadata = Metadata::response_from_request(&request.metadata);
    metadata.response_code = reply.status.0;
    metadata.authoritative = reply.flags.contains(&Flag::Aa);
    metadata.recursion_available = reply.flags.contains(&Flag::Ra);
    metadata.authentic_data = reply.flags.contains(&Flag::Ad);
    metadata.truncation = truncate || reply.flags.contains(&Flag::Tc);
    let edns = edns(request, &view.resolver, reply.extended_error.as_ref());
    let mut message = MessageResponseBuilder::from_message_request(request);
    if let Some(edns) = &edns {
        message.edns(edns);
    }
    let section = |lines: &'_ [RecordLine]| -> Vec<Record> {
        let kept = if truncate { &[] } else { lines };
        kept.iter().map(|line| line.0.clone()).collect()
    };
    let (answer, authority, additional) = (
        section(answer),
        section(&reply.authority),
        section(&reply.additional),
    );
    let message = message.build(metadata, &answer, &authority, [], &additional);
    to.send_response(message).await.ok()
}

/// The network the client asks for (RFC 7871).
fn subnet(request: &Request) -> Option<IpNet> {
    match request.edns.as_ref()?.option(EdnsCode::Subnet)? {
        EdnsOption::Subnet(subnet) => IpNet::new(subnet.addr(), subnet.source_prefix()).ok(),
        _ => None,
    }
}

/// The OPT record of an answer: none where the client sent none, or where the server knows no EDNS.
fn edns(request: &Request, resolver: &Resolver, error: Option<&ExtendedError>) -> Option<Edns> {
    let asked = request.edns.as_ref().filter(|_| resolver.edns)?;
    let mut edns = Edns::new();
    // The server truncates at the size it is given here, so it is the smaller of both.
    edns.set_max_payload(resolver.udp_bytes.min(asked.max_payload().max(512)));
    edns.set_dnssec_ok(asked.flags().dnssec_ok);
    let wants_nsid = asked.option(EdnsCode::NSID).is_some();
    if let Some(nsid) = resolver
        .nsid
        .as_ref()
        .filter(|_| wants_nsid)
        .and_then(|nsid| NSIDPayload::new(nsid.as_bytes()).ok())
    {
        edns.options_mut().insert(EdnsOption::NSID(nsid));
    }
    if let (Some(scope), Some(EdnsOption::Subnet(subnet))) =
        (resolver.subnet_scope, asked.option(EdnsCode::Subnet))
    {
        let repeated = ClientSubnet::new(subnet.addr(), subnet.source_prefix(), scope);
        edns.options_mut().insert(EdnsOption::Subnet(repeated));
    }
    if let Some(error) = error {
        let mut payload = error.code.to_be_bytes().to_vec();
        payload.extend(error.text.as_bytes());
        edns.options_mut()
            .insert(EdnsOption::Unknown(EXTENDED_ERROR, payload));
    }
    Some(edns)
}
