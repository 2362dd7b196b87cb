//! Answers byte by byte, which no library would give.

use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::service::talk::Stream;
use crate::world::service::Bytes;
use crate::world::service::http::{Answer, Drip};

/// Bytes to be said, and perhaps others without end.
pub(crate) struct Exactly {
    bytes: Vec<u8>,
    forever: Vec<u8>,
    drips: Option<Drip>,
}

impl Exactly {
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        let decoded = |bytes: &Bytes| bytes.decoded().unwrap_or_default();
        Some(Self {
            bytes: answer.exactly.as_ref().map(decoded)?,
            forever: answer.forever.as_ref().map(decoded).unwrap_or_default(),
            drips: answer.drips,
        })
    }

    pub(super) async fn say(&self, mut to: Box<dyn Stream>) -> io::Result<()> {
        self.write(&self.bytes, &mut to).await?;
        while !self.forever.is_empty() {
            self.write(&self.forever, &mut to).await?;
        }
        to.shutdown().await
    }

    async fn write(&self, bytes: &[u8], to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let step = self.drips.map_or(bytes.len(), |drip| drip.bytes as usize);
        for piece in bytes.chunks(step.max(1)) {
            to.write_all(piece).await?;
            to.flush().await?;
            if let Some(drip) = self.drips {
                tokio::time::sleep(drip.every.0).await;
            }
        }
        Ok(())
    }
}
