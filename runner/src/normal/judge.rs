//! What was seen, held against what is normal.

use super::ask::Live;
use super::{Family, Normal, Side, bands, observe, places};
use crate::network::Network;
use crate::plan::Case;
use crate::probe::Seen;
use crate::verdict::Sided;
use netspec_detection::values::{self, Values};
use netspec_detection::{Verdict, Word, dns, route};
use serde_json::Value as Json;

/// Says of a look whether it is a change: the gravest of what is said of its sides. Where it does not `differ` from what was
/// remembered, only times and losses are looked at, of which a snapshot says nothing.
pub async fn judge(
    case: &Case,
    seen: &[Sided],
    model: &Normal,
    network: &Network,
    differs: bool,
) -> Verdict {
    let mut model = model.clone();
    let databases = model.refresh(seen, network);
    let mut verdict = as_before();
    let clock = model.clock(network);
    for (name, seen) in seen {
        let said = match model.sides.get(name) {
            Some(model) => {
                let live = Live {
                    case,
                    network,
                    side: name,
                    clock,
                };
                side(seen, model, &live, differs).await
            }
            None => Verdict::new(
                Word::Variance,
                "side-new",
                format!("{name} was not asked before"),
            ),
        };
        if said.word >= verdict.word {
            verdict = said;
        }
    }
    match differs {
        true => by_databases(verdict, databases),
        false => verdict,
    }
}

/// Says of silence whether it is a change, where the rules know: of a name server that always answered.
pub async fn judge_silence(
    case: &Case,
    seen: &[Sided],
    model: &Normal,
    network: &Network,
) -> Option<Verdict> {
    if case.check().kind.family != Family::Dns {
        return None;
    }
    let clock = model.clock(network);
    let mut verdict = None;
    for (name, seen) in seen {
        let live = Live {
            case,
            network,
            side: name,
            clock,
        };
        let said = of_family(&seen.seen, model.sides.get(name)?, &live).await;
        verdict = [verdict, said]
            .into_iter()
            .flatten()
            .max_by_key(|said: &Verdict| said.word);
    }
    verdict
}

/// What is as it was by the databases of now, and was not by those of then, is no change of the network.
fn by_databases(verdict: Verdict, said: Vec<String>) -> Verdict {
    if said.is_empty() || verdict.word > Word::DbChanged {
        return said.into_iter().take(3).fold(verdict, |verdict, said| {
            verdict.and(format!("the databases changed: {said}"))
        });
    }
    let (rule, probes) = (verdict.rule, verdict.probes);
    let mut sentences = said.into_iter();
    let first = sentences.next().unwrap_or_default();
    let verdict = Verdict::new(Word::DbChanged, "db-changed", first).costing(probes);
    let verdict = sentences.take(9).fold(verdict, Verdict::and);
    verdict.and(format!("by the databases of now it is as it was ({rule})"))
}

async fn side(seen: &Seen, model: &Side, live: &Live<'_>, differs: bool) -> Verdict {
    let mut said: Vec<Verdict> = bands::judge(seen, model, live).await.into_iter().collect();
    if differs {
        said.extend(tracked(&seen.seen, model, live).await);
    }
    let gravest = said.into_iter().max_by_key(|verdict| verdict.word);
    gravest.unwrap_or_else(as_before)
}

fn as_before() -> Verdict {
    Verdict::new(
        Word::Same,
        "values-seen-before",
        "every value was seen before",
    )
}

/// What the rules of its family say of what they know, and those of values of the rest.
async fn tracked(seen: &Json, model: &Side, live: &Live<'_>) -> Vec<Verdict> {
    let family = live.case.check().kind.family;
    let now = observe::values(live.case, seen);
    let (known_to_family, others): (Values, Values) =
        now.into_iter().partition(|(word, _)| knows(family, word));
    let mut said = Vec::new();
    if let Some(databases) = only_databases(seen, model, live) {
        said.push(databases);
    } else if !others.is_empty() {
        said.push(values::decide(&model.values, &others, live).await);
    }
    if !model.values.unknown(&known_to_family).is_empty() {
        said.extend(of_family(seen, model, live).await);
    }
    said
}

/// Where everything is as it was but for what databases say of addresses that are known.
fn only_databases(seen: &Json, model: &Side, live: &Live<'_>) -> Option<Verdict> {
    let (then, said) = places::as_then(&model.places, seen);
    let is_as_then = model
        .values
        .unknown(&observe::values(live.case, &then))
        .is_empty();
    let mut said = said.into_iter().filter(|_| is_as_then);
    let first = said.next()?;
    Some(said.take(9).fold(
        Verdict::new(Word::DbChanged, "db-changed", first),
        Verdict::and,
    ))
}

async fn of_family(seen: &Json, model: &Side, live: &Live<'_>) -> Option<Verdict> {
    if let Some(model) = &model.dns {
        return Some(
            dns::decide(model, &observe::answer(seen), live, &dns::Rules::default()).await,
        );
    }
    let trace = observe::trace(seen)?;
    Some(
        route::decide(
            model.route.as_ref()?,
            &trace,
            live,
            &route::Rules::default(),
        )
        .await,
    )
}

/// The words whose meaning the rules of a family know: what is tracked under others is held against the values that were
/// seen, exactly.
fn knows(family: Family, word: &str) -> bool {
    match family {
        Family::Dns => [
            "status",
            "chain",
            "addresses.asn",
            "addresses.as-name",
            "addresses.country",
        ]
        .contains(&word),
        Family::Route => {
            let root = word.split('.').next().unwrap_or(word);
            [
                "as-path",
                "countries",
                "reached",
                "ended",
                "hops",
                "destination",
            ]
            .contains(&root)
        }
        Family::Values => false,
    }
}
