//! Bodies: how they are sent, and how they go wrong.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::body::{Bytes, Frame, SizeHint};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::Host;
use crate::world::service::http::{Break, Drip};

const PIECE: u64 = 1 << 16;

/// How long what was said is given to leave before a connection is cut.
const LEAVES: Duration = Duration::from_millis(20);

/// What a body holds.
pub(crate) enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// So many `x`.
    Filler(u64),
}

impl Content {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Filler(len) => *len,
        }
    }

    fn piece(&self, from: u64, to: u64) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.slice(from as usize..to as usize),
            Self::Filler(_) => vec![b'x'; (to - from) as usize].into(),
        }
    }
}

/// A body to be sent.
pub(crate) struct Plan {
    pub(crate) content: Content,
    pub(crate) drips: Option<Drip>,
    pub(crate) breaks: Option<Break>,
    pub(crate) trailers: BTreeMap<String, String>,
}

impl Default for Plan {
    fn default() -> Self {
        Self::of(Content::Filler(0))
    }
}

impl Plan {
    pub(crate) fn of(content: Content) -> Self {
        Self {
            content,
            drips: None,
            breaks: None,
            trailers: BTreeMap::new(),
        }
    }

    /// The length that is told; none where the end tells it.
    fn told(&self) -> Option<u64> {
        let told = self.breaks != Some(Break::Endless) && self.trailers.is_empty();
        told.then(|| self.content.len())
    }

    /// Begins to send it.
    pub(super) fn begin(self, host: Arc<Host>) -> Body {
        let told = self.told();
        let (to, frames) = channel(1);
        tokio::spawn(async move { self.send(&to, &host).await });
        Body { frames, told }
    }

    /// Sends all of it; none where the client has enough before its end.
    async fn send(self, to: &Sender<io::Result<Frame<Bytes>>>, host: &Host) -> Option<()> {
        let end = match self.breaks {
            None | Some(Break::Endless) => self.content.len(),
            Some(_) => self.content.len() / 2,
        };
        self.send_until(end, to).await?;
        while self.breaks == Some(Break::Endless) {
            self.send_until(end, to).await?;
        }
        match self.breaks {
            Some(Break::Stalls) => to.closed().await,
            Some(fault) => {
                tokio::time::sleep(LEAVES).await;
                if fault == Break::Resets {
                    let _ = host.talk.reset();
                    host.cut.notify_one();
                }
                to.send(Err(io::Error::other("broken off"))).await.ok()?;
            }
            None if self.trailers.is_empty() => {}
            None => to.send(Ok(Frame::trailers(self.fields()))).await.ok()?,
        }
        Some(())
    }

    async fn send_until(&self, end: u64, to: &Sender<io::Result<Frame<Bytes>>>) -> Option<()> {
        let step = self.drips.map_or(PIECE, |drip| drip.bytes.into());
        let mut sent = 0;
        while sent < end {
            let next = end.min(sent + step);
            to.send(Ok(Frame::data(self.content.piece(sent, next))))
                .await
                .ok()?;
            sent = next;
            if let Some(drip) = self.drips {
                tokio::time::sleep(drip.every.0).await;
            }
        }
        Some(())
    }

    fn fields(&self) -> HeaderMap {
        let pairs = self.trailers.iter();
        let fields = pairs.filter_map(|(name, value)| {
            Some((
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            ))
        });
        fields.collect()
    }
}

/// A body as it arrives from whoever sends it.
pub(crate) struct Body {
    frames: Receiver<io::Result<Frame<Bytes>>>,
    told: Option<u64>,
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.frames.poll_recv(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.told
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
