//! HTTP as the world file says.

mod answer;
mod body;
mod echo;
mod encode;
mod exactly;
mod login;
mod quic;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::Notify;

use super::talk::{Stream, Talk};
use crate::world::service::http::Http;
use answer::{Said, answer};
use body::Body;
use exactly::Exactly;
pub(crate) use login::permits;
pub(crate) use quic::serve as serve_quic;

/// Speaks HTTP/2 where that was agreed on, else HTTP/1.1.
pub(crate) async fn serve(stream: Box<dyn Stream>, settings: &Http, talk: Talk) -> io::Result<()> {
    let two = talk.alpn() == Some("h2");
    let host = Host::new(settings, talk);
    if two {
        two_speaks(stream, host).await
    } else {
        one_speaks(stream, host).await
    }
}

/// One connection's side of HTTP.
struct Host {
    settings: Http,
    talk: Talk,
    /// What is to be said beside HTTP once the connection is free.
    exactly: Mutex<Option<Exactly>>,
    /// Told when the connection is to be dropped as it stands.
    cut: Notify,
}

impl Host {
    fn new(settings: &Http, talk: Talk) -> Arc<Self> {
        Arc::new(Self {
            settings: settings.clone(),
            talk,
            exactly: Mutex::default(),
            cut: Notify::new(),
        })
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, io::Error>> + Send>>;

impl Host {
    fn answer(self: &Arc<Self>, request: Request<Incoming>) -> Answering {
        let host = Arc::clone(self);
        Box::pin(async move {
            match answer(&host.settings, &host.talk, request).await {
                Said::Response(response) => Ok(response.map(|plan| plan.begin(host))),
                Said::Exactly(exactly) => {
                    *host.exactly.lock().unwrap_or_else(PoisonError::into_inner) = Some(exactly);
                    Err(io::Error::other("not to be said by a library"))
                }
            }
        })
    }
}

async fn one_speaks(stream: Box<dyn Stream>, host: Arc<Host>) -> io::Result<()> {
    let answering = Arc::clone(&host);
    let service = service_fn(move |request| answering.answer(request));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|context| connection.poll_without_shutdown(context)) => ended,
        () = host.cut.notified() => return Ok(()),
    };
    let stream = connection.into_parts().io.into_inner();
    let exactly = host
        .exactly
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match exactly {
        Some(exactly) => exactly.say(stream).await,
        None => ended.map_err(io::Error::other),
    }
}

async fn two_speaks(stream: Box<dyn Stream>, host: Arc<Host>) -> io::Result<()> {
    let answering = Arc::clone(&host);
    let service = service_fn(move |request| answering.answer(request));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = connection => ended.map_err(io::Error::other),
        () = host.cut.notified() => Ok(()),
    }
}
