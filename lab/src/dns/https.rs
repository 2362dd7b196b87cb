//! DNS over HTTPS (RFC 8484): both methods, HTTP/1.1 and HTTP/2, and an HTTP status for what is no question.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hickory_proto::rr::Record;
use hickory_proto::serialize::binary::BinEncoder;
use hickory_server::net::NetError;
use hickory_server::net::runtime::TokioTime;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponse;
use http::header::CONTENT_TYPE;
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::ring::default_provider;
use rustls::server::ResolvesServerCert;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::serve::Voice;

const MEDIA_TYPE: &str = "application/dns-message";
const MOST_BYTES: usize = 65_535;

/// A name server's voice behind a path.
#[derive(Clone)]
struct Host {
    voice: Voice,
    path: String,
}

/// Answers who connects, until the runtime ends.
pub(super) fn serve(
    listener: TcpListener,
    certificate: Arc<dyn ResolvesServerCert>,
    voice: Voice,
    path: String,
) -> io::Result<()> {
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (acceptor, host) = (TlsAcceptor::from(Arc::new(config)), Host { voice, path });
    tokio::spawn(async move {
        while let Ok((stream, from)) = listener.accept().await {
            tokio::spawn(host.clone().speak(acceptor.clone(), stream, from));
        }
    });
    Ok(())
}

impl Host {
    async fn speak(self, acceptor: TlsAcceptor, stream: TcpStream, from: SocketAddr) {
        let Ok(stream) = acceptor.accept(stream).await else {
            return; // whoever does not speak TLS is not spoken to
        };
        let is_two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let io = TokioIo::new(stream);
        let service = service_fn(move |request| self.clone().answer(request, from));
        // A client that hangs up has its answer or wants none.
        let _ = match is_two {
            true => {
                http2::Builder::new(TokioExecutor::new())
                    .serve_connection(io, service)
                    .await
            }
            false => http1::Builder::new().serve_connection(io, service).await,
        };
    }

    async fn answer(
        self,
        request: http::Request<Incoming>,
        from: SocketAddr,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let answered = match self.question(request).await {
            Ok(question) => self.said(question, from).await,
            Err(status) => Err(status),
        };
        let mut response = Response::new(Full::default());
        match answered {
            Ok(answer) => {
                let media_type = http::HeaderValue::from_static(MEDIA_TYPE);
                response.headers_mut().insert(CONTENT_TYPE, media_type);
                *response.body_mut() = Full::new(answer.into());
            }
            Err(status) => *response.status_mut() = status,
        }
        Ok(response)
    }

    /// The message in the body or in the URL.
    async fn question(&self, request: http::Request<Incoming>) -> Result<Vec<u8>, StatusCode> {
        if request.uri().path() != self.path {
            return Err(StatusCode::NOT_FOUND);
        }
        match *request.method() {
            Method::POST => {
                let body = Limited::new(request.into_body(), MOST_BYTES)
                    .collect()
                    .await;
                let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
                Ok(body.to_bytes().to_vec())
            }
            Method::GET => {
                let query = request.uri().query().unwrap_or_default();
                let dns = query.split('&').find_map(|pair| pair.strip_prefix("dns="));
                dns.and_then(from_base64url).ok_or(StatusCode::BAD_REQUEST)
            }
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    async fn said(&self, question: Vec<u8>, from: SocketAddr) -> Result<Vec<u8>, StatusCode> {
        let request = Request::from_bytes(question, from, Protocol::Https);
        let request = request.map_err(|_| StatusCode::BAD_REQUEST)?;
        let said = Said::default();
        self.voice
            .handle_request::<_, TokioTime>(&request, said.clone())
            .await;
        let answer = said.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match answer {
            Some(answer) => Ok(answer),
            None => pending().await, // it says nothing, and so does this
        }
    }
}

/// The first answer given.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Option<Vec<u8>>>>);

#[async_trait]
impl ResponseHandler for Said {
    async fn send_response<'a>(
        &mut self,
        response: MessageResponse<
            '_,
            'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
        >,
    ) -> Result<ResponseInfo, NetError> {
        let mut bytes = Vec::new();
        let mut encoder = BinEncoder::new(&mut bytes);
        encoder.set_max_size(u16::MAX);
        let info = response.destructive_emit(&mut encoder)?;
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.get_or_insert(bytes);
        Ok(info)
    }
}

/// Base64 with the alphabet of URLs, without padding (RFC 4648 §5).
fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut pool, mut held) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        pool = pool << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((pool >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::from_base64url;

    #[test]
    fn base64_of_urls_is_read() {
        assert_eq!(from_base64url("AAD_-w"), Some(vec![0, 0, 255, 251]));
        assert_eq!(from_base64url("a+b"), None);
        assert_eq!(from_base64url(""), Some(vec![]));
    }
}
