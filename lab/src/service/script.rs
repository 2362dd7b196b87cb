//! Peers that speak given bytes.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::talk::{Stream, Talk};
use crate::world::service::{Bytes, Hears, Service};

/// What a service says, decoded.
pub(crate) struct Script {
    greets: Vec<u8>,
    hears: Hears,
    answer: Vec<u8>,
    closes: bool,
    resets: bool,
}

impl Script {
    pub(crate) fn of(service: &Service) -> Result<Self, String> {
        let greets = service.greets.as_ref().map(Bytes::decoded).transpose()?;
        let hears = service.hears.clone().unwrap_or_default();
        let answer = match &hears {
            Hears::Answers(bytes) => bytes.decoded()?,
            Hears::Ignores | Hears::Echoes => Vec::new(),
        };
        let resets = service.resets == Some(true);
        Ok(Self {
            greets: greets.unwrap_or_default(),
            hears,
            answer,
            closes: resets || service.closes == Some(true),
            resets,
        })
    }

    pub(crate) async fn speak(&self, peer: &mut dyn Stream, talk: &Talk) -> io::Result<()> {
        peer.write_all(&self.greets).await?;
        peer.flush().await?;
        let mut heard = [0; 4096];
        while !self.closes || self.greets.is_empty() {
            let len = peer.read(&mut heard).await?;
            let said = match self.hears {
                _ if len == 0 => break,
                Hears::Ignores => continue,
                Hears::Echoes => &heard[..len],
                Hears::Answers(_) => &self.answer,
            };
            peer.write_all(said).await?;
            peer.flush().await?;
            if self.closes {
                break;
            }
        }
        if self.resets {
            return talk.reset();
        }
        peer.shutdown().await
    }
}
