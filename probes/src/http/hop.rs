//! One request to one address: connecting, a proxy's CONNECT, TLS, and the talk.

use super::clock::Clock;
use super::heard::{End, Heard};
use super::question::{Place, Question};
use super::redirect::{self, Next};
use super::seen::{Ended, Phase, Version};
use super::{quic, talk};
use crate::tcp::{self, Way};
use crate::tls::{self, Handshake};
use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, Method};
use http_body_util::Full;
use tokio::net::TcpStream;
use url::Url;

/// One request, where redirects make several.
#[derive(Clone, Debug)]
pub(super) struct Hop<'q> {
    pub(super) question: &'q Question,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The names the user gave in place of the URL's hold for its own host alone.
    pub(super) is_home: bool,
    pub(super) place: Place,
}

impl<'q> Hop<'q> {
    /// The first request.
    pub(super) fn first(question: &'q Question, place: Place) -> Self {
        Self {
            question,
            method: question.method.clone(),
            url: question.url.clone(),
            headers: question.headers.clone(),
            body: question.body.clone(),
            is_home: true,
            place,
        }
    }

    /// The request after that.
    pub(super) fn next(&self, next: &Next, place: Place) -> Self {
        let body = if next.with_body {
            self.body.clone()
        } else {
            Bytes::new()
        };
        Self {
            question: self.question,
            method: next.method.clone(),
            url: next.url.clone(),
            headers: redirect::headers(&self.headers, next),
            body,
            is_home: self.is_home && !next.elsewhere,
            place,
        }
    }

    /// Whether something is sent beside the header.
    pub(super) fn has_body(&self) -> bool {
        !self.body.is_empty()
    }

    /// Whether it goes through a proxy.
    pub(super) fn has_proxy(&self) -> bool {
        self.question.proxy.is_some()
    }

    pub(super) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The name in `Host`.
    pub(super) fn host(&self) -> Option<Authority> {
        let own = self.question.host.clone().filter(|_| self.is_home);
        own.or_else(|| authority(&self.url))
    }

    /// Asks.
    pub(super) async fn exchange(&self, clock: &Clock) -> Heard {
        let mut heard = Heard::nothing(self.place.addr);
        let Some(host) = self.host() else {
            heard.end = End::because(Ended::NotAsked, "the URL has no host");
            return heard;
        };
        if self.question.version == Some(Version::Http3) {
            self.over_quic(&host, clock, &mut heard).await;
        } else {
            self.over_tcp(&host, clock, &mut heard).await;
        }
        heard
    }

    async fn over_quic(&self, host: &Authority, clock: &Clock, heard: &mut Heard) {
        let (offer, request) = match (self.offer(), self.request(host, Version::Http3)) {
            (Ok(offer), Ok(request)) => (offer, request),
            (Err(why), _) | (_, Err(why)) => {
                heard.end = End::because(Ended::NotAsked, why);
                return;
            }
        };
        quic::exchange(&offer, self.question.verify, request, clock, heard).await;
    }

    async fn over_tcp(&self, host: &Authority, clock: &Clock, heard: &mut Heard) {
        let (way, stream) = tcp::connect(self.place.addr, clock.left(clock.limits.connect)).await;
        heard.end = end_of(&way);
        heard.way = Some(way);
        let Some(mut stream) = stream else {
            return;
        };
        if self.has_proxy() && self.is_https() && !self.tunnel(&mut stream, clock, heard).await {
            return;
        }
        if !self.is_https() {
            let version = self.question.version.unwrap_or(Version::Http11);
            return self.talk(stream, host, version, clock, heard).await;
        }
        let offer = match self.offer() {
            Ok(offer) => offer,
            Err(why) => {
                heard.end = End::because(Ended::NotAsked, why);
                return;
            }
        };
        let (seen, stream) = tls::handshake(stream, &offer, clock.left(clock.limits.tls)).await;
        heard.tls_took = seen
            .time_ms
            .known()
            .map(|ms| std::time::Duration::from_secs_f64(ms / 1e3));
        let end = self.end_of_handshake(&seen);
        let version = self.version_above(&seen);
        heard.tls = Some(seen);
        match (end, stream) {
            (Some(end), _) => heard.end = end,
            (None, Some(stream)) => self.talk(stream, host, version, clock, heard).await,
            (None, None) => heard.end = End::because(Ended::TlsFailed, "the handshake failed"),
        }
    }

