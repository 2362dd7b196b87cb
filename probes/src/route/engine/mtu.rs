//! The largest packet that comes through, searched as ping does, on the way of the first flow; and where larger ones vanish.

use super::Shared;
use super::port::Port;
use super::prober::Prober;
use super::trace::{Trace, identity};
use crate::ping::line::Line;
use crate::ping::{self, mtu};
use crate::route::describe::{LEISURE, is_reached, passed};
use std::time::Duration;

/// The least that is waited for a packet that is perhaps too big.
const LEAST_PATIENCE: Duration = Duration::from_millis(200);

impl Trace {
    /// Looks for it where the destination echoes: nothing else tells what comes through.
    pub(super) async fn measure_mtu(&mut self, shared: &Shared, prober: &Prober) {
        let Prober::Icmp(port) = prober else { return };
        if !is_reached(&self.raw) {
            return;
        }
        let question = self.echo_to(u8::MAX);
        let line = self.line(shared, port, &question);
        let found = mtu::search(line, &question, self.patience()).await;
        if let Some(vanished) = found.as_ref().and_then(|found| found.vanished) {
            self.raw.black_hole = self.black_hole(shared, port, vanished).await;
        }
        self.raw.path_mtu = found;
    }

    /// The farthest hop that a packet of this size comes to; nothing where it comes to none that answers.
    async fn black_hole(&self, shared: &Shared, port: &Port, bytes: u32) -> Option<u8> {
        let passed = passed(&self.raw);
        let (mut least, mut most) = (0, passed.len());
        while least < most {
            let middle = usize::midpoint(least, most);
            let ttl = *passed.get(middle)?;
            if self.arrives(shared, port, ttl, bytes).await {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        passed.get(least.checked_sub(1)?).copied()
    }

    /// Whether a packet of this size comes to a hop that answered smaller ones. It is asked again at leisure before its
    /// silence is believed: it may be limiting its answers.
    async fn arrives(&self, shared: &Shared, port: &Port, ttl: u8, bytes: u32) -> bool {
        let question = self.echo_to(ttl);
        for pause in [Duration::ZERO, LEISURE] {
            tokio::time::sleep(pause).await;
            let line = self.line(shared, port, &question);
            if mtu::arrives(line, &question, self.patience(), bytes).await {
                return true;
            }
        }
        false
    }

    fn echo_to(&self, ttl: u8) -> ping::Question {
        ping::Question {
            ttl,
            timeout: self.raw.question.timeout,
            ..ping::Question::new(self.raw.question.to)
        }
    }

    fn line<'a>(
        &self,
        shared: &'a Shared,
        port: &'a Port,
        question: &'a ping::Question,
    ) -> Line<'a> {
        let flow = identity(self.raw.question.seed, 0);
        Line::new(shared, port, self.source, question).of_flow(flow)
    }

    /// Several times what the slowest answer took.
    fn patience(&self) -> Duration {
        let timeout = self.raw.question.timeout;
        let slowest = self.raw.answers().map(|(_, answer)| answer.rtt).max();
        let patience = slowest.unwrap_or(timeout) * 4;
        patience.max(LEAST_PATIENCE).min(timeout)
    }
}
