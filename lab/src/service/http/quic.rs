//! HTTP/3.

use std::io;
use std::net::UdpSocket;
use std::sync::Arc;

use h3::server::RequestStream;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as _, Buf, Bytes};
use quinn::crypto::rustls::{HandshakeData, QuicServerConfig};
use quinn::{Endpoint, EndpointConfig, Incoming, ServerConfig, TokioRuntime};

use super::Host;
use super::answer::{Said, answer};
use crate::service::talk::{Spoken, Talk};
use crate::service::{Door, Ready};

const MOST_HEARD: usize = 1 << 20;

/// Listens by UDP at a service's address; bound when this returns.
pub(crate) fn serve(door: Door) -> io::Result<()> {
    let socket = UdpSocket::bind(door.address)?;
    socket.set_nonblocking(true)?;
    let config = EndpointConfig::default();
    let endpoint = Endpoint::new(config, None, socket, Arc::new(TokioRuntime))?;
    let ready = door.ready().ok_or(io::ErrorKind::NotFound)?;
    endpoint.set_server_config(Some(server_config(&ready).map_err(io::Error::other)?));
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            match door.ready().filter(|ready| !ready.is_closed()) {
                Some(ready) => drop(tokio::spawn(meet(incoming, ready, door.clone()))),
                None => incoming.ignore(),
            }
        }
    });
    Ok(())
}

fn server_config(ready: &Ready) -> Result<ServerConfig, String> {
    let front = ready.tls.as_ref().ok_or("HTTP/3 without TLS")?;
    let config = QuicServerConfig::try_from(front.quic()?).map_err(|error| error.to_string())?;
    Ok(ServerConfig::with_crypto(Arc::new(config)))
}

async fn meet(incoming: Incoming, ready: Arc<Ready>, door: Door) -> io::Result<()> {
    let config = Arc::new(server_config(&ready).map_err(io::Error::other)?);
    let connection = incoming.accept_with(config)?.await?;
    let spoken = spoken(&connection);
    let client = connection.remote_address();
    let connection = h3_quinn::Connection::new(connection);
    let mut connection = h3::server::builder()
        .build::<_, Bytes>(connection)
        .await
        .map_err(io::Error::other)?;
    while let Some(request) = connection.accept().await.map_err(io::Error::other)? {
        let talk = Talk::over_quic(client, door.address, spoken.clone());
        let host = Host::new(&ready.settings.http.clone().unwrap_or_default(), talk);
        tokio::spawn(async move {
            let (request, stream) = request.resolve_request().await.map_err(io::Error::other)?;
            speak(request, stream, host).await
        });
    }
    Ok(())
}

fn spoken(connection: &quinn::Connection) -> Spoken {
    let agreed = connection.handshake_data();
    let agreed = agreed.and_then(|data| data.downcast::<HandshakeData>().ok());
    Spoken {
        version: "TLS1.3".into(),
        alpn: Some("h3".into()),
        server_name: agreed.and_then(|agreed| agreed.server_name),
    }
}

type Requested = RequestStream<h3_quinn::BidiStream<Bytes>, Bytes>;

async fn speak(request: Request<()>, mut stream: Requested, host: Arc<Host>) -> io::Result<()> {
    let mut heard = Vec::new();
    while let Some(mut piece) = stream.recv_data().await.map_err(io::Error::other)? {
        if heard.len() + piece.remaining() > MOST_HEARD {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        heard.extend(piece.copy_to_bytes(piece.remaining()));
    }
    let request = request.map(|()| Full::new(Bytes::from(heard)));
    let Said::Response(response) = answer(&host.settings, &host.talk, request).await else {
        return Ok(());
    };
    let (mut head, plan) = response.into_parts();
    let mut body = plan.begin(host);
    if let Some(len) = body.size_hint().exact() {
        head.headers
            .insert(http::header::CONTENT_LENGTH, len.into());
    }
    let response = http::Response::from_parts(head, ());
    stream
        .send_response(response)
        .await
        .map_err(io::Error::other)?;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            stream.stop_stream(h3::error::Code::H3_INTERNAL_ERROR);
            return Ok(());
        };
        let sent = match frame.into_data() {
            Ok(data) => stream.send_data(data).await,
            Err(frame) => {
                stream
                    .send_trailers(frame.into_trailers().unwrap_or_default())
                    .await
            }
        };
        sent.map_err(io::Error::other)?;
    }
    stream.finish().await.map_err(io::Error::other)
}