    /// Whether it ends here, before anything of the request has left.
    fn end_of_handshake(&self, seen: &tls::Seen) -> Option<End> {
        let because = seen.because.known().cloned().unwrap_or_default();
        match seen.handshake.known() {
            Some(Handshake::Completed) => {}
            Some(Handshake::Timeout) => return Some(End::silence(Phase::Tls)),
            Some(_) => return Some(End::because(Ended::TlsFailed, because)),
            None => return Some(End::because(Ended::NotAsked, because)),
        }
        let is_trusted = seen.chain.known().is_some_and(|chain| chain.is_trusted());
        if self.question.verify && !is_trusted {
            let why = "the certificate does not verify; nothing was asked";
            return Some(End::because(Ended::Untrusted, why));
        }
        let agreed = seen.alpn.known().map(String::as_str);
        let is_other = self.question.version == Some(Version::Http2) && agreed != Some("h2");
        is_other.then(|| {
            End::because(
                Ended::NoSuchVersion,
                "the server does not agree on h2 (ALPN)",
            )
        })
    }

    fn version_above(&self, seen: &tls::Seen) -> Version {
        match seen.alpn.known().map(String::as_str) {
            Some("h2") => Version::Http2,
            _ => Version::Http11,
        }
    }

    async fn talk<S>(
        &self,
        stream: S,
        host: &Authority,
        version: Version,
        clock: &Clock,
        heard: &mut Heard,
    ) where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        match self.request(host, version) {
            Ok(request) => talk::talk(stream, version, request.map(Full::new), clock, heard).await,
            Err(why) => heard.end = End::because(Ended::NotAsked, why),
        }
    }

    /// Asks the proxy for a way through; false where there is none.
    async fn tunnel(&self, stream: &mut TcpStream, clock: &Clock, heard: &mut Heard) -> bool {
        let to = match self.url.host_str().zip(self.url.port_or_known_default()) {
            Some((host, port)) => format!("{host}:{port}"),
            None => return false,
        };
        let asked = super::tunnel::ask(stream, &to);
        match tokio::time::timeout(clock.left(clock.limits.connect), asked).await {
            Ok(Ok(status)) => {
                heard.proxy_status = Some(status);
                let is_open = (200..300).contains(&status);
                if !is_open {
                    let why = format!("the proxy answered {status} to CONNECT");
                    heard.end = End::because(Ended::ProxyRefused, why);
                }
                is_open
            }
            Ok(Err(why)) => {
                heard.end = End::because(Ended::ProxyRefused, why);
                false
            }
            Err(_) => {
                heard.end = End::silence(Phase::Proxy);
                false
            }
        }
    }
}

/// Host and port as they stand in `Host`: the port where it is not the customary one.
fn authority(url: &Url) -> Option<Authority> {
    let host = url.host_str()?;
    match url.port() {
        Some(port) => format!("{host}:{port}").parse().ok(),
        None => host.parse().ok(),
    }
}

fn end_of(way: &Way) -> End {
    match &way.end {
        tcp::End::Connected => End::silence(Phase::FirstByte),
        tcp::End::Refused => {
            End::because(Ended::Refused, format!("{} refused the connection", way.to))
        }
        tcp::End::Unreachable(_) => {
            End::because(Ended::Unreachable, format!("{} cannot be reached", way.to))
        }
        tcp::End::TimedOut => End::silence(Phase::Connect),
        tcp::End::Reset => End::because(
            Ended::Reset,
            "the connection was reset before it could be used",
        ),
        tcp::End::LocalExhaustion(why) | tcp::End::CouldNotAsk(why) => {
            End::because(Ended::NotAsked, why)
        }
    }
}
