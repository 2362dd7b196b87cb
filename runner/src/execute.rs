//! Runs the tests of a plan, all at once within bounds, and tells what happens as a stream of events.

use crate::event::{Ended, Event, Stop, Summary};
use crate::network::Network;
use crate::plan::{Case, Plan};
use crate::probe::{Question, Seen};
use crate::snapshot::{self, Policy, Remembered};
use crate::verdict::{self, Sided, Verdict};
use jiff::Timestamp;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
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
                summary.count(ended.verdict);
                tell(Event::Ended(Arc::new(ended)));
            }
            Some(Err(panicked)) => std::panic::resume_unwind(panicked.into_panic()),
            None => break,
        }
    }
    summary.interrupted = tests - summary.tests();
    summary.stopped = summary.stopped.filter(|_| summary.interrupted > 0);
    summary.time_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tell(Event::Finished(summary));
    summary
}

/// Runs one test.
pub async fn test(case: Case, network: &Network, policy: &Policy) -> Ended {
    if case.unsupported.is_some() {
        let (findings, seen) = (Vec::new(), Vec::new());
        let verdict = Verdict::Unsupported;
        return Ended {
            case,
            verdict,
            findings,
            seen,
            remembered: None,
            flags: network.flags.clone(),
            took: Duration::ZERO,
        };
    }
    let _permit = network.permit().await;
    let began = Instant::now();
    let seen = see(&case, network, false).await;
    let (verdict, findings) = verdict::of(&case, &seen);
    let (verdict, remembered) = remember(&case, verdict, &seen, network, policy).await;
    Ended {
        verdict,
        case,
        findings,
        seen,
        remembered,
        flags: network.flags.clone(),
        took: began.elapsed(),
    }
}

/// Asks all that a test asks, at once: now or, where `again`, whether it was asked before or not.
async fn see(case: &Case, network: &Network, again: bool) -> Vec<Sided> {
    let sides = case.cell().questions.iter();
    let asked = sides.map(|(side, question)| sides_of(side, question.as_ref(), network, again));
    futures_util::future::join_all(asked).await.concat()
}

/// What a question saw, or each of those it stands for.
async fn sides_of(
    side: &str,
    question: &dyn Question,
    network: &Network,
    again: bool,
) -> Vec<Sided> {
    let spread = question.spread(network).await;
    if spread.is_empty() {
        return vec![(side.to_owned(), ask(question, network, again).await)];
    }
    let asked = spread.iter().map(async |(name, question)| {
        let name = match side {
            "" => name.clone(),
            side => format!("{side} {name}"),
        };
        (name, ask(question.as_ref(), network, again).await)
    });
    futures_util::future::join_all(asked).await
}

async fn ask(question: &dyn Question, network: &Network, again: bool) -> Seen {
    match again {
        true => network.ask_again(question).await,
        false => network.ask(question).await,
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
    if seen
        .iter()
        .any(|(_, seen)| verdict::because(&seen.outcome).is_some())
    {
        return (verdict.max(Verdict::Inconclusive), None);
    }
    let again = see(case, network, true); // a change is seen twice before it is reported
    let remembered = snapshot::remember(case, seen, policy, again).await;
    (verdict.max(remembered.verdict()), Some(remembered))
}
