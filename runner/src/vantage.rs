//! Where one stands, and whether anything can be seen from there: before the world is blamed, one looks at one's own way out.

use crate::network::Network;
use crate::plan::Case;
use crate::sampling;
use crate::verdict::Verdict;
use jiff::Timestamp;
use netspec_detection::group::Signals;
use std::time::Instant;
use tokio::sync::OnceCell;

/// A place to see the network from.
#[derive(Debug)]
pub struct Vantage {
    /// Its name, as models of what is normal bear it.
    pub name: String,
    /// Tests of what is always there.
    controls: Vec<Case>,
    began: (Timestamp, Instant),
    signals: OnceCell<Signals>,
}

impl Vantage {
    /// A vantage of that name, and what is always to be seen from it.
    pub fn new(name: impl Into<String>, controls: Vec<Case>) -> Self {
        Self {
            name: name.into(),
            controls,
            began: (Timestamp::now(), Instant::now()),
            signals: OnceCell::new(),
        }
    }

    /// Why nothing can be said from here, looked at when the first test is not as expected, and once a run; nothing where
    /// something can be said.
    pub async fn down(&self, network: &Network) -> Option<String> {
        let signals = self.signals.get_or_init(|| self.look(network)).await;
        signals.down()
    }

    /// What was seen of it, where it was looked at.
    pub fn signals(&self) -> Signals {
        self.signals.get().cloned().unwrap_or_default()
    }

    async fn look(&self, network: &Network) -> Signals {
        let looked = self.controls.iter().map(|case| async {
            let case = case.clone().settled(network).await;
            sampling::take(&case, network).await
        });
        let mut signals = Signals {
            clock_jump_ms: self.clock_jump_ms(),
            ..Signals::default()
        };
        for looked in futures_util::future::join_all(looked).await {
            signals.controls += 1;
            signals.controls_failed += u32::from(looked.verdict != Verdict::Pass);
            if looked.verdict == Verdict::Fail && signals.portal.is_none() {
                signals.portal = looked.findings.first().map(|finding| finding.label.clone());
            }
        }
        signals
    }

    /// By how much the clock of day went on more than time did, since this process stands here.
    fn clock_jump_ms(&self) -> i64 {
        let (at, instant) = self.began;
        let by_clock = Timestamp::now().duration_since(at).as_millis();
        let passed = instant.elapsed().as_millis();
        i64::try_from(by_clock.saturating_sub_unsigned(passed)).unwrap_or(i64::MAX)
    }
}
