//! The encrypted way to a server: connecting, the handshake, and whether to put the question at all.

use super::heard::{End, Heard};
use super::{Connection, Question, Verify};
use crate::fact::Fact;
use crate::tcp::{self, ms};
use crate::tls::{self, Chain, Handshake, Offer, Trust, Versions, handshake};
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A connection in TLS, ready for the question.
pub(super) type Secured = tls::Stream<TcpStream>;

/// What is seen on the way, from the first packet on.
pub(super) struct Way<'q> {
    pub(super) question: &'q Question,
    pub(super) addr: SocketAddr,
    pub(super) connection: Connection,
    pub(super) strays: u32,
    started: Instant,
}

impl<'q> Way<'q> {
    /// A way not gone yet.
    pub(super) fn new(question: &'q Question, addr: SocketAddr) -> Self {
        let found = question.found.as_ref();
        let connection = Connection {
            bootstrap: found.map(|found| found.asked.clone()),
            bootstrap_time_ms: found.map(|found| ms(found.took)),
            ..Connection::default()
        };
        Self {
            question,
            addr,
            connection,
            strays: 0,
            started: Instant::now(),
        }
    }

    /// When there will have been no answer.
    pub(super) fn deadline(&self) -> Instant {
        self.started + self.question.timeout
    }

    fn patience(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// The end of the way in words, with the end itself.
    pub(super) fn failed(&mut self, end: End, because: impl Into<String>) -> End {
        if end != End::Silence {
            self.settle();
        }
        self.connection.because = Fact::Known(because.into());
        end
    }

    /// What is not known by now will not be.
    fn settle(&mut self) {
        let connection = &mut self.connection;
        for time in [
            &mut connection.connect_time_ms,
            &mut connection.handshake_time_ms,
            &mut connection.answer_time_ms,
        ] {
            if time.is_unknown() {
                *time = Fact::Nothing;
            }
        }
        if connection.http_status.is_unknown() {
            connection.http_status = Fact::Nothing;
        }
        if connection.tls == tls::Seen::default() {
            connection.tls = tls::Seen::nothing();
        }
    }

    /// Everything heard; an answer has no reason why there is none.
    pub(super) fn heard(mut self, end: End) -> Heard {
        let mut heard = Heard::nothing(self.question.server.transport);
        let is_answer = matches!(end, End::Answer(_));
        if is_answer {
            self.settle();
            self.connection.because = Fact::Nothing;
        }
        heard.took = self.started.elapsed();
        heard.strays = self.strays;
        heard.replies = u32::from(is_answer);
        heard.different_replies = heard.replies;
        heard.end = end;
        heard.connection = Some(Box::new(self.connection));
        heard
    }

    /// Connects and shakes hands; whether the certificate is one to talk to is settled before a stream is given.
    pub(super) async fn secured(&mut self, alpn: &[&[u8]]) -> Result<Secured, End> {
        let offer = self.offer(alpn)?;
        let (way, stream) = tcp::connect(self.addr, self.patience()).await;
        let Some(stream) = stream else {
            return Err(self.unconnected(&way.end));
        };
        self.connection.connect_time_ms = Fact::Known(ms(way.took));
        let (seen, stream) = handshake(stream, &offer, self.patience()).await;
        self.connection.handshake_time_ms = seen.time_ms.clone();
        self.connection.tls = seen;
        match stream {
            Some(stream) => self.trusted().map(|()| stream),
            None => Err(self.unshaken()),
        }
    }

    /// What is offered to the server.
    pub(super) fn offer(&mut self, alpn: &[&[u8]]) -> Result<Offer, End> {
        let server = &self.question.server;
        let name = server.name();
        let trust = trust(&server.verify).map_err(End::CouldNotAsk)?;
        let name = ServerName::try_from(name.clone())
            .map_err(|_| End::CouldNotAsk(format!("no certificate can be for `{name}`")))?;
        let mut offer = Offer::new(name, trust);
        offer.alpn = alpn.iter().map(|name| name.to_vec()).collect();
        if server.transport == super::Transport::Quic {
            let only = tls::Version::Tls13; // RFC 9001 §4.2
            offer.versions = Versions {
                oldest: only,
                newest: only,
            };
        }
        Ok(offer)
    }

    fn unconnected(&mut self, end: &tcp::End) -> End {
        match end {
            tcp::End::TimedOut | tcp::End::Connected => {
                self.failed(End::Silence, "nobody answered the SYN")
            }
            tcp::End::LocalExhaustion(why) | tcp::End::CouldNotAsk(why) => {
                End::CouldNotAsk(why.clone())
            }
            tcp::End::Refused => self.failed(End::Unreachable, "the connection was refused"),
            tcp::End::Reset => self.failed(End::Unreachable, "the connection was reset"),
            tcp::End::Unreachable(said) => {
                let said = said.map_or("unreachable".to_owned(), |said| {
                    said.said.word().into_owned()
                });
                self.failed(End::Unreachable, format!("ICMP says {said}"))
            }
        }
    }

    fn unshaken(&mut self) -> End {
        let seen = &self.connection.tls;
        if seen.handshake == Fact::Known(Handshake::Timeout) {
            return self.failed(End::Silence, "the TLS handshake was not done in time");
        }
        let why = seen.because.known().cloned().unwrap_or_default();
        self.failed(
            End::HandshakeFailed,
            format!("the TLS handshake failed: {why}"),
        )
    }

    /// Nothing is asked of a server whose certificate is not one to talk to, unless that is wanted.
    pub(super) fn trusted(&mut self) -> Result<(), End> {
        let chain = self.connection.tls.chain.known().copied();
        if chain == Some(Chain::Trusted) || self.question.server.ask_anyway {
            return Ok(());
        }
        let word = chain.map_or_else(String::new, word);
        let why = format!("its certificate is not to be trusted ({word}): it was not asked");
        Err(self.failed(End::Untrusted, why))
    }
}

/// A verdict in its own word.
fn word(chain: Chain) -> String {
    let value = serde_json::to_value(chain).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn trust(verify: &Verify) -> Result<Trust, String> {
    match verify {
        Verify::Usual | Verify::Webpki => Ok(Trust::webpki()),
        Verify::System => Trust::system(),
        Verify::Given(ders) => {
            Trust::given("the authorities given", ders.iter().map(Vec::as_slice))
        }
    }
}
