//! Runs the tests of a plan, all at once within bounds, and tells what happens as a stream of events.

use crate::event::{Ended, Event, Stop, Summary};
use crate::look::{Round, look};
use crate::network::Network;
use crate::plan::{Case, Plan};
use crate::sampling::{self, Looked};
use crate::snapshot::{self, Policy, Remembered};
use crate::verdict::{self, Sided, Verdict};
use jiff::Timestamp;
use netspec_detection::Verdict as Said;
use netspec_detection::group::{self, Event as News};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Runs a plan and gives the count. `stop` ends the run early: what was seen until then is reported.
pub async fn run(
    plan: Plan,
    network: Arc<Network>,
    policy: Policy,
    stop: impl Future<Output = Stop>,
    mut tell: impl FnMut(Event),
) -> Summary {
    let began = Instant::now();
    let mut summary = Summary {
        faulty: plan.faulty.len(),
        ..Summary::default()
    };
    let (tests, questions, lab) = (plan.cases.len(), plan.questions(), network.lab.clone());
    tell(Event::Started {
        at: Timestamp::now(),
        tests,
        questions,
        lab,
    });
    for (name, faulty) in plan.faulty {
        tell(Event::Faulty { name, faulty });
    }
    let mut news = Noted::default();
    let mut under_way = JoinSet::new();
    for case in plan.cases {
        tell(Event::Asking {
            name: case.name.clone(),
        });
        let (network, policy) = (Arc::clone(&network), policy.clone());
        under_way.spawn(async move { test(case, &network, &policy).await });
    }
    tokio::pin!(stop);
    loop {
        let ended = tokio::select! {
            biased;
            why = &mut stop => {
                summary.stopped = Some(why);
                break;
            }
            ended = under_way.join_next() => ended,
        };
        match ended {
            Some(Ok(ended)) => {
                summary.count(&ended);
                news.note(&ended);
                tell(Event::Ended(Arc::new(ended)));
            }
            Some(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
            None => break,
        }
    }
    let news = news.told(&network);
    if !news.is_empty() {
        tell(Event::News(news));
    }
    summary.interrupted = tests - summary.tests();
    summary.stopped = summary.stopped.filter(|_| summary.interrupted > 0);
    summary.time_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tell(Event::Finished(summary));
    summary
}

/// What a run is news of, as it comes.
#[derive(Default)]
struct Noted {
    said: Vec<(String, Said)>,
    unseen: Vec<String>,
}

impl Noted {
    fn note(&mut self, ended: &Ended) {
        let name = || ended.case.name.clone();
        let said = ended
            .remembered
            .as_ref()
            .and_then(|remembered| remembered.said.clone());
        self.said.extend(said.map(|said| (name(), said)));
        self.unseen.extend(ended.vantage_down.is_some().then(name));
    }

    /// Where nothing can be seen, that is the one thing that is told, with all the tests it silences.
    fn told(self, network: &Network) -> Vec<News> {
        let mut news = group::events(&self.said, &network.vantage.signals());
        if let [down] = news.as_mut_slice()
            && !self.unseen.is_empty()
        {
            down.tests = self.unseen;
        }
        news
    }
}

/// Runs one test.
pub async fn test(case: Case, network: &Network, policy: &Policy) -> Ended {
    let flags = network.flags.clone();
    if case.unsupported.is_some() {
        let looked = Looked {
            verdict: Verdict::Unsupported,
            ..Looked::default()
        };
        return ended(case, looked, None, flags);
    }
    let case = case.settled(network).await;
    let masks = case.scenario.secrets.masks();
    let mut looked = sampling::take(&case, network).await;
    looked.findings = masks.findings(looked.findings); // judged is what was seen; from here on, others may read it
    looked.seen = masks.sides(looked.seen);
    let (verdict, remembered) =
        remember(&case, looked.verdict, &looked.seen, network, policy).await;
    looked.verdict = verdict;
    let mut ended = ended(case, looked, remembered, flags);
    if matches!(verdict, Verdict::Fail | Verdict::Inconclusive) {
        ended.vantage_down = network.vantage.down(network).await;
    }
    if ended.vantage_down.is_some() {
        ended.verdict = Verdict::Inconclusive; // whoever sees nothing cannot accuse anybody
    }
    ended
}

fn ended(case: Case, looked: Looked, remembered: Option<Remembered>, flags: String) -> Ended {
    Ended {
        case,
        verdict: looked.verdict,
        findings: looked.findings,
        seen: looked.seen,
        samples: looked.samples,
        remembered,
        vantage_down: None,
        flags,
        took: looked.took,
    }
}

/// Holds what is tracked against its snapshot. What could not be seen is not remembered.
async fn remember(
    case: &Case,
    verdict: Verdict,
    seen: &[Sided],
    network: &Network,
    policy: &Policy,
) -> (Verdict, Option<Remembered>) {
    if !snapshot::tracks(case) {
        return (verdict, None);
    }
    let unanswered = seen
        .iter()
        .any(|(_, seen)| verdict::because(&seen.outcome).is_some());
    if unanswered && !snapshot::tracks_silence(case) {
        let remembered = snapshot::silence(case, seen, policy, network).await;
        let change = remembered.as_ref().map(Remembered::verdict);
        let verdict = verdict.max(change.unwrap_or(Verdict::Inconclusive));
        return (verdict, remembered);
    }
    let masks = case.scenario.secrets.masks();
    let again = async { masks.sides(look(case, network, Round::Again).await.0) }; // a change is seen twice before it is reported
    let remembered = snapshot::remember(case, seen, policy, network, again).await;
    (verdict.max(remembered.verdict()), Some(remembered))
}
