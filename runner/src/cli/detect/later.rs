//! Nobody can be asked again about a recording: the looks that come next in it stand for asking again. A change is told once
//! they show it too.

use super::super::Outcome;
use super::recorded::{Look, Recordings};
use crate::normal::observe;
use clap::Args;
use futures_util::FutureExt;
use netspec_detection::dns::{self, Answer, Certificate};
use netspec_detection::route::{self, Rules, Trace};
use netspec_detection::{Verdict, Word};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Finds changes of what name servers answered in recorded runs.
///
/// The rules are those of a run with a model: it learns from the first looks, and what is suspicious has to be seen again by
/// the looks that follow. What was told as a change is normal from there on.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  while sleep 600; do netspec run scenarios --json >> looks.jsonl; done
  netspec detect dns looks.jsonl")]
pub(in crate::cli) struct Dns {
    #[command(flatten)]
    recordings: Recordings,
}

/// Finds changes of routes in recorded runs.
///
/// The rules are those of a run with a model: it learns from the first looks, and what is suspicious has to be seen again,
/// by its own flow, by the looks that follow. What was told as a change is normal from there on.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  while sleep 600; do netspec run scenarios --json >> looks.jsonl; done
  netspec detect route looks.jsonl")]
pub(in crate::cli) struct Route {
    #[command(flatten)]
    recordings: Recordings,
}

/// The looks after the one that is judged, each of which can be had once.
struct Later<'a> {
    looks: &'a [Look],
    next: AtomicUsize,
}

impl<'a> Later<'a> {
    fn new(looks: &'a [Look]) -> Self {
        let next = AtomicUsize::new(0);
        Self { looks, next }
    }

    fn look(&self) -> Option<&'a Look> {
        self.looks.get(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl dns::Asker for Later<'_> {
    async fn again(&self) -> Option<Answer> {
        self.look().map(|look| observe::answer(&look.seen))
    }

    async fn over_tcp(&self) -> Option<Answer> {
        None
    }

    async fn elsewhere(&self) -> Vec<(String, Answer)> {
        Vec::new()
    }

    async fn certificate(&self, _: IpAddr) -> Certificate {
        Certificate::NotTestable
    }

    async fn pause(&self, _: Duration) {}
}

impl route::Asker for Later<'_> {
    async fn remap(&self, _: RangeInclusive<u8>, _: u16, _: u8) -> Option<Trace> {
        self.look().and_then(|look| observe::trace(&look.seen))
    }

    async fn pause(&self, _: Duration) {}
}

impl Dns {
    pub(in crate::cli) fn run(&self) -> Outcome {
        self.recordings.run("dns", |model: &mut dns::Model, looks| {
            let (now, later) = looks.split_first()?;
            let answer = observe::answer(&now.seen);
            let verdict = match model.is_learned() {
                true => dns::decide(model, &answer, &Later::new(later), &dns::Rules::default())
                    .now_or_never()?,
                false => learned(),
            };
            match verdict.word {
                Word::Changed | Word::Flapping => model.replace(&answer, now.at),
                _ => model.after(&answer, &verdict, now.at),
            }
            Some(verdict)
        })
    }
}

impl Route {
    pub(in crate::cli) fn run(&self) -> Outcome {
        // Other flows cannot be asked any more; each look has those that were.
        let rules = Rules {
            flows: false,
            second_round: false,
            ..Rules::default()
        };
        self.recordings
            .run("route", |model: &mut route::Model, looks| {
                let (now, later) = looks.split_first()?;
                let trace = observe::trace(&now.seen)?;
                let verdict = match model.is_learned() {
                    true => {
                        route::decide(model, &trace, &Later::new(later), &rules).now_or_never()?
                    }
                    false => learned(),
                };
                match verdict.word {
                    Word::Changed | Word::Flapping => model.replace(&trace, now.at),
                    Word::Inconclusive => {}
                    _ => model.learn(&trace, now.at),
                }
                Some(verdict)
            })
    }
}

fn learned() -> Verdict {
    Verdict::new(
        Word::Variance,
        "learning",
        "what is normal is learned from it",
    )
}
