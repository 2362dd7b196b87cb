//! What the validator asks goes the way the question went.

use crate::dns::ask::whole;
use crate::dns::heard::Heard;
use crate::dns::{QueryName, QueryType, Question};
use domain::base::Message;
use domain::net::client::request::{
    ComposeRequest, Error, GetResponse, RequestMessage, SendRequest,
};
use hyper::body::Bytes;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// More look-ups than any chain that is meant needs: two for each label of a name, and aliases.
const MOST_LOOKUPS: u32 = 64;

/// The server that was asked, for what the chain needs.
#[derive(Clone)]
pub(super) struct Upstream {
    like: Question,
    addr: SocketAddr,
    asked: Arc<AtomicU32>,
    unanswered: Arc<Mutex<Option<String>>>,
}

impl Upstream {
    pub(super) fn new(question: &Question, addr: SocketAddr) -> Self {
        let mut like = question.clone();
        like.listen = Duration::ZERO;
        like.client_subnet = None;
        like.recursion = true;
        like.nsid = false;
        Self {
            like,
            addr,
            asked: Arc::default(),
            unanswered: Arc::default(),
        }
    }

    /// The first look-up that came to nothing.
    pub(super) fn unanswered(&self) -> Option<String> {
        let unanswered = self.unanswered.lock();
        unanswered.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fails(&self, why: String) -> Error {
        let mut unanswered = self
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unanswered.get_or_insert(why);
        Error::NoTransportAvailable
    }

    async fn ask(self, message: Result<Vec<u8>, Error>) -> Result<Message<Bytes>, Error> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKUPS {
            return Err(self.fails(format!(
                "the chain needs more than {MOST_LOOKUPS} questions"
            )));
        }
        let message = Message::from_octets(message?).map_err(|_| Error::ShortMessage)?;
        let asked = message.sole_question().map_err(|_| Error::FormError)?;
        let name = QueryName::parse(&format!("{}.", asked.qname()));
        let name = name.map_err(|why| self.fails(why))?;
        let mut question = self.like.clone();
        question.rtype = QueryType::of(asked.qtype().to_int());
        question.name = name;
        let heard: Heard = whole(&question, self.addr).await;
        match heard.answer() {
            Some(octets) => Message::from_octets(Bytes::copy_from_slice(octets))
                .map_err(|_| Error::ShortMessage),
            None => Err(self.fails(format!("{question} was not answered"))),
        }
    }
}

impl SendRequest<RequestMessage<Vec<u8>>> for Upstream {
    fn send_request(&self, request: RequestMessage<Vec<u8>>) -> Box<dyn GetResponse + Send + Sync> {
        let asking = self.clone().ask(request.to_vec());
        Box::new(Asking(tokio::spawn(asking)))
    }
}

/// One look-up under way; it ends with whoever wanted it.
struct Asking(JoinHandle<Result<Message<Bytes>, Error>>);

impl GetResponse for Asking {
    fn get_response(
        &mut self,
    ) -> Pin<Box<dyn Future<Output = Result<Message<Bytes>, Error>> + Send + Sync + '_>> {
        Box::pin(async { (&mut self.0).await.unwrap_or(Err(Error::ConnectionClosed)) })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a look-up")
    }
}
