//! A stream that remembers when the first octet came, and the first octets themselves, for whoever says something else than HTTP.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many first octets are kept.
const KEPT_BYTES: usize = 256;

/// A stream that is listened to.
#[derive(Debug)]
pub(super) struct Ear<S> {
    inner: S,
    heard: First,
}

/// What was heard first; shared with whoever waits for the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct First(Arc<Mutex<(Option<Instant>, Vec<u8>)>>);

impl First {
    /// When the first octet came.
    pub(super) fn at(&self) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// The first octets.
    pub(super) fn octets(&self) -> Vec<u8> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.1.clone()
    }

    fn hear(&self, octets: &[u8]) {
        if octets.is_empty() {
            return;
        }
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.0.get_or_insert_with(Instant::now);
        let room = KEPT_BYTES.saturating_sub(heard.1.len());
        heard.1.extend(octets.iter().take(room));
    }
}

impl<S> Ear<S> {
    pub(super) fn new(inner: S) -> (Self, First) {
        let heard = First::default();
        let kept = heard.clone();
        (Self { inner, heard }, kept)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Ear<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.heard
            .hear(buffer.filled().get(before..).unwrap_or_default());
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Ear<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
